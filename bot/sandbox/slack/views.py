"""Modals and App Homes: triggers, a stack of at most three, and what an acknowledgement does."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bot.sandbox.slack.block_kit import is_too_large, view_problems
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.workspace import APP, BOT_ID, TEAM, Workspace

TRIGGER_SECONDS = 3.0
MOST_STACKED = 3
_GIVEN = (
    "type",
    "title",
    "blocks",
    "close",
    "submit",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
)


@dataclass
class _Trigger:
    user: str
    until: float
    used: bool = False


@dataclass
class Views:
    """What every person has open.

    Attributes:
        stacks: The modals of each person, the top one last.
        homes: The App Home that was published for each person.
    """

    workspace: Workspace
    stacks: dict[str, list[Json]] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    _triggers: dict[str, _Trigger] = field(default_factory=dict)

    def trigger(self, user: str) -> str:
        """A new trigger id, good once, for 3 seconds."""
        trigger = f"{next(self.workspace.numbers)}.{TEAM}.{time.monotonic_ns()}"
        self._triggers[trigger] = _Trigger(user, time.monotonic() + TRIGGER_SECONDS)
        return trigger

    def top(self, user: str) -> Json | None:
        """The modal that a person sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def open(self, body: Json) -> Json:
        """Slack method `views.open`.

        Raises:
            ApiError: As documented.
        """
        view = self._checked(body, "modal")
        user = self._user_of(body)
        self.stacks[user] = [self._made(view)]
        return self._shown(user)

    def push(self, body: Json) -> Json:
        """Slack method `views.push`.

        Raises:
            ApiError: As documented.
        """
        view = self._checked(body, "modal")
        user = self._user_of(body)
        self._push(user, view)
        return self._shown(user)

    def update(self, body: Json) -> Json:
        """Slack method `views.update`.

        Raises:
            ApiError: As documented.
        """
        user, old = self._find(body)
        view = self._checked(body, str(old["type"]))
        if body.get("hash") and body["hash"] != old["hash"]:
            raise ApiError("hash_conflict")
        new = self._made(view, old)
        if old["type"] == "home":
            return self._home(user, new)
        stack = self.stacks[user]
        stack[stack.index(old)] = new
        self._publish(user)
        return {"view": new}

    def publish(self, body: Json) -> Json:
        """Slack method `views.publish`.

        Raises:
            ApiError: As documented.
        """
        user = str(body.get("user_id", ""))
        if user not in self.workspace.people:
            raise ApiError("user_not_found")
        view = self._checked(body, "home")
        old = self.homes.get(user)
        if body.get("hash") and old and body["hash"] != old["hash"]:
            raise ApiError("hash_conflict")
        return self._home(user, self._made(view, old))

    def answered(self, user: str, view_id: str, answer: Json) -> None:
        """Do what the acknowledgement of a submission says.

        Raises:
            ApiError: The answer's view is none.
        """
        action, stack = answer.get("response_action"), self.stacks.get(user, [])
        old = next((view for view in stack if view["id"] == view_id), None)
        if old is None or action == "errors":
            return
        if action == "update":
            stack[stack.index(old)] = self._made(self._checked(answer, "modal"), old)
        elif action == "push":
            self._push(user, self._checked(answer, "modal"))
        elif action == "clear":
            stack.clear()
        else:
            del stack[stack.index(old) :]
        self._publish(user)

    def close(self, user: str, *, whole: bool) -> list[Json]:
        """Close the top modal, or all of them; those that were closed, the top one first."""
        stack = self.stacks.get(user, [])
        top = stack[-1] if stack else {}
        keep = 0 if whole or top.get("clear_on_close") else max(0, len(stack) - 1)
        closed = list(reversed(stack[keep:]))
        del stack[keep:]
        self._publish(user)
        return closed

    def _push(self, user: str, view: Json) -> None:
        stack = self.stacks.setdefault(user, [])
        if len(stack) >= MOST_STACKED:
            raise ApiError("push_limit_reached")
        stack.append(self._made(view, previous=stack[-1] if stack else None))
        self._publish(user)

    def _user_of(self, body: Json) -> str:
        trigger = self._triggers.get(str(body.get("trigger_id", "")))
        if trigger is None:
            raise ApiError("invalid_arguments", ["invalid `trigger_id`"])
        if trigger.used:
            raise ApiError("exchanged_trigger_id")
        if time.monotonic() > trigger.until:
            raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def _find(self, body: Json) -> tuple[str, Json]:
        wanted = body.get("view_id"), body.get("external_id")
        for user in self.workspace.people:
            for view in [*self.stacks.get(user, []), *filter(None, [self.homes.get(user)])]:
                if view["id"] == wanted[0] or (wanted[1] and view["external_id"] == wanted[1]):
                    return user, view
        raise ApiError("not_found")

    def _checked(self, body: Json, kind: str) -> Json:
        view = body.get("view")
        if not isinstance(view, dict):
            raise ApiError("invalid_arguments", ["missing required field: view"])
        if view.get("type") != kind:
            raise ApiError("invalid_arguments", [f"invalid type: must be {kind}"])
        if is_too_large(view):
            raise ApiError("view_too_large")
        found = view_problems(view)
        if found:
            raise ApiError("invalid_arguments", found)
        return view

    def _unique(self, view: Json, old: Json | None) -> None:
        """An external id names one view only."""
        external = view.get("external_id")
        everything = [*self.homes.values(), *(v for stack in self.stacks.values() for v in stack)]
        if external and any(v["external_id"] == external and v is not old for v in everything):
            raise ApiError("duplicate_external_id")

    def _made(self, view: Json, old: Json | None = None, previous: Json | None = None) -> Json:
        """A view as Slack hands it back; a new version of `old`, if given."""
        self._unique(view, old)
        given = {name: view.get(name) for name in _GIVEN}
        view_id = old["id"] if old else self.workspace.id("V")
        return {
            **given,
            "blocks": [self.workspace.named(block) for block in view.get("blocks") or []],
            "private_metadata": view.get("private_metadata") or "",
            "callback_id": view.get("callback_id") or "",
            "external_id": view.get("external_id") or "",
            "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")),
            "id": view_id,
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT_ID,
            "state": {"values": {}},
            "hash": f"{int(time.time())}.{next(self.workspace.numbers):06}",
            "root_view_id": (old or previous or {}).get("root_view_id") or view_id,
            "previous_view_id": old["previous_view_id"] if old else (previous or {}).get("id"),
        }

    def _home(self, user: str, view: Json) -> Json:
        self.homes[user] = view
        self.workspace.feed.publish("home", {"user": user, "view": view})
        return {"view": view}

    def _shown(self, user: str) -> Json:
        self._publish(user)
        return {"view": self.stacks[user][-1]}

    def _publish(self, user: str) -> None:
        self.workspace.feed.publish(
            "views", {"user": user, "stack": list(self.stacks.get(user, []))}
        )
