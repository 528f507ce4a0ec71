"""What people have set for themselves, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, Table, Text, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.schema import metadata
from bot.store.scope import Scope
from bot.store.types import Instant

people = Table(
    "people",
    metadata,
    Column("workspace", String(32), primary_key=True),
    Column("account", String(128), primary_key=True),
    Column("user", String(32), primary_key=True),  # a Slack user id
    Column("time_zone", String(64), nullable=False),  # of the tz database; empty: Slack's
    Column("sender", String(20), nullable=False),  # what forms begin with; empty: ClickSend's
    Column("language", String(16), nullable=False),  # of voice calls; empty: the usual one
    Column("notify", Text, nullable=False),  # what they want to be told of, words with blanks
    Column("set_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One person's settings; empty where they have set nothing.

    Attributes:
        time_zone: A name of the tz database.
        sender: The sender ID that forms begin with.
        language: The language that voice calls begin with.
        notify: What they want to be told of in direct messages.
    """

    time_zone: str = ""
    sender: str = ""
    language: str = ""
    notify: frozenset[str] = field(default_factory=frozenset)


def _mine(scope: Scope, user: str) -> Any:
    ours = and_(scope.of(people))
    return and_(ours, people.c.user == user)


def _read(row: Mapping[str, Any]) -> Own:
    names = ("time_zone", "sender", "language")
    return Own(**{name: row[name] for name in names}, notify=frozenset(row["notify"].split()))


async def get(connection: AsyncConnection, scope: Scope, user: str) -> Own:
    """What a person has set."""
    found = (await connection.execute(select(people).where(_mine(scope, user)))).mappings().first()
    return _read(dict(found)) if found else Own()


async def put(
    connection: AsyncConnection, scope: Scope, user: str, own: Own, *, at: datetime
) -> None:
    """Keep what a person has set, in the place of what was there."""
    await connection.execute(delete(people).where(_mine(scope, user)))
    values = {**asdict(own), "notify": " ".join(sorted(own.notify))}
    row = {**scope.columns(), "user": user, **values, "set_at": at}
    await insert_new(connection, people, [row], "user")


async def wanting(connection: AsyncConnection, scope: Scope, what: str) -> list[str]:
    """Who wants to be told of something, Slack user ids."""
    rows = await connection.execute(
        select(people.c.user, people.c.notify)
        .where(
            scope.of(people),
            people.c.notify != "",
        )
        .order_by(people.c.user)
    )
    return [row.user for row in rows if what in row.notify.split()]
