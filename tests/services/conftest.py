"""Opened databases of each kind, and a send pipeline."""

from collections.abc import AsyncIterator

import pytest

from bot.store import Database, Scope
from tests.services.pipeline import Pipeline, pipeline


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Opened and migrated, on SQLite and on PostgreSQL."""
    found = Database(database_url)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
def scope() -> Scope:
    """Us."""
    return Scope("T0OURS", "demo")


@pytest.fixture
async def line(sqlite_url: str) -> AsyncIterator[Pipeline]:
    """The pipeline on SQLite."""
    async with pipeline(sqlite_url) as found:
        yield found
