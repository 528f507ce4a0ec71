"""What a person's App Home shows of the sends: each query reads a few rows, by an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.deliveries import Delivery
from bot.store.scope import Scope
from bot.store.sends import Send, State, read
from bot.store.tables import messages, sends

_SENT = (State.SENT, State.RECONCILED)

Index(None, sends.c.workspace, sends.c.account, sends.c.actor, sends.c.confirmed_at)
Index(None, sends.c.workspace, sends.c.account, sends.c.scheduled_for)
# Without it SQLite looks for a state among all sends of an account, by one of the other indexes.
Index(None, sends.c.workspace, sends.c.account, sends.c.state, sends.c.not_before)


async def newest_of(
    connection: AsyncConnection, scope: Scope, actor: str, *, limit: int
) -> list[Send]:
    """What a person said yes to last, the newest first; a bulk send's batches are left out."""
    rows = await connection.execute(
        select(sends)
        .where(
            scope.of(sends),
            sends.c.actor == actor,
            sends.c.confirmed_at.is_not(None),
            sends.c.bulk.is_(None),
        )
        .order_by(sends.c.confirmed_at.desc())
        .limit(limit)
    )
    return [read(dict(row)) for row in rows.mappings()]


async def delivered(
    connection: AsyncConnection, scope: Scope, send_ids: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """How many recipients of each send have got it, and how many have not and will not."""
    rows = await connection.execute(
        select(messages.c.send_id, messages.c.delivery, func.count())
        .where(
            scope.of(messages),
            messages.c.send_id.in_(list(send_ids)),
            messages.c.delivery.is_not(None),
        )
        .group_by(messages.c.send_id, messages.c.delivery)
    )
    found = {(send_id, delivery): count for send_id, delivery, count in rows}
    return {
        each: (found.get((each, Delivery.DELIVERED), 0), found.get((each, Delivery.FAILED), 0))
        for each in send_ids
    }


async def upcoming(
    connection: AsyncConnection, scope: Scope, *, now: datetime, limit: int
) -> list[Send]:
    """What was scheduled here and waits for its hour, the soonest first."""
    here = and_(
        messages.c.workspace == sends.c.workspace,
        messages.c.account == sends.c.account,
        messages.c.send_id == sends.c.id,
    )
    cancelled = and_(
        exists().where(here, messages.c.status == "CANCELLED"),
        ~exists().where(here, messages.c.status != "CANCELLED"),
    )
    waits = or_(sends.c.state == State.QUEUED, and_(sends.c.state.in_(_SENT), ~cancelled))
    rows = await connection.execute(
        select(sends)
        .where(scope.of(sends), sends.c.scheduled_for > now, waits)
        .order_by(sends.c.scheduled_for)
        .limit(limit)
    )
    return [read(dict(row)) for row in rows.mappings()]


async def approvals(connection: AsyncConnection, scope: Scope, *, limit: int) -> list[Send]:
    """What waits for a second person's yes, the one that expires first first."""
    rows = await connection.execute(
        select(sends)
        .where(scope.of(sends), sends.c.state == State.APPROVAL)
        .order_by(sends.c.expires_at)
        .limit(limit)
    )
    return [read(dict(row)) for row in rows.mappings()]
