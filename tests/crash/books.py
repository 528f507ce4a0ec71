"""What the bot's database says: where each send stands, and what it did not tell yet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import func, select, text, update

from bot.services.alerts.model import Group
from bot.store import Database, Scope
from bot.store.alert_tables import alerts
from bot.store.sends import Send, State, read
from bot.store.tables import notices, sends

SCOPE = Scope("default", "demo")
_OVER = frozenset(
    {State.SENT, State.REFUSED, State.RECONCILED, State.DROPPED, State.UNDONE, State.EXPIRED}
)


@dataclass(frozen=True)
class Row:
    """A send, and whether something of it is not in Slack yet."""

    send: Send
    untold: bool

    @property
    def settled(self) -> bool:
        """Whether the bot has nothing more to do for it."""
        asked = self.send.state is State.UNKNOWN and self.send.asked_at is not None
        return (asked or self.send.state in _OVER) and not self.untold


class Books:
    """Reads, beside the bot, what it keeps; and can stop it from writing."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._on_postgres = url.startswith("postgresql")

    async def close(self) -> None:
        """Close every connection."""
        await self._database.close()

    async def sends(self, ids: Collection[str]) -> list[Send]:
        """The sends of these ids that there are, and nothing more, as quickly as can be."""
        if not ids:
            return []
        async with self._database.read() as connection:
            found = await connection.execute(select(sends).where(sends.c.id.in_(ids)))
            return [read(dict(row)) for row in found.mappings()]

    async def rows(self, ids: Collection[str]) -> dict[str, Row]:
        """The sends of these ids that there are."""
        wanted = [each for each in ids if each]
        async with self._database.read() as connection:
            found = await connection.execute(select(sends).where(sends.c.id.in_(wanted)))
            open_ones = await connection.execute(
                select(notices.c.topic).where(notices.c.posted_at.is_(None))
            )
            topics = {str(topic).partition(":")[2] for topic in open_ones.scalars()}
            read_ones = [read(dict(row)) for row in found.mappings()]
        return {send.id: Row(send, send.id in topics) for send in read_ones}

    async def untold(self) -> int:
        """How many senders are not told in Slack yet of what did not arrive."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(func.count())
                .select_from(notices)
                .where(notices.c.posted_at.is_(None), notices.c.kind == "not_arrived")
            )
            return int(found.scalar_one())

    async def alert(self, rule: str) -> Group | None:
        """The group of an alert; None while there was none."""
        async with self._database.read() as connection:
            found = await connection.execute(select(alerts.c.state).where(alerts.c.rule == rule))
            state = found.scalar()
        return Group.model_validate_json(state) if state else None

    async def posted_again(self) -> int:
        """How often one was tried again, as it was not known whether Slack had taken it."""
        told = notices.c.kind.in_(["not_arrived", "alert_changed"])
        async with self._database.read() as connection:
            found = await connection.execute(
                select(func.coalesce(func.sum(notices.c.attempts - 1), 0)).where(told)
            )
            return int(found.scalar_one())

    async def replace(self, send_id: str, message_id: str) -> None:
        """Make a draft one that replaces a scheduled message."""
        async with self._database.write() as connection:
            await connection.execute(
                update(sends).where(sends.c.id == send_id).values(replaces=message_id)
            )

    @asynccontextmanager
    async def locked(self, table: str) -> AsyncIterator[None]:
        """Let nobody else write to a table (on SQLite: to any)."""
        async with self._database.write() as connection:
            if self._on_postgres:
                await connection.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))
            yield
