"""The message of a send: how it stands, each recipient, and what can still be done about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from slack_sdk.models.blocks import InteractiveElement

from bot.services.channels import ACCEPTED, NO_ANSWER, Verb, channel_of
from bot.services.decisions import AskAgainError, OverLimitError
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.slack.blocks import Message, button, buttons, clip, escape, section
from bot.store.deliveries import Delivery, SentMessage
from bot.store.sends import CANCEL_ASKED, Send, State
from bot.texts import Phrase, say
from commands.answers import NOTHING, may, moment, person, plain
from commands.context import BotCall, BotRouter
from commands.issue_buttons import report_send
from commands.priced import finding
from commands.retry import RETRY, has_failed, is_left

UNDO, PAY, DROP = "send.undo", "send.pay", "send.drop"
_MOST = 20
_BEFORE = Phrase(":warning: That was decided before; nothing changed.")
_RISEN = Phrase(":warning: That was decided before, or its price rose once more; nothing changed.")
_AFTER = frozenset({State.SENT, State.RECONCILED})
_PERHAPS = Phrase(
    "The scheduled message it was to replace may be cancelled: look whether it still waits."
)
_STOPPED = Phrase("It was stopped before it was sent. Nothing was sent or charged.")

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
            plain(
                say(
                    "{lines}\n{nothing} Press it once more to send it all the same.",
                    lines=lines,
                    nothing=NOTHING,
                )
            )
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
        who = say("{actor} or an admin", actor=person(send.actor))
        await call.reply(
            plain(say(":no_entry: Only {who} can decide this. Nothing changed.", who=who))
        )
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
        lines.append(say("and {count:,} more", count=len(messages) - _MOST))
    texts = [text for text in (title, quote, _advice(send), "\n".join(lines)) if text]
    pressed = _buttons(send, messages)
    blocks = [*(section(text) for text in texts), *([buttons(*pressed)] if pressed else [])]
    return Message("\n".join(texts), tuple(blocks))


def _title(send: Send, messages: list[SentMessage]) -> str | None:
    channel = channel_of(send.operation)
    what, done = (
        say("{noun} of {actor}", noun=channel.noun, actor=person(send.actor)),
        channel.traits.verb.done,
    )
    if send.state in _AFTER:
        return _sent(send, messages)
    if send.state is State.QUEUED:
        return _waiting(what, send)
    titles = {
        State.APPROVAL: say(
            ":busts_in_silhouette: {what} waits for a second person's yes.", what=what
        ),
        State.REPRICED: say(
            ":moneybag: {what} is not {done} yet: the price rose.", what=what, done=done
        ),
        State.REFUSED: say(":x: {what} was not {done}. Nothing was charged.", what=what, done=done),
        State.UNKNOWN: say(
            ":grey_question: {what}: nobody knows yet whether it was {done}.", what=what, done=done
        ),
        State.DROPPED: say(
            ":wastebasket: {what} was given up by {decider}.", what=what, decider=_decider(send)
        ),
        State.UNDONE: say(
            ":leftwards_arrow_with_hook: {what} was undone by {decider}.",
            what=what,
            decider=_decider(send),
        ),
        State.DENIED: say(
            ":no_entry: {what} was not approved by {decider}.", what=what, decider=_decider(send)
        ),
        State.EXPIRED: say(":alarm_clock: {what} was not approved in time.", what=what),
    }
    return titles.get(send.state)


def _waiting(what: str, send: Send) -> str | None:
    if send.not_before is None:
        return None
    if send.reason:
        return say(":hourglass_flowing_sand: {what} waits.", what=what)
    return say(
        ":hourglass_flowing_sand: {what} goes out at {not_before}.",
        what=what,
        not_before=moment(send.not_before),
    )


def _sent(send: Send, messages: list[SentMessage]) -> str:
    channel = channel_of(send.operation)
    fine = {ACCEPTED, "CANCELLED", *([NO_ANSWER] if send.state is State.RECONCILED else [])}
    taken = sum(message.status in fine for message in messages)
    total = len(messages)
    cost = (
        say(" for {total}", total=amount(send.total, send.currency or ""))
        if send.total is not None
        else ""
    )
    noun, done = channel.noun, channel.traits.verb.done
    verb = "scheduled" if send.scheduled_for and done == Verb().done else done
    by = f"{person(send.actor)}" + (
        say(", approved by {decider},", decider=_decider(send)) if send.expires_at else ""
    )
    if taken == total and (not channel.traits.to_people or send.recipients > total):
        many = (
            say(" to {recipients:,} recipients", recipients=send.recipients)
            if send.recipients > total
            else ""
        )
        return say(
            ":white_check_mark: {noun} {verb} by {by}{many}{cost}",
            noun=noun,
            verb=verb,
            by=by,
            many=many,
            cost=cost,
        )
    if taken < total:
        return say(
            ":warning: {noun} {verb} by {by} to {taken} of {total} recipients{cost}",
            noun=noun,
            verb=verb,
            by=by,
            taken=taken,
            total=total,
            cost=cost,
        )
    people = (
        say("{total:,} recipients", total=total or send.recipients)
        if (total or send.recipients) != 1
        else ""
    )
    so_far = _progress(messages)
    return say(
        ":white_check_mark: {noun} {verb} by {by} to {people}{cost}{so_far}",
        noun=noun,
        verb=verb,
        by=by,
        people=people or say("1 recipient"),
        cost=cost,
        so_far=so_far,
    )


def _progress(messages: list[SentMessage]) -> str:
    """How many were delivered, once receipts have come."""
    count = Counter(message.delivery for message in messages if message.delivery)
    if not count or len(messages) == 1:
        return ""
    done, lost = count[Delivery.DELIVERED], count[Delivery.FAILED]
    return say(" · {done:,} delivered", done=done) + (
        say(", {lost:,} failed", lost=lost) if lost else ""
    )


def _decider(send: Send) -> str:
    return person(send.decided_by) if send.decided_by else "nobody"


def _advice(send: Send) -> str:
    reason = escape(clip(send.reason or "", 1000))
    if send.state is State.UNKNOWN:
        return say(
            "{reason} It may have been sent and charged. I do not try again by myself: "
            "I look for it in ClickSend's history, and say here what I find.",
            reason=reason,
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
        return say("{nothing} so far.", nothing=NOTHING[:-1])
    return reason


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
    return _after_failure(send, messages) if send.state in _AFTER else []


def _after_failure(send: Send, messages: list[SentMessage]) -> list[InteractiveElement]:
    """To those it failed for once more; and what failed on its way, told to ClickSend."""
    found: list[InteractiveElement] = []
    failed = sum(is_left(message) for message in messages)
    if failed and channel_of(send.operation).traits.can_split:
        people = say("1 recipient") if failed == 1 else say("{failed:,} recipients", failed=failed)
        found.append(button(say("Retry failed ({people})", people=people), RETRY, value=send.id))
    if any(each.delivery == Delivery.FAILED and each.message_id for each in messages):
        found.append(report_send(send.id))
    return found


def _recipient(message: SentMessage) -> str:
    who = escape(for_people(message.recipient))
    if message.status == "CANCELLED":
        return say(":leftwards_arrow_with_hook: {who}: cancelled", who=who)
    if message.status == NO_ANSWER:
        return say(":grey_question: {who}: not in ClickSend's answer", who=who)
    again = say(", tried again") if message.retry else ""
    if message.status != "SUCCESS":
        return f":x: {who}: {escape(message.status)}{again}"
    if message.delivery == Delivery.FAILED:
        why = escape(message.delivery_text or say("no cause given"))
        return say(":x: {who}: not delivered, {why}{again}", who=who, why=why, again=again)
    delivered = message.delivery == Delivery.DELIVERED
    return f":white_check_mark: {who}: {'delivered' if delivered else 'accepted'}"
