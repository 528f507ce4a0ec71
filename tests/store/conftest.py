"""An opened database of each kind, and the workspaces that share it."""

from collections.abc import AsyncIterator

import pytest

from bot.store import Database, Scope


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    """Opened and migrated, on SQLite."""
    found = Database(sqlite_url)
    await found.open()
    yield found
    await found.close()


@pytest.fixture(params=[("T0OTHERS", "demo"), ("T0OURS", "another")], ids=["workspace", "account"])
def others(request: pytest.FixtureRequest) -> Scope:
    """Another workspace with our account, and our workspace with another account."""
    return Scope(*request.param)
