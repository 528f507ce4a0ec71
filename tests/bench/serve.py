"""`python -m tests.bench.serve bot|router`: ours, on a port that is printed as JSON."""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import aiohttp
import uvloop
from pydantic import SecretStr

from bot import logs
from bot.app import App
from bot.clicksend import limiter
from bot.services import account
from bot.settings import load
from bot.slack.bolt import build_bolt
from bot.slack.calls import Call
from bot.slack.client import Slack
from bot.slack.router import Clear, Router
from bot.slack.tasks import Tasks
from bot.store import database
from bot.texts import Phrase
from bot.web.server import WebServer
from bot.web.slack_door import SlackDoor
from tests.bench.grounds import serve
from tests.bench.load import SECRET


def _uncached() -> None:
    """Read the account at each command: its cache, and its limit of 18 a minute, are off."""
    account._FRESH = timedelta(0)
    limiter.DEFAULT_LIMITS = {}  # type: ignore[misc] # the same


def _less_durable() -> None:
    """Let SQLite commit without waiting for the disk."""
    prepare = database._prepare_sqlite

    def prepared(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL").close()

    database._prepare_sqlite = prepared


CHANGED = {"uncached": _uncached, "less-durable": _less_durable}


@asynccontextmanager
async def bot() -> AsyncIterator[int]:
    """The whole bot; CHANGED names how it differs from the one that people run."""
    if name := os.environ.get("CHANGED"):
        CHANGED[name]()
    settings = load()
    logs.configure(settings.log_level, settings.log_format)
    async with App(settings) as app:
        yield app.port


@asynccontextmanager
async def router() -> AsyncIterator[int]:
    """The bot's doors, with as many commands as HANDLERS says."""
    logging.getLogger().setLevel(os.environ["LOG_LEVEL"])
    found: Router[None] = Router()

    async def answer(call: Call[None]) -> Clear:
        del call
        return Clear()

    for number in range(int(os.environ["HANDLERS"])):
        found.command(f"noun{number}", summary=Phrase("greets"))(answer)
    async with aiohttp.ClientSession() as session:
        bolt = build_bolt(
            found,
            None,
            slack=Slack(SecretStr("xoxb-x"), "http://127.0.0.1:9/", session, clock=time.monotonic),
            tasks=Tasks(),
            token=SecretStr("xoxb-x"),
            signing_secret=SecretStr(SECRET),
        )
        server = WebServer(SlackDoor(bolt), "127.0.0.1", 0)
        yield await server.start()
        await server.stop()


SERVED: dict[str, Callable[[], AbstractAsyncContextManager[int]]] = {
    "bot": bot,
    "router": router,
}


if __name__ == "__main__":
    uvloop.run(serve(SERVED[sys.argv[1]]))
