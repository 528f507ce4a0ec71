"""An opened database of each kind, for services that keep something."""

from collections.abc import AsyncIterator

import pytest

from bot.store import Database, Scope


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
