"""A long time of everything at once, with faults: nothing grows, leaks, breaks or is sent twice.

`MINUTES` is an environment variable; `make soak` sets it to 30. Without it, some seconds.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.clicksend.callers import KEY
from tests.crash.books import Row
from tests.crash.bots import Bot, Nursery
from tests.crash.lane import Lane
from tests.crash.people import FIRST, Intent
from tests.crash.reckoning import Report, wrong
from tests.replicas.fleet import HOOK, SETTINGS, Fleet
from tests.slack.payloads import SECRET
from tests.soak.load import Load
from tests.soak.vitals import Vitals, calm, growth, look

SECONDS = float(os.environ.get("MINUTES", "0")) * 60 or 2.0
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 2**31)
LONG = SECONDS >= 300
WARM = min(SECONDS / 4, 60)
QUIET = 20.0
"""Seconds until nothing that was begun goes on: kept connections end after five."""
TO_SETTLE = 120.0
MOST = 8.0
"""MiB by which memory may grow from the second quarter to the last; in ten minutes a leak of 1 kB a
command would be twice that."""
MOST_TO_THE_DATABASE = 16
HOW = {"spoilt": "*", "patience": 6.0} if LONG else {"spoilt": "sms.price", "patience": 2.0}
ITS = {**SETTINGS, "LOG_LEVEL": "INFO", "CLICKSEND_DEADLINE_SECONDS": "3"}
BROKEN = ("a handler broke", "slow work broke", "background task failed", "stumbled", "job broke")


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """On SQLite in the suite, on PostgreSQL when it takes long."""
    found: str = request.getfixturevalue("postgres_url" if LONG else "sqlite_url")
    return found


async def watched(bot: Bot, http: aiohttp.ClientSession, looks: list[Vitals]) -> None:
    """Look now and then, until cancelled."""
    while True:
        await asyncio.sleep(max(SECONDS / 200, 0.5))
        looks.append(await look(bot, http))


def wrong_lines(log: Path) -> list[object]:
    """The lines of a log that must not be there."""
    lines = log.read_text().splitlines()
    said = [json.loads(line) for line in lines]
    # A form that cannot be opened, as Slack is down, is told as broken, and rightly so.
    broken = [
        each
        for each in said
        if any(words in each["event"] for words in BROKEN)
        and "SlackError: Slack is down" not in each.get("exception", "")
    ]
    secret = [line for line in lines if any(each in line for each in (HOOK, KEY, SECRET, FIRST))]
    return [*broken, *secret]


async def test_nothing_grows_leaks_or_breaks(
    url: str,
    tmp_path: Path,
    nursery: Nursery,
    http: aiohttp.ClientSession,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dice, looks = random.Random(SEED), list[Vitals]()
    lane = Lane("Z", url, tmp_path, nursery=nursery, http=http, dice=dice, report=Report())
    async with lane.open():
        bot = await lane.another(**ITS)
        fleet = Fleet(lane, http, dice)
        fleet.rotation.append(bot)
        load = Load(fleet, lane, http, dice, **HOW)
        await load.run(WARM)
        before = await calm(bot, http, lambda _: False, seconds=6.0 if LONG else 1.5)
        watching, began = asyncio.create_task(watched(bot, http, looks)), time.monotonic()
        await load.run(SECONDS)
        seconds = time.monotonic() - began
        watching.cancel()
        acked = [intent for intent in load.intents if intent.acked]
        rows = await over(lane, acked)
        left = Counter(
            (row.send.state.value, row.untold) for row in rows.values() if not row.settled
        )
        after = await calm(bot, http, lambda now: not grown(before, now), seconds=QUIET)
        problems = [
            problem
            for intent in load.intents
            for problem in wrong(intent, rows.get(intent.draft), lane.clicksend, lane.slack)
        ]
        log = bot.log
    with capsys.disabled():
        sys.stdout.write(
            f"\nsoak of {seconds:.0f} seconds, seed {SEED}: {load.crowd.acked} commands, slowest "
            f"{max(load.crowd.times):.2f} s; {len(acked)} sends, {dict(left)} left\n"
            f"{dict(load.did)}\n"
            f"before {before}\nafter  {after}\n"
            f"memory {growth(looks):+.1f} MiB from the second quarter to the last; at most "
            f"{max(each.memory for each in looks):.1f} MiB, {max(each.tasks for each in looks)} "
            f"tasks, {max(each.connections for each in looks)} connections\n"
        )
    assert load.crowd.lost == []
    assert acked
    assert left == {}
    assert problems == []
    assert wrong_lines(log) == []
    assert grown(before, after) == []
    assert not LONG or growth(looks) <= MOST


async def over(lane: Lane, intents: list[Intent]) -> dict[str, Row]:
    """Wait until nothing more happens to the sends; how they stand then, or after two minutes."""
    deadline = time.monotonic() + TO_SETTLE
    while True:
        rows = await lane.books.rows([intent.draft for intent in intents])
        if all(row.settled for row in rows.values()) or time.monotonic() > deadline:
            return rows
        await asyncio.sleep(0.5)


def grown(before: Vitals, after: Vitals) -> list[str]:
    """What is there that was not there before; a job or two may just be running.

    In some seconds not every connection to the database that can be kept is open yet.
    """
    few = 3 if LONG else 10
    more = {
        "tasks": after.tasks - before.tasks - few,
        "files": after.others - before.others - few,
        "connections": after.connections - before.connections - few,
        "connections to the database": after.database - MOST_TO_THE_DATABASE,
    }
    return [f"{count} {name} too many" for name, count in more.items() if count > 0]
