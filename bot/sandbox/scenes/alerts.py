"""Alerts that somebody takes: credit that runs out, a group of failures; and the month's report."""

from __future__ import annotations

import aiohttp

from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.hand import ADA, Hand

_OFF = "+61411111199"
_ORDERS = 12


async def forecast(hand: Hand) -> None:
    """How long the credit lasts, from what the last weeks cost."""
    hand.title("How long the credit lasts: warned before a slow payment")
    said = await hand.until(lambda each: "Credit runs out" in each.text, "how long it lasts")
    hand.expect(said, "lasts about")


async def taken(hand: Hand) -> None:
    """Somebody takes the alert, and it is over once there is credit again."""
    hand.title("Low credit: taken by somebody, and over once it is paid")
    low = await hand.until(lambda each: "Low credit" in each.text, "low credit")
    await hand.press(low, "alert.ack", "Acknowledge")
    mine = await hand.until(
        lambda each: "Low credit" in each.text and f"acknowledged by <@{ADA}>" in each.text,
        "who has taken it",
    )
    hand.expect(mine, f"<@{ADA}> is on it")
    hand.clicksend.state.balance += 88
    over = await hand.until(
        lambda each: "Low credit" in each.text and "over" in each.text, "that it is over"
    )
    hand.expect(over, "over")


async def orders(hand: Hand) -> None:
    """A shop of the same account sends to phones that are off; the bot sees it later."""
    messages = [
        {"to": _OFF, "body": f"Your order {number} is on its way.", "source": "shop"}
        for number in range(1, _ORDERS + 1)
    ]
    url = f"{hand.clicksend.url}/v3/sms/send"
    async with (
        aiohttp.ClientSession(auth=aiohttp.BasicAuth(USER, KEY)) as session,
        session.post(url, json={"messages": messages}) as response,
    ):
        hand.require(response.ok, "ClickSend takes the messages of the shop")


async def group(hand: Hand) -> None:
    """One alert for many failures, not one for each."""
    hand.title("Many failures: one alert, with the cause")
    said = await hand.until(
        lambda each: "More failed deliveries than usual" in each.text, "that many failed"
    )
    hand.expect(said, "were not delivered")
    count = sum("More failed deliveries" in each.text for each in hand.slack.messages)
    hand.require(count == 1, "there is one message of them")


async def report(hand: Hand) -> None:
    """The month in a table, a picture and a CSV; a press posts it in the channel."""
    hand.title("The month's report: a table, a picture, a CSV")
    shown = await hand.type("/clicksend", "report")
    hand.expect(shown, "By channel")
    await hand.press(shown, "report.post", "Post in this channel")
    posted = await hand.until(
        lambda each: bool(each.files) and "asked for this" in each.text, "the report"
    )
    hand.expect(posted, "By channel")
    names = [str(each["name"]) for each in posted.files]
    hand.shows("files", ", ".join(names))
    kinds = [name.rpartition(".")[2] for name in names]
    hand.require(kinds == ["png", "csv"], "a picture and the numbers come with it")
    hand.require(bool(posted.files[0].get("alt_txt")), "the picture is told in words, too")
