"""Opened databases of each kind, and a send pipeline whose database is a copy."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, for tests to copy: to migrate one takes longer than them."""
    path = tmp_path_factory.mktemp("migrated") / "bot.sqlite3"
    asyncio.run(_migrate(path))
    return path


async def _migrate(path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    await database.close()


@pytest.fixture
async def line(migrated: Path, tmp_path: Path) -> AsyncIterator[Pipeline]:
    """The pipeline on SQLite."""
    shutil.copy(migrated, tmp_path / "bot.sqlite3")
    async with pipeline(f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3") as found:
        yield found
