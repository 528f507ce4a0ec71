"""An email from form to result; its files checked first; each bad input at its field."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.email_form import LARGEST, TEXT, addresses, as_typed, markup
from tests.app.conftest import World

TO = "test1@test.com"


def choice(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


def typed(**other: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A form filled in, with some of it otherwise."""
    return {
        "email.from": choice("2"),
        "to": {"value": TO},
        "subject": {"value": "Opening hours"},
        "body": {"value": "From 9 < 5\nBye"},
        "style": choice("text"),
        **other,
    }


async def form(world: World, text: str = TO) -> dict[str, Any]:
    price = {"total": 1, "current_page": 1, "last_page": 1, "data": [{"price": "0.0822"}]}
    world.clicksend.answers["email.price"] = price
    await world.ada.command("/clicksend", f"email send {text}")
    view: dict[str, Any] = (await world.slack.next("views.open"))["view"]
    return view


async def submitted(world: World, **other: dict[str, Any]) -> dict[str, Any]:
    """Fill the form in, and wait for what the loading view becomes."""
    view = await form(world)
    answer = await world.ada.submit(view, **typed(**other))
    assert answer.json()["response_action"] == "update", answer.json()
    updated: dict[str, Any] = (await world.slack.next("views.update"))["view"]
    return updated


async def test_the_form_is_prefilled(world: World) -> None:
    view = await form(world)
    assert view["callback_id"] == "email.form"
    assert TO in str(view)


async def test_only_verified_senders_are_offered(world: World) -> None:
    answer = await world.ada.interact(
        type="block_suggestion", action_id="email.from", block_id="email.from", value="TEST"
    )
    offered = [each["text"]["text"] for each in answer.json()["options"]]
    assert offered == ["test@user.com"]


async def test_files_price_yes_and_result(world: World) -> None:
    world.slack.files["F0DOC"] = ("hours.pdf", b"%PDF-1.4 hours")
    review = await submitted(
        world,
        cc={"value": "test2@test.com"},
        bcc={"value": "test3@test.com"},
        files={"files": [{"id": "F0DOC"}]},
    )
    assert review["callback_id"] == "send.confirm"
    assert "AUD 0.0822" in str(review)
    assert "hours.pdf" in str(review)
    assert world.clicksend.of("email.send") == []

    assert (await world.ada.submit(review)).json() == {"response_action": "clear"}
    result = await world.slack.next("chat.postMessage")
    assert "Email sent by <@U0ADA>" in result["text"]
    (sent,) = world.clicksend.of("email.send")
    assert sent["from"]["email_address_id"] == 2
    assert [each["email"] for each in sent["to"]] == [TO]
    assert [each["email"] for each in sent["cc"]] == ["test2@test.com"]
    assert [each["email"] for each in sent["bcc"]] == ["test3@test.com"]
    assert sent["body"] == "From 9 &lt; 5<br>\nBye"
    (file,) = sent["attachments"]
    assert base64.b64decode(file["content"]) == b"%PDF-1.4 hours"
    assert (file["filename"], file["type"]) == ("hours.pdf", "application/pdf")


async def test_html_is_sent_as_it_is(world: World) -> None:
    await submitted(world, body={"value": "<b>Hi</b>"}, style=choice("html"))
    (priced,) = world.clicksend.of("email.price")
    assert priced["body"] == "<b>Hi</b>"


async def test_a_second_yes_sends_nothing(world: World) -> None:
    review = await submitted(world)
    await world.ada.submit(review)
    again = await world.ada.submit(review)
    assert "sent once only" in str(again.json()["view"])
    await world.slack.next("chat.postMessage")
    assert len(world.clicksend.of("email.send")) == 1


@pytest.mark.parametrize(
    ("other", "block", "said"),
    [
        ({"email.from": {}}, "email.from", "Choose an address"),
        ({"to": {"value": ""}}, "to", "Give an email address"),
        ({"to": {"value": "x@, test1@test.com"}}, "to", "Not an email address: x@."),
        ({"cc": {"value": "nobody"}}, "cc", "Not an email address: nobody."),
        ({"bcc": {"value": "a@b"}}, "bcc", "Not an email address: a@b."),
        (
            {"to": {"value": " ".join(f"test{n}@test.com" for n in range(51))}},
            "to",
            "At most 50 addresses",
        ),
        ({"subject": {"value": " "}}, "subject", "An email has a subject."),
        ({"body": {"value": " "}}, "body", "Write the message."),
        ({"style": choice("pdf")}, "style", "Choose text or HTML."),
        ({"files": {"files": [{"id": f"F{n}"} for n in range(6)]}}, "files", "At most 5 files."),
        ({"when": {"selected_date_time": 1}}, "when", "has passed"),
    ],
)
async def test_bad_input_is_named_at_its_field(
    world: World, other: dict[str, Any], block: str, said: str
) -> None:
    answer = (await world.ada.submit(await form(world), **typed(**other))).json()
    assert answer["response_action"] == "errors"
    assert said in answer["errors"][block]
    assert world.clicksend.of("email.price") == []


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ([b""], "is empty"),
        ([bytes(LARGEST + 1)], "larger than 5 MB"),
        ([bytes(LARGEST // 2 + 1)] * 2, "larger than 5 MB together"),
    ],
)
async def test_files_that_do_not_fit_give_the_form_back(
    world: World, contents: list[bytes], said: str
) -> None:
    for number, content in enumerate(contents):
        world.slack.files[f"F{number}"] = (f"{number}.pdf", content)
    files = {"files": [{"id": f"F{number}"} for number in range(len(contents))]}
    again = await submitted(world, files=files)
    assert again["callback_id"] == "email.form"
    assert said in again["blocks"][0]["text"]["text"]
    assert "Opening hours" in str(again)
    assert world.clicksend.of("email.price") == []


async def test_change_goes_back_to_the_text_that_was_typed(world: World) -> None:
    review = await submitted(world)
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("send.change", review["private_metadata"], view=view)
    again = (await world.slack.next("views.update", 2))["view"]
    assert again["callback_id"] == "email.form"
    (body,) = [b for b in again["blocks"] if b.get("block_id") == "body"]
    assert body["element"]["initial_value"] == "From 9 < 5\nBye"


async def test_who_may_not_send_is_told_whom_to_ask(world: World) -> None:
    await world.eve.command("/clicksend", "email send")
    answer = await world.slack.next("respond")
    assert "Ask <@U0ADA>" in answer["text"]
    assert world.slack.of("views.open") == []


def test_an_address_counts_once_however_it_is_written() -> None:
    assert addresses("test1@test.com; TEST1@test.com\ntest2@test.com").valid == (
        "test1@test.com",
        "test2@test.com",
    )


@given(st.text(st.characters(exclude_characters="\r", codec="utf-8"), max_size=200))
def test_a_text_survives_being_made_html_and_holds_no_tag_of_its_own(text: str) -> None:
    body = markup(text, TEXT)
    assert as_typed(body) == (text, TEXT)
    assert "<" not in body.replace("<br>\n", "")


@given(st.text(max_size=200))
def test_what_is_taken_for_an_address_has_no_space_and_one_at(text: str) -> None:
    for each in addresses(text).valid:
        assert each.count("@") == 1
        assert each.isascii()
        assert not set(each) & set(" \r\n,;<>")
