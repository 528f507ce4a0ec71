"""Block Kit's documented limits: what is just allowed, and what is one too many."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.block_kit import problems, view_problems

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "x", value: str = "x", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asks(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def menu(count: int = 1, **more: Any) -> Json:
    options = [option(value=str(number)) for number in range(count)]
    return {"type": "static_select", "action_id": "a", "options": options, **more}


CASES: list[tuple[Json, str]] = [
    ({"type": "section"}, "must define either fields or text [json-pointer:/blocks/0]"),
    ({"type": "section", "text": mrkdwn("")}, "/blocks/0/text/text"),
    ({"type": "section", "text": mrkdwn("x" * 3001)}, "less than 3001"),
    ({"type": "section", "text": "x"}, "must be an object"),
    ({"type": "section", "fields": [mrkdwn()] * 11}, "no more than 10 items"),
    ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, "/blocks/0/fields/0/text"),
    ({"type": "section", "text": mrkdwn(), "colour": "red"}, "invalid additional property: colour"),
    ({"type": "section", "text": mrkdwn(), "accessory": asks(menu())}, "unsupported type: input"),
    ({"type": "header", "text": mrkdwn()}, "/blocks/0/text/type"),
    ({"type": "header", "text": plain("x" * 151)}, "less than 151"),
    ({"type": "divider", "block_id": "x" * 256}, "less than 256"),
    ({"type": "context", "elements": []}, "missing required field: elements"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    ({"type": "image", "image_url": "https://x.example/a.png"}, "missing required field: alt_text"),
    ({"type": "image", "alt_text": "x"}, "must define one of image_url, slack_file"),
    ({"type": "image", "alt_text": "x", "image_url": "nowhere"}, "must be a valid URL"),
    (actions(*[button(action_id=str(n)) for n in range(26)]), "no more than 25 items"),
    (actions(button(), button()), "action_id already exists: a"),
    (actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    (actions(button(text=mrkdwn())), "/blocks/0/elements/0/text/type"),
    (actions(button(value="x" * 2001)), "less than 2001"),
    (actions(button(style="loud")), "must be one of primary, danger"),
    (actions(button(action_id="x" * 256)), "less than 256"),
    (actions(button(confirm={"title": plain()})), "missing required field: deny"),
    (
        actions(
            button(
                confirm={
                    "title": plain("x" * 101),
                    "text": mrkdwn("x" * 301),
                    "confirm": plain("x" * 31),
                    "deny": plain("x" * 31),
                }
            )
        ),
        "/confirm/deny/text",
    ),
    (actions({"type": "overflow", "options": [option(value=str(n)) for n in range(6)]}), "than 5"),
    (actions(menu(101)), "no more than 100 items"),
    (actions(menu(0)), "must define one of options, option_groups"),
    (actions(menu(placeholder=plain("x" * 151))), "less than 151"),
    (actions(menu(initial_option=option("y"))), "must match one of the options"),
    (actions({"type": "static_select", "options": [option("x" * 76)]}), "less than 76"),
    (actions({"type": "static_select", "options": [option(value="x" * 151)]}), "less than 151"),
    (actions({"type": "static_select", "options": [option(url="https://x.example")]}), "property"),
    (actions({"type": "checkboxes", "options": [option()] * 11}), "no more than 10 items"),
    (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    (asks({"type": "button", "text": plain()}), "unsupported type: button"),
    (asks(menu(), label=mrkdwn()), "/blocks/0/label/type"),
    (asks(menu(), hint=plain("x" * 2001)), "less than 2001"),
    (asks({"type": "plain_text_input", "max_length": 3001}), "must be from 1 to 3000"),
    (asks({"type": "plain_text_input", "min_length": 9, "max_length": 8}), "must be from 0 to 8"),
    (asks({"type": "number_input"}), "is_decimal_allowed"),
    ({"type": "input", "label": plain()}, "missing required field: element"),
    (asks({"type": "file_input"}), "unsupported type: file_input"),
    ({"type": "rich_text", "elements": [{"type": "text"}]}, "unsupported type: text"),
    ({"type": "video"}, "unsupported type: video"),
]


@pytest.mark.parametrize(("block", "problem"), CASES)
def test_what_slack_refuses_is_refused(block: Json, problem: str) -> None:
    found = problems([block], "message")
    assert any(problem in line for line in found), found
    assert all("[json-pointer:/blocks" in line for line in found)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": mrkdwn("x" * 3000), "accessory": button()},
        {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider", "block_id": "x" * 255},
        {"type": "context", "elements": [mrkdwn(), plain()]},
        {"type": "image", "alt_text": "x", "image_url": "https://x.example/a.png"},
        actions(button(text=plain("x" * 75), value="x" * 2000, url="https://x.example")),
        actions(menu(100, initial_option=option(value="3"))),
        actions({"type": "overflow", "options": [option(url="https://x.example")]}),
        asks({"type": "plain_text_input", "max_length": 3000, "initial_value": "x" * 3000}),
        asks({"type": "number_input", "is_decimal_allowed": False}),
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
    ],
)
def test_what_slack_takes_is_taken(block: Json) -> None:
    assert problems([block], "message") == []


def test_a_message_has_fifty_blocks_and_a_modal_a_hundred() -> None:
    many: list[Json] = [{"type": "divider"}] * 51
    assert problems(many[:50], "message") == []
    assert problems(many, "message") == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert problems(many, "modal") == []


def test_a_block_id_is_there_once() -> None:
    twice: list[Json] = [{"type": "divider", "block_id": "b"}] * 2
    assert problems(twice, "message") == ["block_id already exists: b [json-pointer:/blocks]"]


def test_a_modal_with_an_input_needs_a_submit() -> None:
    view = {"type": "modal", "title": plain(), "blocks": [asks(menu())]}
    assert view_problems(view) == ["missing required field: submit [json-pointer:/view]"]
    assert view_problems({**view, "submit": plain("x" * 24)}) == []
    assert view_problems({**view, "submit": plain("x" * 25)}) == [
        "must be less than 25 characters [json-pointer:/view/submit/text]"
    ]


def test_a_file_can_be_given_in_a_modal_only() -> None:
    blocks = [asks({"type": "file_input", "action_id": "a"})]
    assert problems(blocks, "modal") == []
    assert problems(blocks, "home") != []


ELEMENTS = ("button", "overflow", "static_select", "checkboxes", "external_select", "image")
INSIDE = ("text", "options", "option_groups", "confirm", "initial_option", "initial_options", "url")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(INSIDE), inner, max_size=2)
    ),
    max_leaves=5,
)
KINDS = ("section", "header", "context", "image", "actions", "input", "rich_text", "table")
NAMES = ("text", "fields", "accessory", "elements", "element", "label", "rows", "title", "hint")


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_nonsense_is_refused_and_never_breaks_anything(kind: str, body: Json) -> None:
    assert isinstance(problems([{"type": kind, **body}, body], "message"), list)


@given(st.sampled_from(ELEMENTS), st.dictionaries(st.sampled_from(INSIDE), JSON))
def test_elements_of_nonsense_do_not_either(kind: str, body: Json) -> None:
    assert isinstance(problems([actions({"type": kind, **body})], "message"), list)
    assert isinstance(problems([asks({"type": kind, **body})], "modal"), list)
