"""Claims of a job's fires: each (job, slot) runs once, whoever's clock strikes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import slots

_KEPT = timedelta(days=2)


async def claim(
    connection: AsyncConnection,
    scope: Scope,
    *,
    job: str,
    slot: datetime,
    owner: str,
    now: datetime,
    lease_until: datetime,
) -> bool:
    """Take a slot: a new one, or one whose owner's lease ran out before it finished."""
    row = {
        **scope.columns(),
        "job": job,
        "slot": slot,
        "owner": owner,
        "lease_until": lease_until,
    }
    if await insert_new(connection, slots, [row], "job"):
        return True
    taken = await connection.execute(
        update(slots)
        .where(
            scope.of(slots),
            slots.c.job == job,
            slots.c.slot == slot,
            slots.c.finished_at.is_(None),
            slots.c.lease_until < now,
        )
        .values(owner=owner, lease_until=lease_until)
        .returning(slots.c.job)
    )
    return taken.first() is not None


async def renew(
    connection: AsyncConnection,
    scope: Scope,
    *,
    job: str,
    slot: datetime,
    owner: str,
    lease_until: datetime,
) -> None:
    """Keep a slot whose work takes long, as long as it is still the owner's."""
    await connection.execute(
        update(slots)
        .where(
            scope.of(slots),
            slots.c.job == job,
            slots.c.slot == slot,
            slots.c.owner == owner,
            slots.c.finished_at.is_(None),
        )
        .values(lease_until=lease_until)
    )


async def finish(
    connection: AsyncConnection, scope: Scope, *, job: str, slot: datetime, owner: str, at: datetime
) -> None:
    """Note that a slot's work is done, and drop the finished ones of days before."""
    await connection.execute(
        update(slots)
        .where(
            scope.of(slots),
            slots.c.job == job,
            slots.c.slot == slot,
            slots.c.owner == owner,
        )
        .values(finished_at=at)
    )
    await connection.execute(
        delete(slots).where(
            scope.of(slots),
            slots.c.job == job,
            slots.c.slot < slot - _KEPT,
            slots.c.finished_at.is_not(None),
        )
    )


async def last_finished(connection: AsyncConnection, scope: Scope) -> dict[str, datetime]:
    """When each job last finished, by its name."""
    rows = await connection.execute(
        select(slots.c.job, func.max(slots.c.finished_at))
        .where(
            scope.of(slots),
            slots.c.finished_at.is_not(None),
        )
        .group_by(slots.c.job)
    )
    return {job: at for job, at in rows if at is not None}
