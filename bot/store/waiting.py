"""The sends that wait: for the worker, for a look at the history, and how long they do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.sends import Send, State, read
from bot.store.tables import sends
from bot.store.types import Instant


async def is_due(connection: AsyncConnection, scope: Scope, *, now: datetime) -> bool:
    """Whether there is a queued send that may go now."""
    due = or_(sends.c.not_before.is_(None), sends.c.not_before <= now)
    found = await connection.execute(
        select(sends.c.id).where(scope.of(sends), sends.c.state == State.QUEUED, due).limit(1)
    )
    return found.first() is not None


async def next_due(connection: AsyncConnection, scope: Scope) -> datetime | None:
    """When a queued send that is held back may go, or a lease ends; None when neither will."""
    held = select(func.min(sends.c.not_before)).where(
        scope.of(sends), sends.c.state == State.QUEUED
    )
    leased = select(func.min(sends.c.lease_until)).where(
        scope.of(sends), sends.c.state == State.SENDING
    )
    found = [(await connection.execute(each)).scalar() for each in (held, leased)]
    return min((moment for moment in found if moment is not None), default=None)


async def unsettled(
    connection: AsyncConnection, scope: Scope, *, now: datetime, limit: int
) -> list[Send]:
    """The unknown sends whose next look is due and of which nobody was asked yet."""
    rows = await connection.execute(
        select(sends)
        .where(
            scope.of(sends),
            sends.c.state == State.UNKNOWN,
            sends.c.asked_at.is_(None),
            or_(sends.c.not_before.is_(None), sends.c.not_before <= now),
        )
        .order_by(sends.c.not_before)
        .limit(limit)
    )
    return [read(dict(row)) for row in rows.mappings()]


async def queue(
    connection: AsyncConnection, scope: Scope, *, now: datetime
) -> tuple[int, datetime | None]:
    """How many sends are due and not taken yet; since when the oldest of them waits."""
    since = func.coalesce(sends.c.not_before, sends.c.updated_at, type_=Instant)
    row = (
        await connection.execute(
            select(func.count(), func.min(since)).where(
                scope.of(sends), sends.c.state == State.QUEUED, since <= now
            )
        )
    ).one()
    return int(row[0]), row[1]


async def count(connection: AsyncConnection, scope: Scope, *, state: State) -> int:
    """How many sends are in a state."""
    found = await connection.execute(
        select(func.count()).select_from(sends).where(scope.of(sends), sends.c.state == state)
    )
    return int(found.scalar_one())
