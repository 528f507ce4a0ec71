"""The fake Slack refuses what the real one would: every app test is checked by it."""

from typing import Any

import httpx
import pytest

from tests.app.world import answer_problems, problems

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
NAMED = {**SECTION, "block_id": "one"}
BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}
FIELD = {
    "type": "input",
    "block_id": "b",
    "label": {"type": "plain_text", "text": "To"},
    "element": {"type": "plain_text_input", "action_id": "b"},
}


def view(*blocks: dict[str, Any], **other: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Title"}
    return {"view": {"type": "modal", "title": title, "blocks": list(blocks), **other}}


def test_what_is_right_passes() -> None:
    assert problems("chat.postMessage", {"text": "Hello", "blocks": [SECTION] * 50}) == []
    assert problems("views.open", view(*[SECTION] * 100)) == []


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("chat.postMessage", {"text": "Hello", "blocks": [SECTION] * 51}),
        ("chat.update", {"text": " ", "blocks": [SECTION]}),
        ("respond", {"text": "x" * 40_001}),
        ("chat.postEphemeral", {"text": "x", "blocks": [NAMED, NAMED]}),
        ("respond", {"text": "x", "blocks": [{"type": "actions", "elements": [BUTTON, BUTTON]}]}),
        ("views.open", view(*[SECTION] * 101)),
        ("views.open", view(FIELD)),
        ("views.update", view(SECTION, private_metadata="x" * 3001)),
        (
            "views.publish",
            view(*[{**SECTION, "text": {"type": "mrkdwn", "text": "é" * 3000}}] * 60),
        ),
    ],
)
def test_what_slack_would_refuse_is_found(method: str, body: dict[str, Any]) -> None:
    assert problems(method, body) != []


def test_an_acknowledgement_is_checked_like_a_call() -> None:
    many = [{"text": {"type": "plain_text", "text": "x"}, "value": "x"}] * 101
    assert answer_problems("", httpx.Response(200, json={"options": many[:100]})) == []
    assert answer_problems("", httpx.Response(200, json={"options": many})) != []
    assert answer_problems("", httpx.Response(200, json={"errors": {"nowhere": "Wrong."}})) != []
    assert answer_problems("", httpx.Response(200, json=view(FIELD))) != []
