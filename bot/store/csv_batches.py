"""The batches of an import: each is handed to ClickSend once, or nobody knows whether it was."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import csv_batches


class BatchState(StrEnum):
    """Where a batch stands: waiting → sending → taken, refused or unknown."""

    WAITING = "waiting"
    SENDING = "sending"
    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


def _mine(scope: Scope, job: str) -> Any:
    return and_(
        scope.of(csv_batches),
        csv_batches.c.job == job,
    )


async def add(connection: AsyncConnection, scope: Scope, job: str, count: int) -> None:
    """Make the batches of a job, numbered from 0; those that are there stay."""
    rows = [
        {**scope.columns(), "job": job, "number": number, "state": BatchState.WAITING}
        for number in range(count)
    ]
    if rows:
        await insert_new(connection, csv_batches, rows, "number")


async def claim(
    connection: AsyncConnection, scope: Scope, job: str, *, lease_until: datetime
) -> int | None:
    """Take the first batch that waits; None when none does."""
    first = (
        select(csv_batches.c.number)
        .where(_mine(scope, job), csv_batches.c.state == BatchState.WAITING)
        .order_by(csv_batches.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    result = await connection.execute(
        update(csv_batches)
        .where(
            _mine(scope, job),
            csv_batches.c.number == first,
            csv_batches.c.state == BatchState.WAITING,
        )
        .values(state=BatchState.SENDING, lease_until=lease_until)
        .returning(csv_batches.c.number)
    )
    number: int | None = result.scalar()
    return number


async def finish(
    connection: AsyncConnection,
    scope: Scope,
    job: str,
    number: int,
    *,
    state: BatchState,
    reason: str | None = None,
) -> bool:
    """Write what became of a batch that was being sent; False when it was given up before."""
    result = await connection.execute(
        update(csv_batches)
        .where(
            _mine(scope, job),
            csv_batches.c.number == number,
            csv_batches.c.state == BatchState.SENDING,
        )
        .values(state=state, reason=reason, lease_until=None)
        .returning(csv_batches.c.number)
    )
    return result.first() is not None


async def expire(connection: AsyncConnection, scope: Scope, job: str, *, now: datetime) -> int:
    """Give up the batches whose process died: they become `unknown`, and are never sent again."""
    result = await connection.execute(
        update(csv_batches)
        .where(
            _mine(scope, job),
            csv_batches.c.state == BatchState.SENDING,
            csv_batches.c.lease_until < now,
        )
        .values(state=BatchState.UNKNOWN, lease_until=None)
        .returning(csv_batches.c.number)
    )
    return len(result.all())


async def states(
    connection: AsyncConnection, scope: Scope, job: str
) -> dict[int, tuple[BatchState, str | None]]:
    """How each batch stands, and why."""
    found = await connection.execute(
        select(csv_batches.c.number, csv_batches.c.state, csv_batches.c.reason).where(
            _mine(scope, job)
        )
    )
    return {row[0]: (BatchState(row[1]), row[2]) for row in found}
