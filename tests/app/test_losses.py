"""What did not arrive: told to who sent it, once; the rest is counted, and listed when asked."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from tests.app.conftest import World
from tests.app.test_alerts import page
from tests.app.test_files import ready_bulk, value
from tests.app.test_webhooks import SECRET, Pushes

pytestmark = pytest.mark.jobs

ADA, EVE = "+61411111111", "+61422222222"
RECEIPT = {
    "timestamp": "1780000000",
    "status_code": "301",
    "status_text": "Failed",
    "message_type": "sms",
}


@dataclass
class Running:
    world: World
    pushes: Pushes

    async def lost(self, message_id: str, why: str = "Handset off", **more: str) -> None:
        """ClickSend says that a message did not arrive."""
        receipt = {**RECEIPT, "message_id": message_id, "error_text": why, **more}
        kind = more.get("message_type", "sms")
        assert (await self.pushes.form(f"receipts/{kind}", receipt)).status_code == 200

    async def sent(self, *to: str, user: Any = None) -> None:
        """Somebody says hello."""
        who = user or self.world.ada
        await who.command("/sms", f"{to[0]} Hello")
        view = (await self.world.slack.next("views.open"))["view"]
        await who.submit(view, to={"value": " ".join(to)}, body={"value": "Hello"})
        await who.submit((await self.world.slack.next("views.update"))["view"])

    async def said(self, method: str, about: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait for a call of Slack's; what it said."""

        def found() -> list[dict[str, Any]]:
            return [each for each in self.world.slack.of(method) if about(each)]

        async with asyncio.timeout(20), self.world.slack.changed:
            await self.world.slack.changed.wait_for(lambda: bool(found()))
        return found()[0]

    def posts(self) -> list[dict[str, Any]]:
        """Every post that says that something did not arrive."""
        return [each for each in self.world.slack.of("chat.postMessage") if is_news(each)]


def is_news(call: dict[str, Any]) -> bool:
    return "was not delivered" in call["text"]


def actions(call: dict[str, Any]) -> list[str]:
    return [
        element["action_id"] for block in call["blocks"] for element in block.get("elements", [])
    ]


@pytest.fixture
async def start(outside: World, stack: AsyncExitStack) -> Callable[..., Any]:
    async def started(**settings: object) -> Running:
        given = {**outside.settings.model_dump(), "webhook_secret": SECRET, **settings}
        outside.settings = outside.settings.model_validate(given)
        app = await stack.enter_async_context(App(outside.settings))
        outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
        return Running(outside, Pushes(outside.ada.bot_url))

    return started


async def test_who_sent_it_is_told_once_under_its_message_however_many_fail(start: Any) -> None:
    bot = await start(alert_channel="C0BOSS")
    await bot.sent(ADA, EVE)
    message = await bot.world.slack.next("chat.postMessage")
    await bot.lost("M0", "Handset <!channel> off")
    news = await bot.said("chat.postMessage", is_news)
    methods = [method for method, _ in bot.world.slack.calls]
    stands_at = f"{methods.index('chat.postMessage') + 1}.0001"
    assert (news["channel"], news["thread_ts"]) == (message["channel"], stands_at)
    assert "<@U0ADA>, your SMS was not delivered to 1 of 2 recipients:" in news["text"]
    assert "+61 411 111 111: Handset &lt;!channel&gt; off" in news["text"]
    assert "<!channel>" not in str(news)
    assert actions(news) == ["send.retry", "issue.send"]
    await asyncio.gather(*(bot.lost("M1") for _ in range(5)))
    more = await bot.said("chat.update", lambda each: "2 of 2 recipients" in each["text"])
    assert "+61 422 222 222: Handset off" in more["text"]
    assert len(bot.posts()) == 1
    assert [e for e in bot.world.slack.of("chat.postMessage") if e["channel"] == "C0BOSS"] == []


async def test_who_wants_a_direct_message_gets_it_and_is_not_called_in_the_thread(
    start: Any,
) -> None:
    bot = await start()
    ticked = {"selected_options": [{"value": "failures"}]}
    form = {"callback_id": "settings.form", "blocks": [], "type": "modal"}
    await bot.world.ada.submit(form, **{"settings.notify": ticked})
    await bot.world.slack.next("views.publish")
    await bot.sent(ADA)
    await bot.world.slack.next("chat.postMessage")
    await bot.lost("M0")
    await bot.said("chat.postMessage", lambda each: is_news(each) and "thread_ts" in each)
    direct, thread = bot.posts()
    assert (direct["channel"], thread["channel"]) == ("D0ADA", "C0OPS")
    assert "|See its message>" in direct["text"]
    assert "<@U0ADA>" not in str(thread)
    assert "The SMS was not delivered:\n+61 411 111 111: Handset off" in thread["text"]


@pytest.mark.parametrize(
    ("shut", "errors", "channel"),
    [
        ({"C0OPS"}, {}, "D0ADA"),
        ({"C0OPS"}, {"conversations.open": "user_disabled"}, "C0BOSS"),
    ],
    ids=["the channel is gone", "so is who sent it"],
)
async def test_what_cannot_be_said_there_is_said_elsewhere(
    start: Any, shut: set[str], errors: dict[str, str], channel: str
) -> None:
    bot = await start(alert_channel="C0BOSS")
    await bot.sent(ADA)
    await bot.world.slack.next("chat.postMessage")
    bot.world.slack.shut |= shut
    bot.world.slack.errors |= errors
    await bot.lost("M0")
    news = await bot.said("chat.postMessage", lambda e: is_news(e) and e["channel"] == channel)
    assert "+61 411 111 111: Handset off" in news["text"]


