"""How sends move, wait, are held and asked about: on both databases."""

import asyncio
import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Database, Scope, deliveries, outbox, posts, sends, waiting
from bot.store.deliveries import Delivery
from bot.store.posts import Post
from bot.store.sends import COMMITTED, MOVES, State
from tests.store.made import NOW, a_message, stored

LATER = NOW + timedelta(minutes=3)
STATES = st.sampled_from(State)
FROM = st.sets(STATES, max_size=4)
_NUMBERS = itertools.count(1)


async def test_every_move_there_is_and_every_one_there_is_not(
    database: Database, scope: Scope
) -> None:
    for before in State:
        for after in State:
            send_id = f"{before}-{after}"
            async with database.write() as connection:
                await stored(connection, scope, send_id, state=before)
                allowed = after in MOVES.get(before, frozenset())
                values = {"frm": {before}, "to": after, "at": LATER}
                if allowed:
                    moved = await sends.move(connection, scope, send_id, **values)
                    assert moved is not None
                    assert (moved.state, moved.updated_at) == (after, LATER)
                else:
                    with pytest.raises(ValueError, match=f"from {before} to {after}"):
                        await sends.move(connection, scope, send_id, **values)
                kept = await sends.get(connection, scope, send_id)
            assert kept is not None
            assert kept.state is (after if allowed else before)


