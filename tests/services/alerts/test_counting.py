"""What the failure rule is shown: the last hour, or the whole day where little is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.services.alerts.counting import Counting
from bot.services.alerts.rules import failures
from bot.services.alerts.rules.base import Sight, Traffic
from bot.services.receipts import tally_of
from bot.store import Database, Scope, traffic
from bot.store.traffic import StoredMessage

NOW = datetime(2026, 5, 6, 12, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MINE, THEIRS = Scope("T0OURS", "demo"), Scope("T0OURS", "other")


async def seen(database: Database, *, at: datetime = NOW) -> Traffic:
    async with database.read() as connection:
        return await Counting(MINE).seen(connection, at)


async def keep(database: Database, count: int, *, hours: float, outcome: str = "failed") -> None:
    messages = [
        StoredMessage(
            message_id=f"{outcome}{hours}-{n}",
            at=NOW - timedelta(hours=hours),
            outcome=outcome,
            country="AU",
            sender="Harbour",
        )
        for n in range(count)
    ]
    async with database.write() as connection:
        await traffic.keep(connection, MINE, messages)


def told(found: Traffic) -> list[str]:
    return [signal.key for signal in failures.look(Sight(now=NOW, traffic=found)) or ()]


async def test_three_that_failed_in_a_day_are_seen_where_little_is_sent(database: Database) -> None:
    assert told(await seen(database)) == []
    for hours in (20, 9, 3):
        await keep(database, 1, hours=hours)
    found = await seen(database)
    assert found.recent == ()
    assert sum(each.count for each in found.day or ()) == 3
    assert told(found) == ["country:AU"]
    assert told(await seen(database, at=NOW + timedelta(days=1))) == []


@pytest.mark.parametrize("hours", [0.5, 5])
async def test_where_much_is_sent_the_hour_is_looked_at(database: Database, hours: float) -> None:
    await keep(database, 60, hours=hours, outcome="delivered")
    await keep(database, 3, hours=5)
    found = await seen(database)
    assert found.day is None
    assert told(found) == []


@pytest.mark.parametrize("kind", ["voice", "fax", "mms"])
async def test_calls_faxes_and_mms_are_counted_when_they_end(database: Database, kind: str) -> None:
    failed, fine = tally_of(kind, failed=True), tally_of(kind, failed=False)
    async with database.write() as connection:
        await traffic.tally(connection, MINE, {fine: 40}, at=NOW - timedelta(days=9))
        await traffic.tally(connection, MINE, {failed: 3, "calls.ok": 9}, at=NOW - MINUTE)
        await traffic.tally(connection, THEIRS, {fine: 99}, at=NOW)
    found = await seen(database)
    counted = {(each.channel, each.outcome): each.count for each in found.day or ()}
    assert counted == {(kind, "failed"): 3}
    assert {(each.outcome, each.count) for each in found.usual} == {("delivered", 40)}
    assert told(found) == [f"channel:{kind}"]
