"""`python -m tests.bench.serve bot|hello`: a server that prints its port as JSON and stays."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import uvloop
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.app import App
from bot.settings import load
from bot.web.server import WebServer
from tests.bench.load import SECRET


@asynccontextmanager
async def bot() -> AsyncIterator[int]:
    """The whole bot."""
    settings = load()
    logs.configure(settings.log_level, settings.log_format)
    async with App(settings) as app:
        yield app.port


@asynccontextmanager
async def hello() -> AsyncIterator[int]:
    """Bolt with one listener for a command and one for a form, on the bot's own server."""
    logging.getLogger().setLevel(os.environ["LOG_LEVEL"])
    asked = os.environ.get("CLICKSEND")

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-x")

    app = AsyncApp(
        signing_secret=SECRET,
        authorize=authorize,
        client=AsyncWebClient(
            token="xoxb-x", base_url=os.environ.get("SLACK", "http://127.0.0.1:9/")
        ),
        process_before_response=True,
    )
    async with httpx.AsyncClient(timeout=30) as http:
        if os.environ.get("KIND") == "view":

            @app.view("hello")
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


SERVED: dict[str, Callable[[], AbstractAsyncContextManager[int]]] = {"bot": bot, "hello": hello}


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
