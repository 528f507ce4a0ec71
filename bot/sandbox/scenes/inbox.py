"""A customer writes, and is answered."""

from __future__ import annotations

from bot.sandbox.hand import Hand

ASKED, ANSWER = "Can I come at ten instead?", "Yes, see you at ten."
CUSTOMER, OURS = "+61433333333", "+61422222222"


async def text_in(hand: Hand) -> None:
    """Somebody texts while the office is at something else."""
    hand.clicksend.text_in(CUSTOMER, ASKED, OURS)


async def conversation(hand: Hand) -> None:
    """A thread for each customer, with a button that replies."""
    hand.title("A customer wrote, and is answered in the thread")
    head = await hand.until(lambda each: "wrote to +61 422 222 222" in each.text, "who wrote")
    hand.expect(head, "wrote to")
    asked = await hand.until(lambda each: ASKED in each.text and bool(each.thread_ts), "what")
    hand.expect(asked, ASKED)
    await hand.press(head, "inbox.reply", "Reply")
    await hand.view("inbox.form")
    await hand.review({"body": {"value": ANSWER}}, "AUD 0.077")
    await hand.yes()
    answered = await hand.until(
        lambda each: "SMS sent by" in each.text and ANSWER in each.text, "that it is answered"
    )
    hand.expect(answered, "SMS sent by")
    hand.require(answered.thread_ts == head.ts, "the answer is in the customer's thread")
    (sent,) = (each for each in hand.clicksend.outbox("sms") if each.body == ANSWER)
    hand.shows("arrived", f"{sent.to}: {sent.body}")
