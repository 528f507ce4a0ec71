"""A Slack client on a small Slack of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import SecretStr

from bot.slack.client import Slack
from tests.slack.workspace import TOKEN, Workspace


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace().serve() as served:
        yield served


@pytest.fixture
async def slack(workspace: Workspace) -> AsyncIterator[Slack]:
    async with aiohttp.ClientSession() as session:
        yield Slack(SecretStr(TOKEN), workspace.api, session, clock=lambda: 0.0)
