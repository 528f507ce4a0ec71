"""The message of a send: how it stands, each recipient, and what can still be done about it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from slack_sdk.models.blocks import InteractiveElement

from bot.services.channels import channel_of
from bot.services.decisions import AskAgainError, OverLimitError
from bot.services.money import amount
from bot.slack.blocks import Message, button, buttons, clip, escape, section
from bot.store.deliveries import Delivery, SentMessage
from bot.store.sends import Send, State
from bot.texts import Phrase, many, say
from commands import sent_text
from commands.answers import NOTHING, may, person, plain
from commands.context import BotCall, BotRouter
from commands.issue_buttons import report_send
from commands.priced import finding
from commands.retry import RETRY, has_failed, is_left

UNDO, PAY, DROP = "send.undo", "send.pay", "send.drop"
_MOST = 20
_BEFORE = Phrase(":warning: That was decided before; nothing changed.")
_RISEN = Phrase(":warning: That was decided before, or its price rose once more; nothing changed.")

router: BotRouter = BotRouter()


@router.action(UNDO)
async def undo(call: BotCall) -> None:
    """Withdraw a send that has not gone out."""
    call.later(_undo(call), doing=Phrase("undoing a send"))


@router.action(PAY)
async def pay(call: BotCall) -> None:
    """Say yes to a risen price."""
    call.later(_pay(call), doing=Phrase("sending at the new price"))


@router.action(DROP)
async def drop(call: BotCall) -> None:
    """Give up a send whose price rose."""
    call.later(_drop(call), doing=Phrase("giving up a send"))


async def _undo(call: BotCall) -> None:
    if await _not_theirs(call):
        return
    if await call.services.decisions.undo(call.value, actor=call.user) is None:
        await call.reply(
            plain(say(":warning: Too late to undo it. See its message for how it stands."))
        )


async def _pay(call: BotCall) -> None:
    send_id, _, price = call.value.partition(" ")
    if await _not_theirs(replace(call, value=send_id)):
        return
    try:
        paid = await call.services.decisions.pay(
            send_id, actor=call.user, price=Decimal(price or -1)
        )
    except OverLimitError as error:
        await call.reply(plain(f":no_entry: {escape(str(error))} {NOTHING}"))
        return
    except AskAgainError as error:
        lines = "\n".join(finding(each) for each in error.findings)
        await call.reply(
            plain(f"{lines}\n{NOTHING} {say('Press it once more to send it all the same.')}")
        )
        return
    if paid is None:
        await call.reply(plain(_RISEN))


async def _drop(call: BotCall) -> None:
    if await _not_theirs(call):
        return
    if await call.services.decisions.drop(call.value, actor=call.user) is None:
        await call.reply(plain(_BEFORE))


async def _not_theirs(call: BotCall) -> bool:
    """Whether this is somebody else's send, and this person no admin; they are told."""
    found = await call.services.sending.report(call.value)
    if found is None:
        return True
    send, _ = found
    if send.actor == call.user:
        allowed = await may(call, send)
        if not allowed.allowed:
            await call.reply(plain(f":no_entry: {allowed.reason} {NOTHING}"))
        return not allowed.allowed
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        text = say(
            ":no_entry: Only {person} or an admin can decide this. Nothing changed.",
            person=person(send.actor),
        )
        await call.reply(plain(text))
    return not decision.allowed


def render(send: Send, messages: list[SentMessage]) -> Message | None:
    """How a send stands; None while there is nothing to say."""
    title = sent_text.title(send, messages)
    if title is None:
        return None
    quote = ">" + escape(clip(send.summary, 300)).replace("\n", "\n>")
    shown = sorted(messages, key=lambda message: not has_failed(message))[:_MOST]
    lines = [sent_text.recipient(message) for message in shown]
    if len(messages) > _MOST:
        lines.append(say("and {count:,} more", count=len(messages) - _MOST))
    texts = [text for text in (title, quote, sent_text.advice(send), "\n".join(lines)) if text]
    pressed = _buttons(send, messages)
    blocks = [*(section(text) for text in texts), *([buttons(*pressed)] if pressed else [])]
    return Message("\n".join(texts), tuple(blocks))


def _buttons(send: Send, messages: list[SentMessage]) -> list[InteractiveElement]:
    if send.state is State.REPRICED and send.price is not None:
        price = amount(send.price, send.currency or "")
        do = channel_of(send.operation).traits.verb.do
        return [
            button(
                say("{do} for {price}", do=do, price=price),
                PAY,
                value=f"{send.id} {send.price}",
                style="primary",
            ),
            button(say("Do not {do}", do=str(do).lower()), DROP, value=send.id),
        ]
    if send.state in {State.QUEUED, State.APPROVAL}:
        name = say("Undo") if send.state is State.QUEUED else say("Withdraw")
        return [button(name, UNDO, value=send.id, style="danger")]
    return after_failure(send, messages) if send.state in sent_text.AFTER else []


def after_failure(send: Send, messages: list[SentMessage]) -> list[InteractiveElement]:
    """To those it failed for once more; and what failed on its way, told to ClickSend."""
    found: list[InteractiveElement] = []
    failed = sum(is_left(message) for message in messages)
    if failed and channel_of(send.operation).traits.can_split:
        people = many("{count:,} recipient", "{count:,} recipients", failed)
        found.append(button(say("Retry failed ({people})", people=people), RETRY, value=send.id))
    if any(each.delivery == Delivery.FAILED and each.message_id for each in messages):
        found.append(report_send(send.id))
    return found
