"""An SMS and a fax from form to result; what goes wrong on the way; what must never happen."""

import asyncio
import json
from typing import Any

import pytest

from bot.app import App
from bot.store import Database, Scope, sends
from tests.app.conftest import World

TO, BODY = "+61411111111", "See you at nine"


async def form(world: World, text: str = f"{TO} {BODY}") -> dict[str, Any]:
    await world.ada.command("/sms", text)
    view: dict[str, Any] = (await world.slack.next("views.open"))["view"]
    return view


async def reviewed(world: World, to: str = TO, body: str = BODY) -> dict[str, Any]:
    """Fill the form in, and wait for what the loading view becomes."""
    view = await form(world)
    before = len(world.slack.of("views.update"))
    answer = await world.ada.submit(view, to={"value": to}, body={"value": body})
    assert answer.json()["response_action"] == "update"
    updated: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return updated


async def test_the_form_is_prefilled(world: World) -> None:
    view = str(await form(world))
    assert TO in view
    assert BODY in view
    assert "15 characters · 1 part · GSM" in view


async def test_price_review_yes_and_result(world: World) -> None:
    review = await reviewed(world)
    assert review["submit"]["text"] == "Send"
    assert "AUD 0.077" in str(review)
    assert "AUD 99.923" in str(review)
    assert world.clicksend.of("sms.send") == []

    assert (await world.ada.submit(review)).json() == {"response_action": "clear"}
    result = await world.slack.next("chat.postMessage")
    assert result["channel"] == "C0OPS"
    assert "SMS sent by <@U0ADA> to 1 recipient for AUD 0.077" in result["text"]
    (sent,) = world.clicksend.of("sms.send")
    assert sent["messages"][0]["to"] == TO
    assert sent["messages"][0]["custom_string"].startswith("cs-")


async def test_a_second_yes_sends_nothing(world: World) -> None:
    review = await reviewed(world)
    answers = await asyncio.gather(*(world.ada.submit(review) for _ in range(20)))
    actions = [answer.json()["response_action"] for answer in answers]
    assert actions.count("clear") == 1
    assert actions.count("update") == 19
    await world.slack.next("chat.postMessage")
    assert len(world.clicksend.of("sms.send")) == 1


async def test_somebody_elses_yes_does_not_count(world: World) -> None:
    review = await reviewed(world)
    answer = await world.eve.submit(review)
    assert "You may not send" in str(answer.json()["view"])
    assert world.clicksend.of("sms.send") == []


async def test_a_partial_failure_is_shown_as_partial(world: World) -> None:
    review = await reviewed(world, to=f"{TO}, +61422222222")
    world.clicksend.refused["+61422222222"] = "INVALID_RECIPIENT"
    await world.ada.submit(review)
    result = await world.slack.next("chat.postMessage")
    assert "to 1 of 2 recipients" in result["text"]
    assert "+61 422 222 222: INVALID_RECIPIENT" in result["text"]


async def test_a_lost_answer_is_unknown_and_never_sent_again(world: World) -> None:
    review = await reviewed(world)
    world.clicksend.cut.add("sms.send")
    await world.ada.submit(review)
    result = await world.slack.next("chat.postMessage")
    assert "nobody knows yet whether it was sent" in result["text"]
    assert "I do not try again by myself" in result["text"]
    assert len(world.clicksend.of("sms.send")) == 1


async def test_a_refused_send_says_that_nothing_was_charged(world: World) -> None:
    review = await reviewed(world)
    world.clicksend.statuses["sms.send"] = 400
    await world.ada.submit(review)
    result = await world.slack.next("chat.postMessage")
    assert "was not sent. Nothing was charged." in result["text"]


async def test_no_price_gives_the_form_back_with_everything_typed(world: World) -> None:
    world.clicksend.statuses["sms.price"] = 403
    again = await reviewed(world)
    assert again["callback_id"] == "sms.form"
    assert "Nothing was sent or charged." in str(again)
    assert TO in str(again)
    assert BODY in str(again)


async def test_a_balance_that_does_not_cover_it_offers_no_send(world: World) -> None:
    world.clicksend.balance = "0.05"
    again = await reviewed(world)
    assert again["callback_id"] == "sms.form"
    assert "The balance does not cover it" in str(again)


