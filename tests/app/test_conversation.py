"""A conversation between the two sandboxes, which are as strict as the real ones."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from bot.app import App
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.slack import Posted, SlackSandbox
from bot.sandbox.slack.delivery import SECRET
from bot.sandbox.slack.oauth import TOKEN
from bot.settings import Settings

pytestmark = pytest.mark.jobs

ADA, OPS, THEM = "U0ADA", "C0OPS", "+61411111111"


@dataclass
class Stage:
    clicksend: ClickSendSandbox
    slack: SlackSandbox

    async def until(self, said: Callable[[Posted], bool]) -> Posted:
        """The first message of which something holds, once it does."""
        async with asyncio.timeout(30):
            await self.slack.workspace.feed.until(lambda: any(map(said, self.slack.messages)))
        return next(each for each in self.slack.messages if said(each))

    async def command(self, text: str) -> Posted:
        count = len(self.slack.messages)
        delivery = await self.slack.command(ADA, OPS, "/clicksend", text)
        assert delivery.error is None
        return await self.slack.wait_message(count + 1)

    async def press(self, posted: Posted, action: str) -> None:
        assert (await self.slack.press(ADA, posted, action)).error is None


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    clicksend, slack = ClickSendSandbox(), SlackSandbox()
    clicksend.state.delay = 0.5
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with slack.serve(), clicksend.serve() as api:
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        settings = {
            "bot_mode": "http",
            "slack_bot_token": TOKEN,
            "slack_signing_secret": SECRET,
            "slack_api_url": f"{slack.url}/api/",
            "clicksend_username": USER,
            "clicksend_api_key": KEY,
            "clicksend_base_url": f"{api}/v3",
            "database_url": sqlite_url,
            "bot_port": port,
            "public_url": f"http://127.0.0.1:{port}",
            "bot_admins": ADA,
            "alert_channel": OPS,
            "default_country": "AU",
        }
        async with App(Settings.model_validate(settings)):
            yield Stage(clicksend, slack)


async def test_set_up_written_to_answered_and_delivered(stage: Stage) -> None:
    shown = await stage.command("setup webhooks")
    await stage.press(shown, "setup.make")
    tried = await stage.until(lambda each: "a test message arrived" in each.text)
    assert "a test receipt arrived" in tried.text

    stage.clicksend.text_in(THEM, "Is it <!channel> there?", to="+61422222222")
    wrote = await stage.until(lambda each: "Is it &lt;!channel&gt; there?" in each.text)
    head = await stage.until(lambda each: each.ts == wrote.thread_ts)
    assert "Waits since" in head.text

    await stage.press(head, "inbox.reply")
    view = await stage.slack.wait_view(ADA, "inbox.form")
    assert "411 111 111" in str(view["blocks"])
    await stage.slack.submit(ADA, {"body": {"value": "Yes, since nine"}})
    await stage.slack.wait_view(ADA, "send.confirm")
    assert stage.clicksend.outbox("sms") == []
    assert (await stage.slack.submit(ADA)).error is None

    sent = await stage.until(lambda each: "SMS sent by" in each.text)
    assert sent.thread_ts == head.ts
    (message,) = stage.clicksend.outbox("sms")
    assert (message.to, message.sender, message.body) == (THEM, "+61422222222", "Yes, since nine")
    await stage.until(lambda each: each.ts == sent.ts and ": delivered" in each.text)
    await stage.until(lambda each: each.ts == head.ts and "Answered" in each.text)
    assert "Nobody waits" in (await stage.command("inbox")).text


async def test_the_doctor_finds_nothing_wrong_once_it_is_set_up(stage: Stage) -> None:
    shown = await stage.command("setup webhooks")
    await stage.press(shown, "setup.make")
    await stage.until(lambda each: "a test message arrived" in each.text)
    await stage.command("doctor")
    said = (await stage.until(lambda each: "checks" in each.text or "works" in each.text)).text
    assert said.startswith("Everything works")
    assert ":x:" not in said
    assert said.count("polled and pushed") == 4
