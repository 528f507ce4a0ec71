"""The real bot between the two fakes, over real sockets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from bot.app import App, parts
from bot.jobs.clock import Clock
from bot.settings import Settings
from bot.slack import pace
from tests.app.world import SECRET, FakeClickSend, FakeSlack, User, serving


@dataclass
class World:
    clicksend: FakeClickSend
    slack: FakeSlack
    ada: User
    eve: User
    settings: Settings


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as found:
        yield found


@pytest.fixture
def _quick_clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All jobs at once are three quarters of the time of a test that is about something else.

    Where they matter they come often, and nobody waits a second for a second message in a channel.
    """
    if request.node.get_closest_marker("jobs") is None:
        monkeypatch.setattr(Clock, "_elected", lambda _clock: None)
    for often in ("_OUTBOX_SECONDS", "_RECONCILE_SECONDS", "_DECIDE_SECONDS"):
        monkeypatch.setattr(parts, often, 1)
    monkeypatch.setattr(pace, "_PACE", 0.05)  # how it is kept: tests/slack/test_pace.py


@pytest.fixture
async def outside(
    stack: AsyncExitStack, sqlite_url: str, _quick_clock: None
) -> AsyncIterator[World]:
    """Both fakes and the settings; no bot yet. What Slack would refuse fails the test."""
    clicksend, slack = FakeClickSend(), FakeSlack()
    clicksend_url = await stack.enter_async_context(serving(clicksend.__call__))
    slack.url = await stack.enter_async_context(serving(slack.__call__))
    settings = Settings.model_validate(
        {
            "bot_mode": "http",
            "slack_bot_token": "xoxb-sandbox",
            "slack_signing_secret": SECRET,
            "slack_api_url": f"{slack.url}/api/",
            "clicksend_username": "demo",
            "clicksend_api_key": "00000000-DEMO",
            "clicksend_base_url": f"{clicksend_url}/v3",
            "database_url": sqlite_url,
            "bot_port": 0,
            "bot_admins": "U0ADA",
            "alert_channel": "C0OPS",
            "default_country": "AU",
        }
    )
    yield World(clicksend, slack, User("", slack.url), User("", slack.url, "U0EVE"), settings)
    assert slack.invalid == []


@pytest.fixture
async def world(outside: World, stack: AsyncExitStack) -> World:
    """The bot running between the fakes."""
    app = await stack.enter_async_context(App(outside.settings))
    outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
    return outside
