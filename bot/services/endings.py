"""How a call ended: pure readings of ClickSend's answer, or of the lack of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.clicksend import ClickSendError, NotSent, RateLimited, Refused
from bot.services.channels import NO_ANSWER, Answer, Line, SendOperation, channel_of, reference
from bot.store.deliveries import SentMessage
from bot.store.sends import State
from bot.texts import say

__all__ = ["NO_ANSWER", "Ending", "answered", "failed", "may_wait", "sent_messages"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended."""

    state: State
    reason: str | None = None
    total: Decimal | None = None
    messages: tuple[SentMessage, ...] = ()
    recipients: int | None = None
    """How many get it by now, where the price has risen."""


def answered(send_id: str, operation: SendOperation, answer: Answer) -> Ending:
    """Read an answer: sent when ClickSend took at least one recipient.

    Args:
        send_id: Of the send.
        operation: The send, with its references.
        answer: What ClickSend answered.
    """
    messages = sent_messages(send_id, operation, answer.lines)
    taken = any(line.accepted for line in answer.lines)
    silent = any(message.status == NO_ANSWER for message in messages)
    if not taken and silent:
        return Ending(
            State.UNKNOWN, say("ClickSend's answer names no recipient."), messages=messages
        )
    if not taken:
        return Ending(
            State.REFUSED, say("ClickSend took none of the recipients."), messages=messages
        )
    return Ending(State.SENT, None, answer.total, messages)


def failed(error: ClickSendError, words: str) -> Ending:
    """Read an error: unknown when it may have taken effect, refused otherwise."""
    return Ending(State.UNKNOWN if error.ambiguous else State.REFUSED, words)


def may_wait(error: ClickSendError) -> bool:
    """Whether nothing was done, and the same call may well work a little later."""
    return isinstance(error, NotSent | RateLimited)


def may_pass(error: ClickSendError) -> bool:
    """Whether a question that changes nothing may well be answered a little later."""
    return isinstance(error, RateLimited) or not isinstance(error, Refused)


def sent_messages(
    send_id: str, operation: SendOperation, lines: tuple[Line, ...]
) -> tuple[SentMessage, ...]:
    """What became of each recipient, for the store; a list's contacts each get a line.

    A recipient that the lines say nothing of is kept with the status `NO_ANSWER`.
    """
    channel = channel_of(operation.route.id)
    found = tuple(_sent(send_id, channel.kind, line) for line in lines)
    marked = {line.reference for line in lines}
    # A line with a reference is of that recipient alone, even if two have the same address.
    named = {line.recipient for line in lines if not line.reference.startswith(f"cs-{send_id}-")}
    missing = tuple(
        _sent(send_id, channel.kind, Line(who, NO_ANSWER, reference(send_id, index)))
        for index, who in enumerate(channel.recipients(operation))
        if who not in named and reference(send_id, index) not in marked
    )
    return found + missing


def _sent(send_id: str, kind: str, line: Line) -> SentMessage:
    return SentMessage(
        send_id=send_id,
        kind=kind,
        reference=line.reference[:64],
        recipient=line.recipient[:512],
        status=line.status[:64],
        message_id=line.message_id,
        price=line.price if line.accepted else None,
        parts=line.parts,
    )
