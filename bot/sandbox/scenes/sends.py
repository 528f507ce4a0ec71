"""Sends that cannot go wrong: undone, a duplicate caught, approved, an unknown settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bot.sandbox.hand import ADA, BEN, Hand
from bot.sandbox.scenes.main import FIRST, begin_sms
from bot.sandbox.slack import Posted

Announced: TypeAlias = Callable[[Posted], bool]

OOPS = "Oops, not yet."
LOST = "Are we still on for today?"
MANY = "+61411111111, +61422222222, +61433333333"


async def undo(hand: Hand) -> None:
    """Every send waits a moment, and can be taken back."""
    hand.title("Undo: a send waits a moment")
    await hand.open("/sms", f"+61411111111 {OOPS}", "sms.form")
    await hand.review({}, "AUD 0.077")
    await hand.yes()
    held = await hand.until(
        lambda each: "goes out at" in each.text and OOPS in each.text, "when it goes out"
    )
    hand.expect(held, "goes out at")
    await hand.press(held, "send.undo", "Undo", hurry=True)
    undone = await hand.until(lambda each: "was undone by" in each.text, "that it was undone")
    hand.expect(undone, "Nothing was sent or charged.")
    hand.require(not _sent(hand, OOPS), "nothing arrived")


async def duplicate(hand: Hand) -> None:
    """The same text to the same number, minutes later."""
    hand.title("A duplicate is caught")
    await hand.open("/sms", f"+61411111111 {FIRST}", "sms.form")
    await hand.review({}, "You sent this to +61 411 111 111", "Send anyway")
    await hand.acts("thinks again, and closes the form")
    await hand.slack.close(ADA)
    hand.require(len(_sent(hand, FIRST)) == 1, "it arrived once")


async def approval(hand: Hand) -> None:
    """Above a number of recipients a second person says yes."""
    hand.title("Approval: a second person says yes")
    await hand.open("/sms", f"{MANY} We are open again.", "sms.form")
    await hand.review({}, "A second person has to approve it", "Ask for approval")
    await hand.yes("Ask for approval")
    request = await hand.until(lambda each: "needs a second yes" in each.text, "who may approve")
    hand.expect(request, "We are open again.")
    hand.require(not _sent(hand, "We are open again."), "nothing is sent before the second yes")
    await hand.press(request, "approval.approve", "Approve", user=BEN)
    done = await hand.until(_announced("We are open again."), "that it is sent")
    hand.expect(done, f"approved by <@{BEN}>")
    hand.require(len(_sent(hand, "We are open again.")) == 3, "it arrived three times")  # noqa: PLR2004 - one each


async def lost(hand: Hand) -> None:
    """The connection is cut after the message was taken."""
    hand.title("An answer is lost on the way")
    hand.clicksend.fail("cut_after", "sms.send")
    await begin_sms(hand, "+61422222222", LOST)
    said = await hand.until(lambda each: "nobody knows yet" in each.text, "that nobody knows")
    hand.expect(said, "I do not try again by myself")


async def settled(hand: Hand) -> None:
    """ClickSend's history settles it."""
    hand.title("The lost answer is looked up, and nothing is sent twice")
    said = await hand.until(
        lambda each: "its history shows that it was sent" in each.text, "what the history shows"
    )
    hand.expect(said, "SMS sent by")
    hand.require(len(_sent(hand, LOST)) == 1, "it arrived once")


def _announced(body: str) -> Announced:
    return lambda each: "SMS sent by" in each.text and body in each.text


def _sent(hand: Hand, body: str) -> list[str]:
    return [message.to for message in hand.clicksend.outbox("sms") if message.body == body]
