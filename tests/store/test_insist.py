"""What must be written is written when the database comes back; what it refuses is not repeated."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Database
from bot.store.tables import kept
from tests.store.made import NOW

ROW = {"workspace": "default", "account": "demo", "name": "one", "value": "1", "at": NOW}


class Away:
    """A write that fails so often first."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.tries = error, times, 0

    async def __call__(self, connection: AsyncConnection) -> None:
        self.tries += 1
        await connection.execute(kept.insert().values(ROW))
        if self.tries <= self.times:
            raise self.error


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.database._AGAIN_SECONDS", 0.01)


async def rows(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(kept))).scalar_one())


@pytest.mark.parametrize(
    "error", [OperationalError("", {}, Exception("gone")), ConnectionRefusedError()]
)
async def test_it_is_written_once_when_the_database_is_back(
    database: Database, error: Exception
) -> None:
    away = Away(error, 2)
    await database.insist(away, seconds=30)
    assert (away.tries, await rows(database)) == (3, 1)


async def test_what_the_database_refuses_is_not_tried_again(database: Database) -> None:
    away = Away(IntegrityError("", {}, Exception("twice")), 9)
    with pytest.raises(IntegrityError):
        await database.insist(away, seconds=30)
    assert (away.tries, await rows(database)) == (1, 0)


async def test_it_is_given_up_in_the_end(database: Database) -> None:
    away = Away(ConnectionRefusedError(), 1_000_000)
    with pytest.raises(ConnectionRefusedError):
        async with asyncio.timeout(30):
            await database.insist(away, seconds=0.05)
    assert away.tries > 1
    assert await rows(database) == 0
