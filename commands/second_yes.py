"""The second person's yes to what cannot be put back: the request, approved, refused, withdrawn.

A deletion needs nothing of this of its own: `things.change` and `changes.changed` ask a second
person wherever the operation's effect is `destroy` and the settings say so. Give them `what=`, one
line with the name and the count of what goes, for the second person reads it beside the
operation's own fields:

    return await change(call, DeleteSubaccount(…), words, what=f"the subaccount {name} ({number})")
"""

from __future__ import annotations

import json

from pydantic import JsonValue

from bot.clicksend import registry
from bot.clicksend.shown import shown_request
from bot.services.by_hand import operation_of
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    clip_mrkdwn,
    confirm,
    context,
    escape,
    preformatted,
    section,
)
from bot.slack.router import Ack, Clear, Errors
from bot.store.calls import Call, CallState
from bot.texts import Phrase, say
from commands.answers import moment, person, plain
from commands.approval import WHY, why_form
from commands.context import BotCall, BotRouter
from commands.effects import EFFECTS

APPROVE, REFUSE, REASON = "second.approve", "second.refuse", "second.reason"
WITHDRAW = "second.withdraw"
WAITS = Phrase(
    ":busts_in_silhouette: This cannot be put back, so a second person is asked to approve it. "
    "Until then nothing is changed. I tell you how it goes."
)
_BEFORE = Phrase(":warning: That was decided before, or is too old.")
_UNCHANGED = Phrase("Nothing was changed.")
_FITS, _PIECE, _LONGEST = 2800, 500, 3000
"""A piece fits a block even when each of its characters is written as an entity of five."""

router: BotRouter = BotRouter()


@router.action(APPROVE)
async def approve(call: BotCall) -> None:
    """Say the second yes: the question was answered."""
    call.later(_approve(call), doing=Phrase("approving it"))


@router.action(REFUSE)
async def refuse(call: BotCall) -> None:
    """Ask for the reason."""
    call.later(_ask_why(call), doing=Phrase("asking for the reason"))


@router.view(REASON)
async def refused(call: BotCall) -> Ack:
    """Refuse it, with the reason."""
    if call.view is None:
        return None
    reason = call.view.text(WHY).strip()
    if not reason:
        return Errors({WHY: say("Say why, so that they know what to change.")})
    call.later(_refuse(call, call.view.private_metadata, reason), doing=Phrase("refusing it"))
    return Clear()


@router.action(WITHDRAW)
async def withdraw(call: BotCall) -> None:
    """Take the request back."""
    call.later(_withdraw(call), doing=Phrase("taking a request back"))


async def _approve(call: BotCall) -> None:
    if await _may_not(call, call.value):
        return
    begun = await call.services.second.approve(call.value, actor=call.user)
    if begun is None:
        await call.reply(plain(_BEFORE))
    else:
        await call.services.by_hand.run(begun)


async def _ask_why(call: BotCall) -> None:
    if not await _may_not(call, call.value):
        await call.open(why_form(REASON, call.value, call.channel or call.user))


async def _refuse(call: BotCall, kept: str, reason: str) -> None:
    call_id, _, acting = kept.partition(" ")
    if await _may_not(call, call_id, acting or None):
        return
    if await call.services.second.refuse(call_id, actor=call.user, reason=reason) is None:
        await call.reply(plain(_BEFORE))


async def _withdraw(call: BotCall) -> None:
    asked = await call.services.second.report(call.value)
    if asked is None:
        return
    is_admin = (await call.services.access.may_administer(call.user)).allowed
    if asked.actor != call.user and not is_admin:
        text = say(
            ":no_entry: Only {person} or an admin can take this back. Nothing was changed.",
            person=person(asked.actor),
        )
        await call.reply(plain(text))
    elif await call.services.second.withdraw(call.value, actor=call.user) is None:
        await call.reply(plain(_BEFORE))


async def _may_not(call: BotCall, call_id: str, acting: str | None = None) -> bool:
    """Whether this person may not decide on it; they are told why."""
    asked = await call.services.second.report(call_id)
    if asked is None:
        return True
    if asked.actor == call.user:
        await call.reply(plain(say(":no_entry: Your own request needs another person's yes.")))
        return True
    decision = await call.services.access.may_approve(
        call.user, asked.channel, acting=acting or call.channel or call.user
    )
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} {_UNCHANGED}"))
    return not decision.allowed


