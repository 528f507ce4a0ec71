"""What nobody knows: the evidence, and a person's word on it."""

from __future__ import annotations

from bot.services.channels import channel_of
from bot.services.endings import NO_ANSWER
from bot.services.recipients import for_people
from bot.slack.blocks import Message, button, buttons, clip, confirm, escape, section
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State
from commands.answers import moment, plain, refused
from commands.context import BotCall, BotRouter
from commands.sent import again

SENT, AGAIN, DROP = "unsettled.sent", "unsettled.again", "unsettled.drop"
_MOST = 20
_BEFORE = ":warning: Somebody decided that before; nothing changed."

router: BotRouter = BotRouter()


@router.action(SENT)
async def was_sent(call: BotCall) -> None:
    """It was sent: the question was answered with yes."""
    call.later(_was_sent(call), doing="settling a send")


@router.action(AGAIN)
async def send_again(call: BotCall) -> None:
    """Send it again to those of whom nothing was found: price and yes first."""
    call.later(_send_again(call), doing="asking for the price")


@router.action(DROP)
async def drop(call: BotCall) -> None:
    """Leave it as it is."""
    call.later(_drop(call), doing="settling a send")


async def _was_sent(call: BotCall) -> None:
    if await _theirs(call) is None:
        return
    if await call.services.decisions.was_sent(call.value, actor=call.user) is None:
        await call.reply(plain(_BEFORE))


async def _drop(call: BotCall) -> None:
    if await _theirs(call) is None:
        return
    if await call.services.decisions.drop(call.value, actor=call.user) is None:
        await call.reply(plain(_BEFORE))


async def _send_again(call: BotCall) -> None:
    found = await _theirs(call)
    if found is None:
        return
    send, messages = found
    if send.state is not State.UNKNOWN:
        await call.reply(plain(_BEFORE))
        return
    await again(call, send, tuple(m.recipient for m in messages if m.status == NO_ANSWER))


async def _theirs(call: BotCall) -> tuple[Send, list[SentMessage]] | None:
    """The send, for who may send what it is; None for others, who are told whom to ask."""
    found = await call.services.sending.report(call.value)
    if found is None or await refused(call, channel_of(found[0].operation).kind):
        return None
    return found


def render(send: Send, messages: list[SentMessage]) -> Message:
    """The evidence with its three ways on; or what was decided."""
    noun = channel_of(send.operation).noun
    what = f"{noun} of <@{send.actor}>, {moment(send.confirmed_at or send.created_at)}"
    quote = ">" + escape(clip(send.summary, 300)).replace("\n", "\n>")
    if send.state is not State.UNKNOWN:
        text = f":ballot_box_with_check: {what}: {_decided(send)}"
        return Message(f"{text}\n{quote}", (section(text), section(quote)))
    found = [m for m in messages if m.status != NO_ANSWER]
    missing = [m for m in messages if m.status == NO_ANSWER]
    title = f":grey_question: {what}: nobody knows whether it was sent."
    evidence = (
        f"ClickSend's history has {len(found)} of {len(messages)} recipients of it. "
        f"Not found: {_named(missing)}. "
        "It may have been sent and charged all the same: look in ClickSend, ask a recipient, "
        "then decide."
    )
    ask = confirm(
        "Was it sent?", "You are sure: ClickSend has it.", ok="It was sent", deny="Not sure"
    )
    give_up = confirm(
        "Drop it?", "It stays unknown, and nothing more is done.", ok="Drop it", deny="Not yet"
    )
    row = buttons(
        button("It was sent", SENT, value=send.id, ask=ask),
        button("Send it again…", AGAIN, value=send.id),
        button("Drop it", DROP, value=send.id, style="danger", ask=give_up),
    )
    blocks = (section(title), section(quote), section(evidence), row)
    return Message(f"{title}\n{quote}\n{evidence}", blocks)


def _named(missing: list[SentMessage]) -> str:
    shown = ", ".join(escape(for_people(m.recipient)) for m in missing[:_MOST]) or "nobody"
    return shown + (f" and {len(missing) - _MOST} more" if len(missing) > _MOST else "")


def _decided(send: Send) -> str:
    who = f"<@{send.decided_by}>" if send.decided_by else "ClickSend's history"
    if send.state is State.RECONCILED:
        return f"it was sent, says {who}."
    return f"{who} decided: {escape(send.reason or 'it is dropped')}"
