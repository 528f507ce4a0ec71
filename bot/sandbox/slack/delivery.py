"""How payloads reach the bot: over a connected socket first, signed over HTTP otherwise."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.shapes import Json
from bot.sandbox.slack.wire import Wire

SECRET = "sandbox-signing-secret"
ACK_SECONDS = 3.0
RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds before an event that was not acknowledged is delivered again."""
_OK = 200


class Kind(StrEnum):
    """What a payload is, as Socket Mode calls it."""

    COMMAND = "slash_commands"
    INTERACTION = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True)
class Delivery:
    """What became of a payload: the status, seconds to the acknowledgement, and its body."""

    status: int
    seconds: float
    body: Json

    @property
    def error(self) -> str | None:
        """What the person would see instead of an answer."""
        if self.seconds >= ACK_SECONDS:
            return "operation_timeout"
        return None if self.status == _OK else "dispatch_failed"


class Sockets(Protocol):
    """The connections that the bot opened."""

    async def send(self, kind: Kind, payload: Json, retry: Retry) -> Delivery | None:
        """Deliver over one of them; None when there is none."""


@dataclass(frozen=True)
class Retry:
    """Which repetition of an event this is (0: the first time), and why it is repeated."""

    number: int = 0
    reason: str = ""


@dataclass
class Outward:
    """The way to the bot.

    Attributes:
        request_url: Where the bot takes payloads in http mode; empty: nowhere.
        retry_after: Seconds before each repetition of an event.
    """

    wire: Wire
    sockets: Sockets
    request_url: str = ""
    retry_after: tuple[float, ...] = RETRY_AFTER
    _events: set[asyncio.Task[None]] = field(default_factory=set)

    async def deliver(
        self, kind: Kind, payload: Json, name: str, retry: Retry | None = None
    ) -> Delivery:
        """Deliver once, and wait for the acknowledgement, for 3 seconds at most.

        Args:
            kind: What it is.
            payload: The payload.
            name: How the page calls it.
            retry: Which repetition it is.
        """
        again = retry or Retry()
        delivery = await self.sockets.send(kind, payload, again)
        over = "HTTP" if delivery is None else "socket"
        if delivery is None:
            delivery = await self._post(kind, payload, again)
        self.wire.crossed(
            "to the bot",
            f"{name} (retry {again.number})" if again.number else name,
            over,
            seconds=delivery.seconds,
            outcome=delivery.error or "ok",
            both=(payload, delivery.body),
        )
        return delivery

    def event(self, payload: Json, name: str) -> None:
        """Deliver an event in the background, with Slack's repetitions."""
        task = asyncio.create_task(self._event(payload, name))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def close(self) -> None:
        """Give up repeating."""
        for task in self._events:
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)

    async def _event(self, payload: Json, name: str) -> None:
        retry = Retry()
        for pause in (None, *self.retry_after):
            if pause is not None:
                await asyncio.sleep(pause)
            delivery = await self.deliver(Kind.EVENT, payload, name, retry)
            if delivery.error is None:
                return
            reason = "http_timeout" if delivery.error == "operation_timeout" else "http_error"
            retry = Retry(retry.number + 1, reason)

    async def _post(self, kind: Kind, payload: Json, retry: Retry) -> Delivery:
        if not self.request_url:
            return Delivery(0, 0.0, {})
        body, content_type = _encoded(kind, payload)
        headers = signed(body, content_type)
        if retry.number:
            headers["x-slack-retry-num"] = str(retry.number)
            headers["x-slack-retry-reason"] = retry.reason
        started = time.monotonic()
        try:
            status, text = await _posted(self.request_url, body, headers)
        except TimeoutError:
            return Delivery(0, max(ACK_SECONDS, time.monotonic() - started), {})
        except (aiohttp.ClientError, OSError):
            return Delivery(0, time.monotonic() - started, {})
        return Delivery(status, time.monotonic() - started, _answer(text))


def signed(body: str, content_type: str, at: int | None = None) -> dict[str, str]:
    """The headers of a request that Slack signed."""
    stamp = str(at or int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "content-type": content_type,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest}",
    }


async def _posted(url: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(total=ACK_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(url, data=body, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.text()


def _encoded(kind: Kind, payload: Json) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    if kind is Kind.EVENT:
        return json.dumps(payload), "application/json"
    if kind is Kind.COMMAND:
        return urlencode(payload), form
    return urlencode({"payload": json.dumps(payload)}), form


def _answer(text: str) -> Json:
    """The body of an acknowledgement; Slack takes plain text for a message, too."""
    try:
        found = json.loads(text) if text.strip() else {}
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {}
