"""What the alert rules look at: spending by hour, the outcome of messages, tallies of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import and_, bindparam, case, delete, func, or_, select, type_coerce, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.alert_tables import spending, tallies, traffic
from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.types import EPOCH, Money

_HOUR = timedelta(hours=1)
_BUCKET = timedelta(minutes=1)
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message of ClickSend's history; `outcome`: sent, waiting, delivered, failed or inbound.

    `price` is what it cost, in the account's currency; None where it was not kept.
    """

    message_id: str
    at: datetime
    outcome: str
    country: str = ""
    carrier: str = ""
    sender: str = ""
    cause: str = ""
    subaccount: str = ""
    list_name: str = ""
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many messages of a kind there were; `channel` is empty for SMS."""

    country: str
    carrier: str
    sender: str
    cause: str
    subaccount: str
    list_name: str
    outcome: str
    count: int
    channel: str = ""


_FIELDS = tuple(field.name for field in fields(StoredMessage))


async def note_balance(
    connection: AsyncConnection, scope: Scope, balance: Decimal, *, at: datetime
) -> None:
    """Keep the balance of a look, and what was spent since the last: how far it fell."""
    newest = (
        await connection.execute(
            select(spending.c.hour, spending.c.balance, spending.c.spent)
            .where(scope.of(spending))
            .order_by(spending.c.hour.desc())
            .limit(1)
        )
    ).first()
    fallen = max(newest.balance - balance, Decimal(0)) if newest else Decimal(0)
    hour = EPOCH + (at - EPOCH) // _HOUR * _HOUR
    row = {**scope.columns(), "hour": hour, "balance": balance, "spent": fallen}
    if await insert_new(connection, spending, [row], "hour"):
        return
    before = newest.spent if newest and newest.hour == hour else Decimal(0)
    await connection.execute(
        update(spending)
        .where(scope.of(spending), spending.c.hour == hour)
        .values(balance=balance, spent=before + fallen)
    )


async def spent_by_hour(
    connection: AsyncConnection, scope: Scope, *, since: datetime
) -> list[tuple[datetime, Decimal]]:
    """What was spent in each hour in which there was a look, the oldest first."""
    rows = await connection.execute(
        select(spending.c.hour, spending.c.spent)
        .where(scope.of(spending), spending.c.hour >= since)
        .order_by(spending.c.hour)
    )
    return [(row.hour, row.spent) for row in rows]


async def keep(connection: AsyncConnection, scope: Scope, found: Sequence[StoredMessage]) -> None:
    """Keep messages, each once, with the outcome that was read last."""
    unique = list({message.message_id: message for message in found}.values())
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    whose = scope.columns()
    for start in range(0, len(unique), _BATCH):
        rows = [
            whose | {name: getattr(each, name) for name in _FIELDS}
            for each in unique[start : start + _BATCH]
        ]
        statement = dialect.insert(traffic).values(rows)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace", "account", "message_id"],
                set_={
                    "outcome": statement.excluded.outcome,
                    "cause": statement.excluded.cause,
                    "carrier": statement.excluded.carrier,
                    "price": statement.excluded.price,
                },
                where=and_(
                    or_(
                        traffic.c.outcome != statement.excluded.outcome,
                        traffic.c.cause != statement.excluded.cause,
                        traffic.c.price.is_distinct_from(statement.excluded.price),
                    ),
                    # A receipt may be ahead of the history.
                    or_(traffic.c.outcome != "failed", statement.excluded.outcome != "sent"),
                ),
            )
        )


async def lost(connection: AsyncConnection, scope: Scope, causes: Mapping[str, str]) -> None:
    """Note that messages did not arrive, however long after they were read; why, by their ids."""
    rows = [{"id": message_id, "why": why[:128]} for message_id, why in sorted(causes.items())]
    if not rows:
        return
    await connection.execute(
        update(traffic)
        .where(
            scope.of(traffic),
            traffic.c.message_id == bindparam("id"),
            or_(traffic.c.outcome == "sent", traffic.c.outcome == "delivered"),
        )
        .values(outcome="failed", cause=bindparam("why")),
        rows,
    )


async def counts(
    connection: AsyncConnection, scope: Scope, *, since: datetime, until: datetime
) -> list[Counted]:
    """How many messages there were between two times, by everything that is known of them."""
    by = [traffic.c[name] for name in Counted.__slots__ if name in traffic.c]
    rows = await connection.execute(
        select(*by, func.count().label("count"))
        .where(scope.of(traffic), traffic.c.at >= since, traffic.c.at < until)
        .group_by(*by)
    )
    return [Counted(**row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """How many messages of a kind there were, how many of a known price, and the sum of these."""

    country: str
    subaccount: str
    outcome: str
    cause: str
    count: int
    known: int
    price: Decimal


async def priced(
    connection: AsyncConnection, scope: Scope, *, since: datetime, until: datetime
) -> list[Priced]:
    """What the outgoing messages between two times came to; those that wait are left out."""
    by = [traffic.c[name] for name in ("country", "subaccount", "outcome", "cause")]
    price = func.coalesce(func.sum(traffic.c.price), 0)
    rows = await connection.execute(
        select(
            *by,
            func.count().label("count"),
            func.count(traffic.c.price).label("known"),
            type_coerce(price, Money).label("price"),
        )
        .where(
            scope.of(traffic),
            traffic.c.at >= since,
            traffic.c.at < until,
            traffic.c.outcome.not_in(["inbound", "waiting"]),
        )
        .group_by(*by)
    )
    return [Priced(**row) for row in rows.mappings()]


async def oldest(connection: AsyncConnection, scope: Scope) -> datetime | None:
    """The time of the oldest message that is kept."""
    found = await connection.execute(select(func.min(traffic.c.at)).where(scope.of(traffic)))
    at: datetime | None = found.scalar()
    return at


async def newest(connection: AsyncConnection, scope: Scope) -> datetime | None:
    """The time of the newest message that is kept."""
    found = await connection.execute(select(func.max(traffic.c.at)).where(scope.of(traffic)))
    at: datetime | None = found.scalar()
    return at


async def tally(
    connection: AsyncConnection, scope: Scope, counted: Mapping[str, int], *, at: datetime
) -> None:
    """Add to the tallies of this minute."""
    since = EPOCH + (at - EPOCH) // _BUCKET * _BUCKET
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for name, count in sorted(counted.items()):
        row = {**scope.columns(), "name": name[:64], "since": since, "count": count}
        statement = dialect.insert(tallies).values(row)
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace", "account", "name", "since"],
                set_={"count": tallies.c.count + statement.excluded.count},
            )
        )


async def tallied(
    connection: AsyncConnection, scope: Scope, *, since: datetime, names: Sequence[str] = ()
) -> dict[str, int]:
    """The sums of the tallies since a time, by name; of these names only, when there are some."""
    of_these = [tallies.c.name.in_(names)] if names else []
    rows = await connection.execute(
        select(tallies.c.name, func.sum(tallies.c.count).label("sum"))
        .where(scope.of(tallies), tallies.c.since >= since, *of_these)
        .group_by(tallies.c.name)
    )
    return {row.name: int(row.sum) for row in rows}


async def forget(connection: AsyncConnection, scope: Scope, *, before: datetime) -> None:
    """Drop what is too old to be looked at."""
    for table, column in (
        (spending, spending.c.hour),
        (traffic, traffic.c.at),
        (tallies, tallies.c.since),
    ):
        await connection.execute(delete(table).where(scope.of(table), column < before))


async def inbound_by_sender(
    connection: AsyncConnection, scope: Scope, *, since: datetime
) -> list[tuple[str, int]]:
    """Who sent how many messages in since a time, the busiest first."""
    count = func.sum(case((traffic.c.outcome == "inbound", 1), else_=0))
    rows = await connection.execute(
        select(traffic.c.sender, count.label("sum"))
        .where(scope.of(traffic), traffic.c.outcome == "inbound", traffic.c.at >= since)
        .group_by(traffic.c.sender)
        .order_by(count.desc(), traffic.c.sender)
        .limit(10)
    )
    return [(row.sender, int(row.sum)) for row in rows]


async def waiting(
    connection: AsyncConnection, scope: Scope, *, before: datetime
) -> tuple[int, datetime | None]:
    """How many messages wait for approval since before a time; since when the oldest does."""
    row = (
        await connection.execute(
            select(func.count(), func.min(traffic.c.at)).where(
                scope.of(traffic), traffic.c.outcome == "waiting", traffic.c.at < before
            )
        )
    ).one()
    return int(row[0]), row[1]
