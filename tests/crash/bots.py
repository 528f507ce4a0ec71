"""The bot as a process: started, killed without warning, waited for."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0
_LOOK = 0.02
_RUNNING = re.compile(r'"port": (\d+)[^\n]*"running"')


class Nursery:
    """The process that forks bots; see `tests.crash.nursery`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._turn = threading.Lock()

    async def born(
        self,
        environment: Mapping[str, str],
        log: Path,
        *,
        folder: Path | None = None,
        end: Path | None = None,
    ) -> int:
        """Start a bot; its process id.

        Args:
            environment: All of it.
            log: What it writes: a file, or a pipe.
            folder: Where it runs; where its log is, unless given.
            end: The file that holds its exit code once it has ended.
        """
        order = {
            "environment": dict(environment),
            "folder": str(folder or log.parent),
            "log": str(log),
            "end": str(end or ""),
        }
        return await asyncio.to_thread(self._fork, json.dumps(order))

    def _fork(self, order: str) -> int:
        assert self._process.stdin
        assert self._process.stdout
        with self._turn:
            self._process.stdin.write(f"{order}\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Run the process that forks bots; at its end, none of them lives."""
    command = [sys.executable, "-m", "tests.crash.nursery"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        yield Nursery(process)


@dataclass
class Bot:
    """A running bot, and what it wrote."""

    pid: int
    log: Path
    url: str = ""

    def kill(self) -> None:
        """SIGKILL: it does nothing more, not even close a file."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: it finishes what it has begun, and ends."""
        os.kill(self.pid, signal.SIGTERM)

    async def gone(self) -> None:
        """Wait until the process is no more."""
        async with asyncio.timeout(_PATIENCE):
            while self._lives():  # noqa: ASYNC110 - a process that is not our child has no event
                await asyncio.sleep(0.002)

    def _lives(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def ready(self) -> None:
        """Wait until it says on which port it listens.

        Raises:
            AssertionError: It ended instead; the text has what it wrote.
        """
        async with asyncio.timeout(_PATIENCE):
            while not self.url:
                if found := _RUNNING.search(self.log.read_text() if self.log.exists() else ""):
                    self.url = f"http://127.0.0.1:{found[1]}"
                assert self._lives(), self.log.read_text()
                await asyncio.sleep(_LOOK)


async def start(nursery: Nursery, environment: Mapping[str, str], log: Path) -> Bot:
    """Start a bot that listens on any free port, and wait until it is ready.

    Args:
        nursery: Where it comes from.
        environment: All of its environment, but for the port.
        log: What it writes; the folder is its own.
    """
    settings = {"LOG_LEVEL": "INFO", **environment, "BOT_PORT": "0", "LOG_FORMAT": "json"}
    bot = Bot(await nursery.born(settings, log), log)
    await bot.ready()
    return bot
