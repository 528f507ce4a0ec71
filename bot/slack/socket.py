"""Socket Mode: the same handlers over a connection that the bot opens itself.

Not slack_sdk's client, which tries a failed address again for ever, though each is good only once.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import Any

import structlog
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.answered import answering
from bot.slack.tasks import Tasks

_log = structlog.get_logger(__name__)
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_LASTING = 10.0
_HEARTBEAT = 30.0
_LINGER = 30.0
_DRAIN = 3.0
_SERVER_ERROR = 500


class SocketRunner:
    """Keeps a Socket Mode connection open, as often and as long as it takes.

    When Slack announces that a connection will end, the next one is open before it does.

    Args:
        app: The handlers; its client's session carries the connections.
        app_token: Opens them (`apps.connections.open`).
        first_pause: Seconds before the second attempt; doubled at each one up to a minute.

    Raises:
        ValueError: The app's client has no session.
    """

    def __init__(
        self, app: AsyncApp, app_token: SecretStr, *, first_pause: float = _FIRST_PAUSE
    ) -> None:
        session = app.client.session
        if session is None:
            raise ValueError("Socket Mode needs the web client's aiohttp session")
        self._app = app
        self._session: ClientSession = session
        self._token = app_token
        self._first_pause = first_pause
        self._greeted: set[ClientWebSocketResponse] = set()
        self._keeper: asyncio.Task[None] | None = None
        self._readers = Tasks()
        self._handling = Tasks()
        self.heard = 0.0
        """When Slack last sent anything, in seconds of `time.monotonic`; 0 before."""

    @property
    def connected(self) -> bool:
        """Whether Slack can reach the bot just now."""
        return any(not socket.closed for socket in self._greeted)

    async def start(self) -> None:
        """Connect in the background; returns at once, whether Slack is there or not."""
        self._keeper = asyncio.create_task(self._keep(), name="socket mode")

    async def stop(self) -> None:
        """Let running handlers acknowledge (3 s at most), then close the connection."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._handling.drain(_DRAIN)
        await self._readers.drain(0)

    async def _keep(self) -> None:
        pause = self._first_pause
        while True:
            since = time.monotonic()
            try:
                await self._connection()
            except Exception as error:  # noqa: BLE001 - whatever Slack's trouble is, try again
                _log.warning("Slack cannot be reached", problem=_problem(error), again_in=pause)
            if time.monotonic() - since >= _LASTING:
                pause = self._first_pause
                continue
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - spreads attempts
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _connection(self) -> None:
        """Open a connection; returns when the next one is needed."""
        client = self._app.client
        token = self._token.get_secret_value()
        answer = await client.apps_connections_open(app_token=token)
        url = str(answer["url"])  # holds a ticket: good once, for a short while, and secret
        socket = await self._session.ws_connect(url, heartbeat=_HEARTBEAT, proxy=client.proxy)
        over = asyncio.Event()
        self._readers.spawn(self._read(socket, over), name="socket mode reader")
        await over.wait()

    async def _read(self, socket: ClientWebSocketResponse, over: asyncio.Event) -> None:
        try:
            async for message in socket:
                self.heard = time.monotonic()
                if message.type is WSMsgType.TEXT:
                    self._received(socket, _parsed(message.data), over)
        finally:
            self._greeted.discard(socket)
            over.set()
            await socket.close()

    def _received(
        self, socket: ClientWebSocketResponse, data: dict[str, Any], over: asyncio.Event
    ) -> None:
        if data.get("type") == "hello":
            self._greeted.add(socket)
            _log.info("connected to Slack")
        elif data.get("type") == "disconnect":
            _log.info("Slack will close the connection", reason=data.get("reason"))
            over.set()
            if task := asyncio.current_task():  # it may still bring something, but not for ever
                asyncio.get_running_loop().call_later(_LINGER, task.cancel)
        elif request := SocketModeRequest.from_dict(data):
            self._handling.spawn(self._handle(socket, request), name=f"socket {request.type}")

    async def _handle(self, socket: ClientWebSocketResponse, request: SocketModeRequest) -> None:
        with answering():
            response: BoltResponse = await run_async_bolt_app(self._app, request)
            if response.status < _SERVER_ERROR:  # else Slack delivers it again
                await self._acknowledge(socket, request, response)

    async def _acknowledge(
        self, socket: ClientWebSocketResponse, request: SocketModeRequest, response: BoltResponse
    ) -> None:
        acknowledgement: dict[str, Any] = {"envelope_id": request.envelope_id}
        if request.accepts_response_payload and (payload := _payload(response)):
            acknowledgement["payload"] = payload
        try:
            await socket.send_json(acknowledgement)
        except ConnectionError:
            _log.info("the connection was gone before the acknowledgement; Slack delivers again")


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        _log.warning("Slack sent something that is no JSON", length=len(text))
        return {}
    return data if isinstance(data, dict) else {}


def _payload(response: BoltResponse) -> dict[str, Any]:
    if not response.body or response.status != 200:  # noqa: PLR2004 - HTTP OK
        return {}
    if response.headers.get("content-type", [""])[0].startswith("application/json"):
        return _parsed(response.body)
    return {"text": response.body}


def _problem(error: Exception) -> str:
    """Slack's code, or the kind of error: its text may hold the ticket."""
    data = getattr(error.response, "data", None) if isinstance(error, SlackApiError) else None
    code = data.get("error") if isinstance(data, dict) else None
    return str(code or type(error).__name__)
