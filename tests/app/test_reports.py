"""Reports in Slack: asked for, posted in a channel, set for a channel, and posted when due."""

import csv
import io
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.app import App
from bot.sandbox.slack.block_kit import problems, view_problems
from bot.services.reports.digests import Digests
from bot.services.reports.period import Digest
from bot.store import Database, Scope
from tests.app.conftest import World

SCOPE = Scope("default", "demo")
NAME = "<!channel> =1+1"


def now() -> datetime:
    return datetime.now(UTC)


def page(*records: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(records), "current_page": 1, "last_page": 1, "data": list(records)}


def sms(number: int, code: str, *, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "message_id": f"M{number}",
        "direction": "out",
        "date": int(at.timestamp()),
        "status_code": code,
        "error_text": "Absent <@U1>" if code == "301" else "",
        "country": "AU",
        "message_price": "0.0770",
        "subaccount_id": 7,
        **more,
    }


def used(world: World, *, at: datetime | None = None) -> None:
    """A month in which three SMS and a fax went out; the SMS at a time, now by default."""
    at = at or now() - timedelta(seconds=30)
    row = {"subaccount_id": 7, "username": NAME, "total_count": "3.00", "total_price": "0.2310"}
    other = {"subaccount_id": 8, "username": "fax", "total_count": 1, "total_price": "0.0990"}
    sent = [sms(1, "201", at=at), sms(2, "201", at=at, country="NZ"), sms(3, "301", at=at)]
    arrived = sms(4, "200", at=at, direction="in", message_price="9")
    fax = {"message_id": "F1", "date_added": int(at.timestamp()), "country": "NZ"}

    def between(body: dict[str, Any]) -> dict[str, Any]:
        first, last = (int(body.get(name) or 0) for name in ("date_from", "date_to"))
        return page(
            *(each for each in [*sent, arrived] if first <= each["date"] <= (last or 2**40))
        )

    world.clicksend.answers |= {
        "account.usage": {"sms": [row], "fax": [other]},
        "sms.history": between,
        "fax.history": page({**fax, "message_price": "0.099", "subaccount_id": 8}),
        **{f"{kind}.history": page() for kind in ("mms", "voice", "email")},
        **{f"{kind}.history": page() for kind in ("letters", "postcards")},
    }


async def test_a_month_is_told_in_a_table_a_picture_and_a_csv(
    outside: World, stack: AsyncExitStack
) -> None:
    used(outside)
    await run(outside, stack)
    await outside.eve.command("/clicksend", "report")
    said = await outside.slack.next("respond")
    assert problems(said["blocks"], "message") == []
    assert "AUD 0.33" in said["text"]
    assert "<!channel>" not in json.dumps(said, ensure_ascii=False)
    assert "&lt;!channel&gt;" in said["text"]
    assert "66.7 % of the 3" in said["text"]
    assert "1 time: Absent &lt;@U1&gt;" in said["text"]
    assert "is not over yet" in said["text"]
    assert "cannot be told yet" in said["text"]
    done = await outside.slack.next("files.completeUploadExternal")
    assert done["channel_id"] == "D0ADA"
    picture, table = outside.slack.of("files.getUploadURLExternal")
    assert picture["filename"].endswith(".png")
    assert "SMS AUD 0.23 (before AUD 0.23)" in picture["alt_txt"]
    shown, numbers = outside.slack.uploads.values()
    assert shown.startswith(b"\x89PNG")
    assert table["length"] == str(len(numbers))
    rows = list(csv.reader(io.StringIO(numbers.decode("utf-8-sig"))))
    assert ["subaccount", NAME, "3", "0.2310", "3", "0.2310", "AUD"] in rows
    assert ["country", "Australia", "2", "0.154000", "0", "0", "AUD"] in [
        [*row[:3], f"{float(row[3]):f}" if row[3] else "", *row[4:]] for row in rows[1:]
    ]
    assert [row[1] for row in rows if row[0] == "country"] == ["New Zealand", "Australia"]


