"""`/clicksend scheduled`: what waits for its hour, moved to another, or cancelled."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from bot.clicksend import ClickSendError
from bot.clicksend.operations.sms import CancelAllSms
from bot.services.recipients import for_people
from bot.services.scheduled import CancelOutcome, ScheduledPage, ScheduledSms
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
    header,
    section,
)
from bot.texts import Phrase, aloud, say
from commands.answers import moment, person, plain, refused, trouble
from commands.changes import page_number, turns
from commands.context import BotCall, BotRouter
from commands.things import Words, change
from commands.times import own_zone

CANCEL, CANCEL_ALL = "scheduled.cancel", "scheduled.cancel_all"
CHANGE, PAGE = "scheduled.change", "scheduled.page"
_SPOKEN = 3000
_KEPT = Phrase("Nothing was cancelled or changed.")
_NOT_CANCELLED = {
    CancelOutcome.TOO_LATE: Phrase(
        ":warning: Too late: that message is sent or cancelled already."
    ),
    CancelOutcome.UNKNOWN: Phrase(
        ":grey_question: ClickSend's answer was lost. Look again with "
        "`/clicksend scheduled` to see whether it still waits."
    ),
}

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "scheduled",
    args="[page]",
    summary=Phrase("SMS that wait for their hour, with a way to cancel them"),
    uses=("sms.history", "sms.cancel", "sms.cancel_all", "sms.price", "sms.send"),
)
async def scheduled(call: BotCall) -> None:
    """Answer with a page of what waits, made elsewhere too, or turn the page."""
    call.later(
        _show(call, call.given, replace=call.pressed), doing=Phrase("reading what is scheduled")
    )


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    try:
        page = await call.services.scheduled.upcoming(page_number(number))
        message = render_scheduled(page, await own_zone(call))
    except ClickSendError as error:
        message = trouble(Phrase("The scheduled messages could not be read"), error)
    await call.reply(message, replace=replace)


@router.action(CANCEL)
async def cancel(call: BotCall) -> None:
    """Cancel one: the question was answered with yes."""
    call.later(_cancel(call), doing=Phrase("cancelling a message"))


@router.action(CANCEL_ALL)
async def cancel_all(call: BotCall) -> None:
    """Cancel every scheduled SMS of the account."""
    call.later(_cancel_all(call), doing=Phrase("cancelling every scheduled message"))


async def _cancel(call: BotCall) -> None:
    if await not_theirs(call, call.value):
        return
    try:
        outcome = await call.services.scheduled.cancel(call.value, actor=call.user)
    except ClickSendError as error:
        await call.reply(trouble(Phrase("The message was not cancelled"), error))
        return
    if outcome is not CancelOutcome.CANCELLED:
        await call.reply(plain(_NOT_CANCELLED[outcome]))
        return
    with aloud():
        done = say(":white_check_mark: <@{user}> cancelled a scheduled SMS.", user=call.user)
    await call.reply(plain(done), in_channel=True)


async def _cancel_all(call: BotCall) -> None:
    """Everybody's are cancelled, so it takes an approver: of their own, a sender cancels each."""
    decision = await call.services.access.may_approve(call.user, call.channel, kind="sms")
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} {_KEPT}"))
        return
    words = Words(
        Phrase("Every scheduled SMS of the account is cancelled."),
        Phrase("They were not cancelled."),
        "/clicksend scheduled",
    )
    what = say("every scheduled SMS of the whole account, those made elsewhere too")
    await change(call, CancelAllSms(), words, what=what)


async def not_theirs(call: BotCall, message_id: str) -> bool:
    """Whether this person may not touch a scheduled message; they are told whom to ask.

    Only its sender may, and approvers; what was made elsewhere has no sender here.
    """
    if await refused(call, "sms"):
        return True
    sender = await call.services.scheduled.sender_of(message_id)
    if sender == call.user:
        return False
    decision = await call.services.access.may_approve(call.user, call.channel, kind="sms")
    if decision.allowed:
        return False
    whose = (
        say("{person} scheduled this.", person=person(sender))
        if sender
        else say("It was scheduled elsewhere.")
    )
    await call.reply(plain(f":no_entry: {whose} {decision.reason} {_KEPT}"))
    return True


def render_scheduled(page: ScheduledPage, zone: ZoneInfo | None = None) -> Message:
    """A page of what waits, each with its buttons; times in the zone its reader has chosen."""
    if not page.found:
        return plain(say("No SMS is scheduled."))
    title = (
        say("{count:,} scheduled SMS", count=page.total)
        if page.complete
        else say("At least {count:,} scheduled SMS", count=page.total)
    )
    blocks: list[Block] = [header(title)]
    for sms in page.found:
        blocks += _waiting(sms, zone)
    if page.last > 1:
        at = {"number": page.number, "last": page.last}
        title = say("{title}, page {number} of {last}", title=title, **at)
        blocks.append(context(say("Page {number} of {last}, the soonest first", **at)))
    ask = confirm(
        say("Cancel all of them?"),
        say("Every scheduled SMS of the *whole account* is cancelled, those made elsewhere too."),
        ok=say("Cancel all"),
        deny=say("Keep them"),
    )
    pressed = [*turns(PAGE, page.number, page.last)]
    blocks.append(buttons(*pressed, button(say("Cancel all"), CANCEL_ALL, style="danger", ask=ask)))
    lines = [
        say(
            "{time} to {recipient}",
            time=moment(each.at, zone),
            recipient=escape(for_people(each.recipient)),
        )
        for each in page.found
    ]
    return Message(clip_mrkdwn("\n".join([title, *lines]), _SPOKEN), tuple(blocks))


def _waiting(sms: ScheduledSms, zone: ZoneInfo | None) -> list[Block]:
    """One message, and what can be done with it."""
    to = escape(for_people(sms.recipient))
    quote = escape(clip(sms.body, 150)).replace("\n", " ")
    about = {"time": moment(sms.at, zone), "recipient": to}
    text = (
        say("*{time}* to {recipient} by {person}", **about, person=person(sms.actor))
        if sms.actor
        else say("*{time}* to {recipient}", **about)
    )
    ask = confirm(
        say("Cancel it?"),
        say("The SMS to {recipient} is not sent.", recipient=to),
        ok=say("Cancel it"),
        deny=say("Keep it"),
    )
    wish = json.dumps({"id": sms.message_id, "at": int(sms.at.timestamp())})
    return [
        section(f"{text}\n>{quote}"),
        buttons(
            button(say("Change time…"), f"{CHANGE}:{sms.message_id}", value=wish),
            button(say("Cancel"), f"{CANCEL}:{sms.message_id}", value=sms.message_id, ask=ask),
        ),
    ]
