"""Both fakes, and bots started between them as processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.app.world import FakeClickSend, FakeSlack, User, serving
from tests.crash.bots import Nursery
from tests.process.running import Running, address, environment, forked, started


@dataclass
class SlowClickSend(FakeClickSend):
    """Takes every send, and keeps the answer to itself while `answers_sends` is not set."""

    answers_sends: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        answer = await super().__call__(request)
        if request.path.endswith("/sms/send"):
            await self.answers_sends.wait()
        return answer


@dataclass
class Outside:
    """What is around the bot: both services, and Ada, who uses it."""

    clicksend: SlowClickSend
    slack: FakeSlack
    ada: User
    settings: dict[str, str]
    folder: Path
    stack: AsyncExitStack
    nursery: Nursery

    async def start(self, **more: str) -> Running:
        """Start a bot, forked from what has imported all, and wait until it serves."""
        bot = forked(self.nursery, self.settings | more, cwd=self.folder)
        running = await self.stack.enter_async_context(bot)
        self.ada.bot_url = await address(running)
        return running

    async def launch(self, **more: str) -> Running:
        """Start a bot by its command, whatever becomes of it."""
        return await self.stack.enter_async_context(started(self.settings | more, cwd=self.folder))


@pytest.fixture
async def outside(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Outside]:
    clicksend, slack = SlowClickSend(), FakeSlack()
    async with (
        serving(clicksend.__call__) as api,
        serving(slack.__call__) as slack.url,
        AsyncExitStack() as stack,
    ):
        settings = environment(clicksend=api, slack=slack.url, folder=tmp_path)
        ada = User("", slack.url)
        yield Outside(clicksend, slack, ada, settings, tmp_path, stack, nursery)
