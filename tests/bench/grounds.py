"""`python -m tests.bench.grounds hello|listeners`: Bolt alone, on the bot's own web server.

It prints its port as JSON, and stays. Nothing else of the bot is imported: its memory counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvloop
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.web.server import WebServer
from tests.bench.load import SECRET


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
    async with contextlib.AsyncExitStack() as stack:
        if os.environ.get("KIND") == "view":

            @app.view("send.confirm")
            async def view(ack: AsyncAck) -> None:
                await ack()

        elif asked:
            import httpx  # noqa: PLC0415 - the memory of one that greets does not hold it

            http = await stack.enter_async_context(httpx.AsyncClient(timeout=30))

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
    "hello": hello,
    "listeners": listeners,
}


async def serve(served: Callable[[], AbstractAsyncContextManager[int]]) -> None:
    """Serve until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with served() as port:
        sys.stdout.write(json.dumps({"port": port}) + "\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    uvloop.run(serve(SERVED[sys.argv[1]]))
