"""Signed payloads through the real ASGI app to the handlers, and their acknowledgements back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.models.blocks import PlainTextInputElement

from bot.slack.blocks import Message, Option, input_block, modal, section
from bot.slack.calls import Call
from bot.slack.client import MessageRef
from bot.slack.router import Ack, Clear, Errors, Options, Push, Router, Update
from bot.texts import Phrase
from tests.slack.desk import Desk, Services, opened
from tests.slack.payloads import button, command, encoded, event, interaction, signed, view

VIEW = modal("form", "A form", [section("hello")])
ANSWERS: dict[str, Ack] = {
    "errors": Errors({"to": "Not a number"}),
    "update": Update(VIEW),
    "push": Push(VIEW),
    "clear": Clear(),
    "none": None,
}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    router: Router[Services] = Router()
    async with opened(router) as desk:
        _declare(router, desk)
        yield desk


def _declare(router: Router[Services], desk: Desk) -> None:
    @router.command("sms send", summary=Phrase("send"), shortcut="/sms")
    @router.action("campaign.cancel")
    @router.shortcut("reply")
    @router.closed("form")
    @router.event("app_home_opened")
    @router.event("member_joined_channel")
    @router.event("message")
    async def note(call: Call[Services]) -> None:
        desk.note(call)

    @router.command("crash", summary=Phrase("break"))
    @router.action("crash")
    @router.view("crash")
    async def crash(call: Call[Services]) -> None:
        desk.note(call)
        raise RuntimeError("the handler's own trouble")

    @router.command("slow", summary=Phrase("work"))
    async def slow(call: Call[Services]) -> None:
        call.later(_break(), doing="asking for the price")

    @router.command("long", summary=Phrase("work that takes its time"))
    async def long(call: Call[Services]) -> None:
        call.later(_answer_late(call, desk), doing="reading the usage")

    @router.options("lists")
    async def lists(call: Call[Services]) -> Ack:
        desk.note(call)
        return Options([Option(value="7", label=f"Found {call.value}")])

    for name, ack in ANSWERS.items():
        router.view(name)(_answering(desk, ack))


def _answering(desk: Desk, ack: Ack):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a Handler
    async def answer(call: Call[Services]) -> Ack:
        desk.note(call)
        return ack

    return answer


async def _answer_late(call: Call[Services], desk: Desk) -> None:
    """Answer once somebody was told that it takes long."""
    async with asyncio.timeout(20):
        while not desk.workspace.of("response_url"):  # noqa: ASYNC110 - it comes over HTTP
            await asyncio.sleep(0.01)
    await call.reply(Message("the usage"))


async def _break() -> None:
    raise RuntimeError("nobody home")


async def test_a_command_reaches_its_handler_with_what_was_typed(desk: Desk) -> None:
    typed = "SMS Send <tel:+61411111111|+61411111111> a &lt;b&gt; &amp;amp;\n  Second Line"

    answer = await desk.send(command("/clicksend", typed))

    assert (answer.status_code, answer.content) == (200, b"")
    (call,) = desk.calls
    assert call.text == "+61411111111 a <b> &amp;\n  Second Line"
    assert (call.user, call.channel, call.services) == ("U1", "C1", ["the services"])
    assert call.trigger_id


async def test_a_shortcut_is_its_command(desk: Desk) -> None:
    await desk.send(command("/sms", "+61411111111 Hi"))

    assert [call.text for call in desk.calls] == ["+61411111111 Hi"]


async def test_a_typo_is_answered_in_the_acknowledgement(desk: Desk) -> None:
    answer = await desk.send(command("/clicksend", "sms snd"))

    assert answer.json()["response_type"] == "ephemeral"
    assert "Did you mean `/clicksend sms send`?" in answer.json()["text"]
    assert desk.calls == []


async def test_nothing_typed_is_answered_with_help(desk: Desk) -> None:
    answer = await desk.send(command("/clicksend"))

    assert "`/clicksend sms send`" in answer.json()["text"]


async def test_a_button_reaches_its_handler_by_the_part_before_the_colon(desk: Desk) -> None:
    pressed = button(
        "campaign.cancel:123", "123", message={"ts": "1.5"}, response_url="http://x.test"
    )

    answer = await desk.send(pressed)

    assert answer.status_code == 200
    (call,) = desk.calls
    assert (call.value, call.message, call.response_url) == (
        "123",
        MessageRef("C1", "1.5"),
        "http://x.test",
    )


async def test_an_ephemeral_message_is_none_that_could_be_changed(desk: Desk) -> None:
    container = {"type": "message", "message_ts": "1.5", "is_ephemeral": True}

    await desk.send(button("campaign.cancel", "1", container=container))

    assert desk.calls[0].message is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("errors", {"response_action": "errors", "errors": {"to": "Not a number"}}),
        ("update", {"response_action": "update", "view": VIEW.to_dict()}),
        ("push", {"response_action": "push", "view": VIEW.to_dict()}),
        ("clear", {"response_action": "clear"}),
    ],
)
async def test_what_a_view_handler_returns_is_the_acknowledgement(
    desk: Desk, name: str, expected: object
) -> None:
    answer = await desk.send(interaction("view_submission", view=view(name)))

    assert answer.json() == expected


async def test_a_form_is_read_by_its_blocks(desk: Desk) -> None:
    values = {
        "body": {"any": {"type": "plain_text_input", "value": "a & b"}},
        "empty": {"any": {"type": "plain_text_input", "value": None}},
        "list": {"x": {"selected_option": {"value": "7", "text": {"text": "Staff"}}}},
        "file": {"x": {"type": "file_input", "files": [{"id": "F1"}, {"id": "F2"}]}},
        "when": {"x": {"type": "datetimepicker", "selected_date_time": 1_790_000_000}},
        "never": {"x": {"type": "datetimepicker", "selected_date_time": None}},
    }

    answer = await desk.send(
        interaction("view_submission", view=view("none", state={"values": values}))
    )

    assert answer.content == b""
    read = desk.calls[0].view
    assert read is not None
    assert (read.id, read.callback_id, read.private_metadata) == ("V1", "none", "draft-1")
    assert (read.text("body"), read.text("empty"), read.text("absent")) == ("a & b", "", "")
    assert (read.choice("list"), read.choice_text("list")) == ("7", "Staff")
    assert (read.choice("absent"), read.choice_text("absent")) == (None, "")
    assert (read.files("file"), read.files("absent")) == (("F1", "F2"), ())
    assert (read.moment("when"), read.moment("never")) == (1_790_000_000, None)


async def test_a_menu_is_offered_what_was_found(desk: Desk) -> None:
    asked = interaction("block_suggestion", action_id="lists", block_id="b", value="sta")

    answer = await desk.send(asked)

    assert answer.json()["options"][0]["value"] == "7"
    assert desk.calls[0].value == "sta"


async def test_a_menu_that_nobody_knows_is_offered_nothing(desk: Desk) -> None:
    asked = interaction("block_suggestion", action_id="else", block_id="b", value="sta")

    assert (await desk.send(asked)).json() == {"options": []}


async def test_closing_a_form_is_told(desk: Desk) -> None:
    await desk.send(interaction("view_closed", view=view("form")))

    assert [call.view and call.view.callback_id for call in desk.calls] == ["form"]


async def test_a_message_shortcut_brings_the_message(desk: Desk) -> None:
    sent = interaction(
        "message_action",
        callback_id="reply",
        channel={"id": "C9"},
        message={"ts": "2.5", "text": "call <tel:+61411111111|+61411111111>"},
    )

    await desk.send(sent)

    assert desk.calls[0].message == MessageRef("C9", "2.5")
    assert desk.calls[0].said is not None
    assert desk.calls[0].said.plain({}) == "call +61411111111"


async def test_an_event_is_acknowledged_and_handled(desk: Desk) -> None:
    answer = await desk.send(event("app_home_opened", channel="D1", tab="home"))
    await desk.tasks.idle()

    assert answer.status_code == 200
    assert [(call.user, call.channel) for call in desk.calls] == [("U1", "D1")]


@pytest.mark.parametrize("own", [{"user": "UBOT"}, {"user": None, "app_id": "A1", "bot_id": "B1"}])
async def test_the_bots_own_events_are_not_handled(desk: Desk, own: dict[str, object]) -> None:
    await desk.send(event("message", channel="C1", ts="1.1", text="mine", **own))
    await desk.tasks.idle()

    assert desk.calls == []


async def test_being_added_to_a_channel_is_handled_though_it_is_the_bot_itself(desk: Desk) -> None:
    await desk.send(event("member_joined_channel", user="UBOT", channel="C1"))
    await desk.tasks.idle()

    assert len(desk.calls) == 1


@pytest.mark.parametrize(
    "payload",
    [
        button("nobody"),
        interaction("view_submission", view=view("nobody")),
        interaction("view_closed", view=view("nobody")),
        interaction("shortcut", callback_id="nobody"),
        event("nobody"),
    ],
    ids=lambda payload: payload["type"],
)
async def test_what_nobody_handles_is_acknowledged(desk: Desk, payload: dict[str, object]) -> None:
    assert (await desk.send(payload)).status_code == 200


async def test_a_delivery_that_comes_twice_is_handled_once_and_answered_alike(desk: Desk) -> None:
    submitted = interaction("view_submission", view=view("errors"))

    first, second = await asyncio.gather(desk.send(submitted), desk.send(submitted))
    third = await desk.send(submitted)

    assert len(desk.calls) == 1
    assert first.json() == second.json() == third.json()


async def test_an_event_that_comes_twice_is_handled_once(desk: Desk) -> None:
    twice = event("app_home_opened")
    body, content_type = encoded(twice)
    headers = signed(body) | {"content-type": content_type}

    await desk.post(body, headers)
    await desk.post(body, headers | {"x-slack-retry-num": "1", "x-slack-retry-reason": "timeout"})
    await desk.tasks.idle()

    assert len(desk.calls) == 1


async def test_the_same_command_typed_twice_is_handled_twice(desk: Desk) -> None:
    await desk.send(command("/sms", "x"))
    await desk.send(command("/sms", "x"))

    assert len(desk.calls) == 2


async def test_when_a_command_breaks_the_person_is_told_with_a_reference(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await desk.send(
        command("/clicksend", "crash", response_url=desk.workspace.response_url)
    )
    await desk.tasks.idle()

    assert answer.status_code == 200
    (told,) = desk.workspace.of("response_url")
    reference = told["text"].split("`")[1]
    assert "Something went wrong" in told["text"]
    assert "/clicksend history" in told["text"]
    assert reference in capsys.readouterr().out
    assert "the handler's own trouble" not in told["text"]


async def test_when_a_form_breaks_it_stays_open_and_says_so(desk: Desk) -> None:
    field = input_block("to", "To", PlainTextInputElement(action_id="to"))
    blocks = [section("x").to_dict(), field.to_dict()]

    answer = await desk.send(interaction("view_submission", view=view("crash", blocks=blocks)))

    assert answer.json()["response_action"] == "errors"
    assert "Something went wrong" in answer.json()["errors"]["to"]


async def test_when_a_form_without_fields_breaks_the_person_gets_a_dm(desk: Desk) -> None:
    desk.workspace.answer("conversations.open", channel={"id": "D1"})

    answer = await desk.send(interaction("view_submission", view=view("crash")))
    await desk.tasks.idle()

    assert answer.content == b""
    (told,) = desk.workspace.of("chat.postMessage")
    assert (told["channel"], "Something went wrong" in told["text"]) == ("D1", True)


async def test_when_slow_work_breaks_the_person_is_told_what_was_being_done(desk: Desk) -> None:
    await desk.send(command("/clicksend", "slow", response_url=desk.workspace.response_url))
    await desk.tasks.idle()

    (told,) = desk.workspace.of("response_url")
    assert "while asking for the price" in told["text"]


async def test_who_waits_long_for_an_answer_is_told_so_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.calls._PATIENCE_SECONDS", 0.05)
    await desk.send(command("/clicksend", "long", response_url=desk.workspace.response_url))
    await desk.tasks.idle()

    waits, answer = desk.workspace.of("response_url")
    assert "Still reading the usage" in waits["text"]
    assert (waits["response_type"], answer["text"]) == ("ephemeral", "the usage")


async def test_an_answer_goes_to_the_dm_when_the_response_url_is_used_up(desk: Desk) -> None:
    desk.workspace.answer("response_url", {"ok": False, "error": "used_url"}, status=404)
    desk.workspace.answer("conversations.open", channel={"id": "D1"})
    await desk.send(command("/sms", response_url=desk.workspace.response_url))

    await desk.calls[0].reply(Message("the answer"))

    assert [told["text"] for told in desk.workspace.of("chat.postMessage")] == ["the answer"]


async def test_an_answer_for_everybody_replaces_the_question(desk: Desk) -> None:
    await desk.send(command("/sms", response_url=desk.workspace.response_url))

    await desk.calls[0].reply(Message("sent", (section("*sent*"),)), in_channel=True, replace=True)

    (told,) = desk.workspace.of("response_url")
    assert (told["response_type"], told["replace_original"]) == ("in_channel", True)
    assert told["blocks"][0]["text"]["text"] == "*sent*"


async def test_no_request_of_slacks_waits_for_more_than_the_language_of_a_person(
    desk: Desk,
) -> None:
    await desk.send(command("/sms", "x"))
    await desk.send(button("campaign.cancel"))
    await desk.send(event("app_home_opened"))

    assert [method for method, _ in desk.workspace.calls] == ["users.info"]
