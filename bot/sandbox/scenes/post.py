"""A letter whose address is taken apart, and a campaign shown as one contact reads it."""

from __future__ import annotations

from bot.sandbox.hand import ADA, Hand
from bot.sandbox.slack.shapes import Json

LETTER = b"%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n%%EOF\n"
JANE = "Jane Doe, 12 High Street, Sydney NSW 2000"
NEWS = "Dear (First Name), we are open on Saturdays."


async def letter(hand: Hand) -> None:
    """A PDF goes by post; the address is typed in one line."""
    hand.title("A letter by post")
    pdf = hand.slack.attach(ADA, "invoice.pdf", LETTER)
    await hand.open("/clicksend", f"letter send {JANE}", "letter.form")
    filled = {"files": {"files": [pdf]}, "back": _option("4", "Harbour Dental")}
    await hand.review(filled, "Jane Doe, 12 High Street", "AUD 1.397")
    await hand.yes()
    said = await hand.until(lambda each: "Letter sent by" in each.text, "that the letter is sent")
    hand.expect(said, "invoice.pdf")
    (posted,) = hand.clicksend.state.of("letter")
    hand.require(posted.to == "Jane Doe", "the letter is at ClickSend")


async def campaign(hand: Hand) -> None:
    """A mail to a list, shown as its first contact reads it."""
    hand.title("An email campaign, with what one contact reads")
    await hand.open("/clicksend", f"campaign create email {NEWS}", "campaign.form")
    filled = {
        "name": {"value": "Saturdays"},
        "list": _option("428", "Customers (3)"),
        "subject": {"value": "New hours"},
        "from_name": {"value": "Harbour Dental"},
        "sender": _option("2", "test1@test.com"),
    }
    await hand.review(filled, "Ellen Diaz (test1@test.com) gets", "Dear Ellen", "AUD 0.0022")
    await hand.yes()
    said = await hand.until(lambda each: "campaign sent by" in each.text, "that it is sent")
    hand.expect(said, "Saturdays")
    names = [each.name for each in hand.clicksend.state.campaigns if each.kind == "email"]
    hand.require(any("Saturdays" in name for name in names), "the campaign is at ClickSend")


def _option(value: str, text: str) -> Json:
    """What a menu holds once something is chosen in it."""
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": text}}}
