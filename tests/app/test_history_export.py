"""A history as a CSV file: of a month or since some time, whole, harmless, bounded, for admins."""

import asyncio
import csv
import io
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.services import history_export
from bot.services.history_export import ExportWordsError, read_wish
from bot.services.history_rows import Channel, Span
from tests.app.conftest import World

SYDNEY = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def file_of(world: World, text: str) -> tuple[list[dict[str, str]], str]:
    """Ask for an export: the rows of the file, and the comment above it."""
    before = len(world.slack.of("files.completeUploadExternal"))
    await answered(world, text)
    done = await world.slack.next("files.completeUploadExternal", before + 1)
    assert done["channel_id"] == "D0ADA"
    content = world.slack.uploads[done["files"][0]["id"]].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content))), done["initial_comment"]


def exported(world: World) -> list[Any]:
    """The reads of an export; the watches read the same history, without an end."""
    return [query for query in world.clicksend.of("sms.history") if "date_to" in query]


def history(world: World, channel: str, pages: dict[str, list[dict[str, Any]]]) -> None:
    """A history of several pages."""

    def answer(query: dict[str, str]) -> dict[str, Any]:
        number = query.get("page", "1")
        more = {"current_page": int(number), "last_page": len(pages), "per_page": 100}
        return {**more, "data": pages[number]}

    world.clicksend.answers[f"{channel}.history"] = answer


async def test_every_page_of_a_month_is_in_the_file_and_no_cell_is_a_formula(world: World) -> None:
    sent = {"to": "+61411111111", "from": "Harbour", "status": "Sent", "message_price": "0.0770"}
    hostile = {
        **sent,
        "message_id": "M9",
        "body": "=HYPERLINK(1)\n<!channel> 🐈",
        "date": 1760000000,
    }
    first = [{**sent, "message_id": f"M{n}", "date": 1760000000 + n} for n in range(2)]
    history(world, "sms", {"1": first, "2": [hostile], "3": [{"message_id": "M10", "to": ""}]})
    rows, comment = await file_of(world, "history export sms 2025-10")
    assert [row["message_id"] for row in rows] == ["M0", "M1", "M9", "M10"]
    assert rows[0]["time_utc"] == "2025-10-09T08:53:20+00:00"
    assert (rows[0]["from"], rows[0]["to"]) == ("Harbour", "'+61411111111")
    assert rows[0]["price"] == "0.0770"
    assert rows[2]["text"] == "'=HYPERLINK(1)\n<!channel> 🐈"
    assert comment == "The history of SMS, 2025-10. 4 rows."
    asked = world.clicksend.of("sms.history")[0]
    since = datetime(2025, 10, 1, tzinfo=SYDNEY).timestamp()
    until = datetime(2025, 11, 1, tzinfo=SYDNEY).timestamp()
    assert (int(asked["date_from"]), int(asked["date_to"])) == (since, until + 1)
    assert "History: exported (rows: 4, of: 2025-10)" in (await answered(world, "audit"))["text"]


async def test_letters_and_emails_and_an_empty_history(world: World) -> None:
    letter = {"address_name": "<!here>", "address_line_1": "1 Quay St", "address_city": "Sydney"}
    old = {**letter, "message_id": "old", "date_added": 1500000000}
    new = {**letter, "message_id": "new", "post_price": "1.5", "date_added": 1760000000}
    history(world, "letters", {"1": [old, new]})
    rows, _ = await file_of(world, "history export letters 2025-10")
    assert [row["message_id"] for row in rows] == ["new"]
    assert (rows[0]["to"], rows[0]["price"]) == ("1 Quay St, Sydney", "1.5")
    mail = {"to": [{"email": "a@example.com"}], "bcc": [{"email": "b@example.com"}], "price": "1"}
    history(world, "email", {"1": [mail]})
    rows, _ = await file_of(world, "history export email")
    assert rows[0]["to"] == "a@example.com, b@example.com"
    history(world, "fax", {"1": []})
    rows, comment = await file_of(world, "history export fax 7d")
    assert (rows, "0 rows" in comment) == ([], True)


