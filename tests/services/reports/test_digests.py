"""The reports of channels: stored once each, over restarts, replicas and pauses."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from bot.services import notices
from bot.services.reports.digests import Digests
from bot.services.reports.period import Digest, Period
from bot.store import Database, Scope, outbox

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKLY = Digest(every="week", weekday=0, hour=9, zone="Europe/Paris")


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def due(database: Database, scope: Scope, at: datetime) -> list[notices.ReportDue]:
    """The notices that wait, taken away."""
    found = []
    async with database.write() as connection:
        while pending := await outbox.claim_due(
            connection, scope, owner="me", now=at, lease_until=at + HOUR
        ):
            await outbox.posted(connection, pending.id, at=at)
            notice = notices.from_json(pending.payload)
            assert isinstance(notice, notices.ReportDue)
            found.append(notice)
    return found


async def test_a_report_is_stored_once_when_it_is_due_whoever_looks(
    database: Database, scope: Scope
) -> None:
    clock = Clock(MONDAY - HOUR)
    replicas = [Digests(database, scope, now=clock) for _ in range(4)]
    await replicas[0].set("C1", WEEKLY, actor="U1")
    await replicas[0].set("C2", Digest(every="day", hour=9), actor="U2")
    assert not await replicas[1].tick()
    clock.at = MONDAY  # 09:00 in Paris, 08:00 in UTC
    assert sum(await asyncio.gather(*(each.tick() for each in replicas))) == 1
    (found,) = await due(database, scope, MONDAY)
    assert (found.channel, found.by, found.zone) == ("C1", "U1", "Europe/Paris")
    assert (found.first, found.last) == (date(2026, 11, 16), date(2026, 11, 22))
    assert Period.told_of(found).end == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert not await Digests(database, scope, now=clock).tick()


async def test_after_a_pause_only_the_latest_report_is_stored(
    database: Database, scope: Scope
) -> None:
    clock = Clock(MONDAY)
    digests = Digests(database, scope, now=clock)
    await digests.set("C1", Digest(every="day", hour=9), actor="U1")
    clock.at = MONDAY + 5 * DAY + 2 * HOUR
    assert await digests.tick()
    assert [each.last for each in await due(database, scope, clock.at)] == [date(2026, 11, 27)]
    clock.at += DAY
    assert await digests.tick()
    assert len(await due(database, scope, clock.at)) == 1


async def test_what_is_set_counts_from_then_on_and_never_is_never(
    database: Database, scope: Scope
) -> None:
    clock = Clock(MONDAY + 4 * HOUR)
    digests = Digests(database, scope, now=clock)
    await digests.set("C1", WEEKLY, actor="U1")
    assert await digests.of("C1") == WEEKLY
    assert not await digests.tick()  # this week's was due four hours ago, before anybody wanted it
    await digests.set("C1", None, actor="U1")
    assert await digests.of("C1") is None
    clock.at += 14 * DAY
    assert not await digests.tick()
    assert await due(database, scope, clock.at) == []
