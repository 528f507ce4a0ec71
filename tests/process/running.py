"""The bot as a process of its own, watched through its log."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.app.world import SECRET
from tests.crash.bots import Nursery

COMMAND = (str(Path(sys.executable).parent / "clicksend-slack"),)
_PATIENCE = 60.0


def environment(*, clicksend: str, slack: str, folder: Path, **more: str) -> dict[str, str]:
    """The settings of a bot between two local servers, and nothing of our own environment.

    Args:
        clicksend: The base URL of what answers as ClickSend.
        slack: The base URL of what answers as Slack.
        folder: Where the database is.
        more: Further settings, or others instead.
    """
    return {
        "PATH": os.environ["PATH"],
        "BOT_MODE": "http",
        "BOT_PORT": "0",
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack}/api/",
        "CLICKSEND_USERNAME": "demo",
        "CLICKSEND_API_KEY": "00000000-DEMO",
        "CLICKSEND_BASE_URL": f"{clicksend}/v3",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bot.sqlite3",
        "BOT_ADMINS": "U0ADA",
        "ALERT_CHANNEL": "C0OPS",
        "DEFAULT_COUNTRY": "AU",
    } | more


class Forked:
    """A bot from the nursery, with what asyncio knows of a process.

    Args:
        pid: Its process id.
        stderr: What it writes.
        end: The file that holds its exit code once it has ended.
    """

    def __init__(self, pid: int, stderr: asyncio.StreamReader, end: Path) -> None:
        self._pid = pid
        self.stderr = stderr
        self._end = end

    def send_signal(self, number: int) -> None:
        """Send a signal.

        Raises:
            ProcessLookupError: It has ended.
        """
        if self._end.exists():  # somebody else may be called so by now
            raise ProcessLookupError
        os.kill(self._pid, number)

    def kill(self) -> None:
        """End it, whatever it does."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Wait until it ends; its exit code."""
        while not self._end.exists():  # noqa: ASYNC110 - a process that is not our child has no event
            await asyncio.sleep(0.005)
        return int(self._end.read_text())


class Running:
    """A process and what it has written to standard error so far."""

    def __init__(self, process: asyncio.subprocess.Process | Forked) -> None:
        self._process = process
        self._lines: list[str] = []
        self._changed = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def text(self) -> str:
        """Standard error so far."""
        return "\n".join(self._lines)

    async def logged(self, event: str) -> dict[str, Any]:
        """Wait for a log line.

        Raises:
            AssertionError: It ended, or a minute passed, without it.
        """
        async with asyncio.timeout(_PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self._find(event) or self._reading.done())
        found = self._find(event)
        assert found, f"no {event!r} in:\n{self.text}"
        return found

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait until it ends; its exit code."""
        async with asyncio.timeout(_PATIENCE):
            code = await self._process.wait()
            await self._reading
        return code

    async def kill(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self.ended()

    def _find(self, event: str) -> dict[str, Any] | None:
        for line in self._lines:
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("event") == event:
                return dict(entry)
        return None

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self._changed:
                self._lines.append(line.decode().rstrip())
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def started(
    settings: Mapping[str, str], *, cwd: Path, command: Sequence[str] = (*COMMAND, "run")
) -> AsyncIterator[Running]:
    """Start it; it is killed at the end if it still runs.

    Args:
        settings: Its whole environment.
        cwd: Where it starts; a `.env` there would be read.
        command: What to run.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=dict(settings),
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Running(process)
    try:
        yield running
    finally:
        await running.kill()


@asynccontextmanager
async def forked(
    nursery: Nursery, settings: Mapping[str, str], *, cwd: Path
) -> AsyncIterator[Running]:
    """Fork it from what has imported all; it is killed at the end if it still runs.

    Args:
        nursery: Where it comes from.
        settings: Its whole environment.
        cwd: Where it starts; a `.env` there would be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        pipe, end, stderr = Path(folder) / "log", Path(folder) / "end", asyncio.StreamReader()
        os.mkfifo(pipe)
        pid = await nursery.born(settings, pipe, folder=cwd, end=end)
        # Whoever opens one end waits for the other.
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stderr), await asyncio.to_thread(pipe.open, "rb")
        )
        running = Running(Forked(pid, stderr, end))
        try:
            yield running
        finally:
            await running.kill()
            transport.close()


async def address(running: Running) -> str:
    """Wait until the bot serves; its base URL."""
    return f"http://127.0.0.1:{(await running.logged('running'))['port']}"
