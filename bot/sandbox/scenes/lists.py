"""What is kept at ClickSend: an automation made and deleted, statistics, a history as a file."""

from __future__ import annotations

from bot.sandbox.hand import ADA, BEN, Hand
from bot.sandbox.slack.shapes import Json


async def automation(hand: Hand) -> None:
    """A rule that replies by itself: asked about once more, in words, deleted by two people."""
    hand.title("An automation in words")
    await hand.open("/clicksend", "rule create sms-in Opening hours", "rule.create")
    await hand.acts("presses [bold]Make it[/]")
    typed: Json = {
        "search": _chosen("2", "Messages containing…"),
        "term": {"value": "HOURS"},
        "action": _chosen("AUTO_REPLY", "reply"),
        "body": {"value": "We are here from 9 to 5."},
    }
    hand.check(await hand.slack.submit(ADA, typed))
    await hand.view("rule.confirm")
    rules = hand.clicksend.state.shelf("sms_inbound")
    before = len(rules.all())
    await hand.yes("Make it")
    made = await hand.type("/clicksend", f"rule show sms-in-{max(rules.rows)}")
    hand.expect(made, "SMS to any number containing “HOURS” → reply “We are here from 9 to 5.”")
    hand.require(len(rules.all()) == before + 1, "it is made once")
    await hand.press(made, "rule.delete", "Delete")
    asked = await hand.until(
        lambda each: "needs a second yes" in each.text and "rule" in each.text, "who may approve"
    )
    hand.require(len(rules.all()) == before + 1, "nothing is deleted before the second yes")
    await hand.press(asked, "second.approve", "Approve", user=BEN)
    await hand.until(
        lambda each: "approved by" in each.text and "is done" in each.text, "that it is done"
    )
    hand.require(len(rules.all()) == before, "it is gone")


async def export(hand: Hand) -> None:
    """A month as a file in the direct messages."""
    hand.title("A history as a file")
    hand.expect(await hand.type("/clicksend", "stats sms"), "out for AUD")
    begun = await hand.type("/clicksend", "history export sms 30d")
    hand.expect(begun, "The file comes in your direct messages")
    said = await hand.until(
        lambda each: "The history of SMS" in each.text, "that the file is there"
    )
    hand.expect(said, "rows")


def _chosen(value: str, text: str) -> Json:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": text}}}
