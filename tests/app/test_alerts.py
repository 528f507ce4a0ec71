"""Low credit and failed deliveries: told once, never dropped."""

from contextlib import AsyncExitStack

from bot.app import App
from tests.app.conftest import World

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
    outside.clicksend.balance = "100.00"
    over = await outside.slack.next("chat.postMessage", 2)
    assert "over" in over["text"]


async def test_receipts_are_kept_once_and_then_marked_read(
    outside: World, stack: AsyncExitStack
) -> None:
    outside.clicksend.answers["sms.receipts"] = page(RECEIPT, RECEIPT)
    app = await running(outside, stack)
    await outside.clicksend.next("sms.mark_receipts_read")
    outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
    await outside.ada.command("/clicksend", "history failed")
    shown = await outside.slack.next("respond")
    assert shown["text"].count("M7") == 1
    assert "Handset &lt;!here&gt; off" in shown["text"]
    assert "not sent from Slack" in shown["text"]
    assert outside.slack.of("chat.postMessage") == []
