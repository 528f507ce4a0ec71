"""The process that bots are forked from, once a run; and connections for what people do."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from tests.crash import bots
from tests.crash.bots import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with bots.nursery() as found:
        yield found


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as found:
        yield found
