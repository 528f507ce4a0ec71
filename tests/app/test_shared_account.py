"""The same ClickSend account in two workspaces: each hears everything, neither of the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.app import App
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.clicksend.inbox import receive
from tests.app.many import Many, ManyClickSend, ManySlack, Team, settings_of, until
from tests.app.world import serving

# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
ONE, TWO = Team("T0ONE", "U0ADA"), Team("T0TWO", "U0BEN")


@pytest.fixture
async def clicksend() -> AsyncIterator[ClickSendSandbox]:
    sandbox = ClickSendSandbox()
    sandbox.state.delay = 0.1
    async with sandbox.serve():
        yield sandbox


@pytest.fixture
async def many(clicksend: ClickSendSandbox, stack: AsyncExitStack, sqlite_url: str) -> Many:
    """The bot, in two workspaces that have connected the one account of the sandbox."""
    slack = ManySlack(teams={"one": ONE, "two": TWO})
    slack.url = await stack.enter_async_context(serving(slack.__call__))
    quick = {"inbox_watch_seconds": 1, "failure_watch_seconds": 1}
    settings = settings_of(slack.url, clicksend.url, sqlite_url, **quick)
    known = ManyClickSend(accounts={USER: KEY})
    app = await stack.enter_async_context(App(settings))
    many = Many(known, slack, settings, f"http://127.0.0.1:{app.port}", app.idle)
    for name, team in (("one", ONE), ("two", TWO)):
        assert (await many.install(name)).status_code == 200
        user = many.user(team.installer, team.id)
        assert "is connected" in await many.connect(user, USER, alerts=f"C0{name.upper()}")
    return many


def posted(many: Many, words: str) -> set[str]:
    """The tokens of the workspaces in which something with these words was posted."""
    return {
        token.rpartition("-")[0]
        for token, method, body in many.slack.spoken
        if method in {"chat.postMessage", "chat.update"} and words in str(body)
    }


BOTH = {"xoxb-one", "xoxb-two"}


async def test_what_customers_write_is_told_in_both_and_then_marked_read(
    many: Many, clicksend: ClickSendSandbox
) -> None:
    words = [f"Word number {number}" for number in range(3)]
    for each in words:
        receive(clicksend.state, "+61411111111", each)

    async def all_told() -> bool:
        return all(posted(many, each) == BOTH for each in words)

    async def all_read() -> bool:
        return all(each.read for each in clicksend.state.inbound)

    await until(all_told)
    await until(all_read)
    assert {each: posted(many, each) for each in words} == dict.fromkeys(words, BOTH)
    assert [each.read for each in clicksend.state.inbound] == [True] * len(words)
    assert many.slack.invalid == []
