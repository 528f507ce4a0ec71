"""Both fakes, and bots started between them as processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.app.world import FakeClickSend, FakeSlack, User, serving
from tests.process.running import Running, address, environment, started


@dataclass
class Outside:
    """What is around the bot: both services, and Ada, who uses it."""

    clicksend: FakeClickSend
    slack: FakeSlack
    ada: User
    settings: dict[str, str]
    folder: Path
    stack: AsyncExitStack

    async def start(self, **more: str) -> Running:
        """Start a bot and wait until it serves."""
        running = await self.launch(**more)
        self.ada.bot_url = await address(running)
        return running

    async def launch(self, **more: str) -> Running:
        """Start a bot, whatever becomes of it."""
        return await self.stack.enter_async_context(started(self.settings | more, cwd=self.folder))


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    clicksend, slack = FakeClickSend(), FakeSlack()
    async with (
        serving(clicksend.__call__) as api,
        serving(slack.__call__) as slack.url,
        AsyncExitStack() as stack,
    ):
        settings = environment(clicksend=api, slack=slack.url, folder=tmp_path)
        yield Outside(clicksend, slack, User("", slack.url), settings, tmp_path, stack)
