"""The sends that wait: for the worker, for a look at the history, and how long they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.sends import Send, State, read
from bot.store.tables import sends
from bot.store.types import Instant


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the worker has before it.

    Attributes:
        is_due: Whether there is a queued send that may go now.
        held: When the first queued send that is held back may go; None when none is.
        lease: When the first lease ends; None when nothing is being sent.
    """

    is_due: bool
    held: datetime | None
    lease: datetime | None

    @property
    def next(self) -> datetime | None:
        """When there is something to do again; None when nothing is ahead."""
        return min((each for each in (self.held, self.lease) if each is not None), default=None)


_QUEUED = and_(Scope.whose(sends), sends.c.state == State.QUEUED)
_LEASED = and_(Scope.whose(sends), sends.c.state == State.SENDING)
_AHEAD = select(
    exists()
    .where(
        _QUEUED,
        or_(
            sends.c.not_before.is_(None),
            sends.c.not_before <= bindparam("now", type_=Instant),
        ),
    )
    .label("is_due"),
    select(func.min(sends.c.not_before)).where(_QUEUED).scalar_subquery().label("held"),
    select(func.min(sends.c.lease_until)).where(_LEASED).scalar_subquery().label("lease"),
)


async def ahead(connection: AsyncConnection, scope: Scope, *, now: datetime) -> Ahead:
    """What is due, and when something will be."""
    row = (await connection.execute(_AHEAD, scope.bound(now=now))).one()
    return Ahead(bool(row.is_due), row.held, row.lease)


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
