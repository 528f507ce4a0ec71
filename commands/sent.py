"""The message of a send: how it stands, each recipient, and what can still be done about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from slack_sdk.models.blocks import InteractiveElement

from bot.services.channels import ACCEPTED, NO_ANSWER, channel_of
from bot.services.decisions import AskAgainError, OverLimitError
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.slack.blocks import Message, button, buttons, clip, escape, section
from bot.store.deliveries import Delivery, SentMessage
from bot.store.sends import CANCEL_ASKED, Send, State
from commands.answers import NOTHING, may, moment, person, plain
from commands.context import BotCall, BotRouter
from commands.issue_buttons import report_send
from commands.priced import finding
from commands.retry import RETRY, has_failed, is_left

UNDO, PAY, DROP = "send.undo", "send.pay", "send.drop"
_MOST = 20
_BEFORE = ":warning: That was decided before; nothing changed."
_RISEN = ":warning: That was decided before, or its price rose once more; nothing changed."
_AFTER = frozenset({State.SENT, State.RECONCILED})
_PERHAPS = "The scheduled message it was to replace may be cancelled: look whether it still waits."
_STOPPED = "It was stopped before it was sent. Nothing was sent or charged."

router: BotRouter = BotRouter()


@router.action(UNDO)
async def undo(call: BotCall) -> None:
    """Withdraw a send that has not gone out."""
    call.later(_undo(call), doing="undoing a send")


@router.action(PAY)
async def pay(call: BotCall) -> None:
    """Say yes to a risen price."""
    call.later(_pay(call), doing="sending at the new price")


@router.action(DROP)
async def drop(call: BotCall) -> None:
    """Give up a send whose price rose."""
    call.later(_drop(call), doing="giving up a send")


async def _undo(call: BotCall) -> None:
    if await _not_theirs(call):
        return
    if await call.services.decisions.undo(call.value, actor=call.user) is None:
        await call.reply(plain(":warning: Too late to undo it. See its message for how it stands."))


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
        await call.reply(plain(f"{lines}\n{NOTHING} Press it once more to send it all the same."))
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
        who = f"{person(send.actor)} or an admin"
        await call.reply(plain(f":no_entry: Only {who} can decide this. Nothing changed."))
    return not decision.allowed


def render(send: Send, messages: list[SentMessage]) -> Message | None:
    """How a send stands; None while there is nothing to say."""
    title = _title(send, messages)
    if title is None:
        return None
    quote = ">" + escape(clip(send.summary, 300)).replace("\n", "\n>")
    shown = sorted(messages, key=lambda message: not has_failed(message))[:_MOST]
    lines = [_recipient(message) for message in shown]
    if len(messages) > _MOST:
        lines.append(f"and {len(messages) - _MOST:,} more")
    texts = [text for text in (title, quote, _advice(send), "\n".join(lines)) if text]
    pressed = _buttons(send, messages)
    blocks = [*(section(text) for text in texts), *([buttons(*pressed)] if pressed else [])]
    return Message("\n".join(texts), tuple(blocks))


def _title(send: Send, messages: list[SentMessage]) -> str | None:
    channel = channel_of(send.operation)
    what, done = f"{channel.noun} of {person(send.actor)}", channel.traits.verb.done
    if send.state in _AFTER:
        return _sent(send, messages)
    if send.state is State.QUEUED:
        return _waiting(what, send)
    titles = {
        State.APPROVAL: f":busts_in_silhouette: {what} waits for a second person's yes.",
        State.REPRICED: f":moneybag: {what} is not {done} yet: the price rose.",
        State.REFUSED: f":x: {what} was not {done}. Nothing was charged.",
        State.UNKNOWN: f":grey_question: {what}: nobody knows yet whether it was {done}.",
        State.DROPPED: f":wastebasket: {what} was given up by {_decider(send)}.",
        State.UNDONE: f":leftwards_arrow_with_hook: {what} was undone by {_decider(send)}.",
        State.DENIED: f":no_entry: {what} was not approved by {_decider(send)}.",
        State.EXPIRED: f":alarm_clock: {what} was not approved in time.",
    }
    return titles.get(send.state)


def _waiting(what: str, send: Send) -> str | None:
    if send.not_before is None:
        return None
    if send.reason:
        return f":hourglass_flowing_sand: {what} waits."
    return f":hourglass_flowing_sand: {what} goes out at {moment(send.not_before)}."


def _sent(send: Send, messages: list[SentMessage]) -> str:
    channel = channel_of(send.operation)
    fine = {ACCEPTED, "CANCELLED", *([NO_ANSWER] if send.state is State.RECONCILED else [])}
    taken = sum(message.status in fine for message in messages)
    total = len(messages)
    cost = f" for {amount(send.total, send.currency or '')}" if send.total is not None else ""
    noun, done = channel.noun, channel.traits.verb.done
    verb = "scheduled" if send.scheduled_for and done == "sent" else done
    by = f"{person(send.actor)}" + (f", approved by {_decider(send)}," if send.expires_at else "")
    if taken == total and (not channel.traits.to_people or send.recipients > total):
        many = f" to {send.recipients:,} recipients" if send.recipients > total else ""
        return f":white_check_mark: {noun} {verb} by {by}{many}{cost}"
    if taken < total:
        return f":warning: {noun} {verb} by {by} to {taken} of {total} recipients{cost}"
    people = f"{total or send.recipients:,} recipients" if (total or send.recipients) != 1 else ""
    so_far = _progress(messages)
    return f":white_check_mark: {noun} {verb} by {by} to {people or '1 recipient'}{cost}{so_far}"


def _progress(messages: list[SentMessage]) -> str:
    """How many were delivered, once receipts have come."""
    count = Counter(message.delivery for message in messages if message.delivery)
    if not count or len(messages) == 1:
        return ""
    done, lost = count[Delivery.DELIVERED], count[Delivery.FAILED]
    return f" · {done:,} delivered" + (f", {lost:,} failed" if lost else "")


def _decider(send: Send) -> str:
    return person(send.decided_by) if send.decided_by else "nobody"


def _advice(send: Send) -> str:
    reason = escape(clip(send.reason or "", 1000))
    if send.state is State.UNKNOWN:
        return (
            f"{reason} It may have been sent and charged. I do not try again by myself: "
            "I look for it in ClickSend's history, and say here what I find."
        )
    if send.state is State.UNDONE:
        return (
            f"{_STOPPED} {_PERHAPS}" if (send.replaces or "").endswith(CANCEL_ASKED) else _STOPPED
        )
    if send.state in {State.DENIED, State.EXPIRED}:
        return f"{reason} {NOTHING}".strip()
    if send.state is State.REPRICED:
        return f"{reason} {NOTHING}"
    if send.state is State.APPROVAL:
        return f"{NOTHING[:-1]} so far."
    return reason


def _buttons(send: Send, messages: list[SentMessage]) -> list[InteractiveElement]:
    if send.state is State.REPRICED and send.price is not None:
        price = amount(send.price, send.currency or "")
        do = channel_of(send.operation).traits.verb.do
        return [
            button(f"{do} for {price}", PAY, value=f"{send.id} {send.price}", style="primary"),
            button(f"Do not {do.lower()}", DROP, value=send.id),
        ]
    if send.state in {State.QUEUED, State.APPROVAL}:
        name = "Undo" if send.state is State.QUEUED else "Withdraw"
        return [button(name, UNDO, value=send.id, style="danger")]
    return after_failure(send, messages) if send.state in _AFTER else []


def after_failure(send: Send, messages: list[SentMessage]) -> list[InteractiveElement]:
    """To those it failed for once more; and what failed on its way, told to ClickSend."""
    found: list[InteractiveElement] = []
    failed = sum(is_left(message) for message in messages)
    if failed and channel_of(send.operation).traits.can_split:
        people = "1 recipient" if failed == 1 else f"{failed:,} recipients"
        found.append(button(f"Retry failed ({people})", RETRY, value=send.id))
    if any(each.delivery == Delivery.FAILED and each.message_id for each in messages):
        found.append(report_send(send.id))
    return found


def _recipient(message: SentMessage) -> str:
    who = escape(for_people(message.recipient))
    if message.status == "CANCELLED":
        return f":leftwards_arrow_with_hook: {who}: cancelled"
    if message.status == NO_ANSWER:
        return f":grey_question: {who}: not in ClickSend's answer"
    again = ", tried again" if message.retry else ""
    if message.status != "SUCCESS":
        return f":x: {who}: {escape(message.status)}{again}"
    if message.delivery == Delivery.FAILED:
        why = escape(message.delivery_text or "no cause given")
        return f":x: {who}: not delivered, {why}{again}"
    delivered = message.delivery == Delivery.DELIVERED
    return f":white_check_mark: {who}: {'delivered' if delivered else 'accepted'}"
