"""What a form's inputs hold, and what Slack's own client refuses before the app is asked."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from bot.sandbox.slack.shapes import Json

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HELD = ("value", "selected_option", "selected_date", "selected_time", "selected_date_time")
_MANY = ("selected_options", "files", "selected_users", "selected_conversations")
_USER_HELD = ("selected_user", "selected_channel", "selected_conversation", "rich_text_value")

_INITIAL = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}


def untouched(element: Json) -> Json:
    """What an input that nobody touched holds."""
    held, initial = _INITIAL.get(str(element["type"]), ("value", ""))
    empty: object = [] if held in _MANY else None
    return {"type": element["type"], held: element.get(initial) or empty}


def held(element: Json, typed: Json | None) -> Json:
    """What an input holds: what was typed, cut to what this kind of input can hold."""
    if typed is None:
        return untouched(element)
    known = (*_HELD, *_MANY, *_USER_HELD)
    return untouched(element) | {name: typed[name] for name in known if name in typed}


def inputs(view: Json) -> list[Json]:
    """The input blocks of a view."""
    return [block for block in view["blocks"] if block["type"] == "input"]


def values(view: Json, typed: Json) -> Json:
    """The state of a view, by block id and action id.

    Args:
        view: The view.
        typed: What was typed: an element's state by block id.
    """
    state: Json = {}
    for block in view["blocks"]:
        for element in _stateful(block):
            name = element["action_id"]
            given = typed.get(block["block_id"])
            if isinstance(given, dict) and isinstance(given.get(name), dict):
                given = given[name]
            state.setdefault(block["block_id"], {})[name] = held(element, given)
    return state


def wrong(view: Json, state: Json) -> dict[str, str]:
    """What Slack says about inputs that are empty or malformed, by block id."""
    found = {}
    for block in inputs(view):
        element = block["element"]
        problem = _problem(element, state[block["block_id"]][element["action_id"]])
        if problem is None or (problem is _EMPTY and block.get("optional")):
            continue
        found[block["block_id"]] = problem
    return found


_EMPTY = "Please complete this required field."


def _stateful(block: Json) -> list[Json]:
    if block["type"] == "input":
        return [block["element"]]
    parts = [block.get("accessory"), *(block.get("elements") or [])]
    if block["type"] not in {"section", "actions"}:
        return []
    return [part for part in parts if part and part.get("type") in _INITIAL]


def _problem(element: Json, state: Json) -> str | None:
    value = next((value for name, value in state.items() if name != "type"), None)
    if value in (None, "", []):
        return _EMPTY
    kind = element["type"]
    if kind == "email_text_input" and not _EMAIL.fullmatch(str(value)):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _is_url(str(value)):
        return "Please enter a valid URL."
    if kind == "number_input":
        return _number(element, str(value))
    if kind == "plain_text_input":
        return _length(element, str(value))
    return None


def _length(element: Json, value: str) -> str | None:
    if len(value) < int(element.get("min_length") or 0):
        return f"Must be at least {element['min_length']} characters."
    if len(value) > int(element.get("max_length") or 3000):
        return f"Must be at most {element.get('max_length') or 3000} characters."
    return None


def _number(element: Json, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    if element.get("min_value") and number < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") and number > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https", "mailto"} and bool(parts.netloc or parts.path)
