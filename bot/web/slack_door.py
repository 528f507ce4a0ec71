"""What stands before Bolt at `/slack/events`: size, signature, and then nothing in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import structlog
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.response import BoltResponse
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from bot.slack.answered import answering
from bot.slack.bolt import SlackApp

PATH = "/slack/events"
MOST_BYTES = 1024 * 1024
_TINY = 1024
_PATIENCE = 10.0

_log = structlog.get_logger(__name__)


class TooLargeError(Exception):
    """The body is larger than Slack ever sends."""


class SlackDoor:
    """The ASGI app at `/slack/events`.

    Unsigned, stale and tampered requests get a 401, bodies above 1 MiB a 413, whatever is no POST
    a 405, bodies that take longer than 10 s to arrive a 408. Of what passes, slash commands,
    submitted forms and pressed buttons go straight to the router, everything else to Bolt's own
    adapter; of many workspaces everything does.

    Args:
        bolt: The app, with the signature it demands.
        patience: How long a body may take to arrive, in seconds.
    """

    def __init__(self, bolt: SlackApp, *, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._signature = bolt.signature
        self._typed, self._pressed = bolt.typed, bolt.pressed
        self._bolt = AsyncSlackRequestHandler(bolt, path=PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["method"] != "POST":
            refusal = PlainTextResponse("Only POST", 405, headers={"allow": "POST"})
            return await refusal(scope, receive, send)
        headers = Headers(scope=scope)
        try:
            async with asyncio.timeout(self._patience):
                body = await _read(headers, receive)
        except TimeoutError:
            refusal = PlainTextResponse("Too slow", 408, headers={"connection": "close"})
            return await refusal(scope, receive, send)
        except TooLargeError:
            refusal = PlainTextResponse("Too large", 413, headers={"connection": "close"})
            return await refusal(scope, receive, send)
        if not self._signed(scope, body):
            answer = PlainTextResponse("", 200) if _is_ssl_check(body) else _refused(scope)
            return await answer(scope, receive, send)
        return await self._pass(scope, body, send)

    def _signed(self, scope: Scope, body: bytes) -> bool:
        headers = dict(scope["headers"])
        return self._signature.valid(
            headers.get(b"x-slack-request-timestamp"), headers.get(b"x-slack-signature"), body
        )

    async def _pass(self, scope: Scope, body: bytes, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            answer = self._directly(body.decode()) if self._typed else None
            with answering() as answered:
                if answer is None:
                    await self._through_bolt(scope, body, _noting(noted, answered))
                else:
                    await _answer(await answer(), noted)
        except Exception as error:
            if begun:
                raise
            # Signed, so it is Slack's own: but not of a form that Bolt can read. Handlers have
            # their errors caught before, and told.
            _log.warning(
                "slack sent what cannot be read", bytes=len(body), problem=type(error).__name__
            )
            await PlainTextResponse("Unreadable", 400)(scope, _gone, send)

    def _directly(self, body: str) -> Callable[[], Awaitable[BoltResponse]] | None:
        """What answers a body without Bolt; None: Bolt does."""
        if body.startswith("{"):
            return None
        if body.startswith("payload="):
            pressed = _interaction(body)
            answering_it = self._pressed.get(str(pressed.get("type")))
            return partial(answering_it, pressed) if answering_it else None
        command = _command(body)
        return partial(self._typed, command) if self._typed and command else None

    async def _through_bolt(self, scope: Scope, body: bytes, send: Send) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        # The adapter's own annotation of a scope is narrower than ASGI's.
        await self._bolt(dict(scope), receive, send)


def _command(body: str) -> dict[str, str] | None:
    """The form of a slash command; None for everything else that Slack sends."""
    form = dict(parse_qsl(body, keep_blank_values=True))
    return form if "command" in form and "payload" not in form else None


def _interaction(body: str) -> dict[str, Any]:
    """What was pressed or submitted; empty for what is no object.

    Raises:
        ValueError: It is no JSON.
    """
    found = json.loads(dict(parse_qsl(body, keep_blank_values=True))["payload"])
    return found if isinstance(found, dict) else {}


async def _answer(response: BoltResponse, send: Send) -> None:
    body = response.body.encode()
    headers = [
        (b"content-type", response.headers["content-type"][0].encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _gone() -> Message:
    """Nothing more of a request whose body was read."""
    return {"type": "http.disconnect"}


def _noting(send: Send, answered: asyncio.Event) -> Send:
    """Send, and note when the whole answer is on the wire."""

    async def noted(message: Message) -> None:
        await send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            answered.set()

    return noted


def _refused(scope: Scope) -> PlainTextResponse:
    # Nothing of the body: it is a stranger's, or the copy of what a person typed.
    _log.info("request refused: not signed by Slack", client=(scope.get("client") or ("",))[0])
    return PlainTextResponse("Not signed by Slack", 401)


async def _read(headers: Headers, receive: Receive) -> bytes:
    declared = headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > MOST_BYTES:
        raise TooLargeError
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":  # the client has gone
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise TooLargeError
        if not message.get("more_body", False):
            return bytes(body)


def _is_ssl_check(body: bytes) -> bool:
    """Slack's unsigned look at the certificate: a form with nothing in it to act on."""
    if len(body) > _TINY or b"ssl_check=1" not in body:
        return False
    form = parse_qs(body.decode("utf-8", "replace"))
    return form.get("ssl_check") == ["1"] and not {"command", "payload"} & form.keys()
