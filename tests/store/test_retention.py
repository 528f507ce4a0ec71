"""What is deleted when its time is over, with a clock that is moved: on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.services.retention import Retention
from bot.store import Database, Scope, audit, deliveries, outbox, posts, receipts, sends
from bot.store.receipts import StoredReceipt
from bot.store.retention import OVER
from bot.store.sends import State
from bot.store.tables import metadata
from tests.store.made import NOW, a_message, stored

DAY = timedelta(days=1)
RECEIPT = StoredReceipt(
    kind="sms", message_id="M1", at=NOW, status_code="201", status_text=None, error_code=None,
    error_text=None, reference=None, stored_at=NOW,
)  # fmt: skip


async def purged(database: Database, scope: Scope, now: datetime, days: int = 90) -> dict[str, int]:
    return await Retention(database, scope, days=days, now=lambda: now).purge()


async def counted(database: Database) -> dict[str, int]:
    """How many rows the tables have that have any."""
    async with database.read() as connection:
        found = {
            table.name: (
                await connection.execute(select(func.count()).select_from(table))
            ).scalar_one()
            for table in metadata.sorted_tables
        }
    return {name: count for name, count in found.items() if count}


async def fill(database: Database, scope: Scope) -> None:
    """A send that is over, with all that comes with it."""
    async with database.write() as connection:
        await stored(connection, scope, state=State.SENT)
        await deliveries.add(connection, scope, [a_message(), a_message(message_id="M2")])
        await receipts.add_new(connection, scope, [RECEIPT])
        for kind in ("send_changed", "send_unsettled"):
            await posts.keep(connection, scope, f"{kind}:draft1", channel="C1", ts="1.1")
        for key in ("posted", "waits"):
            values: dict[str, Any] = {"kind": "low_credit", "payload": "{}", "at": NOW}
            await outbox.add(connection, scope, key=key, **values)
        await audit.add(connection, scope, at=NOW, actor="U1", action="a b", subject="s", detail={})
    async with database.write() as connection:
        found = await outbox.claim_due(
            connection, scope, owner="me", now=NOW, lease_until=NOW + DAY
        )
        assert found is not None
        assert found.key == "posted"
        await outbox.posted(connection, found.id, at=NOW)


async def test_what_is_old_goes_with_all_that_belongs_to_it_and_is_recorded_once(
    database: Database, scope: Scope, others: Scope
) -> None:
    await fill(database, scope)
    await fill(database, others)
    before = await counted(database)
    assert await purged(database, scope, NOW + 90 * DAY) == {}
    assert await counted(database) == before
    now = NOW + 90 * DAY + timedelta(seconds=1)
    gone = {"sends": 1, "messages": 2, "posts": 2, "receipts": 1, "notices": 1, "audit": 1}
    assert await purged(database, scope, now) == gone
    left = {name: before[name] - count for name, count in gone.items()}
    assert await counted(database) == {**left, "audit": left["audit"] + 1}
    async with database.read() as connection:
        (record,) = await audit.search(connection, scope, limit=9)
        assert len(await audit.search(connection, others, limit=9)) == 1
    assert (record.actor, record.action, record.at) == ("bot", "retention purged", now)
    assert record.detail == {**gone, "before": "2026-05-01T12:30:01+00:00"}
    assert await purged(database, scope, now) == {}


@pytest.mark.parametrize("state", State)
async def test_what_waits_for_somebody_is_never_deleted(
    database: Database, scope: Scope, state: State
) -> None:
    async with database.write() as connection:
        await stored(connection, scope, state=state)
        await deliveries.add(connection, scope, [a_message()])
        await posts.keep(connection, scope, "send_changed:draft1", channel="C1", ts="1.1")
    await purged(database, scope, NOW + 10_000 * DAY)
    is_over = state in OVER
    assert is_over == (
        state not in {State.UNKNOWN, State.QUEUED, State.SENDING, State.APPROVAL, State.REPRICED}
    )
    left = await counted(database)
    left.pop("audit", None)
    assert left == ({} if is_over else {"sends": 1, "messages": 1, "posts": 1})


async def test_sends_stay_while_a_month_counts_them_and_while_they_are_scheduled(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        await stored(connection, scope, "old", state=State.SENT)
        await stored(
            connection, scope, "scheduled", state=State.SENT, scheduled_for=NOW + 300 * DAY
        )
        await stored(connection, scope, "changed", state=State.SENT, updated_at=NOW + 20 * DAY)

    async def left(days: int) -> list[str]:
        await purged(database, scope, NOW + days * DAY, days=30)
        async with database.read() as connection:
            return sorted(send.id for send in await sends.recent(connection, scope, limit=9))

    assert await left(31) == ["changed", "old", "scheduled"]
    assert await left(33) == ["changed", "scheduled"]
    assert await left(53) == ["scheduled"]
    assert await left(331) == ["scheduled"]
    assert await left(333) == []


async def test_much_goes_in_batches(database: Database, scope: Scope) -> None:
    many = 1_201
    async with database.write() as connection:
        for number in range(many):
            await stored(connection, scope, f"draft{number}", state=State.SENT)
        await deliveries.add(
            connection, scope, [a_message(f"draft{number}") for number in range(many)]
        )
        await receipts.add_new(
            connection, scope, [replace(RECEIPT, message_id=f"M{number}") for number in range(many)]
        )
    gone = await purged(database, scope, NOW + 100 * DAY)
    assert gone == {"sends": many, "messages": many, "receipts": many}
    assert await counted(database) == {"audit": 1}
