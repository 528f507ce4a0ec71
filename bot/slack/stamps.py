"""Which account a form or a button is of, where a workspace has several.

A form's submission does not say in which channel it was opened, and a channel may use another
account by the time its buttons are pressed. So what an account shows carries its stamp: a view in
its `private_metadata`, a message in the `action_id` of each element. It decides nothing about what
somebody may: who made one up would get what they get in that account anyway.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]
_STAMP = re.compile(r"~([0-9a-f]{12})~")


def stamp_of(account: str) -> str:
    """The stamp of an account."""
    return hashlib.sha256(account.encode()).hexdigest()[:12]


def put_on(said: Mapping[str, Any], stamp: str) -> Body:
    """What is said to Slack, stamped: its `view`, and the elements of its `blocks`."""
    marked = dict(said)
    if isinstance(view := said.get("view"), dict):
        marked["view"] = {
            **view,
            "private_metadata": _marked(view.get("private_metadata") or "", stamp),
        }
    if isinstance(blocks := said.get("blocks"), list):
        marked["blocks"] = [_elements(block, stamp) for block in blocks]
    return marked


def answered(answer: Body | str, stamp: str) -> Body | str:
    """An acknowledgement, stamped where there is a stamp and something that can carry it."""
    return answer if not stamp or isinstance(answer, str) else put_on(answer, stamp)


def read(body: Mapping[str, Any]) -> str:
    """The stamp of what was pressed, submitted or typed in; empty when there is none."""
    for text in (_metadata(body), body.get("action_id"), _pressed(body).get("action_id")):
        if isinstance(text, str) and (found := _STAMP.match(text)):
            return found[1]
    return ""


def taken_off(body: Body) -> Body:
    """The same payload as it would be without stamps."""
    clean = dict(body)
    if isinstance(view := body.get("view"), dict):
        clean["view"] = {**view, "private_metadata": _plain(_metadata(body))}
    if "action_id" in body:
        clean["action_id"] = _plain(body["action_id"])
    if body.get("actions"):
        clean["actions"] = [
            {**each, "action_id": _plain(each.get("action_id"))} for each in body["actions"]
        ]
    return clean


def _elements(value: Any, stamp: str) -> Any:
    if isinstance(value, list):
        return [_elements(each, stamp) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _elements(each, stamp) for key, each in value.items()}
    if isinstance(value.get("action_id"), str):
        inner["action_id"] = _marked(value["action_id"], stamp)
    return inner


def _marked(text: str, stamp: str) -> str:
    return f"~{stamp}~{text}"


def _plain(text: object) -> str:
    found = _STAMP.match(str(text or ""))
    return str(text or "")[found.end() :] if found else str(text or "")


def _metadata(body: Mapping[str, Any]) -> str:
    view = body.get("view")
    return str(view.get("private_metadata") or "") if isinstance(view, dict) else ""


def _pressed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else {}
    return first if isinstance(first, dict) else {}
