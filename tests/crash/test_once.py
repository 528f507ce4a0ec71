"""However often and from wherever one yes is said at the same time: one send.

The bots are processes of their own, and two of them share a PostgreSQL.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.store.sends import State
from tests.crash.bots import Nursery
from tests.crash.lane import Lane
from tests.crash.people import ADA, EVE, FIRST, OTHER, SECOND, Door, Intent, Person
from tests.crash.reckoning import Report, wrong
from tests.slack import payloads


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as found:
        yield found


@pytest.fixture
async def make(
    nursery: Nursery, http: aiohttp.ClientSession, tmp_path: Path
) -> Callable[[str], Lane]:
    """Makes a lane on a database; `open` starts its peers, `replica` its bots."""

    def made(url: str) -> Lane:
        dice = random.Random(1)
        return Lane("X", url, tmp_path, nursery=nursery, http=http, dice=dice, report=Report())

    return made


@pytest.fixture
async def lane(make: Callable[[str], Lane], stack: AsyncExitStack, database_url: str) -> Lane:
    """One bot, on each kind of database."""
    found = make(database_url)
    await stack.enter_async_context(found.open())
    await found.replica()
    return found


@pytest.fixture
async def pair(make: Callable[[str], Lane], stack: AsyncExitStack, postgres_url: str) -> Lane:
    """Two bots on one PostgreSQL, between the same peers."""
    found = make(postgres_url)
    await stack.enter_async_context(found.open())
    for _ in range(2):
        await found.replica()
    return found


@pytest.fixture
async def impatient(make: Callable[[str], Lane], stack: AsyncExitStack, postgres_url: str) -> Lane:
    """The same, where the death of one is noticed within seconds."""
    found = make(postgres_url)
    await stack.enter_async_context(found.open())
    for _ in range(2):
        await found.replica(patient=False)
    return found


def people(lane: Lane, http: aiohttp.ClientSession) -> list[Person]:
    """Somebody at the door of each bot."""
    found = []
    for url in lane.replicas:
        door = Door(http)
        door.url = url
        found.append(Person(door, lane.slack))
    return found


async def settled(lane: Lane, *intents: Intent) -> None:
    """Wait until nothing more happens to the sends; then each must add up."""
    rows = await lane.over(intents)
    for intent in intents:
        assert wrong(intent, rows[intent.draft], lane.clicksend, lane.slack) == []
        assert rows[intent.draft].send.state is State.SENT


def one(body: str = "Once only.") -> Intent:
    return Intent(body, (FIRST,), "C0ONE")


async def test_a_hundred_submissions_of_one_draft_send_once(
    lane: Lane, http: aiohttp.ClientSession
) -> None:
    (ada,) = people(lane, http)
    intent = one()
    await ada.write(intent)
    answers = await asyncio.gather(*(ada.say_yes(intent) for _ in range(100)))
    assert [answer.get("response_action") for answer in answers].count("clear") == 1
    assert sum("is sent once only" in str(answer) for answer in answers) == 99
    await settled(lane, intent)
    assert lane.clicksend.taken(intent.body) == [FIRST]
    assert lane.calls("sms.send") == 1


async def test_a_payload_that_slack_delivers_again_counts_once(
    lane: Lane, http: aiohttp.ClientSession
) -> None:
    (ada,) = people(lane, http)
    intent = one()
    await ada.write(intent)
    door = Door(http)
    door.url = lane.replicas[0]
    view = {"type": "modal", **intent.review, "state": {"values": {}}}
    payload = payloads.interaction("view_submission", user={"id": ADA, "team_id": "T1"}, view=view)
    answers = await asyncio.gather(
        door.deliver(payload),
        *(
            door.deliver(
                payload,
                **{"x-slack-retry-num": str(number), "x-slack-retry-reason": "http_timeout"},
            )
            for number in (1, 2, 3)
        ),
    )
    assert answers == [{"response_action": "clear"}] * 4
    intent.said_yes = intent.acked = True
    await settled(lane, intent)
    assert lane.clicksend.taken(intent.body) == [FIRST]


async def test_a_payload_that_slack_delivers_again_after_a_crash_counts_once(
    lane: Lane, http: aiohttp.ClientSession
) -> None:
    (ada,) = people(lane, http)
    intent = one()
    await ada.write(intent)
    view = {"type": "modal", **intent.review, "state": {"values": {}}}
    payload = payloads.interaction("view_submission", user={"id": ADA, "team_id": "T1"}, view=view)
    door = Door(http)
    door.url = lane.replicas[0]
    assert await door.deliver(payload) == {"response_action": "clear"}
    intent.said_yes = intent.acked = True
    await settled(lane, intent)
    await lane.crash()
    door.url = await lane.replica()
    again = await door.deliver(payload, **{"x-slack-retry-num": "1"})
    assert "is sent once only" in str(again)
    assert lane.clicksend.taken(intent.body) == [FIRST]
    assert lane.calls("sms.send") == 1


async def test_two_approvers_at_once_on_two_replicas_send_once(
    pair: Lane, http: aiohttp.ClientSession
) -> None:
    here, there = people(pair, http)
    intent = Intent("Approved once.", (FIRST, SECOND), "C0TWO")
    await here.write(intent)
    await here.say_yes(intent)
    assert intent.acked
    posted = await pair.slack.message(lambda each: "needs a second yes" in each.text)
    await asyncio.gather(
        *(
            person.press(user, "approval.approve", intent.draft, posted.channel)
            for person, user in [(here, EVE), (there, OTHER)] * 5
        )
    )
    await settled(pair, intent)
    assert pair.clicksend.taken(intent.body) == [FIRST, SECOND]
    assert pair.calls("sms.send") == 1


async def test_two_yeses_at_once_on_two_replicas_send_once(
    pair: Lane, http: aiohttp.ClientSession
) -> None:
    here, there = people(pair, http)
    intent = one()
    await here.write(intent)
    await asyncio.gather(*(person.say_yes(intent) for person in (here, there) for _ in range(20)))
    await settled(pair, intent)
    assert pair.clicksend.taken(intent.body) == [FIRST]


async def test_fifty_sends_on_two_replicas_go_once_each_and_are_told_once_each(
    pair: Lane, http: aiohttp.ClientSession
) -> None:
    both = people(pair, http)
    intents = [Intent(f"Number {n} of fifty.", (FIRST,), f"C0N{n}") for n in range(50)]
    chosen = [(both[n % 2], intent) for n, intent in enumerate(intents)]
    await asyncio.gather(*(person.write(intent) for person, intent in chosen))
    await asyncio.gather(*(person.say_yes(intent) for person, intent in chosen))
    await settled(pair, *intents)
    assert pair.calls("sms.send") == 50
    assert [len(pair.slack.shown(intent.channel)) for intent in intents] == [1] * 50


async def test_what_a_killed_replica_held_the_other_one_settles(
    impatient: Lane, http: aiohttp.ClientSession
) -> None:
    both = people(impatient, http)
    intents = [Intent(f"Number {n} of ten.", (FIRST,), f"C0N{n}") for n in range(10)]
    await asyncio.gather(*(both[0].write(intent) for intent in intents))
    impatient.clicksend.fail("latency", "sms.send", times=10, seconds=1.0)
    await asyncio.gather(*(both[0].say_yes(intent) for intent in intents))
    await impatient.called("sms.send", 4)
    await impatient.crash(0)
    rows = await impatient.over(intents)
    states = {row.send.state for row in rows.values()}
    assert states & {State.UNKNOWN, State.RECONCILED}
    for intent in intents:
        assert wrong(intent, rows[intent.draft], impatient.clicksend, impatient.slack) == []
