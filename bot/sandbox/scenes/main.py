"""The main job: balance, usage, an SMS, a fax, a campaign cancelled, low credit, a failure."""

from __future__ import annotations

from decimal import Decimal

from bot.sandbox.hand import ADA, Hand

FIRST = "Your appointment is tomorrow at 9."
PDF = b"%PDF-1.4 a letter"
_CAMPAIGN = 101


async def balance(hand: Hand) -> None:
    """What is left."""
    hand.title("The balance")
    hand.expect(await hand.type("/balance"), "AUD 100.00 left")


async def usage(hand: Hand) -> None:
    """What the month came to."""
    hand.title("The usage of this month")
    hand.expect(await hand.type("/usage"), "messages, AUD")


async def sms(hand: Hand) -> None:
    """A form, the price, the yes; it waits a moment, in which it could be undone."""
    hand.title("An SMS: a form, the price, the yes")
    await begin_sms(hand, "+61411111111", FIRST)


async def fax(hand: Hand) -> None:
    """A file that is uploaded; meanwhile the SMS has gone out."""
    hand.title("A fax with an uploaded file")
    letter = hand.slack.attach(ADA, "letter.pdf", PDF)
    await hand.open("/fax", "+61298765432", "fax.form")
    await hand.review({"file": {"files": [letter]}}, "AUD 0.099")
    await hand.yes()
    await sms_sent(hand, FIRST)
    (text,) = hand.clicksend.outbox("sms")
    hand.shows("arrived", f"{text.to}: {text.body}")
    said = await hand.until(lambda each: "Fax sent by" in each.text, "that the fax is sent")
    hand.expect(said, "letter.pdf")
    hand.require(PDF in hand.clicksend.state.uploads.values(), "the file is at ClickSend")
    (sent,) = hand.clicksend.outbox("fax")
    hand.shows("arrived", f"{sent.to}: {sent.body}")


async def unreachable(hand: Hand) -> None:
    """An SMS to a phone that is off; what becomes of it is seen later."""
    hand.title("An SMS to a phone that is off")
    await begin_sms(hand, "+61411111199", "Are you there?")


async def campaign(hand: Hand) -> None:
    """Stopped before it goes out."""
    hand.title("A campaign cancelled")
    hand.expect(await hand.type("/clicksend", "campaign list"), "Spring sale")
    shown = await hand.type("/clicksend", f"campaign cancel sms-{_CAMPAIGN}")
    await hand.press(shown, "campaign.cancel", "Cancel campaign")
    said = await hand.until(lambda each: "is cancelled" in each.text, "that it is cancelled")
    hand.expect(said, "Spring sale")
    found = [each for each in hand.clicksend.state.campaigns if each.number == _CAMPAIGN]
    hand.require(found[0].status == "Cancelled", "the campaign is cancelled at ClickSend")
    hand.clicksend.state.balance = Decimal("12.00")


async def low_credit(hand: Hand) -> None:
    """An alert that comes by itself."""
    hand.title("Low credit: the alert comes by itself")
    posted = await hand.until(lambda each: "Low credit" in each.text, "low credit")
    hand.expect(posted, "Low credit")


async def failure(hand: Hand) -> None:
    """Another one, for who sent it."""
    hand.title("A failed delivery: whoever sent it is told, under the message")
    posted = await hand.until(lambda each: "was not delivered" in each.text, "what failed")
    hand.expect(posted, f"<@{ADA}>, your SMS was not delivered")
    under = next(each for each in hand.slack.messages if each.ts == posted.thread_ts)
    hand.require("Are you there?" in under.text, "it is in the thread of the message")


async def begin_sms(hand: Hand, to: str, body: str) -> None:
    """An SMS from the form to the yes; the channel says when it goes out."""
    await hand.open("/sms", f"{to} {body}", "sms.form")
    await hand.review({}, "AUD 0.077")
    await hand.yes()
    held = await hand.until(
        lambda each: "goes out at" in each.text and body in each.text, "when it goes out"
    )
    hand.expect(held, "goes out at")


async def sms_sent(hand: Hand, body: str) -> None:
    """The message of an SMS, once it has gone out."""
    said = await hand.until(
        lambda each: "SMS sent by" in each.text and body in each.text, f"that {body!r} is sent"
    )
    hand.expect(said, "SMS sent by")
