"""Which channel gets a report how often, and up to when it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.store.alert_tables import digests
from bot.store.database import insert_new
from bot.store.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    """A channel's; `settings` is JSON, `told_until` when the last report was due."""

    channel: str
    settings: str
    told_until: datetime
    set_by: str
    set_at: datetime


async def every(connection: AsyncConnection, scope: Scope) -> list[StoredDigest]:
    """All of them, by channel."""
    rows = await connection.execute(
        select(*(digests.c[name] for name in StoredDigest.__slots__))
        .where(scope.of(digests))
        .order_by(digests.c.channel)
    )
    return [StoredDigest(**row) for row in rows.mappings()]


async def put(
    connection: AsyncConnection, scope: Scope, channel: str, settings: str, *, by: str, at: datetime
) -> None:
    """Set what a channel gets from now on, in the place of what it got."""
    values = {"settings": settings, "told_until": at, "set_by": by, "set_at": at}
    if await insert_new(
        connection, digests, [{**scope.columns(), "channel": channel, **values}], "channel"
    ):
        return
    await connection.execute(update(digests).where(_of(scope, channel)).values(values))


async def drop(connection: AsyncConnection, scope: Scope, channel: str) -> bool:
    """Have a channel get nothing any more; False when it got nothing."""
    gone = await connection.execute(
        delete(digests).where(_of(scope, channel)).returning(digests.c.channel)
    )
    return gone.first() is not None


async def told(
    connection: AsyncConnection, scope: Scope, channel: str, *, before: datetime, until: datetime
) -> bool:
    """Note up to when a channel was told, by one conditional write.

    Returns:
        Whether it had been told up to `before` only; nobody else has told it meanwhile.
    """
    result = await connection.execute(
        update(digests)
        .where(_of(scope, channel), digests.c.told_until == before)
        .values(told_until=until)
        .returning(digests.c.channel)
    )
    return result.first() is not None


def _of(scope: Scope, channel: str) -> ColumnElement[bool]:
    return and_(
        scope.of(digests),
        digests.c.channel == channel,
    )
