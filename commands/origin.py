"""What a form is for, and how one of a channel opens."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic import JsonValue

from bot.services.sending import new_id
from bot.slack.blocks import Block, Modal, modal, section
from bot.slack.calls import View
from bot.store.sends import Send
from bot.texts import Text, say
from commands.answers import NOTHING, plain, refused
from commands.audience import LONGEST
from commands.context import BotCall
from commands.times import zone_of


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form is for, kept in its `private_metadata`.

    Attributes:
        id: Of the draft that it makes; a second submission of the form has the same.
        channel: The Slack channel id where the result belongs.
        previous: The draft it tries again.
    """

    id: str
    channel: str
    previous: str | None = None

    @classmethod
    def of(cls, view: View) -> Origin:
        """As a submitted form has it."""
        kept = json.loads(view.private_metadata or "{}")
        return cls(str(kept.get("id", "")), str(kept.get("channel", "")), kept.get("previous"))

    @classmethod
    def after(cls, row: Send) -> Origin:
        """Of a form that is filled from a draft."""
        return cls(new_id(), row.channel, row.id)

    def again(self) -> Origin:
        """The same, for another draft."""
        return replace(self, id=new_id())


def channel_form(
    callback_id: str,
    title: Text,
    origin: Origin,
    blocks: list[Block],
    problem: str,
    **more: JsonValue,
) -> Modal:
    """The form of a channel, with a problem (mrkdwn) at its top where there is one.

    Args:
        callback_id: Of the form.
        title: Above it.
        origin: What it is for.
        blocks: Its fields.
        problem: What is wrong (mrkdwn); empty when nothing is.
        more: What else it keeps in its `private_metadata`.
    """
    kept = {"id": origin.id, "channel": origin.channel, "previous": origin.previous, **more}
    return modal(
        callback_id,
        title,
        [*([section(f":warning: {problem}")] if problem else []), *blocks],
        submit=say("Price"),
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )


async def origin_for(call: BotCall, kind: str, *typed: str) -> Origin | None:
    """What a form is for; None for who may not send, or typed more than a field holds: they know.

    Args:
        call: Who wants the form.
        kind: The channel of sending, as `mms`.
        typed: What the form is prefilled with.
    """
    if await refused(call, kind):
        return None
    longest = max(map(len, typed), default=0)
    if longest > LONGEST:
        most = say(
            "A form holds {longest:,} characters, and this has {length:,}.",
            longest=LONGEST,
            length=longest,
        )
        again = say("Shorten it and try again.")
        await call.reply(plain(f":warning: {most} {NOTHING} {again}"))
        return None
    return Origin(new_id(), call.channel or call.user)


async def open_form(call: BotCall, kind: str, form: Callable[[Origin], Modal], *typed: str) -> None:
    """Open a form, prefilled; not for who may not send, nor with more than a field holds.

    Args:
        call: Who wants it.
        kind: The channel of sending, as `mms`.
        form: Makes it.
        typed: What it is prefilled with.

    Raises:
        SlackError: The trigger has expired, or Slack refuses.
    """
    origin = await origin_for(call, kind, *typed)
    if origin is not None:
        await call.open(form(origin))
        await zone_of(call)  # kept for a while: the form is submitted faster
