"""What handlers answer, as Slack reads it in an acknowledgement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import OptionGroup

from bot.slack.router import Ack, Clear, Errors, OptionGroups, Options, Push, Update

_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json;charset=utf-8"]}


def response(answer: Ack) -> dict[str, Any]:
    """What a handler answers, as Slack reads it in the acknowledgement of a form or a menu."""
    if isinstance(answer, Errors):
        return {"response_action": "errors", "errors": dict(answer.fields)}
    if isinstance(answer, Update):
        return {"response_action": "update", "view": answer.view.to_dict()}
    if isinstance(answer, Push):
        return {"response_action": "push", "view": answer.view.to_dict()}
    if isinstance(answer, Clear):
        return {"response_action": "clear"}
    if isinstance(answer, Options | OptionGroups):
        return _offered(answer)
    return {}


def _offered(answer: Options | OptionGroups) -> dict[str, Any]:
    if isinstance(answer, Options):
        return {"options": [option.to_dict() for option in answer.options]}
    groups = [OptionGroup(label=label, options=each) for label, each in answer.groups.items()]
    return {"option_groups": [group.to_dict() for group in groups]}


def acknowledged(answer: dict[str, Any] | str) -> BoltResponse:
    """An acknowledgement, with whatever Slack is answered."""
    if isinstance(answer, str):
        return BoltResponse(status=200, body=answer, headers=_JSON)
    return BoltResponse(status=200, body=answer or "")
