"""Opened databases of each kind, and a send pipeline."""

from collections.abc import AsyncIterator

import pytest

from tests.services.pipeline import Pipeline, pipeline


@pytest.fixture
async def line(sqlite_url: str) -> AsyncIterator[Pipeline]:
    """The pipeline on SQLite."""
    async with pipeline(sqlite_url) as found:
        yield found
