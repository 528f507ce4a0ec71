"""Servers as processes of their own: the whole bot, and the small Bolt apps beside it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.bench.load import SECRET

_PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A process that listens."""

    port: int
    process: asyncio.subprocess.Process

    def memory(self) -> float:
        """Its resident memory, in MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise LookupError("VmRSS")


def settings(
    folder: Path, *, slack: str = "http://127.0.0.1:9", clicksend: str = "http://127.0.0.1:9"
) -> dict[str, str]:
    """The bot's environment; port 9 discards."""
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
        "LOG_LEVEL": "ERROR",
        "LOG_FORMAT": "json",
        # The watches ask once a day: what is measured is the door, not what happens beside it.
        "CREDIT_WATCH_SECONDS": "86400",
        "FAILURE_WATCH_SECONDS": "86400",
        "INBOX_WATCH_SECONDS": "86400",
        "ALERT_WATCH_SECONDS": "86400",
    }


@asynccontextmanager
async def bot(environment: dict[str, str]) -> AsyncIterator[Server]:
    """The bot, with these settings; ready when it is yielded."""
    async with _process("-m", "tests.bench.serve", "bot", environment=environment) as found:
        yield found


@asynccontextmanager
async def hello(**more: str) -> AsyncIterator[Server]:
    """Hello-world Bolt with one listener, on the same server as the bot's."""
    environment = {"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR", **more}
    async with _process("-m", "tests.bench.grounds", "hello", environment=environment) as found:
        yield found


@asynccontextmanager
async def handlers(what: str, count: int) -> AsyncIterator[Server]:
    """So many handlers behind the bot's `router`, or as many `listeners` of Bolt."""
    environment = {"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR", "HANDLERS": str(count)}
    module = "tests.bench.serve" if what == "router" else "tests.bench.grounds"
    async with _process("-m", module, what, environment=environment) as found:
        yield found


@asynccontextmanager
async def canned(seconds: float = 0.0) -> AsyncIterator[Server]:
    """A ClickSend whose answers are ready, and take so long."""
    environment = {"PATH": os.environ["PATH"]}
    arguments = ("-m", "tests.bench.canned", str(seconds))
    async with _process(*arguments, environment=environment, path=None) as found:
        yield found


@asynccontextmanager
async def _process(
    *arguments: str, environment: dict[str, str], path: str | None = "/readyz"
) -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), _PATIENCE)
        server = Server(int(json.loads(line)["port"]), process)
        if path is not None:
            await _answers(f"http://127.0.0.1:{server.port}{path}")
        yield server
    finally:
        if process.returncode is None:
            process.kill()  # it would wait for answers that nobody wants any more
        await process.wait()


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(int(_PATIENCE / 0.02)):
            try:
                async with http.get(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)
    raise TimeoutError("the server does not answer")
