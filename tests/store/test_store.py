"""The store's promises, on both databases: once, in order, nobody else's, nothing queued again."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from bot.store import Database, Scope, conditions, deliveries, outbox, receipts, sends, slots
from bot.store.database import insert_new
from bot.store.deliveries import SentMessage
from bot.store.receipts import StoredReceipt
from bot.store.sends import Send, State
from bot.store.tables import metadata
from bot.store.types import Instant, Money

NOW = datetime(2026, 5, 1, 12, 30, 0, 123456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=3)


def draft(number: int = 1, **changes: object) -> Send:
    send = Send(
        id=f"draft{number}",
        operation="sms.send",
        payload="{}",
        state=State.DRAFT,
        actor="U0ADA",
        channel="C0OPS",
        recipients=1,
        summary="hello",
        created_at=NOW,
        updated_at=NOW + timedelta(seconds=number),
        price=Decimal("0.0771"),
        currency="AUD",
        scheduled_for=LATER,
    )
    return replace(send, **changes)


async def queued(database: Database, scope: Scope, number: int = 1) -> None:
    at = NOW + timedelta(seconds=number)
    async with database.write() as connection:
        assert await sends.add_draft(connection, scope, draft(number))
        assert await sends.move(
            connection, scope, f"draft{number}", frm={State.DRAFT}, to=State.QUEUED, at=at
        )


async def claim(database: Database, scope: Scope, owner: str = "me") -> Send | None:
    async with database.write() as connection:
        return await sends.claim(connection, scope, owner=owner, now=NOW, lease_until=LATER)


async def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    await database.migrate()
    async with database.read() as connection:
        difference = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c), metadata)
        )
    assert difference == []


async def test_a_send_comes_back_as_it_was_stored(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        await sends.add_draft(connection, scope, draft())
    async with database.read() as connection:
        assert await sends.get(connection, scope, "draft1") == draft()
        assert await sends.get(connection, Scope("T0OTHER", "demo"), "draft1") is None


async def test_a_hundred_confirmations_are_one(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        await sends.add_draft(connection, scope, draft())
        assert not await sends.add_draft(connection, scope, draft(summary="another"))

    async def confirm() -> bool:
        async with database.write() as connection:
            moved = await sends.move(
                connection, scope, "draft1", frm={State.DRAFT}, to=State.QUEUED, at=NOW
            )
            return moved is not None

    assert sum(await asyncio.gather(*(confirm() for _ in range(100)))) == 1


async def test_each_send_is_claimed_once_among_many_claimers(
    database: Database, scope: Scope
) -> None:
    for number in range(1, 6):
        await queued(database, scope, number)
    claimed = await asyncio.gather(*(claim(database, scope, f"o{n}") for n in range(20)))
    assert sorted(send.id for send in claimed if send) == [f"draft{n}" for n in range(1, 6)]


async def test_the_oldest_is_claimed_first(database: Database, scope: Scope) -> None:
    for number in (2, 1, 3):
        await queued(database, scope, number)
    found = [await claim(database, scope) for _ in range(4)]
    assert [send and send.id for send in found] == ["draft1", "draft2", "draft3", None]


async def test_only_the_owner_of_a_lease_finishes(database: Database, scope: Scope) -> None:
    await queued(database, scope)
    await claim(database, scope, "me")
    async with database.write() as connection:
        held = {"owner": "me", "until": LATER}
        assert await sends.still_held(connection, scope, "draft1", **held)
        late = {"owner": "me", "until": LATER + timedelta(seconds=1)}
        assert not await sends.still_held(connection, scope, "draft1", **late)
        end = {"frm": {State.SENDING}, "to": State.SENT, "at": LATER}
        assert not await sends.move(connection, scope, "draft1", owner="you", **end)
        assert await sends.move(connection, scope, "draft1", owner="me", **end)
        assert not await sends.move(connection, scope, "draft1", owner="me", **end)


@pytest.mark.parametrize(
    ("state", "overtaken"),
    [
        (State.DRAFT, False),
        (State.UNDONE, False),
        (State.DENIED, False),
        (State.QUEUED, True),
        (State.APPROVAL, True),
        (State.SENT, True),
    ],
)
async def test_a_draft_is_overtaken_by_a_yes_to_a_change_of_a_change(
    database: Database, scope: Scope, state: State, *, overtaken: bool
) -> None:
    async with database.write() as connection:
        await sends.add_draft(connection, scope, draft(1, previous="draft3"))  # even in a circle
        await sends.add_draft(connection, scope, draft(2, previous="draft1"))
        await sends.add_draft(connection, scope, draft(3, previous="draft2", state=state))
        await sends.add_draft(connection, scope, draft(4, state=State.SENT))
    async with database.read() as connection:
        assert await sends.overtaken(connection, scope, "draft1") is overtaken
        assert not await sends.overtaken(connection, scope, "draft4")
        other = replace(scope, account="another")
        assert not await sends.overtaken(connection, other, "draft1")


async def test_an_expired_lease_becomes_unknown_and_never_queued(
    database: Database, scope: Scope
) -> None:
    await queued(database, scope)
    await claim(database, scope)
    async with database.write() as connection:
        assert await sends.expire(connection, scope, now=LATER, reason="died") == []
        (lost,) = await sends.expire(
            connection, scope, now=LATER + timedelta(seconds=1), reason="died"
        )
    assert (lost.state, lost.reason) == (State.UNKNOWN, "died")
    assert await claim(database, scope) is None


async def test_history_leaves_drafts_out_and_knows_its_messages(
    database: Database, scope: Scope
) -> None:
    await queued(database, scope)
    message = SentMessage(
        send_id="draft1", kind="sms", reference="cs-1", recipient="+61411111111", status="SUCCESS",
        message_id="M1", price=Decimal("0.0771"), parts=1,
    )  # fmt: skip
    async with database.write() as connection:
        await sends.add_draft(connection, scope, draft(2))
        await deliveries.add(connection, scope, [message])
        await deliveries.set_status(
            connection, scope, kind="sms", message_id="M1", status="CANCELLED"
        )
    async with database.read() as connection:
        assert [send.id for send in await sends.recent(connection, scope, limit=9)] == ["draft1"]
        (kept,) = await deliveries.of_send(connection, scope, "draft1")
        assert kept == replace(message, status="CANCELLED")
        ours = await deliveries.senders_of(connection, scope, kind="sms", message_ids=["M1", "M2"])
    assert {key: send.actor for key, (_, send) in ours.items()} == {"M1": "U0ADA"}


async def test_a_notice_is_stored_once_and_posted_by_one(database: Database, scope: Scope) -> None:
    async def claimed(at: datetime) -> list[str]:
        async with database.write() as connection:
            found = await outbox.claim_due(
                connection, scope, owner="me", now=at, lease_until=at + timedelta(seconds=30)
            )
        return [found.key] if found else []

    async with database.write() as connection:
        values = {"key": "k", "kind": "low_credit", "payload": "{}", "at": NOW}
        assert await outbox.add(connection, scope, **values)
        assert not await outbox.add(connection, scope, **values)
    found = await asyncio.gather(*(claimed(NOW) for _ in range(10)))
    assert list(itertools.chain.from_iterable(found)) == ["k"]
    assert await claimed(NOW + timedelta(seconds=31)) == ["k"]
    async with database.write() as connection:
        assert await outbox.waiting(connection, scope, kind="low_credit") == 1
        await outbox.postpone(connection, 1, until=LATER, problem="down")
    assert await claimed(LATER - timedelta(seconds=1)) == []
    assert await claimed(LATER) == ["k"]
    async with database.write() as connection:
        await outbox.posted(connection, 1, at=LATER)
        assert await outbox.waiting(connection, scope, kind="low_credit") == 0
    assert await claimed(LATER + timedelta(days=1)) == []


def receipt(number: int) -> StoredReceipt:
    return StoredReceipt(
        kind="sms", message_id=f"M{number}", at=NOW, status_code="301", status_text=None,
        error_code=None, error_text=None, reference=None, stored_at=NOW,
    )  # fmt: skip


async def test_receipts_are_kept_once_over_batches_and_looks(
    database: Database, scope: Scope
) -> None:
    many = [receipt(number) for number in range(2_500)]
    async with database.write() as connection:
        assert len(await receipts.add_new(connection, scope, many + many[:10])) == 2_500
        assert await receipts.add_new(connection, scope, [*many, receipt(9_999)]) == [
            receipt(9_999)
        ]
        assert await insert_new(connection, metadata.tables["receipts"], [], "id") == []


async def test_a_condition_changes_once(database: Database, scope: Scope) -> None:
    async def change(before: str | None, after: str) -> int | None:
        async with database.write() as connection:
            return await conditions.change(
                connection, scope, "low_credit", before=before, after=after, at=NOW
            )

    first = await asyncio.gather(*(change(None, "low") for _ in range(8)))
    assert sorted(first, key=str) == [1, *[None] * 7]
    assert await change("fine", "low") is None
    assert await change("low", "fine") == 2


async def test_a_slot_is_claimed_once_and_taken_over_when_its_lease_ends(
    database: Database, scope: Scope
) -> None:
    async def take(at: datetime, owner: str) -> bool:
        async with database.write() as connection:
            return await slots.claim(
                connection, scope, job="j", slot=NOW, owner=owner, now=at,
                lease_until=at + timedelta(seconds=60),
            )  # fmt: skip

    assert sum(await asyncio.gather(*(take(NOW, f"o{n}") for n in range(8)))) == 1
    late = NOW + timedelta(seconds=61)
    assert await take(late, "heir")
    async with database.write() as connection:
        await slots.finish(connection, scope, job="j", slot=NOW, owner="heir", at=late)
    assert not await take(late + timedelta(days=1), "another")


@given(st.integers(-(10**15), 10**15))
def test_money_keeps_every_millionth(micro: int) -> None:
    value = Decimal(micro) / 1_000_000
    stored = Money().process_bind_param(value, None)
    assert Money().process_result_value(stored, None) == value


def test_finer_money_and_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="six decimals"):
        Money().process_bind_param(Decimal("0.0000001"), None)
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001 - the point


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_is_the_same_moment_in_utc(moment: datetime) -> None:
    stored = Instant().process_bind_param(moment, None)
    assert Instant().process_result_value(stored, None) == moment.astimezone(UTC)