async def test_a_report_is_posted_in_the_channel_once_however_often_it_is_wished(
    outside: World, stack: AsyncExitStack
) -> None:
    used(outside)
    await run(outside, stack)
    await outside.eve.command("/clicksend", "report")
    said = await outside.slack.next("respond")
    await outside.slack.next("files.completeUploadExternal")
    (wish,) = (
        element["value"]
        for block in said["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == "report.post"
    )
    for _ in range(2):
        await outside.eve.press("report.post", wish, channel={"id": "C0OPS"})
    posted = await outside.slack.next("files.completeUploadExternal", 2)
    assert posted["channel_id"] == "C0OPS"
    assert posted["initial_comment"].startswith("<@U0EVE> asked for this.")
    assert len(posted["files"]) == 2
    assert len(outside.slack.of("files.completeUploadExternal")) == 2


async def test_nothing_sent_and_nothing_read_are_said_so(
    outside: World, stack: AsyncExitStack
) -> None:
    used(outside)
    empty = {"account.usage": {}, "sms.history": page(), "fax.history": page()}
    outside.clicksend.answers |= empty
    await run(outside, stack)
    await outside.eve.command("/clicksend", "report 2026-03")
    assert "Nothing was sent, so there is nothing to show." in (await said(outside, 1))
    await outside.eve.command("/clicksend", "report 2020-13")
    assert "that is no month" in (await said(outside, 2))
    outside.clicksend.statuses["account.usage"] = 403
    await outside.eve.command("/clicksend", "report 2026-03")
    assert "The report could not be read" in (await said(outside, 3))
    del outside.clicksend.statuses["account.usage"]
    outside.clicksend.statuses["voice.history"] = 403
    await outside.eve.command("/clicksend", "report 2026-03")
    assert "The voice calls could not be read, and are missing." in (await said(outside, 4))
    assert outside.slack.of("files.completeUploadExternal") == []


async def test_admins_set_what_a_channel_gets(world: World) -> None:
    await world.eve.command("/clicksend", "report settings")
    assert "admin" in (await said(world, 1))
    await world.ada.command("/clicksend", "report settings")
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    assert "Australia/Sydney" in json.dumps(view)
    wrong = await world.ada.submit(view, every=chosen("week"), zone={"value": "Mars"})
    assert "no such time zone" in wrong.json()["errors"]["zone"]
    week = {"every": chosen("week"), "weekday": chosen("4"), "hour": chosen("17")}
    await world.ada.submit(view, **week, zone={"value": "Europe/Paris"})
    posted = await world.slack.next("chat.postMessage")
    assert "every Friday at 17:00 (Europe/Paris)" in posted["text"]
    await world.ada.command("/clicksend", "report settings")
    again = json.dumps((await world.slack.next("views.open", 2))["view"])
    assert '"initial_value": "Europe/Paris"' in again
    await world.ada.submit(view, every=chosen("never"))
    assert "gets no reports" in (await world.slack.next("chat.postMessage", 2))["text"]


async def test_a_report_that_is_due_goes_to_its_channel_or_to_whoever_set_it(
    outside: World,
) -> None:
    used(outside, at=now() - timedelta(days=1))
    outside.slack.errors["files.completeUploadExternal"] = "not_in_channel"
    await digest(outside, Digest(every="day", hour=0), told=now() - timedelta(days=9))
    async with App(outside.settings):
        refused = await outside.slack.next("files.completeUploadExternal")
        assert refused["channel_id"] == "C0OPS"
        outside.slack.errors.clear()
        tried = await outside.slack.next("files.completeUploadExternal", 2)
    # Where the bot is no member, whoever set it is told why.
    assert tried["channel_id"] == "D0ADA"
    assert "Invite me there" in tried["initial_comment"]
    assert len(outside.slack.of("files.completeUploadExternal")) == 2


async def run(world: World, stack: AsyncExitStack) -> None:
    app = await stack.enter_async_context(App(world.settings))
    world.ada.bot_url = world.eve.bot_url = f"http://127.0.0.1:{app.port}"


async def said(world: World, count: int) -> str:
    return str((await world.slack.next("respond", count))["text"])


def chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value}}


async def digest(world: World, wanted: Digest, *, told: datetime) -> None:
    """Set what the channel gets, at a time in the past."""
    database = Database(world.settings.database_url)
    await database.open()
    await Digests(database, SCOPE, now=lambda: told).set("C0OPS", wanted, actor="U0ADA")
    await database.close()
