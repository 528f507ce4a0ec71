"""The local Slack refuses what Slack refuses."""

from typing import Any

import pytest

from bot.sandbox.slack.block_kit import problems, view_problems

TITLE = {"title": {"type": "plain_text", "text": "A title"}}
INPUT = {"type": "input", "label": {}, "element": {"type": "file_input"}}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "section", "text": {"text": "x" * 3001}}, "at most 3000"),
        ({"type": "header", "text": {"text": "x" * 151}}, "at most 150"),
        ({"type": "section"}, "must have a text or fields"),
        ({"type": "section", "fields": [{}] * 11}, "no more than 10 fields"),
        ({"type": "table"}, "unsupported type"),
        ({"type": "actions", "elements": [{"type": "button", "text": {"text": "x" * 76}}]}, "75"),
        ({"type": "input"}, "a label and an element"),
    ],
)
def test_a_bad_block_is_named_with_its_place(block: dict[str, Any], said: str) -> None:
    (found,) = problems([block], "message")
    assert said in found
    assert "[json-pointer:/blocks/0]" in found


def test_too_many_blocks_and_one_id_twice_are_refused() -> None:
    divider = {"type": "divider"}
    assert problems([divider] * 51, "message") == ["no more than 50 items allowed"]
    assert problems([divider] * 51, "modal") == []
    assert "already exists" in problems([divider | {"block_id": "a"}] * 2, "modal")[0]


def test_a_view_with_an_input_needs_a_submit() -> None:
    found = view_problems({**TITLE, "blocks": [INPUT | {"label": {"text": "File"}}]})
    assert found == ["submit is required when an input is there [json-pointer:/]"]
    assert "at most 24" in view_problems({"title": {"text": "x" * 25}, "blocks": []})[0]