async def test_purchases_of_credit_are_a_history_too(world: World) -> None:
    bought = {"invoice_number": "=A1", "amount": "50.00", "currency": "AUD", "date": 1760000000}
    old = {**bought, "date": 1500000000}
    world.clicksend.answers["recharge.transactions"] = {"data": [bought, old]}
    rows, _ = await file_of(world, "history export purchases 2025-10")
    assert [(row["message_id"], row["price"], row["currency"]) for row in rows] == [
        ("'=A1", "50.00", "AUD")
    ]


async def test_a_file_has_a_largest_size_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_export, "_MOST_ROWS", 150)
    monkeypatch.setattr(history_export, "_MOST_BYTES", 100_000)
    many = [{"message_id": str(n), "body": "x"} for n in range(100)]
    history(world, "sms", {str(n): many for n in range(1, 40)})
    rows, comment = await file_of(world, "history export sms 2025-10")
    assert len(rows) == 150
    assert "choose a shorter time" in comment
    assert len(exported(world)) < 10  # of 39: some are read ahead
    history(world, "sms", {"1": [{"message_id": str(n), "body": "x" * 1000} for n in range(150)]})
    rows, comment = await file_of(world, "history export sms 2025-10")
    assert 80 < len(rows) < 100
    assert "choose a shorter time" in comment


async def test_a_form_asks_which_history_of_which_time(world: World) -> None:
    history(world, "fax", {"1": [{"message_id": "F1"}]})
    await world.ada.command("/clicksend", "history export")
    view = (await world.slack.next("views.open"))["view"]
    fax = {"selected_option": {"value": "fax", "text": {"type": "plain_text", "text": "Faxes"}}}
    wrong = await world.ada.submit(view, channel=fax, when={"value": "soon"})
    assert set(wrong.json()["errors"]) == {"when"}
    refused = await world.eve.submit(view, channel=fax)
    assert "Ask <@U0ADA>" in str(refused.json())
    assert world.clicksend.of("fax.history") == []
    await world.ada.submit(view, channel=fax, when={"value": "2025-10"})
    done = await world.slack.next("files.completeUploadExternal")
    assert done["initial_comment"] == "The history of faxes, 2025-10. 1 row."


async def test_a_history_that_cannot_be_read_whole_makes_no_file(world: World) -> None:
    world.clicksend.statuses["voice.history"] = 403
    await answered(world, "history export voice")
    assert "no file" in (await world.slack.next("respond", 2))["text"]
    assert world.slack.of("files.getUploadURLExternal") == []


async def test_one_export_at_a_time_and_for_admins_only(world: World) -> None:
    await world.eve.command("/clicksend", "history export sms")
    assert "Ask <@U0ADA>" in (await world.slack.next("respond"))["text"]
    assert exported(world) == []
    world.clicksend.hold = asyncio.Event()
    await answered(world, "history export sms")
    while not exported(world):
        await world.clicksend.next("sms.history", len(world.clicksend.of("sms.history")) + 1)
    await answered(world, "history export sms")
    assert "still being made" in (await world.slack.next("respond", 4))["text"]
    world.clicksend.hold.set()
    assert len(exported(world)) == 1


def test_a_month_is_that_month_and_anything_else_is_since_then() -> None:
    month = read_wish("SMS 2026-10", now=NOW, zone=SYDNEY)
    first = datetime(2026, 10, 1, tzinfo=SYDNEY)
    assert month.channel is Channel.SMS
    assert month.span == Span(first, datetime(2026, 11, 1, tzinfo=SYDNEY))
    assert read_wish("fax", now=NOW, zone=SYDNEY).span.until == NOW
    assert read_wish("postcards 2025-12", now=NOW, zone=UTC).span.until.year == 2026
    since = read_wish("voice since 2026-11-20", now=NOW, zone=SYDNEY)
    assert since.span == Span(datetime(2026, 11, 20, tzinfo=SYDNEY), NOW)
    assert since.label == "since 2026-11-20 00:00"


@pytest.mark.parametrize("typed", ["", "tweets 2026-10", "sms 2026-13", "sms 2027-01", "sms soon"])
def test_what_is_no_history_or_no_time_is_said(typed: str) -> None:
    with pytest.raises(ExportWordsError):
        read_wish(typed, now=NOW, zone=SYDNEY)
