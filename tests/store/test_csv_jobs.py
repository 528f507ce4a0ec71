"""Jobs of files, their rows and batches, on both databases: once, in order, nobody else's."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.store import Database, Scope, bulk, csv_batches, csv_jobs, outbox, sends
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import Job, JobState, StoredRow
from bot.store.sends import Send, State

NOW = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)


def job(number: int = 1, **changes: object) -> Job:
    made = Job(
        id=f"job{number}",
        kind="import",
        state=JobState.CHECKING,
        actor="U0ADA",
        channel="C0OPS",
        spec="{}",
        created_at=NOW,
        updated_at=NOW + timedelta(seconds=number),
        price=Decimal("1.5"),
    )
    return replace(made, **changes)


def batch(number: int, **changes: object) -> Send:
    made = Send(
        id=f"batch{number}",
        operation="sms.send",
        payload="{}",
        state=State.DRAFT,
        actor="U0ADA",
        channel="C0OPS",
        recipients=1000,
        summary="hello",
        created_at=NOW,
        updated_at=NOW,
        price=Decimal("70.1"),
        bulk="job1",
    )
    return replace(made, **changes)


async def keep(database: Database, scope: Scope, *jobs: Job) -> None:
    async with database.write() as connection:
        for each in jobs:
            assert await csv_jobs.add(connection, scope, each)


async def claim(database: Database, scope: Scope, at: datetime = NOW) -> Job | None:
    async with database.write() as connection:
        return await csv_jobs.claim(connection, scope, owner="me", now=at, lease_until=LATER)


async def test_a_job_comes_back_as_it_was_kept_and_its_id_counts_once(
    database: Database, scope: Scope, others: Scope
) -> None:
    await keep(database, scope, job())
    async with database.write() as connection:
        assert not await csv_jobs.add(connection, scope, job())
        assert await csv_jobs.get(connection, scope, "job1") == job()
        assert await csv_jobs.get(connection, others, "job1") is None


async def test_a_hundred_yeses_are_one(database: Database, scope: Scope) -> None:
    await keep(database, scope, job(state=JobState.READY))

    async def yes() -> Job | None:
        async with database.write() as connection:
            return await csv_jobs.move(
                connection, scope, "job1", frm={JobState.READY}, to=JobState.RUNNING, at=NOW
            )

    found = await asyncio.gather(*(yes() for _ in range(100)))
    assert sum(each is not None for each in found) == 1


async def test_a_move_that_there_is_not_is_a_mistake(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        with pytest.raises(ValueError, match="never goes"):
            await csv_jobs.move(
                connection, scope, "x", frm={JobState.DONE}, to=JobState.RUNNING, at=NOW
            )
        with pytest.raises(ValueError, match="never goes"):
            await bulk.move(
                connection, scope, "x", frm={State.SENT}, to=State.QUEUED, at=NOW, changes={}
            )


async def test_work_is_claimed_by_one_until_its_lease_ends(
    database: Database, scope: Scope, others: Scope
) -> None:
    await keep(database, scope, job(1), job(2, kind="bulk", state=JobState.RUNNING))
    await keep(database, others, job(3))
    found = await asyncio.gather(*(claim(database, scope) for _ in range(5)))
    assert [each.id for each in found if each] == ["job1"]  # a bulk send that runs is no work here
    assert await claim(database, scope, LATER) is None
    again = await claim(database, scope, LATER + timedelta(seconds=1))
    assert again is not None
    assert again.id == "job1"


async def test_a_stopped_job_is_held_no_longer(database: Database, scope: Scope) -> None:
    await keep(database, scope, job())
    held = await claim(database, scope)
    assert held is not None
    async with database.write() as connection:
        assert await csv_jobs.keep_hold(connection, scope, held, lease_until=LATER, good=7)
        stopped = await csv_jobs.move(
            connection, scope, "job1", frm={JobState.CHECKING}, to=JobState.STOPPED, at=NOW
        )
        assert stopped is not None
        assert stopped.good == 7
        assert not await csv_jobs.keep_hold(connection, scope, held, lease_until=LATER)


async def test_rows_are_kept_once_and_come_in_the_order_of_the_file(
    database: Database, scope: Scope, others: Scope
) -> None:
    rows = [
        StoredRow(line=n, cells="[]", key=str(n), batch=n // 1_000, problem=None)
        for n in range(2, 2_502)
    ]
    bad = StoredRow(line=9_999, cells='["\\u0000"]', problem="why")
    async with database.write() as connection:
        await csv_jobs.add_rows(connection, scope, "job1", [*rows[::-1], bad])
        changed = [replace(row, key="other") for row in rows]
        await csv_jobs.add_rows(connection, scope, "job1", changed)
        await csv_jobs.add_rows(connection, scope, "job1", [])
        await csv_jobs.add_rows(connection, others, "job1", rows[:1])
    async with database.write() as connection:
        second = await csv_jobs.rows(connection, scope, "job1", batch=1)
        assert [row.line for row in second] == list(range(1_000, 2_000))
        assert second[0].key == "1000"
        assert await csv_jobs.rows(connection, scope, "job1", bad=True) == [bad]
        assert await csv_jobs.sizes(connection, scope, "job1") == {0: 998, 1: 1_000, 2: 502}
        await csv_jobs.set_problems(connection, scope, "job1", {2: "gone", 5: "gone, too"})
        found = await csv_jobs.rows(connection, scope, "job1", bad=True, after=2)
        assert [(row.line, row.problem) for row in found] == [(5, "gone, too"), (9_999, "why")]
        await csv_jobs.clear(connection, scope, "job1")
        assert await csv_jobs.rows(connection, scope, "job1") == []
        assert len(await csv_jobs.rows(connection, others, "job1")) == 1


async def test_each_batch_is_claimed_once_and_what_died_is_never_claimed_again(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        await csv_batches.add(connection, scope, "job1", 3)
        await csv_batches.add(connection, scope, "job1", 3)

    async def take() -> int | None:
        async with database.write() as connection:
            return await csv_batches.claim(connection, scope, "job1", lease_until=LATER)

    assert await asyncio.gather(*(take() for _ in range(2))) in ([0, 1], [1, 0])
    async with database.write() as connection:
        taken = BatchState.TAKEN
        assert await csv_batches.finish(connection, scope, "job1", 0, state=taken)
        assert not await csv_batches.finish(connection, scope, "job1", 0, state=taken)
        assert await csv_batches.expire(connection, scope, "job1", now=LATER) == 0
        after = LATER + timedelta(seconds=1)
        assert await csv_batches.expire(connection, scope, "job1", now=after) == 1
        assert not await csv_batches.finish(connection, scope, "job1", 1, state=taken)
    assert await take() == 2
    assert await take() is None
    async with database.read() as connection:
        assert await csv_batches.states(connection, scope, "job1") == {
            0: (BatchState.TAKEN, None),
            1: (BatchState.UNKNOWN, None),
            2: (BatchState.SENDING, None),
        }


async def test_the_batches_of_a_bulk_send_are_decided_on_together(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for whose in (scope, others):
            for number in range(3):
                await sends.add_draft(connection, whose, batch(number))
    async with database.write() as connection:
        changes = {"expires_at": LATER}
        asked = await bulk.move(
            connection,
            scope,
            "job1",
            frm={State.DRAFT},
            to=State.APPROVAL,
            at=NOW,
            changes=changes,
        )
        assert asked == 3
        assert await bulk.approval(connection, scope, "job1") == LATER

        async def approve(who: str, at: datetime) -> int:
            return await bulk.move(
                connection,
                scope,
                "job1",
                frm={State.APPROVAL},
                to=State.QUEUED,
                at=at,
                approved_by=who,
                changes={"decided_by": who},
            )

        assert await approve("U0ADA", NOW) == 0
        assert await approve("U0EVE", LATER) == 0
        assert await approve("U0EVE", NOW) == 3
        found = await bulk.standing(connection, scope, "job1")
        assert found[State.QUEUED].recipients == 3_000
        assert found[State.QUEUED].total == Decimal("210.3")
        assert set(await bulk.standing(connection, others, "job1")) == {State.DRAFT}
        await bulk.forget_drafts(connection, scope, "job1")
        assert set(await bulk.standing(connection, scope, "job1")) == {State.QUEUED}


async def test_a_bulk_batch_waits_behind_every_other_send(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        await sends.add_draft(connection, scope, batch(1))
        await sends.add_draft(connection, scope, batch(2, bulk=None))
        for number in (1, 2):
            at = NOW + timedelta(seconds=number)
            await sends.move(
                connection, scope, f"batch{number}", frm={State.DRAFT}, to=State.QUEUED, at=at
            )
    names = []
    for _ in range(2):
        async with database.write() as connection:
            found = await sends.claim(connection, scope, owner="me", now=LATER, lease_until=LATER)
            names.append(found.id if found else None)
    assert names == ["batch2", "batch1"]


async def test_an_earlier_bulk_of_the_same_text_is_found_by_the_numbers_they_share(
    database: Database, scope: Scope, others: Scope
) -> None:
    same = {"kind": "bulk", "fingerprint": "f", "state": JobState.RUNNING}
    mine = job(1, **{**same, "state": JobState.READY})
    await keep(database, scope, mine, job(2, **same, confirmed_at=NOW, actor="U0EVE"))
    await keep(database, scope, job(3, **{**same, "fingerprint": "g"}, confirmed_at=NOW))
    await keep(database, others, job(2, **same, confirmed_at=NOW))
    async with database.write() as connection:
        for whose, name, keys in (
            (scope, "job1", "abc"),
            (scope, "job2", "bcd"),
            (scope, "job3", "abc"),
            (others, "job2", "abc"),
        ):
            rows = [
                StoredRow(line=line, cells="{}", key=key, batch=0)
                for line, key in enumerate(keys, 2)
            ]
            await csv_jobs.add_rows(connection, whose, name, rows)
    before = NOW - timedelta(minutes=1)
    async with database.read() as connection:
        found = await csv_jobs.seen_before(connection, scope, mine, since=before)
        assert found == [("U0EVE", NOW, 2)]
        assert await csv_jobs.seen_before(connection, scope, mine, since=NOW) == []


async def test_a_notice_that_is_not_due_gives_way_to_what_comes_now(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        for key, due in (("soon", LATER), ("now", NOW)):
            await outbox.add(
                connection,
                scope,
                key=key,
                kind="k",
                payload="{}",
                at=NOW,
                topic="t",
                due_at=due,
            )
        await outbox.supersede(connection, scope, "t", now=NOW)
        left = await outbox.claim_due(
            connection, scope, owner="me", now=LATER, lease_until=LATER + timedelta(minutes=1)
        )
    assert left is not None
    assert left.key == "now"
