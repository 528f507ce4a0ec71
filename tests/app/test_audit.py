"""`/clicksend audit`: paged, in words, as a file; for admins, and itself recorded."""

import asyncio
import csv
import io
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from bot.app import App
from bot.store import Database, Scope, audit
from bot.store.tables import slots
from tests.app.conftest import World

SCOPE = Scope("default", "demo")
NOW = datetime.now(UTC)


async def said(world: World, text: str, user: str = "ada") -> Any:
    """Type a command; the answer."""
    before = len(world.slack.of("respond"))
    await getattr(world, user).command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def recorded(world: World, count: int, **more: Any) -> None:
    """Records of a time before."""
    database = Database(world.settings.database_url)
    async with database.write() as connection:
        for number in range(count):
            values: dict[str, Any] = {
                "at": NOW - timedelta(hours=count - number),
                "actor": "U0EVE",
                "action": "sms.send sent",
                "subject": f"draft{number}",
                "place": "C0OPS",
                "detail": {"recipients": 2, "price": "0.154", "currency": "AUD"},
            }
            await audit.add(connection, SCOPE, **{**values, **more})
    await database.close()


async def trail(world: World) -> list[audit.Record]:
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        found = await audit.search(connection, SCOPE, limit=2_000)
    await database.close()
    return found


def pressed(answer: dict[str, Any], text: str) -> tuple[str, str]:
    """A button's action and value."""
    elements = [e for block in answer["blocks"] for e in block.get("elements", [])]
    (found,) = [e for e in elements if e.get("type") == "button" and e["text"]["text"] == text]
    return found["action_id"], found["value"]


async def press(world: World, answer: dict[str, Any], text: str, user: str = "ada") -> Any:
    before = len(world.slack.of("respond"))
    url = f"{world.slack.url}/respond"
    await getattr(world, user).press(*pressed(answer, text), response_url=url)
    return await world.slack.next("respond", before + 1)


async def test_a_send_is_in_the_trail_with_all_that_was_decided(world: World) -> None:
    await world.ada.command("/sms", "+61411111111 See you at nine")
    view = (await world.slack.next("views.open"))["view"]
    await world.ada.submit(view, to={"value": "+61411111111"}, body={"value": "See you at nine"})
    await world.ada.submit((await world.slack.next("views.update"))["view"])
    await world.slack.next("chat.postMessage")
    answer = await said(world, "audit")
    assert answer["response_type"] == "ephemeral"
    title, last, first = answer["text"].split("\n")
    assert title == "Everybody, all that is kept"
    for text in ("the bot in <#C0OPS>", "*SMS: sent*", "1 recipient", "AUD 0.077"):
        assert text in last
    assert "<@U0ADA> in <#C0OPS> · *SMS: confirmed*" in first
    assert "See you at nine" not in str(answer)


async def test_rules_reasons_and_texts_are_shown_and_can_mention_nobody(world: World) -> None:
    await recorded(
        world,
        1,
        action="sms.send denied",
        detail={"rule": "approval because <!here>", "reason": "No <@U1>", "text": "Hi <!channel>"},
    )
    shown = str(await said(world, "audit"))
    assert "*SMS: not approved* · under: approval because &lt;!here&gt; · No &lt;@U1&gt;" in shown
    assert "“Hi &lt;!channel&gt;”" in shown
    assert "<!" not in shown.replace("<!date", "")


async def test_one_page_after_the_other_and_back(world: World) -> None:
    await recorded(world, 40)
    first = await said(world, "audit")
    assert "Newer" not in str(first["blocks"])
    seen = [first["text"]]
    page = first
    for _ in range(2):
        page = await press(world, page, "Older")
        assert page["replace_original"] is True
        seen.append(page["text"])
    assert "Older" not in str(page["blocks"])
    counts = [text.count("*SMS: sent*") for text in seen]
    assert counts == [15, 15, 10]
    back = await press(world, page, "Newer")
    assert back["text"] == seen[1]
    assert (await press(world, back, "Newer"))["text"] == seen[0]


