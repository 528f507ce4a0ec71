"""Low credit and failed deliveries: told once, never dropped."""

from contextlib import AsyncExitStack

import pytest

from bot.app import App
from tests.app.conftest import World

pytestmark = pytest.mark.jobs

RECEIPT = {
    "message_id": "M7",
    "timestamp": 1_780_000_000,
    "timestamp_send": 1_780_000_000,
    "status_code": "301",
    "status_text": "Failed",
    "error_text": "Handset <!here> off",
    "custom_string": "",
}


def page(*receipts: dict[str, object]) -> dict[str, object]:
    return {"total": len(receipts), "current_page": 1, "last_page": 1, "data": list(receipts)}


async def running(world: World, stack: AsyncExitStack) -> App:
    return await stack.enter_async_context(App(world.settings))


async def test_low_credit_is_told_in_the_alert_channel(
    outside: World, stack: AsyncExitStack
) -> None:
    outside.clicksend.balance = "12.00"
    await running(outside, stack)
    alert = await outside.slack.next("chat.postMessage")
    assert alert["channel"] == "C0OPS"
    assert "Low credit" in alert["text"]
    assert "AUD 12.00 left, below AUD 20.00" in alert["text"]


async def test_a_restart_does_not_repeat_the_alert(outside: World, stack: AsyncExitStack) -> None:
    each_second = {"credit_watch_seconds": 1, "failure_watch_seconds": 1}
    outside.settings = outside.settings.model_copy(update=each_second)
    outside.clicksend.balance = "12.00"
    async with App(outside.settings):
        await outside.slack.next("chat.postMessage")
    looked = len(outside.clicksend.of("account.get"))
    await running(outside, stack)
    await outside.clicksend.next("account.get", looked + 2)
    outside.clicksend.answers["sms.receipts"] = page(RECEIPT)
    second = await outside.slack.next("chat.postMessage", 2)
    assert "not delivered" in second["text"]


async def test_failures_are_told_once_and_then_marked_read(
    outside: World, stack: AsyncExitStack
) -> None:
    outside.clicksend.answers["sms.receipts"] = page(RECEIPT, RECEIPT)
    await running(outside, stack)
    alert = await outside.slack.next("chat.postMessage")
    assert "1 message was not delivered" in alert["text"]
    assert "&lt;!here&gt;" in alert["text"]
    assert "<!here>" not in str(alert)
    await outside.clicksend.next("sms.mark_receipts_read")
    assert len(outside.slack.of("chat.postMessage")) == 1


async def test_receipts_stay_unread_while_slack_is_down(outside: World) -> None:
    outside.clicksend.answers["sms.receipts"] = page(RECEIPT)
    outside.slack.errors["chat.postMessage"] = "internal_error"
    async with App(outside.settings):
        await outside.slack.next("chat.postMessage")
    assert outside.clicksend.of("sms.mark_receipts_read") == []
    outside.slack.errors.clear()
    each_second = {"failure_watch_seconds": 1}
    async with App(outside.settings.model_copy(update=each_second)):
        again = await outside.slack.next("chat.postMessage", 2)
        await outside.clicksend.next("sms.mark_receipts_read")
    assert "not delivered" in again["text"]
