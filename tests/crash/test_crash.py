"""The real bot as a process, killed at every step and at any time: each message once, or told.

`ROUNDS` and `SEED` are environment variables; `make crash` sets the first to 200.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from tests.crash.bots import nursery
from tests.crash.lane import Lane
from tests.crash.plans import planned
from tests.crash.reckoning import Report

ROUNDS, LANES = int(os.environ.get("ROUNDS", "10")), 8
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 2**31)


async def run(urls: list[str], folder: Path, rounds: int, dice: random.Random) -> Report:
    """Run the rounds on several bots side by side."""
    report = Report()
    plans = list(enumerate(planned(rounds, dice)))

    async def lane(index: int, url: str) -> None:
        home = folder / f"lane{index}"
        home.mkdir()
        mine = random.Random(dice.random())
        found = Lane(f"L{index}", url, home, nursery=born, http=http, dice=mine, report=report)
        async with found.open():
            while plans:
                number, plan = plans.pop(0)
                await found.round(number, plan)

    async with AsyncExitStack() as stack:
        born = await stack.enter_async_context(nursery())
        connector = aiohttp.TCPConnector(force_close=True)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        async with asyncio.TaskGroup() as lanes:
            for index, url in enumerate(urls):
                lanes.create_task(lane(index, url))
    return report


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """An empty database for each lane."""
    count = min(LANES, ROUNDS)
    if request.param == "sqlite":
        return [f"sqlite+aiosqlite:///{tmp_path}/{index}.sqlite3" for index in range(count)]
    new: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return [new() for _ in range(count)]


async def test_nothing_is_sent_twice_or_lost_whenever_the_bot_dies(
    urls: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    try:
        report = await run(urls, tmp_path, ROUNDS, random.Random(SEED))
    except ExceptionGroup as group:
        raise AssertionError(f"seed {SEED}") from group
    with capsys.disabled():
        kind = urls[0].partition("+")[0]
        head = f"{kind}, seed {SEED}, {time.monotonic() - began:.0f} seconds"
        sys.stdout.write("\n".join(["", head, *report.lines(), ""]))
    assert report.rounds == ROUNDS
    assert sum(report.kills.values()) >= ROUNDS
