"""Slow work waits until Slack has been answered, so that what it does cannot overtake the answer.

A submitted form is answered with a loading view, which the slow work then changes. The other way
round, the loading view would stand there for good.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from structlog.contextvars import bind_contextvars, get_contextvars, reset_contextvars

_PATIENCE = 3.0
_answered: ContextVar[asyncio.Event | None] = ContextVar("answered", default=None)


@contextmanager
def answering() -> Iterator[asyncio.Event]:
    """Handle one payload; set what is yielded once its answer is on the wire.

    Every line that is logged meanwhile, and by the slow work that begins here, has its id.
    """
    event = asyncio.Event()
    token, bound = _answered.set(event), bind_contextvars(request=_new())
    try:
        yield event
    finally:
        event.set()
        reset_contextvars(**bound)
        _answered.reset(token)


def request_id() -> str:
    """The id of the payload being handled: in the log, and in what a person reads of an error."""
    return str(get_contextvars().get("request") or _new())


def _new() -> str:
    return secrets.token_hex(3)


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
