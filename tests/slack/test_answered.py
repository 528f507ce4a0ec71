"""Slow work never overtakes the answer to the payload that asked for it."""

import asyncio

import pytest

from bot.slack.answered import answered, answering


async def test_work_waits_for_the_answer_of_its_own_payload() -> None:
    done: list[str] = []

    async def work(name: str) -> None:
        await answered()
        done.append(name)

    with answering() as first:
        one = asyncio.create_task(work("one"))
        with answering():
            two = asyncio.create_task(work("two"))
            await asyncio.sleep(0)
            assert done == []
        await two
        assert done == ["two"]
        first.set()
        await one
    assert done == ["two", "one"]


async def test_work_outside_of_a_payload_waits_for_nothing() -> None:
    waiting = asyncio.create_task(answered())
    await asyncio.sleep(0)
    assert waiting.done()


async def test_a_payload_that_breaks_holds_nothing_back() -> None:
    waiting: list[asyncio.Task[None]] = []

    def broken() -> None:
        with answering():
            waiting.append(asyncio.create_task(answered()))
            raise_it()

    with pytest.raises(LookupError):
        broken()
    async with asyncio.timeout(1):
        await waiting[0]


def raise_it() -> None:
    raise LookupError
