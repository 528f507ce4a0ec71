"""How long one connection may take: uvicorn itself waits without a limit for heads and for readers.

Slow on purpose or not, each costs a connection and memory. Bodies have tighter limits at the doors,
which answer; here a connection is cut.
"""

from __future__ import annotations

import asyncio
from math import inf

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_log = structlog.get_logger(__name__)
MOST_HEAD_BYTES = 64 * 1024


_NAMES = ("idle", "head", "body", "answer")
_IDLE, _HEAD, _BODY, _ANSWER = range(4)


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with an end to its patience, and to the size of a head.

    Attributes:
        seconds: How long each stage may take: between two requests (uvicorn itself ends that after
            five seconds); from the connection, or a request's first byte, to the end of its
            headers; to the end of the body; until the answer is on the wire, which the other side
            has to read.
        every: Seconds between two looks at the clock; a timer a stage would cost a sixth more.
    """

    seconds = (inf, 10.0, 30.0, 120.0)
    every = 1.0

    _stage = _IDLE
    _ends = inf
    _head = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Wait for a request, not for ever."""
        super().connection_made(transport)
        self._enter(_HEAD)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the headers end; whatever comes begins a request."""
        if self._stage == _IDLE:
            self._enter(_HEAD)
        super().data_received(data)
        if self._stage == _HEAD:
            self._head += len(data)
            if self._head > MOST_HEAD_BYTES:
                self._cut("its head is too large")

    def on_message_begin(self) -> None:
        """Wait for its headers."""
        if self._stage != _HEAD:
            self._enter(_HEAD)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait for its body."""
        self._enter(_BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for its answer, unless that has gone already."""
        super().on_message_complete()
        self._enter(_IDLE if self.cycle.response_complete else _ANSWER)

    def on_response_complete(self) -> None:
        """Wait for the next request, once the answer is read."""
        if self._stage == _ANSWER and not self.transport.get_write_buffer_size():
            self._enter(_IDLE)
        super().on_response_complete()

    def _enter(self, stage: int) -> None:
        self._stage, self._head = stage, 0
        self._ends = self.loop.time() + self.seconds[stage]

    def _look(self) -> None:
        if self.loop.time() >= self._ends:
            self._cut("too slow")
        else:
            self._timer = self.loop.call_later(self.every, self._look)

    def _cut(self, why: str) -> None:
        _log.info("a connection was cut", why=why, stage=_NAMES[self._stage])
        self.transport.abort()
