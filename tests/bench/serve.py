"""`python -m tests.bench.serve WHAT`: a server that prints its port as JSON and stays."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import aiohttp
import httpx
import uvloop
from pydantic import SecretStr
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.app import App
from bot.clicksend import client
from bot.services import account
from bot.settings import load
from bot.slack.bolt import build_bolt
from bot.slack.calls import Call
from bot.slack.client import Slack
from bot.slack.router import Clear, Router
from bot.slack.tasks import Tasks
from bot.store import database
from bot.web.server import WebServer
from bot.web.slack_door import SlackDoor
from tests.bench.load import SECRET


def _uncached() -> None:
    """Read the account at each command: its cache, and its limit of 18 a minute, are off."""
    account._FRESH = timedelta(0)
    client.DEFAULT_LIMITS = {}  # type: ignore[misc] # the same


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


def _bolt() -> AsyncApp:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-x")

    return AsyncApp(
        signing_secret=SECRET,
        authorize=authorize,
        client=AsyncWebClient(token="xoxb-x", base_url="http://127.0.0.1:9/"),
        process_before_response=True,
    )


@asynccontextmanager
async def hello() -> AsyncIterator[int]:
    """Bolt with one listener for a command and one for a form, on the bot's own server."""
    logging.getLogger().setLevel(os.environ["LOG_LEVEL"])
    asked = os.environ.get("CLICKSEND")
    app = _bolt()
    async with httpx.AsyncClient(timeout=30) as http:
        if os.environ.get("KIND") == "view":

            @app.view("send.confirm")
            async def view(ack: AsyncAck) -> None:
                await ack()

        elif asked:

            @app.command("/balance")
            async def balance(ack: AsyncAck, respond: AsyncRespond) -> None:
                await ack()
                found = (await http.get(f"{asked}/v3/account")).json()
                await respond(f"{found['data']['balance']} left")

        else:

            @app.command("/clicksend")
            async def command(ack: AsyncAck) -> None:
                await ack("Hello")

        server = WebServer(AsyncSlackRequestHandler(app, path="/slack/events"), "127.0.0.1", 0)
        yield await server.start()
        await server.stop()


@asynccontextmanager
async def router() -> AsyncIterator[int]:
    """The bot's doors, with as many commands as HANDLERS says."""
    logging.getLogger().setLevel(os.environ["LOG_LEVEL"])
    found: Router[None] = Router()

    async def answer(call: Call[None]) -> Clear:
        del call
        return Clear()

    for number in range(int(os.environ["HANDLERS"])):
        found.command(f"noun{number}", summary="greets")(answer)
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


@asynccontextmanager
async def listeners() -> AsyncIterator[int]:
    """Bolt, with as many listeners as HANDLERS says."""
    logging.getLogger().setLevel(os.environ["LOG_LEVEL"])
    app = _bolt()

    async def answer(ack: AsyncAck) -> None:
        await ack("Hello")

    for number in range(int(os.environ["HANDLERS"])):
        app.command(f"/noun{number}")(answer)
    server = WebServer(AsyncSlackRequestHandler(app, path="/slack/events"), "127.0.0.1", 0)
    yield await server.start()
    await server.stop()


SERVED: dict[str, Callable[[], AbstractAsyncContextManager[int]]] = {
    "bot": bot,
    "hello": hello,
    "router": router,
    "listeners": listeners,
}


async def serve(what: str) -> None:
    """Serve until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with SERVED[what]() as port:
        sys.stdout.write(json.dumps({"port": port}) + "\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
