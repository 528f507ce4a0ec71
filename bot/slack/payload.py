"""What stands in a payload of Slack's: pure readings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from bot.slack.calls import View

Body = dict[str, Any]
_FROM_SELF_KEPT = frozenset({"member_joined_channel", "member_left_channel"})


def view_of(view: Mapping[str, Any] | None) -> View | None:
    """The modal of a payload; None where it has none."""
    if not view:
        return None
    return View(
        id=str(view.get("id", "")),
        callback_id=str(view.get("callback_id", "")),
        private_metadata=str(view.get("private_metadata", "")),
        values=(view.get("state") or {}).get("values") or {},
    )


def value_of(pressed: Mapping[str, Any]) -> str:
    """What a pressed button or a chosen option stands for."""
    option = pressed.get("selected_option")
    chosen = option.get("value") if isinstance(option, Mapping) else None
    return str(pressed.get("value") or chosen or "")


def callback_id(body: Body) -> str:
    """What the modal of a payload is called."""
    return str((body.get("view") or {}).get("callback_id", ""))


def first_input(body: Body) -> str | None:
    """The first field of a submitted form: the only place in a modal for an error."""
    blocks = (body.get("view") or {}).get("blocks") or []
    return next((str(each["block_id"]) for each in blocks if each.get("type") == "input"), None)


def is_own(body: Body) -> bool:
    """Whether the bot itself caused an event: nobody wants it to answer itself."""
    event = body["event"]
    if event.get("type") in _FROM_SELF_KEPT:
        return False
    if event.get("app_id") and event.get("app_id") == body.get("api_app_id"):
        return True
    installed = body.get("authorizations") or []
    bots = {each.get("user_id") for each in installed if each.get("is_bot")}
    return bool(event.get("user")) and event.get("user") in bots


def identity(body: Body) -> bytes | None:
    """What a delivery and its repetition have in common; None when Slack gave it no name."""
    if event_id := body.get("event_id"):
        return f"event {event_id}".encode()
    if not body.get("trigger_id"):
        return None
    # A repetition is the same bytes, so that it is parsed to the same order.
    return hashlib.blake2b(repr(body).encode(), digest_size=16).digest()


def sender(body: Body) -> str:
    """Who sent a payload, a Slack user id; empty for an event."""
    return str(body.get("user_id") or (body.get("user") or {}).get("id") or "")