@given(
    states=st.tuples(STATES, STATES), frm=st.sets(STATES, max_size=4), reason=st.text(max_size=5)
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_a_move_counts_only_from_the_states_it_names(
    database: Database, scope: Scope, states: tuple[State, State], frm: set[State], reason: str
) -> None:
    before, after = states
    reason = reason.replace("\x00", "")  # PostgreSQL keeps none
    send_id = f"draft{next(_NUMBERS)}"
    async with database.write() as connection:
        await stored(connection, scope, send_id, state=before)
        values = {"frm": frm, "to": after, "at": LATER, "changes": {"reason": reason}}
        if any(after not in MOVES.get(state, frozenset()) for state in frm):
            with pytest.raises(ValueError, match="never goes"):
                await sends.move(connection, scope, send_id, **values)
            moved = None
        else:
            moved = await sends.move(connection, scope, send_id, **values)
            assert (moved is not None) == (before in frm)
        kept = await sends.get(connection, scope, send_id)
    assert kept is not None
    assert kept.state is (after if moved else before)
    assert kept.reason == (reason if moved else None)


def test_every_state_can_be_reached_and_what_may_cost_is_counted() -> None:
    reached = frozenset().union(*MOVES.values())
    assert reached == frozenset(State) - {State.DRAFT}
    assert {State.QUEUED, State.SENDING, State.UNKNOWN, State.APPROVAL} <= COMMITTED


async def test_nobody_elses_send_moves(database: Database, scope: Scope, others: Scope) -> None:
    async with database.write() as connection:
        await stored(connection, others)
        values = {"frm": {State.DRAFT}, "to": State.QUEUED, "at": LATER}
        assert await sends.move(connection, scope, "draft1", **values) is None
        assert (await waiting.ahead(connection, scope, now=NOW)).next is None
        await sends.move(connection, others, "draft1", changes={"not_before": LATER}, **values)
        assert (await waiting.ahead(connection, scope, now=NOW)).next is None
        assert (await waiting.ahead(connection, others, now=NOW)).next == LATER


async def claimed(database: Database, scope: Scope, *, minutes: int) -> str | None:
    now = NOW + timedelta(minutes=minutes)
    async with database.write() as connection:
        send = await sends.claim(
            connection, scope, owner="me", now=now, lease_until=now + timedelta(minutes=1)
        )
    assert send is None or (send.state is State.SENDING and send.not_before is None)
    return send.id if send else None


async def test_a_held_send_is_claimed_when_its_time_has_come(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        await stored(connection, scope, "held", state=State.QUEUED, not_before=LATER)
        later = LATER + timedelta(hours=1)
        await stored(connection, scope, "longer", state=State.QUEUED, not_before=later)
        await stored(
            connection, scope, "free", state=State.QUEUED, updated_at=NOW + timedelta(seconds=1)
        )
        await stored(connection, scope, "not yet", state=State.APPROVAL, not_before=NOW)
        assert (await waiting.ahead(connection, scope, now=NOW)).next == LATER
    assert [await claimed(database, scope, minutes=2) for _ in range(2)] == ["free", None]
    assert [await claimed(database, scope, minutes=3) for _ in range(2)] == ["held", None]
    async with database.read() as connection:
        found = (await waiting.ahead(connection, scope, now=NOW)).next
        taken = [await sends.get(connection, scope, each) for each in ("free", "held")]
    leases = [send.lease_until for send in taken if send]
    assert found == min(later, *leases)  # a lease that ends is looked at, too


async def test_an_undo_and_a_claim_never_both_win(database: Database, scope: Scope) -> None:
    async def undone(send_id: str) -> bool:
        async with database.write() as connection:
            values = {"frm": {State.QUEUED, State.APPROVAL}, "to": State.UNDONE, "at": NOW}
            return await sends.move(connection, scope, send_id, **values) is not None

    async def taken() -> bool:
        return await claimed(database, scope, minutes=5) is not None

    for number in range(10):
        async with database.write() as connection:
            await stored(connection, scope, f"draft{number}", state=State.QUEUED)
        won = await asyncio.gather(undone(f"draft{number}"), taken())
        assert sorted(won) == [False, True]


async def test_approvals_expire_at_their_time_and_only_those(
    database: Database, scope: Scope, others: Scope
) -> None:
    soon = LATER + timedelta(seconds=1)
    async with database.write() as connection:
        await stored(connection, scope, "late", state=State.APPROVAL, expires_at=LATER)
        await stored(connection, scope, "early", state=State.APPROVAL, expires_at=soon)
        await stored(connection, scope, "decided", state=State.QUEUED, expires_at=LATER)
        await stored(connection, others, "theirs", state=State.APPROVAL, expires_at=LATER)
        found = await sends.expire_approvals(connection, scope, now=LATER, reason="too late")
        again = await sends.expire_approvals(connection, scope, now=LATER, reason="too late")
    (gone,) = found
    assert (gone.id, gone.state, gone.reason, gone.updated_at) == (
        *("late", State.EXPIRED, "too late"),
        LATER,
    )
    assert again == []


async def test_an_approval_and_its_expiry_never_both_count(
    database: Database, scope: Scope
) -> None:
    async def approved(send_id: str) -> bool:
        async with database.write() as connection:
            values = {"frm": {State.APPROVAL}, "to": State.QUEUED, "at": NOW}
            return await sends.move(connection, scope, send_id, **values) is not None

    async def expired() -> bool:
        async with database.write() as connection:
            found = await sends.expire_approvals(connection, scope, now=LATER, reason="too late")
            return bool(found)

    for number in range(10):
        async with database.write() as connection:
            await stored(
                connection, scope, f"draft{number}", state=State.APPROVAL, expires_at=LATER
            )
        won = await asyncio.gather(approved(f"draft{number}"), expired())
        assert sorted(won) == [False, True]


async def test_unknown_sends_are_looked_at_when_due_until_somebody_is_asked(
    database: Database, scope: Scope, others: Scope
) -> None:
    async def due(minutes: int, limit: int = 9) -> list[str]:
        now = NOW + timedelta(minutes=minutes)
        async with database.read() as connection:
            found = await waiting.unsettled(connection, scope, now=now, limit=limit)
        return [send.id for send in found]

    async with database.write() as connection:
        await stored(connection, scope, "second", state=State.UNKNOWN, not_before=LATER)
        await stored(connection, scope, "first", state=State.UNKNOWN, not_before=NOW)
        await stored(connection, scope, "asked", state=State.UNKNOWN, asked_at=NOW)
        await stored(connection, scope, "sent", state=State.SENT, not_before=NOW)
        await stored(connection, others, "theirs", state=State.UNKNOWN)
    assert await due(0) == ["first"]
    assert await due(3) == ["first", "second"]
    assert await due(3, limit=1) == ["first"]
    async with database.write() as connection:
        changed = await sends.change(
            connection, scope, "first", state=State.UNKNOWN, asked_at=LATER
        )
        assert changed
        assert not await sends.change(connection, scope, "first", state=State.SENT, asked_at=None)
    assert await due(3) == ["second"]


async def test_a_topic_keeps_one_message(database: Database, scope: Scope, others: Scope) -> None:
    async with database.write() as connection:
        assert await posts.find(connection, scope, "t") is None
        await posts.keep(connection, scope, "t", channel="C1", ts="1.1")
        await posts.keep(connection, others, "t", channel="C9", ts="9.9")
        await posts.keep(connection, scope, "t", channel="C2", ts="2.2")
        await posts.keep(connection, scope, "u", channel="C3", ts="3.3")
    async with database.read() as connection:
        assert await posts.find(connection, scope, "t") == Post("C2", "2.2")
        assert await posts.find(connection, others, "t") == Post("C9", "9.9")


async def taken_notices(database: Database, scope: Scope, *, seconds: int = 0) -> list[str]:
    now = NOW + timedelta(seconds=seconds)
    lease = {"owner": "me", "now": now, "lease_until": now + timedelta(seconds=30)}
    taken = []
    async with database.write() as connection:
        while found := await outbox.claim_due(connection, scope, **lease):
            taken.append(found.key)
    return taken


async def test_the_notices_of_a_topic_are_posted_in_turn(
    database: Database, scope: Scope, others: Scope
) -> None:
    async with database.write() as connection:
        for whose, key, topic, wait in (
            *((scope, "a1", "a", 0), (scope, "a2", "a", 0), (scope, "b1", "b", 60)),
            *((scope, "b2", "b", 0), (scope, "free", None, 0), (others, "theirs", "a", 0)),
        ):
            await outbox.add(
                connection,
                whose,
                key=key,
                kind="send_changed",
                payload="{}",
                at=NOW,
                topic=topic,
                due_at=NOW + timedelta(seconds=wait),
            )
    assert await taken_notices(database, scope) == ["a1", "free"]
    assert await taken_notices(database, scope, seconds=1) == []
    async with database.write() as connection:
        await outbox.posted(connection, 1, at=NOW)
    assert await taken_notices(database, scope, seconds=2) == ["a2"]
    async with database.write() as connection:
        await outbox.posted(connection, 5, at=NOW)
        await outbox.postpone(
            connection, 2, until=NOW + timedelta(seconds=90), problem="Slack is down"
        )
    assert await taken_notices(database, scope, seconds=60) == ["b1"]
    assert await taken_notices(database, scope, seconds=89) == []
    assert await taken_notices(database, scope, seconds=91) == ["a2", "b1"]


async def test_many_posters_never_take_two_notices_of_one_topic(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        for number in range(6):
            values = {"kind": "send_changed", "payload": "{}", "at": NOW, "topic": "a"}
            await outbox.add(connection, scope, key=f"k{number}", **values)
    found = await asyncio.gather(*(taken_notices(database, scope) for _ in range(10)))
    assert [key for keys in found for key in keys] == ["k0"]


async def test_a_receipt_changes_a_message_once(
    database: Database, scope: Scope, others: Scope
) -> None:
    async def noted(whose: Scope, delivery: Delivery, message_id: str = "M-draft1") -> str | None:
        async with database.write() as connection:
            return await deliveries.note(
                connection,
                whose,
                kind="sms",
                message_id=message_id,
                delivery=delivery,
                text="why" if delivery is Delivery.FAILED else None,
            )

    async with database.write() as connection:
        await stored(connection, scope, state=State.SENT)
        await deliveries.add(
            connection, scope, [a_message(), a_message(message_id="M2"), a_message(message_id=None)]
        )
    assert await noted(others, Delivery.DELIVERED) is None
    assert await noted(scope, Delivery.DELIVERED, "M3") is None
    assert await noted(scope, Delivery.FAILED) == "draft1"
    assert await noted(scope, Delivery.FAILED) is None
    assert await noted(scope, Delivery.DELIVERED) == "draft1"
    async with database.read() as connection:
        kept = await deliveries.of_send(connection, scope, "draft1")
    assert [(m.delivery, m.delivery_text) for m in kept] == [
        ("delivered", None),
        (None, None),
        (None, None),
    ]


async def test_what_was_found_out_takes_the_place_of_what_was_kept(
    database: Database, scope: Scope
) -> None:
    async with database.write() as connection:
        await deliveries.add(connection, scope, [a_message(), a_message("draft2")])
        await deliveries.replace(connection, scope, "draft1", [a_message(status="FOUND")])
    async with database.read() as connection:
        assert await deliveries.of_send(connection, scope, "draft1") == [a_message(status="FOUND")]
        assert await deliveries.of_send(connection, scope, "draft2") == [a_message("draft2")]
