"""An MMS from form to result; its picture checked before it leaves; each bad input at its field."""

from typing import Any

import pytest

from tests.app.conftest import World

TO = "+61411111111"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def typed(**other: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """A form filled in, with some of it otherwise; None leaves a field out."""
    filled: dict[str, dict[str, Any] | None] = {
        "to": {"value": TO},
        "file": {"files": [{"id": "F0PIC"}]},
        "subject": {"value": "Opening hours"},
        "body": {"value": "From nine to five"},
        **other,
    }
    return {block: element for block, element in filled.items() if element is not None}


async def form(world: World, text: str = f"{TO} From nine to five") -> dict[str, Any]:
    world.slack.files.setdefault("F0PIC", ("hours.png", PNG))
    before = len(world.slack.of("views.open"))
    await world.ada.command("/clicksend", f"mms send {text}")
    view: dict[str, Any] = (await world.slack.next("views.open", before + 1))["view"]
    return view


async def submitted(world: World, **other: dict[str, Any] | None) -> dict[str, Any]:
    """Fill the form in, and wait for what the loading view becomes."""
    view = await form(world)
    before = len(world.slack.of("views.update"))
    answer = await world.ada.submit(view, **typed(**other))
    assert answer.json()["response_action"] == "update"
    updated: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return updated


async def test_the_form_is_prefilled_from_what_was_typed(world: World) -> None:
    view = await form(world)
    assert view["callback_id"] == "mms.form"
    assert TO in str(view)
    assert "From nine to five" in str(view)


async def test_picture_price_yes_and_result(world: World) -> None:
    review = await submitted(world)
    assert review["callback_id"] == "send.confirm"
    assert "AUD 0.077" in str(review)
    assert "hours.png" in str(review)
    (upload,) = world.clicksend.of("uploads.upload")
    assert upload["content"].startswith("iVBORw0KGgo")
    assert world.clicksend.of("mms.send") == []

    assert (await world.ada.submit(review)).json() == {"response_action": "clear"}
    result = await world.slack.next("chat.postMessage")
    assert result["channel"] == "C0OPS"
    assert "MMS sent by <@U0ADA> to 1 recipient for AUD 0.077" in result["text"]
    (sent,) = world.clicksend.of("mms.send")
    (message,) = sent["messages"]
    assert message["to"] == TO
    assert message["subject"] == "Opening hours"
    assert message["body"] == "From nine to five"
    assert sent["media_file"].startswith("https://")


async def test_the_review_shows_the_picture(world: World) -> None:
    (image,) = [b for b in (await submitted(world))["blocks"] if b["type"] == "image"]
    assert image["slack_file"] == {"id": "F0PIC"}
    assert image["alt_text"] == "Sent with it: hours.png"


async def test_a_picture_that_slack_cannot_show_is_left_out(world: World) -> None:
    world.slack.unshown.add("F0PIC")
    view = await form(world)
    await world.ada.submit(view, **typed())
    review = (await world.slack.next("views.update", 2))["view"]
    assert review["callback_id"] == "send.confirm"
    assert "image" not in [block["type"] for block in review["blocks"]]
    assert "hours.png" in str(review)


async def test_a_second_yes_sends_nothing(world: World) -> None:
    review = await submitted(world)
    await world.ada.submit(review)
    again = await world.ada.submit(review)
    assert "sent once only" in str(again.json()["view"])
    await world.slack.next("chat.postMessage")
    assert len(world.clicksend.of("mms.send")) == 1


async def test_the_same_picture_and_text_warn_of_a_duplicate(world: World) -> None:
    await world.ada.submit(await submitted(world))
    await world.slack.next("chat.postMessage")
    review = await submitted(world)
    assert review["submit"]["text"] == "Send anyway"


async def test_a_list_and_an_hour_reach_clicksend(world: World) -> None:
    option = {"value": "428", "text": {"type": "plain_text", "text": "Customers"}}
    review = await submitted(
        world, to={"value": ""}, list={"selected_option": option}, words={"value": "tomorrow 9am"}
    )
    assert review["callback_id"] == "send.confirm"
    (priced,) = world.clicksend.of("mms.price")
    (message,) = priced["messages"]
    assert message["list_id"] == 428
    assert message["schedule"] > 0


@pytest.mark.parametrize(
    ("other", "block", "said"),
    [
        ({"to": {"value": "abc"}}, "to", "abc: it has letters in it"),
        ({"to": {"value": ""}}, "to", "choose a contact list"),
        ({"file": None}, "file", "Attach a picture."),
        ({"subject": {"value": " "}}, "subject", "An MMS has a subject"),
        ({"subject": {"value": "x" * 21}}, "subject", "20 characters at most"),
        ({"body": {"value": " "}}, "body", "Write the message."),
        ({"body": {"value": "x" * 1501}}, "body", "At most 1,500 characters; these are 1,501."),
        ({"body": {"value": "ж" * 501}}, "body", "At most 500 characters because of ж"),
        ({"sender": {"value": "far too long id"}}, "sender", "At most 11"),
        ({"when": {"selected_date_time": 1}}, "when", "has passed"),
    ],
)
async def test_bad_input_is_named_at_its_field(
    world: World, other: dict[str, Any], block: str, said: str
) -> None:
    answer = (await world.ada.submit(await form(world), **typed(**other))).json()
    assert answer["response_action"] == "errors"
    assert said in answer["errors"][block]
    assert world.clicksend.of("uploads.upload") == []
    assert world.clicksend.of("mms.price") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("evil.exe", b"MZ", "evil.exe is no PNG, JPG or GIF picture"),
        ("evil.png", b"MZ", "evil.png is no PNG, JPG or GIF picture"),
        ("large.png", PNG + bytes(250_000), "larger than 250 kB"),
    ],
)
async def test_a_file_that_no_mms_carries_is_never_uploaded(
    world: World, name: str, content: bytes, said: str
) -> None:
    world.slack.files["F0PIC"] = (name, content)
    again = await submitted(world)
    assert again["callback_id"] == "mms.form"
    assert said in again["blocks"][0]["text"]["text"]
    assert "Attach it again" in str(again)
    assert "From nine to five" in str(again)
    assert world.clicksend.of("uploads.upload") == []


async def test_an_upload_that_is_not_taken_gives_the_form_back(world: World) -> None:
    world.clicksend.statuses["uploads.upload"] = 400
    again = await submitted(world)
    assert again["callback_id"] == "mms.form"
    assert "The file was not taken." in str(again)
    assert "Nothing was sent or charged." in str(again)


async def test_change_goes_back_to_everything_but_the_picture(world: World) -> None:
    review = await submitted(world)
    before = len(world.slack.of("views.update"))
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("send.change", review["private_metadata"], view=view)
    again = (await world.slack.next("views.update", before + 1))["view"]
    assert again["callback_id"] == "mms.form"
    assert TO in str(again)
    assert "Opening hours" in str(again)
    assert "Attach it again" in str(again)


async def test_who_may_not_send_is_told_whom_to_ask(world: World) -> None:
    await world.eve.command("/clicksend", "mms send")
    answer = await world.slack.next("respond")
    assert "Ask <@U0ADA>" in answer["text"]
    assert world.slack.of("views.open") == []
