"""What alert rules look at, on both databases: money spent, messages once, tallies; receipts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.store import Database, Scope, conditions, traffic
from bot.store.traffic import StoredMessage
from tests.bench.receipts import by_the_store, shuffled, together

NOW = datetime(2026, 5, 1, 12, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_spending_is_how_far_the_balance_fell_and_a_recharge_is_none(
    database: Database, scope: Scope
) -> None:
    looks = [("100", 0), ("97.50", 10), ("147.50", 20), ("140", 40), ("139", 60)]
    async with database.write() as connection:
        for amount, minutes in looks:
            at = NOW + timedelta(minutes=minutes)
            await traffic.note_balance(connection, scope, Decimal(amount), at=at)
        hours = await traffic.spent_by_hour(connection, scope, since=NOW - HOUR)
    assert [spent for _, spent in hours] == [Decimal(10), Decimal(1)]


async def test_a_message_counts_once_with_its_last_outcome_and_for_nobody_else(
    database: Database, scope: Scope, others: Scope
) -> None:
    sent = StoredMessage(message_id="M1", at=NOW, outcome="sent", country="AU", carrier="X")
    failed = StoredMessage(
        message_id="M1", at=NOW, outcome="failed", country="AU", carrier="X", cause="off"
    )
    async with database.write() as connection:
        await traffic.keep(connection, scope, [sent])
        await traffic.keep(connection, scope, [failed, failed])
        await traffic.keep(connection, others, [sent])
        (found,) = await traffic.counts(connection, scope, since=NOW - HOUR, until=NOW + HOUR)
        assert (found.outcome, found.cause, found.count) == ("failed", "off", 1)
        assert await traffic.newest(connection, scope) == NOW
        await traffic.forget(connection, scope, before=NOW + HOUR)
        assert await traffic.newest(connection, scope) is None
        assert await traffic.newest(connection, others) == NOW


async def test_a_receipt_that_is_late_or_ahead_of_the_history_counts(
    database: Database, scope: Scope, others: Scope
) -> None:
    sent = StoredMessage(message_id="M1", at=NOW, outcome="sent", country="AU")
    came = StoredMessage(message_id="I1", at=NOW, outcome="inbound", country="AU")
    async with database.write() as connection:
        await traffic.keep(connection, scope, [sent, came])
        await traffic.keep(connection, others, [sent])
        await traffic.lost(connection, scope, {"M1": "x" * 200, "I1": "off", "M9": "off"})
        await traffic.lost(connection, scope, {})
        await traffic.keep(connection, scope, [sent])  # the history does not know it yet
        found = await traffic.counts(connection, scope, since=NOW - HOUR, until=NOW + HOUR)
        theirs = await traffic.counts(connection, others, since=NOW - HOUR, until=NOW + HOUR)
    assert {(each.outcome, each.cause) for each in found} == {
        ("failed", "x" * 128),
        ("inbound", ""),
    }
    assert [each.outcome for each in theirs] == ["sent"]


async def test_inbound_and_waiting_messages_are_found(database: Database, scope: Scope) -> None:
    came = [
        StoredMessage(message_id=f"I{n}", at=NOW, outcome="inbound", sender="+61411111111")
        for n in range(3)
    ]
    waits = StoredMessage(message_id="W", at=NOW - 3 * HOUR, outcome="waiting")
    async with database.write() as connection:
        await traffic.keep(connection, scope, [*came, waits])
        busiest = await traffic.inbound_by_sender(connection, scope, since=NOW - HOUR)
        assert busiest == [("+61411111111", 3)]
        found = await traffic.waiting(connection, scope, before=NOW - 2 * HOUR)
        assert found == (1, NOW - 3 * HOUR)
        assert await traffic.waiting(connection, scope, before=NOW - 4 * HOUR) == (0, None)


async def test_tallies_add_up_within_their_time(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        await traffic.tally(connection, scope, {"calls.ok": 2}, at=NOW - HOUR)
        await traffic.tally(connection, scope, {"calls.ok": 3}, at=NOW)
        await traffic.tally(connection, scope, {"calls.ok": 4, "calls.NotSent": 1}, at=NOW)
        found = await traffic.tallied(connection, scope, since=NOW - timedelta(minutes=5))
        some = await traffic.tallied(connection, scope, since=NOW - 2 * HOUR, names=["calls.ok"])
    assert found == {"calls.ok": 7, "calls.NotSent": 1}
    assert some == {"calls.ok": 9}


async def test_what_was_so_at_the_first_look_is_no_news(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        first = await conditions.first_seen(connection, scope, {"issue:1": "a"}, at=NOW)
        again = await conditions.first_seen(connection, scope, {"issue:1": "a"}, at=NOW + HOUR)
        answered = await conditions.first_seen(connection, scope, {"issue:1": "b"}, at=NOW + HOUR)
        later = await conditions.first_seen(connection, scope, {"issue:1": "b"}, at=NOW + 2 * HOUR)
    assert first == again == {"issue:1": None}
    assert answered == later == {"issue:1": NOW + HOUR}


async def test_20_000_receipts_with_duplicates_and_in_no_order_count_once_each(
    sqlite: Database,
) -> None:
    found = shuffled(20_000)
    assert len(found) > 26_000
    assert await by_the_store(sqlite, found) == 20_000
    assert await by_the_store(sqlite, found[:5_000]) == 0


async def test_receipts_that_are_polled_and_pushed_at_once_count_once_each(
    database: Database,
) -> None:
    found = shuffled(3_000)
    assert await together(database, found) == 3_000
    assert await by_the_store(database, found) == 0


async def test_what_messages_cost_is_summed_and_what_is_not_known_is_counted(
    database: Database, scope: Scope, others: Scope
) -> None:
    def message(name: str, price: str | None, **more: Any) -> StoredMessage:
        cost = Decimal(price) if price else None
        facts = {"outcome": "delivered", "country": "AU", "at": NOW, **more}
        return StoredMessage(message_id=name, price=cost, **facts)

    async with database.write() as connection:
        assert await traffic.oldest(connection, scope) is None
        await traffic.keep(connection, others, [message("M1", "99")])
        kept = [message("M1", "0.000001"), message("M2", "0.077"), message("M3", None)]
        await traffic.keep(connection, scope, kept)
        await traffic.keep(connection, scope, [message("I", "1", outcome="inbound")])
        await traffic.keep(connection, scope, [message("M2", "0.154")])
        await traffic.keep(connection, scope, [message("old", "5", at=NOW - 2 * HOUR)])
        (found,) = await traffic.priced(connection, scope, since=NOW - HOUR, until=NOW + HOUR)
        assert await traffic.oldest(connection, scope) == NOW - 2 * HOUR
    assert (found.count, found.known, found.price) == (3, 2, Decimal("0.154001"))
    assert found.country == "AU"
