"""What comes in is kept once, belongs to one conversation, and waits until it is answered."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store import Database, Scope, conversations, inbound, kept, opt_outs, routes, sends
from bot.store.conversations import Conversation, Talk
from bot.store.inbound import InboundMessage
from bot.store.routes import StoredRoute
from bot.store.sends import Send, State

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MESSAGE = InboundMessage(
    kind="sms",
    message_id="M1",
    sender="+61411111111",
    recipient="+61422222222",
    at=NOW,
    body="Hello",
    source="push",
    stored_at=NOW,
    media=("https://example.com/a.png",),
)
TALK = Conversation(
    id="c1",
    ours="+61422222222",
    theirs="+61411111111",
    channel="C0OPS",
    thread_ts="1.1",
    last_at=NOW,
    waiting_since=NOW,
)


def reply(state: State, at: datetime, send_id: str = "s1") -> Send:
    return Send(
        id=send_id,
        operation="sms.send",
        payload="{}",
        state=state,
        actor="U0ADA",
        channel="C0OPS",
        recipients=1,
        summary="Yes",
        created_at=at,
        updated_at=at,
        confirmed_at=at,
        thread_ts="1.1",
    )


async def test_a_message_is_kept_once(database: Database, scope: Scope) -> None:
    polled = replace(MESSAGE, source="poll", body="Hello again")
    async with database.write() as connection:
        assert await inbound.add_new(connection, scope, [MESSAGE, polled]) == [polled]
    async with database.write() as connection:
        assert await inbound.add_new(connection, scope, [MESSAGE]) == []
        (found,) = await inbound.unsorted(connection, scope, limit=10)
    assert replace(found, id=0) == polled


async def test_ten_at_once_keep_it_once(database: Database, scope: Scope) -> None:
    async def keep() -> int:
        async with database.write() as connection:
            return len(await inbound.add_new(connection, scope, [MESSAGE]))

    assert sum(await asyncio.gather(*(keep() for _ in range(10)))) == 1


async def test_others_see_nothing_of_it(database: Database, scope: Scope, others: Scope) -> None:
    async with database.write() as connection:
        await inbound.add_new(connection, scope, [MESSAGE])
        await conversations.add(connection, scope, TALK)
        await opt_outs.note(connection, scope, MESSAGE.sender, out=True, at=NOW)
        await kept.put(connection, scope, "secret", "x", at=NOW)
        assert await inbound.unsorted(connection, others, limit=10) == []
        assert await conversations.get(connection, others, TALK.id) is None
        assert await conversations.unanswered(connection, others, now=NOW, limit=5) == []
        assert await opt_outs.among(connection, others, [MESSAGE.sender]) == frozenset()
        assert await kept.get(connection, others, "secret") is None


async def test_a_message_belongs_to_the_first_conversation_that_takes_it(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        await inbound.add_new(connection, scope, [MESSAGE])
        (found,) = await inbound.unsorted(connection, scope, limit=10)
        assert await inbound.sort(connection, scope, [found.id], conversation="c1") == [found.id]
        assert await inbound.sort(connection, scope, [found.id], conversation="c2") == []
        assert await inbound.unsorted(connection, scope, limit=10) == []


async def test_only_what_is_in_slack_counts_as_shown(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        await inbound.add_new(connection, scope, [MESSAGE, replace(MESSAGE, message_id="M2")])
        first, _ = await inbound.unsorted(connection, scope, limit=10)
        await inbound.posted(connection, scope, [first.id], at=NOW)
        shown = await inbound.shown(connection, scope, kind="sms", message_ids=["M1", "M2", "M3"])
    assert shown == [first.message_id]


@pytest.mark.parametrize(
    ("state", "after", "waits"),
    [
        (State.SENT, timedelta(minutes=1), False),
        (State.QUEUED, timedelta(minutes=1), False),
        (State.UNKNOWN, timedelta(minutes=1), False),
        (State.REFUSED, timedelta(minutes=1), True),
        (State.DRAFT, timedelta(minutes=1), True),
        (State.APPROVAL, timedelta(minutes=1), True),
        (State.SENT, timedelta(minutes=-1), True),
    ],
)
async def test_a_reply_that_went_out_answers(
    database: Database, scope: Scope, *, state: State, after: timedelta, waits: bool
) -> None:
    async with database.write() as connection:
        await conversations.add(connection, scope, TALK)
        await sends.add_draft(connection, scope, reply(state, NOW + after))
        found = await conversations.unanswered(connection, scope, now=NOW, limit=5)
        assert await conversations.count_unanswered(connection, scope, now=NOW) == waits
    assert [talk.id for talk in found] == (["c1"] if waits else [])


async def test_who_waits_longest_comes_first_and_pages_follow(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        for number in range(5):
            since = NOW - timedelta(minutes=number)
            talk = replace(TALK, id=f"c{number}", theirs=f"t{number}", waiting_since=since)
            await conversations.add(connection, scope, talk)
        pages = [
            await conversations.unanswered(connection, scope, now=NOW, limit=2, offset=offset)
            for offset in (0, 2, 4)
        ]
    assert [[talk.id for talk in page] for page in pages] == [["c4", "c3"], ["c2", "c1"], ["c0"]]


@pytest.mark.parametrize(
    "changed",
    [
        {"state": Talk.CLOSED},
        {"waiting_since": None},
        {"snoozed_until": NOW + timedelta(hours=1)},
    ],
)
async def test_what_is_closed_quiet_or_snoozed_does_not_wait(
    database: Database, scope: Scope, changed: dict[str, Any]
) -> None:
    async with database.write() as connection:
        await conversations.add(connection, scope, replace(TALK, **changed))
        assert await conversations.unanswered(connection, scope, now=NOW, limit=5) == []


async def test_a_snooze_ends_once(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        await conversations.add(connection, scope, replace(TALK, snoozed_until=NOW))
        early = NOW - timedelta(seconds=1)
        assert await conversations.wake(connection, scope, now=early) == []
        assert [t.id for t in await conversations.wake(connection, scope, now=NOW)] == ["c1"]
        assert await conversations.wake(connection, scope, now=NOW) == []


async def test_two_numbers_have_one_conversation(database: Database, scope: Scope) -> None:
    async with database.write() as connection:
        assert await conversations.add(connection, scope, TALK)
        assert not await conversations.add(connection, scope, replace(TALK, id="c2"))
        found = await conversations.between(connection, scope, ours=TALK.ours, theirs=TALK.theirs)
    assert found == TALK


async def test_a_change_counts_in_its_round_and_state_only(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        await conversations.add(connection, scope, TALK)
        change = {"assignee": "U0ADA"}
        assert await conversations.change(connection, scope, "c1", change, round_=2) is None
        closed = {Talk.CLOSED}
        assert await conversations.change(connection, scope, "c1", change, frm=closed) is None
        found = await conversations.change(connection, scope, "c1", change, round_=1)
    assert found == replace(TALK, assignee="U0ADA")


async def test_the_last_word_about_stopping_counts_in_any_order(
    database: Database, scope: Scope
) -> None:
    number = MESSAGE.sender

    async def out() -> bool:
        async with database.read() as connection:
            return number in await opt_outs.among(connection, scope, [number])

    async with database.write() as connection:
        await opt_outs.note(connection, scope, number, out=True, at=NOW)
    assert await out()
    async with database.write() as connection:
        await opt_outs.note(connection, scope, number, out=False, at=NOW - timedelta(seconds=1))
    assert await out()
    async with database.write() as connection:
        await opt_outs.note(connection, scope, number, out=False, at=NOW + timedelta(seconds=1))
    assert not await out()


async def test_a_route_is_replaced_and_dropped(database: Database, scope: Scope) -> None:
    route = StoredRoute(kind="list", value="428", channel="C0A", set_by="U0ADA", set_at=NOW)
    async with database.write() as connection:
        await routes.put(connection, scope, route)
        await routes.put(connection, scope, replace(route, channel="C0B"))
        assert [each.channel for each in await routes.every(connection, scope)] == ["C0B"]
        assert await routes.drop(connection, scope, kind="list", value="428")
        assert not await routes.drop(connection, scope, kind="list", value="428")


async def test_a_kept_value_is_made_once(database: Database, scope: Scope) -> None:
    async def make(value: str) -> bool:
        async with database.write() as connection:
            return await kept.put_new(connection, scope, "secret", value, at=NOW)

    assert sum(await asyncio.gather(*(make(str(n)) for n in range(8)))) == 1


async def test_the_tables_know_whether_they_are_current(database: Database) -> None:
    assert (await database.schema()).is_current


async def test_an_empty_file_is_not_current(empty_sqlite_url: str) -> None:
    empty = Database(empty_sqlite_url)
    assert not (await empty.schema()).is_current
    await empty.close()
