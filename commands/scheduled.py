"""`/clicksend scheduled`: what waits for its hour, moved to another, or cancelled."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from bot.clicksend import ClickSendError
from bot.services.recipients import for_people
from bot.services.scheduled import MOST, CancelOutcome, ScheduledSms
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    escape,
    header,
    section,
)
from commands.answers import answer, moment, plain, refused, trouble
from commands.context import BotCall, BotRouter
from commands.reschedule import CHANGE
from commands.times import own_zone

CANCEL, CANCEL_ALL = "scheduled.cancel", "scheduled.cancel_all"
_MOST = 20

router: BotRouter = BotRouter()


@router.command(
    "scheduled",
    summary="SMS that wait for their hour, with a way to cancel them",
    uses=("sms.history", "sms.cancel", "sms.cancel_all", "sms.price", "sms.send"),
)
async def scheduled(call: BotCall) -> None:
    """Answer with what waits, made elsewhere too."""
    call.later(
        answer(call, _scheduled(call), otherwise="The scheduled messages could not be read"),
        doing="reading the scheduled messages",
    )


async def _scheduled(call: BotCall) -> Message:
    found = await call.services.scheduled.upcoming()
    return render_scheduled(found, await own_zone(call))


@router.action(CANCEL)
async def cancel(call: BotCall) -> None:
    """Cancel one: the question was answered with yes."""
    call.later(_cancel(call), doing="cancelling a message")


@router.action(CANCEL_ALL)
async def cancel_all(call: BotCall) -> None:
    """Cancel every scheduled SMS of the account."""
    call.later(_cancel_all(call), doing="cancelling every scheduled message")


async def _cancel(call: BotCall) -> None:
    if await refused(call, "sms"):
        return
    try:
        outcome = await call.services.scheduled.cancel(call.value, actor=call.user)
    except ClickSendError as error:
        await call.reply(trouble("The message was not cancelled", error))
        return
    texts = {
        CancelOutcome.CANCELLED: f":white_check_mark: <@{call.user}> cancelled a scheduled SMS.",
        CancelOutcome.TOO_LATE: ":warning: Too late: that message is sent or cancelled already.",
        CancelOutcome.UNKNOWN: ":grey_question: ClickSend's answer was lost. Look again with "
        "`/clicksend scheduled` to see whether it still waits.",
    }
    await call.reply(plain(texts[outcome]), in_channel=outcome is CancelOutcome.CANCELLED)


async def _cancel_all(call: BotCall) -> None:
    if await refused(call, "sms"):
        return
    try:
        count = await call.services.scheduled.cancel_all(actor=call.user)
    except ClickSendError as error:
        after = " Look again with `/clicksend scheduled`." if error.ambiguous else ""
        message = trouble("It is not certain what was cancelled", error)
        await call.reply(plain(message.text + after) if error.ambiguous else message)
        return
    many = "every scheduled SMS" if count is None else f"{count} scheduled SMS"
    text = f":white_check_mark: <@{call.user}> cancelled {many} of the account."
    await call.reply(plain(text), in_channel=True)


def render_scheduled(found: list[ScheduledSms], zone: ZoneInfo | None = None) -> Message:
    """What waits, each with its buttons; times in the zone that the reader has chosen."""
    if not found:
        return plain("No SMS is scheduled.")
    count = f"{len(found)} scheduled SMS" if len(found) < MOST else f"At least {MOST} scheduled SMS"
    blocks: list[Block] = [header(count)]
    for sms in found[:_MOST]:
        blocks += _waiting(sms, zone)
    if len(found) > _MOST:
        blocks.append(
            context(f"and {'at least ' if len(found) >= MOST else ''}{len(found) - _MOST} more")
        )
    ask = confirm(
        "Cancel all of them?",
        "Every scheduled SMS of the *whole account* is cancelled, those made elsewhere too.",
        ok="Cancel all",
        deny="Keep them",
    )
    blocks.append(buttons(button("Cancel all", CANCEL_ALL, style="danger", ask=ask)))
    spoken = "\n".join(
        f"{moment(sms.at, zone)} to {escape(for_people(sms.recipient))}" for sms in found
    )
    return Message(clip(f"{count}\n{spoken}", 3000), tuple(blocks))


def _waiting(sms: ScheduledSms, zone: ZoneInfo | None) -> list[Block]:
    """One message, and what can be done with it."""
    who = f" by <@{sms.actor}>" if sms.actor else ""
    to = escape(for_people(sms.recipient))
    quote = escape(clip(sms.body, 150)).replace("\n", " ")
    text = f"*{moment(sms.at, zone)}* to {to}{who}\n>{quote}"
    ask = confirm("Cancel it?", f"The SMS to {to} is not sent.", ok="Cancel it", deny="Keep it")
    wish = json.dumps({"id": sms.message_id, "at": int(sms.at.timestamp())})
    return [
        section(text),
        buttons(
            button("Change time…", f"{CHANGE}:{sms.message_id}", value=wish),
            button("Cancel", f"{CANCEL}:{sms.message_id}", value=sms.message_id, ask=ask),
        ),
    ]
