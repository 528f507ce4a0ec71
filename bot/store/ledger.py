"""What was spent, and what was sent already: the sums and look-ups that guards and limits need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, bindparam, func, literal, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.sends import COMMITTED, Send, read
from bot.store.tables import sends
from bot.store.types import MICRO

_LOCK = 0x6C696D69
_TOTAL, _PRICE = (type_coerce(sends.c[name], BigInteger) for name in ("total", "price"))

_EARLIER = (
    select(sends)
    .where(
        Scope.whose(sends),
        sends.c.fingerprint == bindparam("content"),
        sends.c.confirmed_at > bindparam("since"),
        sends.c.state.in_([literal(state) for state in sorted(COMMITTED)]),
        sends.c.id.not_in(bindparam("but", expanding=True)),
    )
    .order_by(sends.c.confirmed_at.desc())
    .limit(20)
)


async def lock(connection: AsyncConnection) -> None:
    """Let one yes be counted after the other; on SQLite every writer waits anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def spent(
    connection: AsyncConnection,
    scope: Scope,
    *,
    since: datetime,
    actor: str | None = None,
    channel: str | None = None,
    but: str | None = None,
) -> tuple[int, Decimal]:
    """How many recipients, and how much money, people said yes to since a time.

    Args:
        connection: Any connection.
        scope: Whose.
        since: From when on.
        actor: Only this person's.
        channel: Only what was sent in this Slack channel.
        but: Not this send, and not the batches of this bulk send: it is what is being counted.

    Returns:
        The number of recipients, and the sum: what ClickSend charged, or the price seen.
    """
    whose = [sends.c.actor == actor] if actor else []
    where = [sends.c.channel == channel] if channel else []
    others = or_(sends.c.bulk.is_(None), sends.c.bulk != but)
    rest = [sends.c.id != but, others] if but else []
    row = (
        await connection.execute(
            select(
                func.coalesce(func.sum(sends.c.recipients), 0),
                # A sum of micro-units: the column's own type would read it as one amount.
                func.coalesce(func.sum(func.coalesce(_TOTAL, _PRICE, 0)), 0),
            ).where(
                scope.of(sends),
                sends.c.state.in_(list(COMMITTED)),
                sends.c.confirmed_at >= since,
                *whose,
                *where,
                *rest,
            )
        )
    ).one()
    return int(row[0]), Decimal(int(row[1])) / MICRO


async def earlier(
    connection: AsyncConnection,
    scope: Scope,
    *,
    fingerprint: str,
    since: datetime,
    but: Sequence[str],
) -> list[Send]:
    """What people said yes to since a time that sends the same, the newest first."""
    rows = await connection.execute(
        _EARLIER, scope.bound(content=fingerprint, since=since, but=list(but))
    )
    return [read(dict(row)) for row in rows.mappings()]
