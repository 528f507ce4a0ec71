"""Slack's documented limits of interactive elements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from bot.sandbox.slack.composition import (
    EITHER,
    NAME,
    PLAIN,
    entries,
    items,
    listed,
    missing,
    option,
    options,
    question,
    said,
    string,
    style,
    text,
    url,
    whole,
)
from bot.sandbox.slack.shapes import Json

Check: TypeAlias = Callable[[Json, str], Iterator[str]]

_KINDS_OF_CHOICE = ("static", "external", "users", "conversations", "channels")
_MENUS = frozenset(f"{many}{kind}_select" for many in ("", "multi_") for kind in _KINDS_OF_CHOICE)
_PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
_TICKS = frozenset({"checkboxes", "radio_buttons"})
_TEXTS = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})

ALLOWED = {
    "section": _MENUS | (_PICKERS - {"datetimepicker"}) | _TICKS | {"button", "overflow", "image"},
    "actions": _MENUS | _PICKERS | _TICKS | {"button", "overflow"},
    "input": _MENUS | _PICKERS | _TICKS | _TEXTS | {"rich_text_input", "file_input"},
    "context": frozenset({"image", "plain_text", "mrkdwn"}),
}
"""Which elements may stand in which block."""

_LONGEST_INPUT = 3000
_MOST_FILES = 10


def problems(found: object, block: str, at: str) -> Iterator[str]:
    """What Slack would refuse about an element.

    Args:
        found: The element.
        block: The kind of block it is in.
        at: Where it is, as a JSON pointer.
    """
    if not isinstance(found, dict):
        yield said("must be an object", at)
        return
    kind = str(found.get("type"))
    if kind not in ALLOWED[block]:
        yield said(f"unsupported type: {kind}", f"{at}/type")
        return
    if kind in EITHER:
        return  # a context's texts are checked with their block
    yield from string(found, "action_id", NAME, at)
    yield from text(found, "placeholder", 150, PLAIN, at)
    yield from question(found, at)
    yield from _CHECKS.get(kind, _menu)(found, at)


def _button(found: Json, at: str) -> Iterator[str]:
    yield from missing(found, ("text",), at)
    yield from text(found, "text", 75, PLAIN, at)
    yield from string(found, "value", 2000, at)
    yield from string(found, "accessibility_label", 75, at)
    yield from url(found, "url", at)
    yield from style(found, at)


def _overflow(found: Json, at: str) -> Iterator[str]:
    yield from missing(found, ("options",), at)
    yield from options(found, 5, at, links=True)


def _ticks(found: Json, at: str) -> Iterator[str]:
    yield from missing(found, ("options",), at)
    yield from options(found, 10, at)
    yield from _initial(found, at)


def _menu(found: Json, at: str) -> Iterator[str]:
    kind = str(found["type"])
    if "static" in kind:
        if bool(found.get("options")) == bool(found.get("option_groups")):
            yield said("must define one of options, option_groups", at)
        yield from options(found, 100, at)
        yield from _initial(found, at)
    elif "external" in kind and isinstance(found.get("initial_option"), dict):
        yield from option(found["initial_option"], f"{at}/initial_option")
    yield from whole(found, "max_selected_items", 1, 100, at)


def _initial(found: Json, at: str) -> Iterator[str]:
    """What is chosen at first must be one of what can be chosen, exactly."""
    offered = [
        *entries(found, "options"),
        *(each for group in items(found, "option_groups") for each in entries(group, "options")),
    ]
    one = found.get("initial_option")
    if one is not None and one not in offered:
        yield said("must match one of the options", f"{at}/initial_option")
    if any(each not in offered for each in entries(found, "initial_options")):
        yield said("must match one of the options", f"{at}/initial_options")


def _input(found: Json, at: str) -> Iterator[str]:
    yield from whole(found, "max_length", 1, _LONGEST_INPUT, at)
    given = found.get("max_length")
    longest = given if isinstance(given, int) else _LONGEST_INPUT
    yield from whole(found, "min_length", 0, longest, at)
    yield from string(found, "initial_value", longest, at)


def _number(found: Json, at: str) -> Iterator[str]:
    if not isinstance(found.get("is_decimal_allowed"), bool):
        yield said("missing required field: is_decimal_allowed", at)


def _files(found: Json, at: str) -> Iterator[str]:
    yield from listed(found, "filetypes", 1, 100, at)
    yield from whole(found, "max_files", 1, _MOST_FILES, at)


def _image(found: Json, at: str) -> Iterator[str]:
    yield from missing(found, ("alt_text",), at)
    yield from string(found, "alt_text", 2000, at)
    yield from url(found, "image_url", at)
    if bool(found.get("image_url")) == bool(found.get("slack_file")):
        yield said("must define one of image_url, slack_file", at)


def _fine(_found: Json, _at: str) -> Iterator[str]:
    yield from ()


_CHECKS: dict[str, Check] = {
    "button": _button,
    "overflow": _overflow,
    "checkboxes": _ticks,
    "radio_buttons": _ticks,
    "plain_text_input": _input,
    "number_input": _number,
    "email_text_input": _fine,
    "url_text_input": _fine,
    "rich_text_input": _fine,
    "file_input": _files,
    "image": _image,
    "datepicker": _fine,
    "timepicker": _fine,
    "datetimepicker": _fine,
}
