"""Where a `response_url` leads to: it takes what is posted, and counts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"
_PATIENCE = 120.0
_WAITING = b"takes longer than usual"


class Sink:
    """Takes answers.

    Attributes:
        url: Where to post.
        bodies: What was posted.
    """

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self._wanted = 0
        self._reached = asyncio.Event()

    def take(self, body: bytes) -> None:
        """Note one; that it takes longer than usual is no answer."""
        if _WAITING in body:
            return
        self.bodies.append(body)
        if len(self.bodies) >= self._wanted:
            self._reached.set()

    async def until(self, count: int) -> None:
        """Wait until so many were posted in all."""
        self._wanted = count
        if len(self.bodies) < count:
            self._reached.clear()
            async with asyncio.timeout(_PATIENCE):
                await self._reached.wait()


class _Post(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, end)
            total = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < total:
                return
            body = bytes(self._buffer[end + 4 : total])
            del self._buffer[:total]
            if self._transport is not None:
                self._transport.write(_OK)
            self._sink.take(body)


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    """Listen."""
    found = Sink()
    server = await asyncio.get_running_loop().create_server(lambda: _Post(found), "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/answer"
    try:
        yield found
    finally:
        server.close()
