"""Messages as the bot writes them: `chat.*`, reactions, and answers through a `response_url`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from bot.sandbox.slack.block_kit import problems
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.workspace import BOT, Channel, Posted, Workspace

LONGEST_TEXT = 40_000
LONGEST_CHANGE = 4_000
"""Bytes that the text of a message may have when it is changed."""
HOOK_USES, HOOK_SECONDS = 5, 1800.0


@dataclass
class _Hook:
    user: str
    channel: str
    until: float
    original: Posted | None
    uses: int = HOOK_USES


@dataclass
class Chat:
    """What the bot says."""

    workspace: Workspace
    scopes: frozenset[str]
    hooks: dict[str, _Hook] = field(default_factory=dict)

    def post(self, body: Json) -> Json:
        """Slack method `chat.postMessage`.

        Raises:
            ApiError: As documented.
        """
        channel = self._writable(body)
        posted = self.workspace.add(self._message(channel.id, body))
        return {"channel": channel.id, "ts": posted.ts, "message": posted.wire()}

    def post_ephemeral(self, body: Json) -> Json:
        """Slack method `chat.postEphemeral`.

        Raises:
            ApiError: As documented.
        """
        channel = self._writable(body)
        user = str(body.get("user", ""))
        if user not in self.workspace.people:
            raise ApiError("user_not_in_channel")
        posted = self.workspace.add(self._message(channel.id, body, only_for=user))
        return {"message_ts": posted.ts}

    def update(self, body: Json) -> Json:
        """Slack method `chat.update`.

        Raises:
            ApiError: As documented.
        """
        posted = self._own(body, "cant_update_message")
        text, blocks = _content(body)
        if len(text.encode()) > LONGEST_CHANGE:
            raise ApiError("msg_too_long")
        posted.text, posted.edited = text, True
        if "blocks" in body or "text" in body:
            posted.blocks = blocks
        self.workspace.changed(posted)
        return {"channel": posted.channel, "ts": posted.ts, "text": posted.text}

    def delete(self, body: Json) -> Json:
        """Slack method `chat.delete`.

        Raises:
            ApiError: As documented.
        """
        posted = self._own(body, "cant_delete_message")
        posted.deleted = True
        self.workspace.changed(posted)
        return {"channel": posted.channel, "ts": posted.ts}

    def react(self, body: Json, *, add: bool) -> Json:
        """Slack methods `reactions.add` and `reactions.remove`.

        Raises:
            ApiError: As documented.
        """
        posted = self._found(body, "timestamp")
        name = str(body.get("name", "")).strip(":")
        people = posted.reactions.setdefault(name, [])
        if add == (BOT in people):
            raise ApiError("already_reacted" if add else "no_reaction")
        if add:
            people.append(BOT)
        else:
            people.remove(BOT)
        posted.reactions = {each: who for each, who in posted.reactions.items() if who}
        self.workspace.changed(posted)
        return {}

    def hook(self, user: str, channel: str, original: Posted | None = None) -> str:
        """The path of a new `response_url`: 5 uses within 30 minutes."""
        path = f"/hooks/{self.workspace.id('R')}"
        self.hooks[path] = _Hook(user, channel, time.monotonic() + HOOK_SECONDS, original)
        return path

    def hooked(self, path: str, body: Json) -> None:
        """An answer through a `response_url`.

        Raises:
            ApiError: `expired_url`, `used_url`, or what is wrong with the message.
        """
        hook = self.hooks.get(path)
        if hook is None or time.monotonic() > hook.until:
            raise ApiError("expired_url")
        if hook.uses == 0:
            raise ApiError("used_url")
        hook.uses -= 1
        self.answer(hook.user, hook.channel, body, hook.original)

    def answer(
        self, user: str, channel: str, body: Json, original: Posted | None = None
    ) -> Posted | None:
        """An answer to what somebody did: new, or in place of the message they did it in.

        Raises:
            ApiError: What is wrong with the message.
        """
        if original is not None and body.get("delete_original"):
            original.deleted = True
            self.workspace.changed(original)
            return None
        if original is not None and body.get("replace_original"):
            original.text, original.blocks = _content(body)
            original.edited = original.only_for is None
            self.workspace.changed(original)
            return original
        seen_by = None if body.get("response_type") == "in_channel" else user
        return self.workspace.add(self._message(channel, body, only_for=seen_by))

    def _message(self, channel: str, body: Json, *, only_for: str | None = None) -> Posted:
        text, blocks = _content(body)
        thread = str(body.get("thread_ts") or "") or None
        if thread and self.workspace.find(channel, thread) is None:
            raise ApiError("thread_not_found")
        return Posted(
            channel, self.workspace.ts(), text, blocks, only_for=only_for, thread_ts=thread
        )

    def _writable(self, body: Json) -> Channel:
        channel = self.workspace.channel(str(body.get("channel", "")))
        anywhere = "chat:write.public" in self.scopes and not channel.private
        if not channel.has_bot and not anywhere:
            raise ApiError("not_in_channel")
        return channel

    def _found(self, body: Json, name: str = "ts") -> Posted:
        channel = self.workspace.channel(str(body.get("channel", "")))
        posted = self.workspace.find(channel.id, str(body.get(name, "")))
        if posted is None or posted.only_for:
            raise ApiError("message_not_found")
        return posted

    def _own(self, body: Json, refusal: str) -> Posted:
        posted = self._found(body)
        if posted.user != BOT:
            raise ApiError(refusal)
        return posted


def _content(body: Json) -> tuple[str, list[Json]]:
    """Text and blocks of a message, checked.

    Raises:
        ApiError: `no_text`, `msg_too_long` or `invalid_blocks`.
    """
    text, blocks = str(body.get("text") or ""), body.get("blocks") or []
    if not text and not blocks:
        raise ApiError("no_text")
    if len(text) > LONGEST_TEXT:
        raise ApiError("msg_too_long")
    found = problems(blocks, "message")
    if found:
        raise ApiError("invalid_blocks", found)
    return text, blocks
