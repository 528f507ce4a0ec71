"""The local Slack, served, and a way to call it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.oauth import TOKEN

Caller = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    sandbox = SlackSandbox()
    async with sandbox.serve():
        yield sandbox


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(slack: SlackSandbox, http: aiohttp.ClientSession) -> Caller:
    """Call a Web API method with a JSON body; the answer."""

    async def called(method: str, token: str = TOKEN, **body: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with http.post(f"{slack.url}/api/{method}", json=body, headers=headers) as answer:
            found: dict[str, Any] = await answer.json()
            return found

    return called
