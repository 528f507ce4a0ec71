"""Load on 127.0.0.1: signed requests over kept-alive connections, as many as are wanted at once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode

SECRET = "sandbox-signing-secret"
_NUMBERS = itertools.count(1)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_PATIENCE = 120.0


@dataclass(frozen=True)
class Load:
    """What came of it: seconds in all, seconds of each request, and the last answer's body."""

    seconds: float
    each: list[float]
    last: bytes

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the requests was answered."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def command(text: str, slash: str = "/clicksend", *, answer_at: str = "") -> dict[str, str]:
    """A slash command's payload; no two are the same."""
    return {
        "token": "x",
        "team_id": "T0BENCH",
        "channel_id": "C0OPS",
        "channel_name": "ops",
        "user_id": "U0ADA",
        "user_name": "ada",
        "command": slash,
        "text": text,
        "api_app_id": "A0BENCH",
        "trigger_id": f"trigger.{next(_NUMBERS)}",
        "response_url": answer_at,
    }


def signed(payload: dict[str, str]) -> bytes:
    """A whole HTTP/1.1 request to `/slack/events`, signed now."""
    body = urlencode(payload).encode()
    stamp = str(int(time.time()))
    base = b":".join((b"v0", stamp.encode(), body))
    digest = hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        "content-type: application/x-www-form-urlencoded\r\n"
        f"x-slack-request-timestamp: {stamp}\r\nx-slack-signature: v0={digest}\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def interaction(payload: dict[str, object]) -> bytes:
    """A signed request of a button or a modal."""
    whole = {**payload, "trigger_id": f"trigger.{next(_NUMBERS)}"}
    return signed({"payload": json.dumps(whole)})


class _Connection(asyncio.Protocol):
    """One connection: a request as soon as the answer to the one before is there."""

    def __init__(self, requests: Iterator[bytes], each: list[float]) -> None:
        self._requests, self._each = requests, each
        self._buffer = bytearray()
        self._sent_at = 0.0
        self._transport: asyncio.WriteTransport | None = None
        self.last = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is no subclass

    def begin(self) -> None:
        """Send the next request, or end."""
        request = next(self._requests, None)
        if self._transport is None or request is None:
            self.done.set_result(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        length = _LENGTH.search(head)
        if length is None:
            raise ValueError(head)
        total = end + 4 + int(length[1])
        if len(self._buffer) < total:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(ValueError(head.decode()))
            return
        self._each.append(time.perf_counter() - self._sent_at)
        self.last = bytes(self._buffer[end + 4 : total])
        del self._buffer[:total]
        self.begin()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


async def run(port: int | Sequence[int], requests: Iterable[bytes], *, connections: int) -> Load:
    """Send everything, and wait for every answer.

    Args:
        port: Where the server listens; several share the connections out among themselves.
        requests: Each one is sent once; they are made before the clock starts.
        connections: How many are under way at once.

    Raises:
        ValueError: An answer was no 200.
        ConnectionError: The server hung up.
    """
    each: list[float] = []
    prepared = list(requests)
    count, waiting = len(prepared), iter(prepared)
    loop = asyncio.get_running_loop()
    ports = [port] if isinstance(port, int) else port
    opened = [
        (await loop.create_connection(lambda: _Connection(waiting, each), "127.0.0.1", one))[1]
        for one in itertools.islice(itertools.cycle(ports), connections)
    ]
    started = time.perf_counter()
    for connection in opened:
        connection.begin()
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*(connection.done for connection in opened))
    seconds = time.perf_counter() - started
    for connection in opened:
        connection.close()
    if len(each) != count:
        raise ValueError(f"{len(each)} of {count} were answered")
    return Load(seconds, each, opened[0].last)
