"""What changes of contacts and lists have in common: who may, what came of it, turning pages."""

from __future__ import annotations

import json
import re
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.clicksend import Operation
from bot.services.sending import new_id
from bot.slack.blocks import Message, button, clip, escape
from bot.store.calls import CallState
from bot.texts import Phrase, Text, figure, say
from commands.answers import plain
from commands.context import BotCall
from commands.second_yes import WAITS

NOT_CHANGED = Phrase("Nothing changed.")
_NO_NAME = Phrase("no name")
_LONGEST_PAGE = 6
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def how(verb: str) -> str:
    """How a contact is named, for a command that could not read which."""
    typed = f"/clicksend contact {verb} 428/552786"
    return say("Name the contact with its list, as in `{typed}`.", typed=typed)


async def may_not(call: BotCall) -> bool:
    """Whether this person may not change contacts; they are told whom to ask."""
    decision = await call.services.access.may_send(call.user, call.channel)
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} {NOT_CHANGED}"))
    return not decision.allowed


async def changed(
    call: BotCall,
    operation: Operation[Any],
    done: str,
    *,
    call_id: str | None = None,
    what: str = "",
) -> Message:
    """Make a change once, and say what came of it; or ask a second person, where one is needed.

    Args:
        call: Whose.
        operation: The change.
        done: What to say when it is made (mrkdwn); `{deleted}` in it is how many were deleted.
        call_id: Of the form; a new one when None.
        what: What a second person reads of it, with names and counts, not escaped.
    """
    by_hand, key = call.services.by_hand, call_id or new_id()
    channel = call.channel or call.user
    await by_hand.keep(key, operation, actor=call.user, channel=channel, what=what)
    begun = await by_hand.begin(key, actor=call.user)
    if begun.waits:
        return plain(WAITS)
    if begun.call is None:
        return plain(say("This form was submitted before, and counts once only."))
    ended = await by_hand.run(begun.call)
    if ended.state is CallState.DONE:
        answer = ended.answer if isinstance(ended.answer, dict) else {}
        number = answer.get("deleted")
        many = figure(number) if isinstance(number, int) else say("an unknown number of")
        return plain(f":white_check_mark: {done.replace('{deleted}', many)}")
    words = escape(ended.words)
    if ended.state is CallState.UNKNOWN:
        return plain(f":grey_question: {words} {say('Look before you do it again.')}")
    return plain(f":warning: {words} {NOT_CHANGED}")


def change_later(call: BotCall, operation: Operation[Any], words: str) -> None:
    """Make the change of a submitted form, whose id is kept in it, after the acknowledgement."""
    call.later(_changed_by_form(call, operation, words), doing=Phrase("changing contacts"))


async def _changed_by_form(call: BotCall, operation: Operation[Any], words: str) -> None:
    """The right to is asked once more, for a form can stay open for long."""
    if call.view is None or await may_not(call):
        return
    call_id = str(json.loads(call.view.private_metadata)["id"])
    await call.reply(await changed(call, operation, words, call_id=call_id))


def page_number(text: str) -> int:
    """A page as somebody typed it; the first for anything else."""
    typed = text.strip()
    ok = typed.isascii() and typed.isdigit() and len(typed) < _LONGEST_PAGE
    return max(int(typed), 1) if ok else 1


def turns(action_id: str, number: int, last: int, value: str = "") -> list[ButtonElement]:
    """The buttons to the page before and the page after; values are `page value`."""
    return [
        button(text, f"{action_id}:{page}", value=f"{page} {value}".strip())
        for text, page in ((say("Previous page"), number - 1), (say("Next page"), number + 1))
        if 1 <= page <= last
    ]


def shown(name: str | None, otherwise: Text = _NO_NAME, longest: int = 150) -> str:
    """A name from outside in mrkdwn: mentions nobody, formats nothing, cut visibly.

    An invisible joiner after `*`, `_`, `~` and a backtick keeps Slack from reading them as marks.
    What turns the direction of the text after it is left out; text that runs from right to left
    is shown as it is.
    """
    text = " ".join(_TURNS.sub("", name or "").split()) or str(otherwise)
    return "".join(
        f"{each}\u2060" if each in "*_~`" else each for each in escape(clip(text, longest))
    )
