"""A channel gets a message a second, and none waits for another channel's."""

import asyncio
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.pace import Pace


class Time:
    """A clock whose sleepers do not keep anybody waiting."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def time() -> Iterator[Time]:
    with pytest.MonkeyPatch.context() as patch:
        made = Time()
        patch.setattr("bot.slack.pace.asyncio.sleep", made.sleep)
        yield made


def test_messages_at_once_wait_for_each_other_in_their_channel_only(time: Time) -> None:
    pace = Pace(time)

    async def post() -> None:
        for channel in ("C1", "C1", "C2", "C1"):
            await pace.turn(channel)

    asyncio.run(post())

    assert time.slept == [1.0, 2.0]


def test_after_a_second_of_quiet_nobody_waits(time: Time) -> None:
    pace = Pace(time)

    async def post() -> None:
        await pace.turn("C1")
        time.now += 1.0
        await pace.turn("C1")

    asyncio.run(post())

    assert time.slept == []


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_no_two_messages_of_a_channel_are_closer_than_a_second(gaps: list[float]) -> None:
    posted = []
    with pytest.MonkeyPatch.context() as patch:
        time = Time()
        patch.setattr("bot.slack.pace.asyncio.sleep", time.sleep)
        pace = Pace(time)

        async def post() -> None:
            for gap in gaps:
                time.now += gap
                before = len(time.slept)
                await pace.turn("C1")
                posted.append(time.now + sum(time.slept[before:]))

        asyncio.run(post())

    assert all(b - a > 0.999999 for a, b in itertools.pairwise(posted))
