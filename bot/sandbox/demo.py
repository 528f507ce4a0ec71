"""The demo: the bot as a process of its own between the local Slack and the local ClickSend."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.server import KEY, USER
from bot.sandbox.crossings import show_calls, showing_rows
from bot.sandbox.memory import remember
from bot.sandbox.phones import SandboxPhones
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.delivery import SECRET
from bot.sandbox.slack.oauth import TOKEN

_PATIENCE = 30.0
_FILE = "demo.sqlite3"
_PAGE_SECONDS = 20.0


class DemoError(Exception):
    """The bot did not start; the text holds what it wrote."""


@dataclass(frozen=True)
class Stage:
    """Everything that runs: both sandboxes, and the bot between them."""

    slack: SlackSandbox
    clicksend: ClickSendSandbox
    bot_url: str

    async def watched(self) -> None:
        """Wait until somebody opens the page, but not for long."""
        feed = self.slack.workspace.feed
        with contextlib.suppress(TimeoutError):
            await feed.until(lambda: feed.watched, seconds=_PAGE_SECONDS)
            await asyncio.sleep(1)


@asynccontextmanager
async def stage(
    slack_port: int = 0, clicksend_port: int = 0, *, watch_seconds: int = 6
) -> AsyncIterator[Stage]:
    """Start both sandboxes and the bot, over real HTTP and signatures.

    Args:
        slack_port: Where the local Slack listens; 0 for any free port.
        clicksend_port: Where the local ClickSend listens.
        watch_seconds: Between two looks at the balance. ClickSend allows 20 a minute, and the bot
            keeps below that: with less than 4, sends wait for their turn to look.

    Raises:
        DemoError: The bot did not become ready.
    """
    clicksend = ClickSendSandbox()
    slack = SlackSandbox(phones=SandboxPhones(clicksend))
    show_calls(clicksend, slack)
    async with slack.serve(slack_port), clicksend.serve(clicksend_port) as api:
        with tempfile.TemporaryDirectory(prefix="clicksend-slack-") as folder:
            bot_url = f"http://127.0.0.1:{_free_port()}"
            slack.request_url = f"{bot_url}/slack/events"
            environment = _environment(slack.url, api, bot_url, Path(folder))
            environment["CREDIT_WATCH_SECONDS"] = str(watch_seconds)
            async with _bot(environment, bot_url), showing_rows(Path(folder) / _FILE, slack):
                database, left = Path(folder) / _FILE, int(clicksend.state.balance)
                remember(database, account=USER, balance=left, now=datetime.now(UTC))
                yield Stage(slack, clicksend, bot_url)


def _environment(slack_url: str, api: str, bot_url: str, folder: Path) -> dict[str, str]:
    """The settings of the bot; nothing of the person's own environment but the path."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "BOT_MODE": "http",
        "BOT_PORT": bot_url.rpartition(":")[2],
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"{slack_url}/api/",
        "CLICKSEND_USERNAME": USER,
        "CLICKSEND_API_KEY": KEY,
        "CLICKSEND_BASE_URL": f"{api}/v3",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / _FILE}",
        "BOT_ADMINS": "U0ADA,U0BEN",
        "APPROVAL_ABOVE_RECIPIENTS": "2",
        "APPROVAL_CHANNEL": "C0OPS",
        "UNDO_SECONDS": "2",
        "ALERT_CHANNEL": "C0OPS",
        "DEFAULT_COUNTRY": "AU",
        "FAILURE_WATCH_SECONDS": "1",
        "INBOX_WATCH_SECONDS": "1",
        "ALERT_WATCH_SECONDS": "3",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "console",
    }


@asynccontextmanager
async def _bot(environment: dict[str, str], url: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, cwd=Path(__file__).parents[2]
    )
    try:
        await _ready(process, url)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _ready(process: asyncio.subprocess.Process, url: str) -> None:
    """Wait until the bot says that it is ready."""
    async with aiohttp.ClientSession() as session:
        for _ in range(int(_PATIENCE * 10)):
            if process.returncode is not None:
                raise DemoError(f"the bot stopped with exit code {process.returncode}")
            try:
                async with session.get(f"{url}/readyz") as response:
                    if response.ok:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise DemoError(f"the bot was not ready after {_PATIENCE:.0f} seconds")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
