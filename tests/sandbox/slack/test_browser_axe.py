"""axe-core looks at the page: the chat, a form, the panes, in light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import pytest_asyncio

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.phones import SandboxPhones
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.oauth import CLIENT_ID
from tests.sandbox.slack.browser import PHONE, WIDE, axe, faults, opened_in, reason
from tests.sandbox.slack.test_browser_kit import ADA, EVERYTHING, OPS, TWO, plain

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [
    pytest.mark.skipif(reason() is not None, reason=str(reason())),
    pytest.mark.skipif(axe() is None, reason="no axe here: pip install axe-playwright-python"),
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
]


@pytest_asyncio.fixture(loop_scope="module")
async def slack() -> AsyncIterator[SlackSandbox]:
    clicksend = ClickSendSandbox()
    sandbox = SlackSandbox(phones=SandboxPhones(clicksend))
    async with sandbox.serve():
        yield sandbox


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
async def test_there_is_no_serious_fault(
    slack: SlackSandbox, window: Browser, scheme: str, viewport: dict[str, int]
) -> None:
    chat = slack.api.chat
    button = {"type": "button", "text": plain("Go"), "action_id": "go", "style": "danger"}
    blocks = [
        {"type": "header", "text": plain("A header")},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*bold* `code` <@U0ADA>"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "> small _print_"}]},
        {"type": "image", "alt_text": "a cat", "image_url": "https://cat.example/cat.png"},
        {
            "type": "actions",
            "elements": [button, {"type": "overflow", "action_id": "more", "options": TWO}],
        },
    ]
    chat.post({"channel": OPS, "text": "x", "blocks": blocks})
    chat.post_ephemeral({"channel": OPS, "user": ADA, "text": "only for you"})
    await slack.command(ADA, OPS, "/balance")
    async with opened_in(window, slack.url, viewport=viewport, color_scheme=scheme) as page:
        assert await faults(page) == []
        await page.get_by_label("Message", exact=True).fill("/")
        assert await faults(page) == []
        if viewport == PHONE:
            await page.get_by_role("button", name="Behind the scenes").click()
        for name in ("Wire", "Trouble"):
            await page.get_by_role("tab", name=name).click()
            assert await faults(page) == []
        slack.views.open({"trigger_id": slack.views.trigger(ADA), "view": EVERYTHING})
        form = page.get_by_role("dialog", name="Everything")
        await form.get_by_role("button", name="Done").click()
        await form.get_by_text("Please complete this required field.").first.wait_for()
        assert await faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_there_is_no_serious_fault_in_the_page_that_installs(
    slack: SlackSandbox, window: Browser, scheme: str
) -> None:
    query = urlencode(
        {
            "client_id": CLIENT_ID,
            "scope": "chat:write,commands",
            "redirect_uri": "http://127.0.0.1:9/back",
        }
    )
    url = f"{slack.url}/oauth/v2/authorize?{query}"
    async with opened_in(window, slack.url, color_scheme=scheme) as page:
        await page.goto(url)
        assert await faults(page) == []
