"""Socket Mode: the connections that the bot opened, and payloads in envelopes over them."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.sandbox.slack.delivery import ACK_SECONDS, Delivery, Kind, Retry
from bot.sandbox.slack.feed import Feed
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.workspace import APP

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
_ANSWERED_BY = {"view_submission", "block_suggestion"}
"""Interactions whose acknowledgement may carry an answer."""


@dataclass(eq=False)
class _Connection:
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    leaving: bool = False


class SocketMode:
    """The bot's connections, each opened with an address that is good once, for 30 seconds."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._tickets: dict[str, float] = {}
        self._connections: list[_Connection] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._turn = 0

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def ticket(self, base: str) -> Json:
        """The answer to `apps.connections.open`.

        Args:
            base: The URL of this Slack.

        Raises:
            ApiError: `too_many_websockets`.
        """
        if self.count >= MOST_CONNECTIONS:
            raise ApiError("too_many_websockets")
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        return {"url": f"{base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve a connection until it ends."""
        good_until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if time.monotonic() > good_until:
            return web.Response(status=404)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(socket, request.transport)
        self._connections.append(connection)
        self._changed()
        try:
            await socket.send_json(_hello(self.count))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    _acknowledged(connection, message.data)
        except ConnectionError:
            pass  # it went while it was greeted
        finally:
            self._gone(connection)
        return socket

    async def send(self, kind: Kind, payload: Json, retry: Retry) -> Delivery | None:
        """Deliver over the connections in turn; None when there is none."""
        usable = [each for each in self._connections if not each.leaving]
        if not usable:
            return None
        self._turn += 1
        connection = usable[self._turn % len(usable)]
        envelope = _envelope(kind, payload, retry)
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = answer
        started = time.monotonic()
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await connection.socket.send_json(envelope)
                body = await answer
        except TimeoutError:
            return Delivery(0, max(ACK_SECONDS, time.monotonic() - started), {})
        except ConnectionError:
            return Delivery(0, time.monotonic() - started, {})
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
        return Delivery(200, time.monotonic() - started, body)

    async def refresh(self, reason: str = "refresh_requested", *, linger: float = 10.0) -> None:
        """Tell every connection that it will end, and end it so many seconds later."""
        for connection in list(self._connections):
            connection.leaving = True
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
            )
            ending = asyncio.create_task(_end_later(connection.socket, linger))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self._connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def close(self) -> None:
        """End every connection, with a goodbye."""
        for ending in self._ending:
            ending.cancel()
        for connection in list(self._connections):
            await connection.socket.close()

    def _gone(self, connection: _Connection) -> None:
        self._connections.remove(connection)
        for answer in connection.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the socket was dropped"))
        self._changed()

    def _changed(self) -> None:
        self._feed.publish("sockets", self.count)


async def _end_later(socket: web.WebSocketResponse, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await socket.close()


def _hello(count: int) -> Json:
    return {
        "type": "hello",
        "num_connections": count,
        "connection_info": {"app_id": APP},
        "debug_info": {"host": "applink-sandbox", "approximate_connection_time": 18_060},
    }


def _envelope(kind: Kind, payload: Json, retry: Retry) -> Json:
    answered = kind is Kind.COMMAND or payload.get("type") in _ANSWERED_BY
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "type": kind.value,
        "payload": payload,
        "accepts_response_payload": answered,
    }
    if kind is Kind.EVENT:
        envelope |= {"retry_attempt": retry.number, "retry_reason": retry.reason}
    return envelope


def _acknowledged(connection: _Connection, text: str) -> None:
    try:
        data = json.loads(text)
    except ValueError:
        return
    if not isinstance(data, dict):
        return
    answer = connection.waiting.get(str(data.get("envelope_id")))
    if answer is not None and not answer.done():
        payload = data.get("payload")
        answer.set_result(payload if isinstance(payload, dict) else {})
