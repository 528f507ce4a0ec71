"""The real bot as a process, killed at every step and at any time: each message once, or told.

`ROUNDS` and `SEED` are environment variables; `make crash` sets the first to 200.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.crash.bots import Nursery
from tests.crash.lane import Lane
from tests.crash.plans import planned
from tests.crash.reckoning import Report

ROUNDS = int(os.environ.get("ROUNDS", "6"))
LANES = {"sqlite": 10, "postgresql": 5}  # a PostgreSQL takes 100 connections, a bot up to 15
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 2**31)


async def run(
    urls: list[str], folder: Path, nursery: Nursery, http: aiohttp.ClientSession
) -> Report:
    """Run the rounds on several bots side by side."""
    report, dice = Report(), random.Random(SEED)
    plans = list(enumerate(planned(ROUNDS, dice)))

    async def lane(index: int, url: str) -> None:
        home = folder / f"lane{index}"
        home.mkdir()
        mine = random.Random(dice.random())
        found = Lane(f"L{index}", url, home, nursery=nursery, http=http, dice=mine, report=report)
        async with found.open():
            while plans:
                number, plan = plans.pop(0)
                await found.round(number, plan)

    async with asyncio.TaskGroup() as lanes:
        for index, url in enumerate(urls):
            lanes.create_task(lane(index, url))
    return report


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """An empty database for each lane."""
    count = min(LANES[request.param], ROUNDS)
    if request.param == "sqlite":
        return [f"sqlite+aiosqlite:///{tmp_path}/{index}.sqlite3" for index in range(count)]
    new: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return [new() for _ in range(count)]


async def test_nothing_is_sent_twice_or_lost_whenever_the_bot_dies(
    urls: list[str],
    tmp_path: Path,
    nursery: Nursery,
    http: aiohttp.ClientSession,
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    try:
        report = await run(urls, tmp_path, nursery, http)
    except ExceptionGroup as group:
        raise AssertionError(f"seed {SEED}") from group
    with capsys.disabled():
        kind = urls[0].partition("+")[0]
        head = f"{kind}, seed {SEED}, {time.monotonic() - began:.0f} seconds"
        sys.stdout.write("\n".join(["", head, *report.lines(), ""]))
    assert report.rounds == ROUNDS
    assert sum(report.kills.values()) >= ROUNDS