async def test_a_person_and_a_time_are_picked_out(world: World) -> None:
    await recorded(world, 5)
    await said(world, "access grant <@U0BEN|ben> sender")
    eves = await said(world, "audit <@U0EVE|eve> 3h")
    assert eves["text"].startswith("<@U0EVE>, since <!date^")
    assert eves["text"].count("*SMS: sent*") == 2
    mine = await said(world, "audit <@U0ADA|ada>")
    assert "*Role: granted (role: sender)* · <@U0BEN>" in mine["text"]
    assert "nothing was recorded" in (await said(world, "audit bot"))["text"]
    assert "Since when?" in (await said(world, "audit lately"))["text"]


async def test_only_admins_read_it(world: World) -> None:
    await recorded(world, 20)
    shown = await said(world, "audit")
    assert "the role *admin* is missing" in (await said(world, "audit", "eve"))["text"]
    for text in ("Older", "Export as CSV"):
        assert "role *admin* is missing" in (await press(world, shown, text, "eve"))["text"]
    assert world.slack.uploads == {}


async def test_the_file_has_it_all_and_no_formula_and_is_recorded(world: World) -> None:
    await recorded(world, 600)
    await recorded(world, 1, action="sms.send denied", detail={"reason": "=HYPERLINK(1)"})
    shown = await said(world, "audit <@U0EVE|eve>")
    answer = await press(world, shown, "Export as CSV")
    assert "601 records" in answer["text"]
    (file,) = world.slack.uploads.values()
    assert file.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert len(rows) == 601
    assert rows[0]["reason"] == "'=HYPERLINK(1)"
    assert {row["subject"] for row in rows} == {f"draft{number}" for number in range(600)}
    assert {row["price"] for row in rows[1:]} == {"0.154"}
    done = world.slack.of("files.completeUploadExternal")[0]
    assert done["channel_id"] == "D0ADA"
    assert "601 records" in done["initial_comment"]
    (ticket,) = world.slack.of("files.getUploadURLExternal")
    assert int(ticket["length"]) == len(file)
    newest = (await trail(world))[0]
    assert (newest.actor, newest.action, newest.subject) == ("U0ADA", "audit exported", "U0EVE")
    assert newest.detail == {"rows": 601}


async def test_a_file_that_slack_does_not_take_is_said(world: World) -> None:
    await recorded(world, 1)
    shown = await said(world, "audit")
    world.slack.errors["files.getUploadURLExternal"] = "missing_scope"
    answer = await press(world, shown, "Export as CSV")
    assert "Slack did not take the file: Slack answered missing_scope" in answer["text"]
    assert (await trail(world))[0].action == "audit exported"


async def test_a_page_that_is_gone_shows_the_first(world: World) -> None:
    await recorded(world, 1)
    shown = await said(world, "audit")
    _, value = pressed(shown, "Export as CSV")
    before = len(world.slack.of("respond"))
    url = f"{world.slack.url}/respond"
    gone = json.dumps({**json.loads(value), "after": 10_000})
    await world.ada.press("audit.page:after", gone, response_url=url)
    assert "*SMS: sent*" in (await world.slack.next("respond", before + 1))["text"]


@pytest.mark.jobs
async def test_what_is_older_than_the_setting_goes_when_the_bot_starts(
    outside: World, stack: AsyncExitStack
) -> None:
    async with App(outside.settings):
        pass
    await recorded(outside, 1, at=NOW - timedelta(days=40), subject="old")
    await recorded(outside, 1, at=NOW - timedelta(days=20), subject="young")
    settings = outside.settings.model_copy(update={"retention_days": 30})
    database = Database(settings.database_url)
    async with database.write() as connection:  # as if it were tomorrow: once a day
        await connection.execute(delete(slots).where(slots.c.job == "retention"))
    await database.close()
    await stack.enter_async_context(App(settings))
    async with asyncio.timeout(20):
        while (found := await trail(outside))[0].action != "retention purged":  # noqa: ASYNC110 - a database calls nobody
            await asyncio.sleep(0.05)
    assert [record.subject for record in found] == ["retention", "young"]
    assert found[0].detail["audit"] == 1
