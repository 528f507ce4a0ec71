"""The batches of a bulk send, all at once: they are sends, and are decided on together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, and_, delete, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import deliveries
from bot.store.deliveries import Delivery, SentMessage
from bot.store.scope import Scope
from bot.store.sends import MOVES, State
from bot.store.tables import messages, sends
from bot.store.types import MICRO


@dataclass(frozen=True, slots=True)
class Standing:
    """The batches of one state.

    Attributes:
        batches: How many.
        recipients: How many they have.
        total: What ClickSend charged; where it has not, the price.
        price: What was seen before the yes, or what it rose to.
    """

    batches: int
    recipients: int
    total: Decimal
    price: Decimal


def _batches(scope: Scope, job: str) -> Any:
    return and_(
        scope.of(sends),
        sends.c.bulk == job,
    )


async def forget_drafts(connection: AsyncConnection, scope: Scope, job: str) -> None:
    """Forget the batches nobody has said yes to."""
    await connection.execute(
        delete(sends).where(_batches(scope, job), sends.c.state == State.DRAFT)
    )


async def move(
    connection: AsyncConnection,
    scope: Scope,
    job: str,
    *,
    frm: Collection[State],
    to: State,
    at: datetime,
    approved_by: str | None = None,
    changes: Mapping[str, object],
) -> int:
    """Take every batch that is in some states to another, by one conditional write.

    Args:
        connection: A writing connection.
        scope: Whose.
        job: Which bulk send.
        frm: The states.
        to: The state they get.
        at: Now.
        approved_by: Only what this person did not ask for, and what is not too old to approve.
        changes: Columns that change with it.

    Returns:
        How many batches there were.

    Raises:
        ValueError: There is no such move.
    """
    for state in frm:
        if to not in MOVES.get(state, frozenset()):
            raise ValueError(f"a send never goes from {state} to {to}")
    approval = [sends.c.actor != approved_by, sends.c.expires_at > at] if approved_by else []
    result = await connection.execute(
        update(sends)
        .where(_batches(scope, job), sends.c.state.in_(list(frm)), *approval)
        .values(state=to, updated_at=at, **changes)
        .returning(sends.c.id)
    )
    return len(result.all())


async def standing(connection: AsyncConnection, scope: Scope, job: str) -> dict[State, Standing]:
    """How the batches stand, by their state; of drafts the price counts as their total."""
    total, price = (type_coerce(sends.c[name], BigInteger) for name in ("total", "price"))
    found = await connection.execute(
        select(
            sends.c.state,
            func.count(),
            func.sum(sends.c.recipients),
            func.sum(func.coalesce(total, price, 0)),
            func.sum(func.coalesce(price, 0)),
        )
        .where(_batches(scope, job))
        .group_by(sends.c.state)
    )
    return {
        State(row[0]): Standing(
            int(row[1]), int(row[2]), Decimal(int(row[3])) / MICRO, Decimal(int(row[4])) / MICRO
        )
        for row in found
    }


async def outcomes(connection: AsyncConnection, scope: Scope, job: str) -> dict[str, int]:
    """How many recipients have each of ClickSend's statuses so far."""
    found = await connection.execute(
        select(messages.c.status, func.count())
        .join(sends, sends.c.id == messages.c.send_id)
        .where(
            _batches(scope, job),
            scope.of(messages),
        )
        .group_by(messages.c.status)
    )
    return {str(row[0]): int(row[1]) for row in found}


async def arrived(connection: AsyncConnection, scope: Scope, job: str) -> dict[str, int]:
    """How many recipients it was delivered to, and for how many it failed, by `Delivery`."""
    found = await connection.execute(
        select(messages.c.delivery, func.count())
        .join(sends, sends.c.id == messages.c.send_id)
        .where(_batches(scope, job), scope.of(messages), messages.c.delivery.is_not(None))
        .group_by(messages.c.delivery)
    )
    return {str(row[0]): int(row[1]) for row in found}


async def lost(
    connection: AsyncConnection, scope: Scope, job: str, *, limit: int
) -> list[SentMessage]:
    """Some of the recipients for whom it failed on its way."""
    found = await connection.execute(
        select(messages)
        .join(sends, sends.c.id == messages.c.send_id)
        .where(_batches(scope, job), scope.of(messages), messages.c.delivery == Delivery.FAILED)
        .order_by(messages.c.id)
        .limit(limit)
    )
    return [deliveries.read(dict(row)) for row in found.mappings()]


async def approval(connection: AsyncConnection, scope: Scope, job: str) -> datetime | None:
    """Until when a second person can say yes; None when none has to (any more)."""
    found = await connection.execute(
        select(func.min(sends.c.expires_at)).where(
            _batches(scope, job), sends.c.state == State.APPROVAL
        )
    )
    until: datetime | None = found.scalar()
    return until


async def state(connection: AsyncConnection, scope: Scope, send_id: str) -> State | None:
    """The state of one batch."""
    found = await connection.execute(
        select(sends.c.state).where(
            scope.of(sends),
            sends.c.id == send_id,
        )
    )
    value = found.scalar()
    return State(value) if value else None