@pytest.mark.parametrize(
    ("typed", "block", "said"),
    [
        ({"to": {"value": "abc"}, "body": {"value": "x"}}, "to", "abc: it has letters in it"),
        ({"to": {"value": ""}, "body": {"value": "x"}}, "to", "choose a contact list"),
        ({"to": {"value": "+61 4"}, "body": {"value": "x"}}, "to", "too short"),
        ({"to": {"value": TO}, "body": {"value": "  "}}, "body", "Write the message."),
        (
            {"to": {"value": TO}, "body": {"value": "x"}, "sender": {"value": "far too long id"}},
            "sender",
            "At most 11",
        ),
        (
            {"to": {"value": TO}, "body": {"value": "x"}, "when": {"selected_date_time": 1}},
            "when",
            "has passed",
        ),
    ],
)
async def test_bad_input_is_named_at_its_field(
    world: World, typed: dict[str, Any], block: str, said: str
) -> None:
    answer = (await world.ada.submit(await form(world), **typed)).json()
    assert answer["response_action"] == "errors"
    assert said in answer["errors"][block]
    assert world.clicksend.of("sms.price") == []


async def test_who_may_not_send_is_told_whom_to_ask(world: World) -> None:
    await world.eve.command("/sms", f"{TO} hello")
    answer = await world.slack.next("respond")
    assert "Ask <@U0ADA>" in answer["text"]
    assert world.slack.of("views.open") == []


async def test_a_text_that_no_form_holds_is_refused(world: World) -> None:
    await world.ada.command("/sms", f"{TO} " + "x" * 10_000)
    answer = await world.slack.next("respond")
    assert "A form holds 3,000 characters, and this has 10,000" in answer["text"]
    assert "Nothing was sent or charged." in answer["text"]


async def test_where_the_bot_is_no_member_the_result_goes_to_the_person(world: World) -> None:
    world.slack.errors["chat.postMessage"] = "not_in_channel"
    review = await reviewed(world)
    await world.ada.submit(review)
    await world.slack.next("chat.postMessage")
    del world.slack.errors["chat.postMessage"]
    await world.slack.next("conversations.open")
    result = await world.slack.next("chat.postMessage", 2)
    assert result["channel"] == "D0ADA"
    assert "where I am not a member" in result["text"]


async def test_slack_is_answered_while_clicksend_thinks(world: World) -> None:
    world.clicksend.hold = asyncio.Event()
    assert (await world.ada.command("/balance")).status_code == 200
    assert world.slack.of("respond") == []
    world.clicksend.hold.set()
    assert "left" in (await world.slack.next("respond"))["text"]


async def test_the_row_and_its_audit_are_there_before_the_acknowledgement(world: World) -> None:
    review = await reviewed(world)
    world.clicksend.hold = asyncio.Event()
    await world.ada.submit(review)
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        scope = Scope("default", "demo")
        row = await sends.get(connection, scope, review["private_metadata"])
    await database.close()
    assert row is not None
    assert row.state in {sends.State.QUEUED, sends.State.SENDING}
    world.clicksend.hold.set()
    await world.slack.next("chat.postMessage")


async def test_a_restart_repeats_nothing(world: World, outside: World) -> None:
    review = await reviewed(world)
    await world.ada.submit(review)
    await world.slack.next("chat.postMessage")
    settings = outside.settings
    with pytest.raises(Exception, match="another clicksend-slack is running"):
        async with App(settings):
            pass
    assert len(world.clicksend.of("sms.send")) == 1


async def test_change_goes_back_with_everything(world: World) -> None:
    review = await reviewed(world)
    draft = review["private_metadata"]
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("send.change", draft, view=view)
    again = (await world.slack.next("views.update", 2))["view"]
    assert again["callback_id"] == "sms.form"
    assert BODY in str(again)
    assert json.loads(again["private_metadata"])["previous"] == draft


async def test_a_fax_with_an_uploaded_file(world: World) -> None:
    world.slack.files["F0DOC"] = ("letter.docx", b"PK document")
    await world.ada.command("/fax", "+61298765432")
    view = (await world.slack.next("views.open"))["view"]
    await world.ada.submit(view, to={"value": "+61298765432"}, file={"files": [{"id": "F0DOC"}]})
    review = (await world.slack.next("views.update"))["view"]
    assert review["callback_id"] == "send.confirm"
    assert world.slack.tokens == ["Bearer xoxb-sandbox"]
    assert len(world.clicksend.of("uploads.upload")) == 1
    await world.ada.submit(review)
    result = await world.slack.next("chat.postMessage")
    assert "Fax sent by <@U0ADA>" in result["text"]
    assert "letter.docx" in result["text"]


async def test_a_file_of_another_kind_is_refused(world: World) -> None:
    world.slack.files["F0EXE"] = ("evil.exe", b"MZ")
    await world.ada.command("/fax", "+61298765432")
    view = (await world.slack.next("views.open"))["view"]
    await world.ada.submit(view, to={"value": "+61298765432"}, file={"files": [{"id": "F0EXE"}]})
    again = (await world.slack.next("views.update"))["view"]
    assert "evil.exe is no PDF" in str(again)
    assert world.clicksend.of("uploads.upload") == []
