"""The local Slack, served, and a way to call it; the demo in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

from bot.sandbox.demo import Stage, stage
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.oauth import TOKEN
from tests.sandbox.slack.browser import chromium, opened_in

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Stage]:
    """The demo; one for all tests of a module, because it takes long to start."""
    async with stage() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def window() -> AsyncIterator[Browser]:
    """A browser for all tests of a module."""
    async with chromium() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def page(running: Stage, window: Browser) -> AsyncIterator[Page]:
    """The demo's page, as somebody new opens it."""
    async with opened_in(window, running.slack.url) as found:
        yield found
