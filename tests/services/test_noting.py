"""Receipts and what was sent find each other, whichever is kept first, or both at one time."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services.journal import Journal
from bot.services.noting import catch_up, note
from bot.store import Database, Scope, deliveries, receipts
from bot.store.deliveries import SentMessage
from bot.store.receipts import StoredReceipt
from bot.store.sends import State
from bot.store.tables import notices
from tests.store.made import stored

NOW = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
SENT = SentMessage(
    send_id="one",
    kind="sms",
    reference="cs-one-0",
    recipient="+61411111111",
    status="SUCCESS",
    message_id="M1",
)
LOST = StoredReceipt(
    kind="sms",
    message_id="M1",
    at=NOW,
    status_code="301",
    status_text="Failed",
    error_code=None,
    error_text="Off",
    reference=None,
    stored_at=NOW,
)


class Two:
    """The two that keep what belongs together."""

    def __init__(self, database: Database, scope: Scope) -> None:
        self.database, self.scope = database, scope
        self.journal = Journal(scope, now=lambda: NOW)

    async def receipt(self, connection: AsyncConnection, found: StoredReceipt = LOST) -> None:
        new = await receipts.add_new(connection, self.scope, [found])
        await note(connection, self.scope, self.journal, new, now=NOW)

    async def answer(self, connection: AsyncConnection) -> None:
        await deliveries.add(connection, self.scope, [SENT])
        await catch_up(connection, self.scope, self.journal, [SENT], now=NOW)

    async def answered(self) -> None:
        async with self.database.write() as connection:
            await self.answer(connection)

    async def received(self) -> None:
        async with self.database.write() as connection:
            await self.receipt(connection)

    async def told(self) -> list[str]:
        """What is to be told, once the message says that it did not arrive."""
        async with self.database.read() as connection:
            (message,) = await deliveries.of_send(connection, self.scope, "one")
            kinds = (await connection.execute(select(notices.c.kind))).scalars().all()
        assert (message.delivery, message.delivery_text) == ("failed", "Off")
        return sorted(kinds)


@pytest.fixture
async def two(database: Database, scope: Scope) -> Two:
    async with database.write() as connection:
        await stored(connection, scope, "one", state=State.SENT)
    return Two(database, scope)


@pytest.mark.parametrize("first", ["receipt", "answer"])
async def test_who_comes_second_finds_what_the_first_kept(two: Two, first: str) -> None:
    for act in (two.received, two.answered)[:: 1 if first == "receipt" else -1]:
        await act()
    assert await two.told() == ["not_arrived", "send_changed"]


@pytest.mark.parametrize("first", ["receipt", "answer"])
async def test_who_comes_at_the_same_time_waits_for_the_other(two: Two, first: str) -> None:
    begun, other = (two.receipt, two.answered) if first == "receipt" else (two.answer, two.received)
    async with two.database.write() as connection:
        await begun(connection)
        waits = asyncio.create_task(other())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waits), 0.3)
    await waits
    assert await two.told() == ["not_arrived", "send_changed"]


async def test_the_first_failure_is_told_at_once_and_more_of_them_together(two: Two) -> None:
    await two.answered()
    await two.received()
    again = (NOW + timedelta(seconds=1), "201"), (NOW + timedelta(seconds=2), "301")
    for at, code in again:  # it arrives after all, and then it does not
        later = StoredReceipt(**{**_fields(LOST), "at": at, "status_code": code})
        async with two.database.write() as connection:
            await two.receipt(connection, later)
    async with two.database.read() as connection:
        rows = await connection.execute(
            select(notices.c.due_at).where(notices.c.kind == "not_arrived").order_by(notices.c.id)
        )
    assert rows.scalars().all() == [NOW, NOW + timedelta(seconds=5)]


def _fields(receipt: StoredReceipt) -> dict[str, object]:
    return {name: getattr(receipt, name) for name in StoredReceipt.__slots__}
