"""What the inputs of a modal hold, by block and action."""

from typing import Any

from bot.sandbox.slack.inputs import values

FILE: dict[str, Any] = {"type": "input", "block_id": "files", "element": {"type": "file_input"}}


def test_a_block_and_its_action_may_be_called_as_what_they_hold() -> None:
    block = {**FILE, "element": {**FILE["element"], "action_id": "files"}}
    held = {"type": "file_input", "files": [{"id": "F1"}]}
    for typed in ({"files": [{"id": "F1"}]}, {"files": {"files": [{"id": "F1"}]}}):
        assert values({"blocks": [block]}, {"files": typed}) == {"files": {"files": held}}
