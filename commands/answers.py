"""Answers that every noun gives alike: a refusal, a trouble with ClickSend."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.clicksend import ClickSendError
from bot.services.explain import explain
from bot.services.journal import CLI
from bot.services.roles import Decision
from bot.slack.blocks import Message, escape, section, without_danger
from bot.store.sends import Send
from bot.texts import Phrase, Text, aloud, date_and_time, say
from commands.context import BotCall

NOTHING = Phrase("Nothing was sent or charged.")


def plain(text: Text) -> Message:
    """A message of one paragraph of mrkdwn."""
    return Message(str(text), (section(text),))


def person(actor: str) -> str:
    """Somebody as people read it (mrkdwn): mentioned, or named where they are not in Slack.

    Args:
        actor: A Slack user id, or `cli:` and a name: somebody at the bot's command line.
    """
    if actor.startswith(CLI):
        name = escape(actor.removeprefix(CLI)).replace("`", "")
        return say("`{name}` (command line)", name=name)
    return f"<@{actor}>"


def place(channel: str) -> str:
    """Where something was asked for (mrkdwn).

    Args:
        channel: A Slack channel or user id, or `cli:`.
    """
    if channel == CLI:
        return say("the command line")
    return f"<#{channel}>" if channel[:1] in {"C", "G"} else say("a direct message")


def read_in(channel: str) -> AbstractContextManager[None]:
    """Speak as who reads it does: all of a channel, or the person alone.

    Args:
        channel: A Slack channel or user id.
    """
    return aloud() if channel[:1] in {"C", "G"} else nullcontext()


def either(things: Iterable[str]) -> str:
    """Things of which each is one way, as `a or b`."""
    word = say("or")
    return f" {word} ".join(things)


def moment(at: datetime, zone: ZoneInfo | None = None) -> str:
    """A time (mrkdwn), in each reader's own time zone.

    Args:
        at: When.
        zone: The zone that its only reader has chosen; None for the one that Slack knows.
    """
    if zone is not None:
        city = zone.key.rpartition("/")[2].replace("_", " ")
        return f"{date_and_time(at.astimezone(zone))} ({city})"
    stamp = int(at.timestamp())
    utc = at.astimezone(UTC)
    return f"<!date^{stamp}^{{date_short_pretty}} {{time}}|{utc:%Y-%m-%d %H:%M} UTC>"


def trouble(what: Text, error: ClickSendError) -> Message:
    """ClickSend could not do something.

    Args:
        what: Of which nothing came, as "The balance could not be read".
        error: Why.
    """
    after = "" if error.ambiguous else f" {NOTHING}"
    return plain(f":warning: {what}. {escape(explain(error))}{after}")


async def may(call: BotCall, send: Send) -> Decision:
    """Whether this person may say yes to a send, now; what is bought is for admins."""
    return await call.services.access.may_confirm(call.user, send)


async def answer(call: BotCall, message: Awaitable[Message], *, otherwise: Text) -> None:
    """Reply with what comes of slow work, or with why nothing does."""
    try:
        made = await message
    except ClickSendError as error:
        made = trouble(otherwise, error)
    await call.reply(made)


async def fitting(call: BotCall, message: Awaitable[Message], *, admin: bool = False) -> Message:
    """A message as it fits its reader: who may not send sees no button that deletes.

    Args:
        call: What they did.
        message: Makes it.
        admin: Whether it takes an admin to delete.
    """
    made, access = await message, call.services.access
    if admin:
        decision = await access.may_administer(call.user)
    else:
        decision = await access.may_send(call.user, call.channel)
    return made if decision.allowed else without_danger(made)


async def refused(call: BotCall, kind: str | None = None) -> bool:
    """Whether this person may not send; they are told whom to ask.

    Args:
        call: What they did.
        kind: The channel of sending, as `sms`; None where it is about no certain one.
    """
    decision = await call.services.access.may_send(call.user, call.channel, kind=kind)
    if decision.allowed:
        return False
    await call.reply(plain(f":no_entry: {decision.reason} {NOTHING}"))
    return True
