"""Roles that were given, and limits that were set."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import grants, limits

_LOCK = 0x72696768
_GRANTS = (
    select(
        grants.c.subject,
        grants.c.role,
        grants.c.place,
        grants.c.granted_by,
        grants.c.granted_at,
    )
    .where(Scope.whose(grants))
    .order_by(grants.c.subject, grants.c.role, grants.c.place)
)
_LIMITS = (
    select(limits.c.subject, limits.c.measure, limits.c.amount, limits.c.set_by, limits.c.set_at)
    .where(Scope.whose(limits))
    .order_by(limits.c.subject, limits.c.measure)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrant:
    """A role of a person, a user group, a channel or everybody; `place` is empty for everywhere."""

    subject: str
    role: str
    place: str
    granted_by: str
    granted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLimit:
    """A limit of the workspace, of each person, of a person or of a channel."""

    subject: str
    measure: str
    amount: Decimal
    set_by: str
    set_at: datetime


async def lock(connection: AsyncConnection) -> None:
    """Let one change be made after the other; on SQLite every writer waits anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def all_grants(connection: AsyncConnection, scope: Scope) -> list[StoredGrant]:
    """Every role that was given, by subject."""
    rows = await connection.execute(_GRANTS, scope.bound())
    return [StoredGrant(**row) for row in rows.mappings()]


async def grant(connection: AsyncConnection, scope: Scope, given: StoredGrant) -> bool:
    """Give a role; False when it was given before."""
    row = {**scope.columns(), **asdict(given)}
    return bool(await insert_new(connection, grants, [row], "subject"))


async def revoke(
    connection: AsyncConnection, scope: Scope, *, subject: str, role: str, place: str
) -> bool:
    """Take a role away; False when it was not given."""
    result = await connection.execute(
        delete(grants)
        .where(
            scope.of(grants),
            grants.c.subject == subject,
            grants.c.role == role,
            grants.c.place == place,
        )
        .returning(grants.c.subject)
    )
    return result.first() is not None


async def revoke_all(connection: AsyncConnection, scope: Scope) -> int:
    """Take every role away; how many there were."""
    gone = await connection.execute(delete(grants).where(scope.of(grants)))
    return gone.rowcount


async def all_limits(connection: AsyncConnection, scope: Scope) -> list[StoredLimit]:
    """Every limit, by subject."""
    rows = await connection.execute(_LIMITS, scope.bound())
    return [StoredLimit(**row) for row in rows.mappings()]


async def set_limit(connection: AsyncConnection, scope: Scope, limit: StoredLimit) -> None:
    """Set a limit, in the place of the one before."""
    row = {**scope.columns(), **asdict(limit)}
    if await insert_new(connection, limits, [row], "subject"):
        return
    await connection.execute(
        update(limits)
        .where(
            scope.of(limits),
            limits.c.subject == limit.subject,
            limits.c.measure == limit.measure,
        )
        .values(amount=limit.amount, set_by=limit.set_by, set_at=limit.set_at)
    )


async def lift_limit(
    connection: AsyncConnection, scope: Scope, *, subject: str, measure: str
) -> bool:
    """Take a limit away; False when there was none."""
    result = await connection.execute(
        delete(limits)
        .where(scope.of(limits), limits.c.subject == subject, limits.c.measure == measure)
        .returning(limits.c.subject)
    )
    return result.first() is not None
