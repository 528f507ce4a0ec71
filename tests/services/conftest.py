"""A send pipeline whose database is a copy: to migrate one for each test takes longer than them."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Database
from tests.services.pipeline import Pipeline, pipeline


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, for tests to copy."""
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
