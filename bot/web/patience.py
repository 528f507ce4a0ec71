"""How long one connection may take: uvicorn itself waits without a limit for heads and for readers.

Slow on purpose or not, each costs a connection and memory. Bodies have tighter limits at the doors,
which answer; here a connection is cut.
"""

from __future__ import annotations

import asyncio
from enum import Enum

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_log = structlog.get_logger(__name__)
MOST_HEAD_BYTES = 64 * 1024


class Stage(Enum):
    """What a connection is about, and how many seconds that may take."""

    IDLE = None
    """Between two requests: uvicorn ends it after five seconds."""
    HEAD = 10.0
    """From the connection, or a request's first byte, to the end of its headers."""
    BODY = 30.0
    """To the end of the body."""
    ANSWER = 120.0
    """Until the answer is on the wire: the other side has to read it."""


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, with an end to its patience, and to the size of a head."""

    patience = {stage: stage.value for stage in Stage}  # noqa: RUF012 - tests give it less
    """Seconds that each stage may take; None: no limit here."""

    _stage = Stage.IDLE
    _timer: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Wait for a request, not for ever."""
        super().connection_made(transport)
        self._enter(Stage.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._enter(Stage.IDLE)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the headers end; whatever comes begins a request."""
        if self._stage is Stage.IDLE:
            self._enter(Stage.HEAD)
        super().data_received(data)
        if self._stage is Stage.HEAD:
            self._head += len(data)
            if self._head > MOST_HEAD_BYTES:
                self._cut("its head is too large")

    def on_message_begin(self) -> None:
        """Wait for its headers."""
        if self._stage is not Stage.HEAD:
            self._enter(Stage.HEAD)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait for its body."""
        self._enter(Stage.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for its answer, unless that has gone already."""
        super().on_message_complete()
        self._enter(Stage.IDLE if self.cycle.response_complete else Stage.ANSWER)

    def on_response_complete(self) -> None:
        """Wait for the next request, once the answer is read."""
        if self._stage is Stage.ANSWER and not self.transport.get_write_buffer_size():
            self._enter(Stage.IDLE)
        super().on_response_complete()

    def _enter(self, stage: Stage) -> None:
        self._stage, self._head = stage, 0
        if self._timer is not None:
            self._timer.cancel()
        seconds = self.patience[stage]
        late = None if seconds is None else self.loop.call_later(seconds, self._cut, "too slow")
        self._timer = late

    def _cut(self, why: str) -> None:
        _log.info("a connection was cut", why=why, stage=self._stage.name.lower())
        self._enter(Stage.IDLE)
        self.transport.abort()
