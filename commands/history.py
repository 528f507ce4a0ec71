"""`/clicksend history` and `/clicksend scheduled`: what was sent, and what waits."""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.services.scheduled import CancelOutcome, ScheduledSms
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
from bot.store.sends import Send, State
from commands.answers import answer, moment, plain, refused, trouble
from commands.context import BotCall, BotRouter

CANCEL, CANCEL_ALL = "scheduled.cancel", "scheduled.cancel_all"
_MOST = 20
_STATES = {
    State.QUEUED: ":hourglass_flowing_sand: waiting",
    State.SENDING: ":hourglass_flowing_sand: being sent",
    State.SENT: ":white_check_mark: sent",
    State.REFUSED: ":x: not sent",
    State.UNKNOWN: ":grey_question: outcome unknown",
    State.RECONCILED: ":white_check_mark: sent, found afterwards",
    State.APPROVAL: ":busts_in_silhouette: waiting for approval",
    State.REPRICED: ":moneybag: the price rose, waiting for a yes",
    State.UNDONE: ":leftwards_arrow_with_hook: undone, not sent",
    State.DENIED: ":no_entry: not approved, not sent",
    State.EXPIRED: ":alarm_clock: not approved in time, not sent",
    State.DROPPED: ":wastebasket: given up",
}

router: BotRouter = BotRouter()


@router.command("history", summary="the last 20 things sent from Slack")
async def history(call: BotCall) -> None:
    """Answer with the newest sends."""
    call.later(_history(call), doing="reading the history")


async def _history(call: BotCall) -> None:
    await call.reply(render_history(await call.services.sending.recent(limit=_MOST)))


@router.command(
    "scheduled",
    summary="SMS that wait for their hour, with a way to cancel them",
    uses=("sms.history", "sms.cancel", "sms.cancel_all"),
)
async def scheduled(call: BotCall) -> None:
    """Answer with what waits, made elsewhere too."""
    call.later(
        answer(call, _scheduled(call), otherwise="The scheduled messages could not be read"),
        doing="reading the scheduled messages",
    )


async def _scheduled(call: BotCall) -> Message:
    return render_scheduled(await call.services.scheduled.upcoming())


@router.action(CANCEL)
async def cancel(call: BotCall) -> None:
    """Cancel one: the question was answered with yes."""
    call.later(_cancel(call), doing="cancelling a message")


@router.action(CANCEL_ALL)
async def cancel_all(call: BotCall) -> None:
    """Cancel every scheduled SMS of the account."""
    call.later(_cancel_all(call), doing="cancelling every scheduled message")


async def _cancel(call: BotCall) -> None:
    if await refused(call):
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
    if await refused(call):
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


def render_history(found: list[Send]) -> Message:
    """The newest sends."""
    if not found:
        return plain("Nothing was sent from Slack yet. Start with `/sms` or `/fax`.")
    blocks: list[Block] = [header("Sent from Slack")]
    lines = []
    for send in found:
        line = _line(send)
        lines.append(line)
        blocks.append(section(line))
    return Message("\n".join(lines), tuple(blocks))


def _line(send: Send) -> str:
    cost = send.total if send.total is not None else send.price
    price = f" · {amount(cost, send.currency or '')}" if cost is not None else ""
    people = "1 recipient" if send.recipients == 1 else f"{send.recipients:,} recipients"
    why = f"\n{escape(send.reason)}" if send.reason else ""
    return (
        f"{_STATES.get(send.state, send.state)} · {moment(send.created_at)} · <@{send.actor}> · "
        f"{people}{price}\n>{escape(clip(send.summary, 150)).replace(chr(10), ' ')}{why}"
    )


def render_scheduled(found: list[ScheduledSms]) -> Message:
    """What waits, each with a button."""
    if not found:
        return plain("No SMS is scheduled.")
    blocks: list[Block] = [header(f"{len(found)} scheduled SMS")]
    for sms in found[:_MOST]:
        who = f" by <@{sms.actor}>" if sms.actor else ""
        to = escape(for_people(sms.recipient))
        text = (
            f"*{moment(sms.at)}* to {to}{who}\n>{escape(clip(sms.body, 150)).replace(chr(10), ' ')}"
        )
        ask = confirm("Cancel it?", f"The SMS to {to} is not sent.", ok="Cancel it", deny="Keep it")
        press = button("Cancel", f"{CANCEL}:{sms.message_id}", value=sms.message_id, ask=ask)
        blocks.append(section(text, accessory=press))
    if len(found) > _MOST:
        blocks.append(context(f"and {len(found) - _MOST} more"))
    ask = confirm(
        "Cancel all of them?",
        "Every scheduled SMS of the *whole account* is cancelled, those made elsewhere too.",
        ok="Cancel all",
        deny="Keep them",
    )
    blocks.append(buttons(button("Cancel all", CANCEL_ALL, style="danger", ask=ask)))
    spoken = "\n".join(f"{moment(sms.at)} to {escape(for_people(sms.recipient))}" for sms in found)
    return Message(clip(f"{len(found)} scheduled SMS\n{spoken}", 3000), tuple(blocks))