def render_request(call: Call) -> Message:
    """Exactly what would be done, and to what; or what was decided."""
    operation = operation_of(call)
    route = operation.route
    title = _title(call)
    what = escape(clip(call.what, 2000))
    headline = f"`{route.id}` ({route.method} {route.path}) {EFFECTS[route.effect]}."
    given = shown_request(operation)
    blocks: list[Block] = [
        section(title),
        *([section(f"*{say('What')}*\n{what}")] if what else []),
        *whole(given, most=30),
        context(headline),
    ]
    if call.state is CallState.APPROVAL:
        ask = confirm(
            say("Approve it?"),
            say("It is done at once, and cannot be put back."),
            ok=say("Yes"),
            deny=say("Not yet"),
        )
        blocks.append(
            buttons(
                button(say("Approve"), APPROVE, value=call.id, style="primary", ask=ask),
                button(say("Refuse…"), REFUSE, value=call.id, style="danger"),
            )
        )
    fields = escape(json.dumps(given, ensure_ascii=False))
    spoken = "\n".join(filter(None, [title, what, headline, fields]))
    return Message(clip_mrkdwn(spoken, _LONGEST), tuple(blocks))


def render(call: Call) -> Message:
    """The same for whoever asked, with a way back while it waits."""
    what = escape(clip(call.what, 500))
    text = "\n".join(filter(None, [_title(call), what and f">{what}"]))
    blocks: list[Block] = [section(text)]
    if call.state is CallState.APPROVAL:
        blocks.append(buttons(button(say("Withdraw"), WITHDRAW, value=call.id, style="danger")))
    return Message(text, tuple(blocks))


def whole(given: dict[str, JsonValue], *, most: int = 80) -> list[Block]:
    """All that is going to be sent, for a yes is to all of it; in pieces when it is long.

    Args:
        given: What an operation was given, fit to show.
        most: Of pieces of 500 characters; a message has room for fewer than a modal.
    """
    if not given:
        return [section(say("It takes no fields: there is nothing to choose."))]
    text = json.dumps(given, indent=2, ensure_ascii=False)
    if len(preformatted(text)) <= _FITS:
        return [section(preformatted(text))]
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    more = len(text) - most * _PIECE
    note = (
        [context(say("and {more:,} more characters, as they were typed", more=more))]
        if more > 0
        else []
    )
    return [*(section(preformatted(piece)) for piece in pieces[:most]), *note]


def _title(call: Call) -> str:
    what = say(
        "`{operation}` of {person}",
        operation=registry.operation(call.operation).route.id,
        person=person(call.actor),
    )
    if call.state is CallState.APPROVAL:
        until = moment(call.expires_at) if call.expires_at else ""
        return say(
            ":busts_in_silhouette: {what} needs a second yes until {until}", what=what, until=until
        )
    lost = say("I stopped while ClickSend was working on it.")
    about = {
        "what": what,
        "who": person(call.decided_by) if call.decided_by else "",
        "reason": escape(clip(call.reason or "", 500))
        or (lost if call.state is CallState.UNKNOWN else ""),
    }
    titles = {
        CallState.RUNNING: say(
            ":hourglass_flowing_sand: {what} was approved by {who}, and is under way.", **about
        ),
        CallState.DONE: say(
            ":white_check_mark: {what} was approved by {who}, and is done. {reason}", **about
        ),
        CallState.REFUSED: say(
            ":x: {what} was approved by {who}, but ClickSend did not do it. {reason} "
            "Nothing was changed.",
            **about,
        ),
        CallState.UNKNOWN: say(
            ":grey_question: {what} was approved by {who}. Nobody knows whether it was done: "
            "{reason} I do not try again by myself: look before you repeat it.",
            **about,
        ),
        CallState.DENIED: say(
            ":no_entry: {what} was refused by {who}: {reason} Nothing was changed.", **about
        ),
        CallState.WITHDRAWN: say(
            ":leftwards_arrow_with_hook: {what} was withdrawn by {who}. Nothing was changed.",
            **about,
        ),
        CallState.EXPIRED: say(
            ":alarm_clock: {what}: nobody approved it in time. Nothing was changed.", **about
        ),
    }
    return titles.get(call.state, what).strip()
