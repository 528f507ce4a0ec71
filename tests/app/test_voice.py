"""A voice call from form to result; languages and voices that fit; each bad input at its field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.voice_form import seconds
from tests.app.conftest import World

TO = "+61411111111"


def choice(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


def typed(**other: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A form filled in, with some of it otherwise."""
    return {
        "to": {"value": TO},
        "voice.body": {"value": "We open at nine"},
        "voice.language": choice("de-de"),
        "voice.voice:de-de": choice("male"),
        **other,
    }


async def form(world: World, text: str = f"{TO} We open at nine") -> dict[str, Any]:
    await world.ada.command("/clicksend", f"voice send {text}")
    view: dict[str, Any] = (await world.slack.next("views.open"))["view"]
    return view


async def submitted(world: World, **other: dict[str, Any]) -> dict[str, Any]:
    """Fill the form in, and wait for what the loading view becomes."""
    view = await form(world)
    answer = await world.ada.submit(view, **typed(**other))
    assert answer.json()["response_action"] == "update"
    updated: dict[str, Any] = (await world.slack.next("views.update"))["view"]
    return updated


async def test_the_form_is_prefilled_and_says_how_long_it_takes(world: World) -> None:
    view = str(await form(world))
    assert TO in view
    assert "We open at nine" in view
    assert "about 1 second to listen to" in view


async def test_price_yes_and_result(world: World) -> None:
    ticked = {"selected_options": [{"value": "yes"}]}
    review = await submitted(world, key=ticked, machine=ticked)
    assert review["callback_id"] == "send.confirm"
    assert "AUD 0.077" in str(review)
    assert "German, male; about 1 second to listen to" in str(review)
    assert world.clicksend.of("voice.send") == []

    assert (await world.ada.submit(review)).json() == {"response_action": "clear"}
    result = await world.slack.next("chat.postMessage")
    assert "Voice call sent by <@U0ADA> to 1 recipient for AUD 0.077" in result["text"]
    (sent,) = world.clicksend.of("voice.send")
    (message,) = sent["messages"]
    assert message["to"] == TO
    assert message["lang"] == "de-de"
    assert message["voice"] == "male"
    assert message["require_input"] == 1
    assert message["machine_detection"] == 1


async def test_a_second_yes_calls_nobody(world: World) -> None:
    review = await submitted(world)
    await world.ada.submit(review)
    again = await world.ada.submit(review)
    assert "sent once only" in str(again.json()["view"])
    await world.slack.next("chat.postMessage")
    assert len(world.clicksend.of("voice.send")) == 1


async def test_a_language_brings_its_own_voices(world: World) -> None:
    opened = await form(world)
    values = {
        "voice.language": {"voice.language": choice("pt-pt")},
        "voice.voice:en-au": {"voice.voice": choice("female")},
        "voice.body": {"voice.body": {"value": "Bom dia"}},
    }
    view = {"id": "V0FORM", "type": "modal", **opened, "state": {"values": values}}
    await world.ada.press("voice.language", "pt-pt", view=view)
    shown = (await world.slack.next("views.update"))["view"]
    (voices,) = [b for b in shown["blocks"] if b.get("block_id") == "voice.voice:pt-pt"]
    assert [each["value"] for each in voices["element"]["options"]] == ["male"]
    assert voices["element"]["initial_option"]["value"] == "male"
    assert "Bom dia" in str(shown)


@pytest.mark.parametrize(
    ("other", "block", "said"),
    [
        ({"to": {"value": "abc"}}, "to", "abc: it has letters in it"),
        ({"to": {"value": ""}}, "to", "choose a contact list"),
        ({"voice.body": {"value": " "}}, "voice.body", "Write the message."),
        ({"voice.body": {"value": "x" * 1201}}, "voice.body", "At most 1,200 characters"),
        ({"voice.body": {"value": "ж" * 601}}, "voice.body", "At most 600 characters"),
        ({"voice.language": choice("tlh")}, "voice.language", "a language that is offered"),
        ({"voice.language": choice("sv-se")}, "voice.language", "has a female voice only"),
        ({"when": {"selected_date_time": 1}}, "when", "has passed"),
    ],
)
async def test_bad_input_is_named_at_its_field(
    world: World, other: dict[str, Any], block: str, said: str
) -> None:
    answer = (await world.ada.submit(await form(world), **typed(**other))).json()
    assert answer["response_action"] == "errors"
    assert said in answer["errors"][block]
    assert world.clicksend.of("voice.price") == []


async def test_change_goes_back_to_everything_that_was_typed(world: World) -> None:
    review = await submitted(world)
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("send.change", review["private_metadata"], view=view)
    again = (await world.slack.next("views.update", 2))["view"]
    assert again["callback_id"] == "voice.form"
    assert "We open at nine" in str(again)
    chosen = {
        block["block_id"]: block["element"]["initial_option"]["value"]
        for block in again["blocks"]
        if block.get("block_id", "").startswith("voice.") and block["block_id"] != "voice.body"
    }
    assert chosen == {"voice.language": "de-de", "voice.voice:de-de": "male"}


async def test_who_may_not_call_is_told_whom_to_ask(world: World) -> None:
    await world.eve.command("/clicksend", "voice send")
    answer = await world.slack.next("respond")
    assert "Ask <@U0ADA>" in answer["text"]
    assert world.slack.of("views.open") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("x" * 15, 1),
        ("x" * 16, 2),
        ('x<break time="2s"/>', 3),
        ('<break time="500ms"/><break time="1500ms" />', 2),
        ("<emphasis>" + "x" * 15 + "</emphasis>", 1),
    ],
)
def test_the_estimate_counts_what_is_heard(text: str, expected: int) -> None:
    assert seconds(text) == expected


@given(st.text(max_size=300), st.integers(0, 99))
def test_a_pause_makes_it_longer_by_itself(text: str, pause: int) -> None:
    heard = text.replace("<", "").replace(">", "")
    assert seconds(f'{heard}<break time="{pause}s"/>') == seconds(heard) + pause
