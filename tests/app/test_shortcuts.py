"""Shortcuts from the press to the send: what stood in the message is what goes out."""

from typing import Any

import pytest

from tests.app.conftest import World

TO = "+61411111111"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
TEXT = "*Closed* at &lt;five&gt; <@U0ADA> <https://example.com|why>"
READ = "Closed at <five> @Ada why (https://example.com)"


async def opened(world: World, name: str, message: dict[str, Any] | None = None) -> dict[str, Any]:
    before = len(world.slack.of("views.open"))
    await world.ada.shortcut(name, message)
    view: dict[str, Any] = (await world.slack.next("views.open", before + 1))["view"]
    return view


async def updated(world: World, view: dict[str, Any], **typed: dict[str, Any]) -> dict[str, Any]:
    before = len(world.slack.of("views.update"))
    await world.ada.submit(view, **typed)
    shown: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return shown


async def test_a_message_is_texted_after_a_yes(world: World) -> None:
    view = await opened(world, "shortcut.text_this", {"text": TEXT, "ts": "1.1"})
    (field,) = [b for b in view["blocks"] if b.get("block_id") == "body"]
    assert field["element"]["initial_value"] == READ
    review = await updated(world, view, to={"value": TO}, body={"value": READ})
    assert world.clicksend.of("sms.send") == []
    await world.ada.submit(review)
    result = await world.slack.next("chat.postMessage")
    assert result["channel"] == "C0OPS"
    ((message,),) = [body["messages"] for body in world.clicksend.of("sms.send")]
    assert message["body"] == READ


async def test_the_global_ones_open_empty_forms(world: World) -> None:
    assert (await opened(world, "shortcut.sms"))["callback_id"] == "sms.form"
    assert (await opened(world, "shortcut.fax"))["callback_id"] == "fax.form"
    assert "channel" in (await opened(world, "shortcut.sms"))["private_metadata"]


async def test_the_document_of_a_message_is_faxed(world: World) -> None:
    world.slack.files["F0DOC"] = ("plan.pdf", b"%PDF-1.4")
    files = [
        {"id": "F0TXT", "name": "notes.txt", "filetype": "txt"},
        {"id": "F0DOC", "name": "plan.pdf", "filetype": "pdf"},
    ]
    view = await opened(world, "shortcut.fax_file", {"text": "", "files": files})
    (menu,) = [b["element"] for b in view["blocks"] if b.get("block_id") == "offered"]
    assert [each["value"] for each in menu["options"]] == ["F0DOC"]
    chosen = {"offered": {"selected_option": menu["initial_option"]}}
    review = await updated(world, view, to={"value": "+61298765432"}, **chosen)
    assert "plan.pdf" in str(review)
    await world.ada.submit(review)
    await world.slack.next("chat.postMessage")
    assert len(world.clicksend.of("fax.send")) == 1


async def test_a_picture_and_its_text_become_an_mms(world: World) -> None:
    world.slack.files["F0PIC"] = ("hours.png", PNG)
    files = [{"id": "F0PIC", "name": "hours.png", "filetype": "png"}]
    view = await opened(world, "shortcut.mms", {"text": "From *nine*", "files": files})
    (menu,) = [b["element"] for b in view["blocks"] if b.get("block_id") == "offered"]
    typed = {
        "to": {"value": TO},
        "subject": {"value": "Hours"},
        "body": {"value": "From nine"},
        "offered": {"selected_option": menu["initial_option"]},
    }
    review = await updated(world, view, **typed)
    assert review["callback_id"] == "send.confirm"
    await world.ada.submit(review)
    await world.slack.next("chat.postMessage")
    ((message,),) = [body["messages"] for body in world.clicksend.of("mms.send")]
    assert message["body"] == "From nine"


async def test_a_file_that_slack_hides_leaves_the_form_as_it_was(world: World) -> None:
    world.slack.errors["files.info"] = "file_not_found"
    files = [{"id": "F0DOC", "name": "plan.pdf", "filetype": "pdf"}]
    view = await opened(world, "shortcut.fax_file", {"text": "", "files": files})
    option = {"value": "F0DOC", "text": {"type": "plain_text", "text": "plan.pdf"}}
    chosen = {"offered": {"selected_option": option}}
    form = await updated(world, view, to={"value": "+61298765432"}, **chosen)
    assert form["callback_id"] == "fax.form"
    assert "does not let me see that file" in str(form)
    assert "offered" in [b.get("block_id") for b in form["blocks"]]


async def test_a_choice_that_was_not_offered_is_none(world: World) -> None:
    files = [{"id": "F0DOC", "name": "plan.pdf", "filetype": "pdf"}]
    view = await opened(world, "shortcut.fax_file", {"text": "", "files": files})
    option = {"value": "F0OTHER", "text": {"type": "plain_text", "text": "x"}}
    answer = await world.ada.submit(
        view, to={"value": "+61298765432"}, offered={"selected_option": option}
    )
    assert list(answer.json()["errors"]) == ["file"]


@pytest.mark.parametrize(
    ("name", "message", "said"),
    [
        ("shortcut.fax_file", {"text": "no file"}, "has no PDF, DOC, DOCX or RTF file"),
        ("shortcut.text_this", {"text": "x" * 10_000}, "this has 10,000"),
    ],
)
async def test_what_cannot_be_is_said_where_it_was_pressed(
    world: World, name: str, message: dict[str, Any], said: str
) -> None:
    await world.ada.shortcut(name, message)
    answer = await world.slack.next("respond")
    assert said in answer["text"]
    assert "Nothing was sent or charged." in answer["text"]
    assert world.slack.of("views.open") == []


async def test_who_may_not_send_gets_no_form(world: World) -> None:
    for name in ("shortcut.text_this", "shortcut.fax_file", "shortcut.mms"):
        files = [{"id": "F0DOC", "name": "plan.pdf", "filetype": "pdf"}]
        before = len(world.slack.of("respond"))
        await world.eve.shortcut(name, {"text": "Hello", "files": files})
        answer = await world.slack.next("respond", before + 1)
        assert "Ask <@U0ADA>" in answer["text"]
    assert world.slack.of("views.open") == []
