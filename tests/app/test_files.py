"""A CSV dropped into Slack: imported, or sent a text each; nothing without a yes or twice."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.slack.block_kit import problems, view_problems
from tests.app.conftest import World

CONTACTS = (
    "First name;Mobile;Plan\n"
    "Ada;+61411111111;Gold\n"
    "<!channel>;0422 222 222;=1+1\n"
    "Zoë;+61433333333;\n"
    "Eve;12;Gold\n"
    "Ada again;0411 111 111;Gold\n"
).encode("cp1252")


@pytest.fixture
async def sandbox(stack: AsyncExitStack) -> ClickSendSandbox:
    made = ClickSendSandbox()
    made.state.delay = 0.0
    await stack.enter_async_context(made.serve())
    return made


@pytest.fixture
async def start(
    outside: World, sandbox: ClickSendSandbox, stack: AsyncExitStack
) -> Callable[..., Any]:
    """Starts the bot before a whole ClickSend, with some settings."""

    async def started(**settings: object) -> World:
        changed = {
            "clicksend_base_url": f"{sandbox.url}/v3",
            "clicksend_username": USER,
            "clicksend_api_key": SecretStr(KEY),
            **settings,
        }
        outside.settings = outside.settings.model_copy(update=changed)
        app = await stack.enter_async_context(App(outside.settings))
        outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
        return outside

    return started


def drop(world: World, content: bytes = CONTACTS) -> dict[str, Any]:
    world.slack.files["F1"] = ("people.csv", content)
    return {"files": [{"id": "F1", "name": "people.csv"}]}


async def matching(world: World, command: str, **typed: dict[str, Any]) -> dict[str, Any]:
    """Submit the form of a file; the view in which its columns are matched."""
    await world.ada.command("/clicksend", command)
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    answer = await world.ada.submit(view, **typed)
    assert answer.json().get("response_action") == "update", answer.json()
    shown: dict[str, Any] = (await world.slack.next("views.update"))["view"]
    assert view_problems(shown) == []
    return shown


def columns(view: dict[str, Any], **changes: str) -> dict[str, Any]:
    """The match as it is offered, with changes."""
    chosen = {
        block["block_id"]: block["element"]["initial_option"]["value"]
        for block in view["blocks"]
        if block["type"] == "input"
    }
    return {k: {"selected_option": {"value": v}} for k, v in {**chosen, **changes}.items()}


async def message(world: World, words: str) -> dict[str, Any]:
    """Wait until the message of the job says something."""
    async with asyncio.timeout(40), world.slack.changed:
        while True:
            for method, body in reversed(world.slack.calls):
                if method in {"chat.postMessage", "chat.update"} and words in body["text"]:
                    assert problems(body["blocks"], "message") == []
                    return body
            await world.slack.changed.wait()


def value(body: dict[str, Any], action_id: str) -> str:
    return next(
        element["value"]
        for block in body["blocks"]
        for element in block.get("elements", [])
        if element["action_id"].startswith(action_id)
    )


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sent(sandbox: ClickSendSandbox, operation: str) -> list[Any]:
    return [body for name, body in sandbox.requests if name == operation]


async def ready_import(world: World, content: bytes = CONTACTS) -> dict[str, Any]:
    view = await matching(
        world, "contact import", file=drop(world, content), new={"value": "New *people*"}
    )
    assert (await world.ada.submit(view, **columns(view))).json() == {"response_action": "clear"}
    return await message(world, "can be imported")


async def test_a_file_is_looked_at_matched_checked_and_imported_after_the_yes(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    world = await start()
    body = await ready_import(world)
    assert "3 contacts can be imported" in body["text"]
    assert "2 rows rejected" in body["text"]
    assert sent(sandbox, "lists.import_contacts") == []
    await world.ada.press("job.yes", value(body, "job.yes"))
    done = await message(world, "3 contacts imported by <@U0ADA>")
    assert "<!channel>" not in json.dumps(done)
    (imported,) = sent(sandbox, "lists.import_contacts")
    assert imported["field_order"] == ["phone_number", "first_name"]
    (made,) = (each for each in sandbox.state.shelf("lists").all() if "New" in each["list_name"])
    mine = [c for c in sandbox.state.shelf("contacts").all() if c["list_id"] == made["list_id"]]
    names = {c["phone_number"]: c["first_name"] for c in mine}
    assert names == {"+61411111111": "Ada", "+61422222222": "<!channel>", "+61433333333": "Zoë"}


async def test_the_rejected_rows_come_as_a_file_with_reasons_that_runs_nothing(
    start: Any,
) -> None:
    world = await start()
    content = CONTACTS + b"=cmd|' /C calc'!A0;99;-2+3\n"
    await ready_import(world, content)
    await world.slack.next("files.completeUploadExternal")
    found = rows(next(iter(world.slack.uploads.values())))
    assert found[0] == ["Line", "Reason", "First name", "Mobile", "Plan"]
    assert found[1][:2] == ["5", "phone_number “12” is too short"]
    assert found[2][:2] == ["6", "'+61411111111 is on line 2 already"]
    assert found[3][2:] == ["'=cmd|' /C calc'!A0", "99", "'-2+3"]


async def test_a_wrong_match_is_corrected_and_one_without_a_number_refused(start: Any) -> None:
    world = await start()
    view = await matching(world, "contact import", file=drop(world), new={"value": "L"})
    wrong = await world.ada.submit(view, **columns(view, column1="last_name"))
    assert "phone numbers" in wrong.json()["errors"]["titles"]
    twice = await world.ada.submit(view, **columns(view, column2="phone_number"))
    assert "more than one column" in twice.json()["errors"]["titles"]
    kept = {"id": "V0FORM", "type": "modal", **view, "state": {"values": {}}}
    await world.ada.interact(
        type="block_actions",
        view=kept,
        actions=[
            {
                "type": "static_select",
                "action_id": "job.header",
                "block_id": "titles",
                "selected_option": {"value": "no"},
            }
        ],
    )
    again = (await world.slack.next("views.update", 2))["view"]
    assert "Column 1" in str(again)
    await world.ada.submit(again, **columns(again, column2="custom_1"))
    body = await message(world, "can be imported")
    assert "3 contacts" in body["text"]  # the header is a row now, and a bad one
    assert "3 rows rejected" in body["text"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04", "spreadsheet"), (b"", "empty"), (b"a\0b\1\2", "no text")],
)
async def test_a_file_that_is_no_csv_goes_back_to_the_form(
    start: Any, content: bytes, said: str
) -> None:
    world = await start()
    view = await matching(world, "contact import", file=drop(world, content), new={"value": "L"})
    assert said in str(view["blocks"][0])
    assert "Nothing was sent or charged" in str(view["blocks"][0])


async def test_a_form_without_file_or_list_says_so(start: Any) -> None:
    world = await start()
    await world.ada.command("/clicksend", "contact import")
    view = (await world.slack.next("views.open"))["view"]
    assert set((await world.ada.submit(view)).json()["errors"]) == {"file", "new"}


async def test_a_canceled_import_imports_nothing_and_a_second_press_neither(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    world = await start()
    body = await ready_import(world)
    await world.eve.press("job.yes", value(body, "job.yes"))
    await world.eve.press("job.stop", value(body, "job.stop"))
    await world.ada.press("job.stop", value(body, "job.stop"))
    await message(world, "was given up")
    await world.ada.press("job.yes", value(body, "job.yes"))
    assert sent(sandbox, "lists.import_contacts") == []
    assert sent(sandbox, "lists.create") == []


TEMPLATE = "Hi {First name|there}, your plan is {plan|free}."


async def ready_bulk(world: World, text: str = TEMPLATE) -> dict[str, Any]:
    before = len(world.slack.of("views.update"))
    await world.ada.command("/clicksend", f"sms bulk {text}")
    view = (await world.slack.next("views.open", before // 1 + 1))["view"]
    await world.ada.submit(view, file=drop(world), text={"value": text})
    shown = (await world.slack.next("views.update", before + 1))["view"]
    assert view_problems(shown) == []
    await world.ada.submit(shown, **columns(shown))
    return await message(world, "Checked: the bulk SMS")


async def test_a_bulk_send_is_previewed_priced_and_sent_once_after_the_yes(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    world = await start()
    body = await ready_bulk(world)
    assert "Hi Ada, your plan is Gold." in body["text"]
    assert "Hi &lt;!channel&gt;, your plan is =1+1." in body["text"]
    assert "3 messages" in body["text"]
    assert "2 rows rejected" in body["text"]
    assert sent(sandbox, "sms.send") == []
    for _ in range(3):
        await world.ada.press("job.yes", value(body, "job.yes"))
    done = await message(world, "3 sent")
    (batch,) = sent(sandbox, "sms.send")
    assert [m["to"] for m in batch["messages"]] == [
        "+61411111111",
        "+61422222222",
        "+61433333333",
    ]
    assert re.fullmatch(r"cs-[0-9a-f]{32}-0", batch["messages"][0]["custom_string"])
    before = len(world.slack.of("files.completeUploadExternal"))
    await world.ada.press("job.file:results", value(done, "job.file:results"))
    await world.slack.next("files.completeUploadExternal", before + 1)
    found = rows(list(world.slack.uploads.values())[-1])
    assert [row[0] for row in found[1:]] == ["2", "3", "4", "5", "6"]
    assert found[1][1:3] == ["+61411111111", "SUCCESS"]
    assert found[4][2] == "not sent"


async def test_a_row_without_what_the_text_needs_is_rejected(start: Any) -> None:
    world = await start()
    body = await ready_bulk(world, "Plan {plan}")
    assert "2 messages" in body["text"]
    assert "3 rows rejected" in body["text"]


async def test_a_text_that_asks_for_an_unknown_field_is_refused_with_those_there_are(
    start: Any,
) -> None:
    world = await start()
    view = await matching(world, "sms bulk", file=drop(world), text={"value": "Hi {nmae}"})
    answer = await world.ada.submit(view, **columns(view))
    error = answer.json()["errors"]["titles"]
    assert "{nmae}" in error
    assert "first_name" in error


async def test_the_limits_and_the_second_yes_are_about_the_whole(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    world = await start(approval_above_recipients=2, bot_admins=frozenset({"U0ADA", "U0EVE"}))
    body = await ready_bulk(world)
    await world.ada.press("job.yes", value(body, "job.yes"))
    asked = await message(world, "needs a second yes")
    await world.ada.press("job.approve", value(asked, "job.approve"))
    assert sent(sandbox, "sms.send") == []
    await world.eve.press("job.approve", value(asked, "job.approve"))
    await message(world, "3 sent")
    assert len(sent(sandbox, "sms.send")) == 1


async def test_a_refused_bulk_send_sends_nothing(start: Any, sandbox: ClickSendSandbox) -> None:
    world = await start(approval_above_recipients=2, bot_admins=frozenset({"U0ADA", "U0EVE"}))
    body = await ready_bulk(world)
    await world.ada.press("job.yes", value(body, "job.yes"))
    asked = await message(world, "needs a second yes")
    await world.eve.press("job.refuse", value(asked, "job.refuse"))
    await message(world, "3 not approved")
    await world.eve.press("job.approve", value(asked, "job.approve"))
    assert sent(sandbox, "sms.send") == []


async def test_what_is_stopped_while_it_waits_is_not_sent(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    world = await start(undo_seconds=30)
    body = await ready_bulk(world)
    await world.ada.press("job.yes", value(body, "job.yes"))
    waiting = await message(world, "3 wait to be sent")
    await world.ada.press("job.stop", value(waiting, "job.stop"))
    await message(world, "3 stopped, not sent")
    assert sent(sandbox, "sms.send") == []


async def test_the_same_bulk_by_somebody_else_is_asked_about_again(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    world = await start()
    first = await ready_bulk(world)
    await world.ada.press("job.yes", value(first, "job.yes"))
    await message(world, "3 sent")
    await world.ada.command("/clicksend", f"sms bulk {TEMPLATE}")
    view = (await world.slack.next("views.open", 2))["view"]
    await world.ada.submit(view, file=drop(world), text={"value": TEMPLATE})
    shown = (await world.slack.next("views.update", 2))["view"]
    await world.ada.submit(shown, **columns(shown))
    await message(world, "sent this text to 3 of these numbers")
    assert len(sent(sandbox, "sms.send")) == 1


async def test_a_job_in_a_direct_message_speaks_its_readers_language(
    start: Any, sandbox: ClickSendSandbox
) -> None:
    del sandbox
    (world := await start()).slack.locales["U0ADA"] = "de-DE"
    view = await matching(world, "contact import", file=drop(world), new={"value": "Neue"})
    assert (await world.ada.submit(view, **columns(view))).json() == {"response_action": "clear"}
    body = await message(world, "3 Kontakte können importiert werden")
    assert body["channel"] == "D0ADA"
    file = await world.slack.next("files.completeUploadExternal")
    assert file["initial_comment"] == "Abgelehnte Zeilen aus people.csv"
    await world.ada.press("job.yes", value(body, "job.yes"))
    await message(world, "3 Kontakte von <@U0ADA> importiert")
