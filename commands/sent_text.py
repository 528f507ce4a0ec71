"""How a send stands in words: its headline, what to know of it, and each recipient."""

from __future__ import annotations

from collections import Counter

from bot.services.channels import ACCEPTED, NO_ANSWER, channel_of
from bot.services.channels.base import Verb
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.slack.blocks import clip, escape
from bot.store.deliveries import Delivery, SentMessage
from bot.store.sends import CANCEL_ASKED, Send, State
from bot.texts import Phrase, many, say
from commands.answers import NOTHING, moment, person

AFTER = frozenset({State.SENT, State.RECONCILED})
"""The states of what is at ClickSend."""
_PERHAPS = Phrase(
    "The scheduled message it was to replace may be cancelled: look whether it still waits."
)
_STOPPED = Phrase("It was stopped before it was sent. Nothing was sent or charged.")


def title(send: Send, messages: list[SentMessage]) -> str | None:
    """How it stands in one line (mrkdwn); None while there is nothing to say."""
    if send.state in AFTER:
        return _sent(send, messages)
    channel = channel_of(send.operation)
    what = say("{noun} of {person}", noun=channel.noun, person=person(send.actor))
    if send.state is State.QUEUED:
        return _waiting(what, send)
    done, who = channel.traits.verb.done, _decider(send)
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
        State.DROPPED: say(":wastebasket: {what} was given up by {who}.", what=what, who=who),
        State.UNDONE: say(
            ":leftwards_arrow_with_hook: {what} was undone by {who}.", what=what, who=who
        ),
        State.DENIED: say(":no_entry: {what} was not approved by {who}.", what=what, who=who),
        State.EXPIRED: say(":alarm_clock: {what} was not approved in time.", what=what),
    }
    return titles.get(send.state)


def _waiting(what: str, send: Send) -> str | None:
    if send.not_before is None:
        return None
    if send.reason:
        return say(":hourglass_flowing_sand: {what} waits.", what=what)
    return say(
        ":hourglass_flowing_sand: {what} goes out at {time}.",
        what=what,
        time=moment(send.not_before),
    )


def _sent(send: Send, messages: list[SentMessage]) -> str:
    channel, total = channel_of(send.operation), len(messages)
    fine = {ACCEPTED, "CANCELLED", *([NO_ANSWER] if send.state is State.RECONCILED else [])}
    taken = sum(message.status in fine for message in messages)
    # Of a purchase, or to people whom ClickSend does not name one by one (a list's, a file's).
    is_whole = not channel.traits.to_people or send.recipients > total
    about = {"noun": channel.noun, "done": _done(send), "who": _who(send)}
    if taken < total:
        told = say(
            ":warning: {noun} {done} by {who} to {taken} of {total} recipients",
            **about,
            taken=taken,
            total=total,
        )
    elif is_whole and send.recipients <= total:
        told = say(":white_check_mark: {noun} {done} by {who}", **about)
    else:
        told = say(
            ":white_check_mark: {noun} {done} by {who} to {people}",
            **about,
            people=_people(send.recipients if is_whole else total or send.recipients),
        )
    if send.total is not None:
        told = say("{what} for {price}", what=told, price=amount(send.total, send.currency or ""))
    return told if taken < total or is_whole else f"{told}{_progress(messages)}"


def _people(count: int) -> str:
    return many("{count:,} recipient", "{count:,} recipients", count)


def _done(send: Send) -> object:
    verb = channel_of(send.operation).traits.verb
    return say("scheduled") if send.scheduled_for and verb == Verb() else verb.done


def _who(send: Send) -> str:
    if not send.expires_at:
        return person(send.actor)
    return say(
        "{person}, approved by {approver},", person=person(send.actor), approver=_decider(send)
    )


def _progress(messages: list[SentMessage]) -> str:
    """How many were delivered, once receipts have come."""
    count = Counter(message.delivery for message in messages if message.delivery)
    if not count or len(messages) == 1:
        return ""
    done, lost = count[Delivery.DELIVERED], count[Delivery.FAILED]
    said = say("{count:,} delivered", count=done)
    return f" · {said}, {say('{count:,} failed', count=lost)}" if lost else f" · {said}"


def _decider(send: Send) -> str:
    return person(send.decided_by) if send.decided_by else say("nobody")


def advice(send: Send) -> str:
    """What there is to know of it, and to do (mrkdwn); may be empty."""
    reason = escape(clip(send.reason or "", 1000))
    if send.state is State.UNKNOWN:
        return say(
            "{reason} It may have been sent and charged. I do not try again by myself: "
            "I look for it in ClickSend's history, and say here what I find.",
            reason=reason,
        )
    if send.state is State.UNDONE:
        is_replacing = (send.replaces or "").endswith(CANCEL_ASKED)
        return f"{_STOPPED} {_PERHAPS}" if is_replacing else str(_STOPPED)
    if send.state in {State.DENIED, State.EXPIRED}:
        return f"{reason} {NOTHING}".strip()
    if send.state is State.REPRICED:
        return f"{reason} {NOTHING}"
    if send.state is State.APPROVAL:
        return say("Nothing was sent or charged so far.")
    return reason


def recipient(message: SentMessage) -> str:
    """How it went for one recipient (mrkdwn)."""
    who = escape(for_people(message.recipient))
    if message.status == "CANCELLED":
        return f":leftwards_arrow_with_hook: {who}: {say('cancelled')}"
    if message.status == NO_ANSWER:
        return say(":grey_question: {who}: not in ClickSend's answer", who=who)
    if message.status != ACCEPTED:
        return _failed(f":x: {who}: {escape(message.status)}", message)
    if message.delivery == Delivery.FAILED:
        why = say(
            "not delivered, {why}", why=escape(message.delivery_text or say("no cause given"))
        )
        return _failed(f":x: {who}: {why}", message)
    delivered = message.delivery == Delivery.DELIVERED
    return f":white_check_mark: {who}: {say('delivered') if delivered else say('accepted')}"


def _failed(told: str, message: SentMessage) -> str:
    return f"{told}, {say('tried again')}" if message.retry else told
