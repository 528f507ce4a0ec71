"""What the lists of things share: pages that hide nothing, and changes that are made once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import BlockElement

from bot.clicksend import ClickSendError, Operation
from bot.services.roles import Decision
from bot.services.sending import new_id
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    button,
    buttons,
    clip_mrkdwn,
    context,
    escape,
    header,
    modal,
    paragraphs,
    section,
)
from bot.slack.router import Ack, Clear, Update
from bot.store.calls import Call, CallState
from bot.texts import Phrase, Text, aloud, say
from commands.answers import plain, trouble
from commands.changes import shown
from commands.context import BotCall
from commands.review import DONE
from commands.second_yes import WAITS

ON_A_PAGE = 15
_BUTTONS, _LINES, _LINE, _SPOKEN, _DIGITS = 30, 100, 250, 3000, 5
NOTHING_CHANGED = Phrase("Nothing was changed.")
_EMPTY = Phrase("There is nothing here.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a list.

    Attributes:
        name: From outside, not escaped.
        facts: What else there is to say (mrkdwn).
        beside: The button beside it.
    """

    name: str
    facts: str = ""
    beside: BlockElement | None = None

    @property
    def line(self) -> str:
        """The entry as mrkdwn."""
        return f"*{shown(self.name)}*\n{self.facts}".strip()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list; `notes` are mrkdwn, `before` goes into the value of its page buttons."""

    title: Text
    entries: Sequence[Entry]
    number: int = 1
    last: int = 1
    empty: Text = _EMPTY
    notes: tuple[str, ...] = ()
    before: str = ""


def cut(
    title: Text, entries: Sequence[Entry], number: int, *, empty: Text, notes: tuple[str, ...] = ()
) -> Sheet:
    """A page of a list that was read as a whole."""
    last = max(1, -(-len(entries) // ON_A_PAGE))
    number = min(number, last)
    shown = entries[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    return Sheet(title, shown, number, last, empty, notes)


def page_number(text: str) -> int:
    """The page that is asked for; the first when the text names none."""
    text = text.strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return max(int(text), 1) if is_number else 1


def render_sheet(sheet: Sheet, turn: str) -> Message:
    """A page of a list; one that is longer than asked for keeps its end as lines.

    Args:
        sheet: The page.
        turn: The action id of the buttons to the other pages.
    """
    if not sheet.entries and not sheet.notes:
        return plain(sheet.empty)
    shown, rest = sheet.entries[:_BUTTONS], sheet.entries[_BUTTONS : _BUTTONS + _LINES]
    blocks: list[Block] = [header(sheet.title)]
    blocks += [section(each.line, accessory=each.beside) for each in shown]
    blocks += paragraphs([clip_mrkdwn(each.line.replace("\n", " "), _LINE) for each in rest])
    if (more := len(sheet.entries) - _BUTTONS - _LINES) > 0:
        blocks.append(context(say("and {more} more on this page", more=more)))
    blocks += [context(note) for note in sheet.notes]
    turns = [
        button(text, f"{turn}:{number}", value=f"{sheet.before} {number}".strip())
        for text, number in ((say("Previous"), sheet.number - 1), (say("Next"), sheet.number + 1))
        if 1 <= number <= sheet.last
    ]
    if turns:
        blocks.append(buttons(*turns))
    title = say(
        "{title}, page {number} of {last}",
        title=escape(sheet.title),
        number=sheet.number,
        last=sheet.last,
    )
    spoken = "\n".join([title, *(each.line for each in sheet.entries), *sheet.notes])
    return Message(clip_mrkdwn(spoken, _SPOKEN), tuple(blocks))


async def show_sheet(
    call: BotCall, reading: Awaitable[Sheet], *, turn: str, otherwise: Text, replace: bool
) -> None:
    """Answer with a page of a list, or with why there is none.

    Args:
        call: The command, or the press that turns the page.
        reading: Reads the page.
        turn: The action id of the buttons to the other pages.
        otherwise: What is said first when it cannot be read.
        replace: Whether the answer takes the place of the page before.
    """
    try:
        message = render_sheet(await reading, turn)
    except ClickSendError as error:
        message = trouble(otherwise, error)
    await call.reply(message, replace=replace)


@dataclass(frozen=True, slots=True)
class Words:
    """How a change is told (mrkdwn): `done` and `failed` as sentences, `look` as a command.

    What is done may be said in a channel, and is put in words only when it is known where.
    """

    done: Text | Callable[[], str]
    failed: Text
    look: str


def metadata(call: BotCall, **more: object) -> str:
    """What a form keeps: its id, which makes it count once, and where it was opened."""
    return json.dumps({"id": new_id(), "channel": call.channel or call.user, **more})


def kept(call: BotCall) -> dict[str, Any]:
    """What the submitted form kept; of anything, for each form keeps its own."""
    found: dict[str, Any] = json.loads(call.view.private_metadata) if call.view else {}
    return found


def ended(title: Text, mrkdwn: Text) -> Modal:
    """A modal that only says something."""
    return modal(DONE, title, [section(mrkdwn)])


def denied(decision: Decision) -> Ack:
    """The answer to a form of somebody who may not; None when they may."""
    if decision.allowed:
        return None
    return Update(ended(NOTHING_CHANGED, f":no_entry: {decision.reason} {NOTHING_CHANGED}"))


async def change(
    call: BotCall,
    operation: Operation[Any],
    words: Words,
    *,
    key: str = "",
    channel: str = "",
    what: str = "",
) -> Ack:
    """Make a change: kept, claimed and audited when this returns, made once afterwards.

    What cannot be put back waits for a second person instead, where the settings say so.

    Args:
        call: The yes to it.
        operation: What to run; of any answer, for none is shown. A secret of it is kept nowhere.
        words: How it is told.
        key: The form's id; a button has none, and Slack asked before it counted.
        channel: Where it is told; to a button, where that was pressed.
        what: What a second person reads of it, with names and counts, not escaped.
    """
    by_hand, is_form, key = call.services.by_hand, bool(key), key or new_id()
    where = channel or call.channel or call.user
    await by_hand.keep(key, operation, actor=call.user, channel=where, what=what)
    begun = await by_hand.begin(key, actor=call.user)
    if begun.waits and is_form:
        return Update(ended(say("A second yes"), WAITS))
    if begun.waits:
        call.later(call.reply(plain(WAITS)), doing=Phrase("answering"))
        return None
    if begun.call is None:
        text = say("This form was submitted before, and it counts once only.")
        return Update(ended(say("Submitted before"), text))
    call.later(_run(call, begun.call, operation, words, channel), doing=Phrase("making a change"))
    return Clear()


async def _run(
    call: BotCall, begun: Call, operation: Operation[Any], words: Words, channel: str
) -> None:
    end = await call.services.by_hand.run(begun, operation)
    if end.state is CallState.DONE:
        await _tell(call, words, channel)
        return
    if end.state is CallState.REFUSED:
        text = f":warning: {words.failed} {escape(end.words)} {NOTHING_CHANGED}"
    else:
        text = say(
            ":grey_question: It is not certain whether it was done: {why} "
            "Look with `{command}` before you try again.",
            why=escape(end.words),
            command=words.look,
        )
    await (call.slack.dm(call.user, plain(text)) if channel else call.reply(plain(text)))


async def _tell(call: BotCall, words: Words, channel: str) -> None:
    """Say where it was asked for that a change is made."""
    with nullcontext() if channel == call.user else aloud():
        done = words.done() if callable(words.done) else words.done
        text = say(":white_check_mark: {done} By <@{user}>.", done=done, user=call.user)
    if not channel:
        await call.reply(plain(text), in_channel=True)
    elif channel == call.user:
        await call.slack.dm(call.user, plain(text))
    else:
        await call.slack.post_or_dm(channel, plain(text), user=call.user)