async def test_polled_receipts_stay_unread_until_who_sent_it_is_told(start: Any) -> None:
    bot = await start(failure_watch_seconds=1)
    await bot.sent(ADA)
    await bot.world.slack.next("chat.postMessage")
    bot.world.slack.errors["chat.postMessage"] = "internal_error"
    read = len(bot.world.clicksend.of("sms.mark_receipts_read"))
    bot.world.clicksend.answers["sms.receipts"] = page({**RECEIPT, "message_id": "M0"})
    await bot.said("chat.postMessage", is_news)
    polled = len(bot.world.clicksend.of("sms.receipts"))
    await bot.world.clicksend.next("sms.receipts", polled + 2)
    marked = bot.world.clicksend.of("sms.mark_receipts_read")[read:]
    tried = len(bot.posts())
    bot.world.slack.errors.clear()
    wanted = read + len(marked) + 1
    clicksend = bot.world.clicksend
    async with asyncio.timeout(40), clicksend.changed:  # the outbox waits longer after each try
        await clicksend.changed.wait_for(
            lambda: len(clicksend.of("sms.mark_receipts_read")) >= wanted
        )
    assert len(marked) <= 2  # of a look that had begun before there was something to tell
    assert len(bot.posts()) == tried + 1


async def test_a_receipt_that_is_ahead_of_clicksends_answer_counts(start: Any) -> None:
    bot = await start()
    bot.world.clicksend.hold, bot.world.clicksend.hold_only = asyncio.Event(), "sms.send"
    await bot.sent(ADA)
    await bot.world.clicksend.next("sms.send")
    await bot.lost("M0")
    bot.world.clicksend.hold.set()
    news = await bot.said("chat.postMessage", is_news)
    assert "<@U0ADA>, your SMS was not delivered:" in news["text"]


async def test_what_slack_did_not_send_is_in_no_channel_but_in_the_list(start: Any) -> None:
    bot = await start()
    kinds = [*(["sms"] * 20), "fax", "voice"]
    for number, kind in enumerate(kinds):
        await bot.lost(f"X{number:02}", "<!here> off", message_type=kind)
    await bot.lost("X99", "cancelled", status_text="Cancelled")
    await bot.world.ada.command("/clicksend", "history failed")
    first = await bot.world.slack.next("respond")
    assert bot.posts() == []
    assert "*Voice call*: &lt;!here&gt; off" in first["text"]
    assert "not sent from Slack" in first["text"]
    assert ["X21" in first["text"], "X03" in first["text"], "X02" in first["text"]] == [1, 1, 0]
    assert "X99" not in first["text"]
    assert "<!here>" not in first["text"]
    (older,) = [e for b in first["blocks"] for e in b.get("elements", []) if "action_id" in e]
    await bot.world.eve.press("failed.older", older["value"], response_url=_respond(bot))
    rest = await bot.world.slack.next("respond", 2)
    assert ["X02" in rest["text"], "X00" in rest["text"], "X03" in rest["text"]] == [1, 1, 0]
    assert "failed.older" not in str(rest)


async def test_three_faxes_of_three_are_an_alert_whoever_sent_them(start: Any) -> None:
    bot = await start(alert_watch_seconds=1)
    for number in range(3):
        await bot.lost(f"F{number}", "Busy <!here>", message_type="fax")
    said = await bot.said("chat.postMessage", lambda each: "the faxes" in each["text"])
    assert said["channel"] == "C0OPS"
    assert "100% of the faxes were not delivered (3 of 3); nothing like it" in said["text"]
    assert "<!here>" not in str(said)


def _respond(bot: Running) -> str:
    return f"{bot.world.slack.url}/respond"


async def test_without_any_failure_the_list_says_so(start: Any) -> None:
    bot = await start()
    await bot.world.ada.command("/clicksend", "history failed")
    shown = await bot.world.slack.next("respond")
    assert "No receipt says that something did not arrive" in shown["text"]


async def test_a_bulk_send_has_one_message_of_what_did_not_arrive(
    start: Any, stack: AsyncExitStack
) -> None:
    sandbox = ClickSendSandbox()
    sandbox.state.delay = 1e9  # no receipts but ours
    url = await stack.enter_async_context(sandbox.serve())
    bot = await start(
        clicksend_base_url=f"{url}/v3", clicksend_username=USER, clicksend_api_key=SecretStr(KEY)
    )
    body = await ready_bulk(bot.world)
    await bot.world.ada.press("job.yes", value(body, "job.yes"))
    await bot.said("chat.update", lambda each: "3 sent" in each["text"])
    for message in sandbox.outbox("sms")[:2]:
        await bot.lost(message.id, "Off")
    news = await bot.said(
        "chat.postMessage", lambda each: "<@U0ADA>, your SMS was not delivered to" in each["text"]
    )
    assert news["thread_ts"]
    await bot.said("chat.update", lambda each: "0 delivered so far, 2 not" in each["text"])
    assert len(bot.posts()) == 1
    assert not [
        each for each in bot.world.slack.of("chat.postMessage") if "SMS sent by" in str(each)
    ]
