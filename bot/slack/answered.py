"""Slow work waits until Slack has been answered, so that what it does cannot overtake the answer.

A submitted form is answered with a loading view, which the slow work then changes. The other way
round, the loading view would stand there for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PATIENCE = 3.0
_answered: ContextVar[asyncio.Event | None] = ContextVar("answered", default=None)


@contextmanager
def answering() -> Iterator[asyncio.Event]:
    """Handle one payload; set what is yielded once its answer is on the wire."""
    event = asyncio.Event()
    token = _answered.set(event)
    try:
        yield event
    finally:
        event.set()
        _answered.reset(token)


async def answered() -> None:
    """Wait until the payload being handled is answered, three seconds at most."""
    event = _answered.get()
    if event is None:
        return
    try:
        async with asyncio.timeout(_PATIENCE):
            await event.wait()
    except TimeoutError:
        return
