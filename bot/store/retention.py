"""What is deleted when its time is over: each function one batch, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.sends import State
from bot.store.tables import audit, messages, notices, posts, receipts, sends

OVER = frozenset(
    {
        State.DRAFT,
        State.SENT,
        State.REFUSED,
        State.RECONCILED,
        State.DROPPED,
        State.UNDONE,
        State.DENIED,
        State.EXPIRED,
    }
)
"""The states in which nobody and nothing waits for a send any more."""


async def purge_sends(
    connection: AsyncConnection, scope: Scope, *, before: datetime, limit: int
) -> list[str]:
    """Delete sends that are over, and have not changed since a time.

    One that is scheduled for later than that stays: it can still be cancelled.

    Returns:
        The ids of those that are gone.
    """
    scheduled = or_(sends.c.scheduled_for.is_(None), sends.c.scheduled_for < before)
    old = and_(
        scope.of(sends), sends.c.state.in_(list(OVER)), sends.c.updated_at < before, scheduled
    )
    batch = select(sends.c.id).where(old).order_by(sends.c.updated_at).limit(limit)
    gone = await connection.execute(
        delete(sends).where(old, sends.c.id.in_(batch.scalar_subquery())).returning(sends.c.id)
    )
    return list(gone.scalars())


async def purge_messages(connection: AsyncConnection, scope: Scope, send_ids: Sequence[str]) -> int:
    """Delete what became of the recipients of sends; how many there were."""
    gone = await connection.execute(
        delete(messages).where(scope.of(messages), messages.c.send_id.in_(send_ids))
    )
    return gone.rowcount


async def purge_posts(connection: AsyncConnection, scope: Scope, topics: Sequence[str]) -> int:
    """Forget where the messages of topics stand; how many there were."""
    gone = await connection.execute(delete(posts).where(scope.of(posts), posts.c.topic.in_(topics)))
    return gone.rowcount


async def purge_receipts(
    connection: AsyncConnection, scope: Scope, *, before: datetime, limit: int
) -> int:
    """Delete receipts that were stored before a time; how many there were."""
    return await _purge(connection, receipts, scope, receipts.c.stored_at < before, limit)


async def purge_notices(
    connection: AsyncConnection, scope: Scope, *, before: datetime, limit: int
) -> int:
    """Delete notices that were posted before a time; how many there were."""
    return await _purge(connection, notices, scope, notices.c.posted_at < before, limit)


async def purge_audit(
    connection: AsyncConnection, scope: Scope, *, before: datetime, limit: int
) -> int:
    """Delete audit records of before a time; how many there were."""
    return await _purge(connection, audit, scope, audit.c.at < before, limit)


async def _purge(
    connection: AsyncConnection, table: Table, scope: Scope, old: Any, limit: int
) -> int:
    batch = select(table.c.id).where(scope.of(table), old).order_by(table.c.id).limit(limit)
    gone = await connection.execute(delete(table).where(table.c.id.in_(batch.scalar_subquery())))
    return gone.rowcount
