"""A stamp goes onto what is shown, and comes off what is pressed, with nothing else changed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.slack import stamps
from bot.slack.stamps import put_on, read, stamp_of, taken_off

STAMP = stamp_of("harbour")
TEXTS = st.text(max_size=50)


@given(metadata=TEXTS, action=TEXTS)
def test_what_was_stamped_comes_back_as_it_was(metadata: str, action: str) -> None:
    shown = put_on({"view": {"private_metadata": metadata, "blocks": []}}, STAMP)
    body: dict[str, Any] = {"view": shown["view"], "actions": [{"action_id": action, "value": "1"}]}
    assert read(body) == STAMP
    assert taken_off(body)["view"] == {"private_metadata": metadata, "blocks": []}
    button = {"type": "button", "action_id": action, "value": "1"}
    blocks = [{"type": "actions", "elements": [button]}, {"type": "section", "accessory": button}]
    posted = put_on({"blocks": blocks, "text": "Hello"}, STAMP)
    for pressed in (posted["blocks"][0]["elements"][0], posted["blocks"][1]["accessory"]):
        assert read({"actions": [pressed]}) == STAMP
        assert taken_off({"actions": [pressed]})["actions"] == [button]
        assert read({"action_id": pressed["action_id"]}) == STAMP
        assert taken_off({"action_id": pressed["action_id"]})["action_id"] == action
    assert posted["text"] == "Hello"
    assert blocks[0]["elements"] == [button]  # what was given is left alone


@given(text=TEXTS)
def test_what_has_no_stamp_has_none(text: str) -> None:
    body = {"actions": [{"action_id": text}], "view": {"private_metadata": text}, "action_id": text}
    if not text.startswith("~"):
        assert read(body) == ""
        assert taken_off(body) == body


def test_nothing_odd_breaks_it() -> None:
    for odd in (
        {},
        {"actions": []},
        {"actions": "x"},
        {"view": None},
        {"view": {}},
        {"actions": [1]},
    ):
        assert read(odd) == ""
    assert put_on({"text": "x", "view": None, "blocks": None}, STAMP) == {
        "text": "x",
        "view": None,
        "blocks": None,
    }
    assert stamps.stamp_of("a") != stamps.stamp_of("b")
