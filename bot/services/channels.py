"""What the send pipeline needs to know of each channel: its price, its answer, its references."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from bot.clicksend import ClickSend
from bot.clicksend.operations.fax import (
    FaxBatch,
    FaxMessage,
    FaxOutcome,
    FaxPrice,
    PriceFax,
    SendFax,
)
from bot.clicksend.operations.sms import (
    PriceSms,
    SendSms,
    SmsBatch,
    SmsMessage,
    SmsOutcome,
    SmsPrice,
)
from bot.store.sends import SentMessage

SendOperation: TypeAlias = SendSms | SendFax
Message: TypeAlias = SmsMessage | FaxMessage
Outcome: TypeAlias = SmsOutcome | FaxOutcome
Priced: TypeAlias = SmsPrice | FaxPrice
Batch: TypeAlias = SmsBatch | FaxBatch

OPERATIONS: dict[str, type[SendSms | SendFax]] = {
    SendSms.route.id: SendSms,
    SendFax.route.id: SendFax,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A recipient ClickSend will not take, and its status for it."""

    recipient: str
    status: str


def kind(operation: SendOperation) -> str:
    """The channel's short name: `sms` or `fax`."""
    return operation.route.id.partition(".")[0]


def recipient(message: Message) -> str:
    """Who a message goes to: a number, or a contact list."""
    return message.to or f"list {message.list_id}"


def reference(send_id: str, index: int) -> str:
    """The reference of one recipient, as it goes out in `custom_string`."""
    return f"cs-{send_id}-{index}"


def referenced(operation: SendOperation, send_id: str) -> SendOperation:
    """The same operation, each message with its reference."""
    messages = tuple(
        message.model_copy(update={"custom_string": reference(send_id, index)})
        for index, message in enumerate(operation.messages)
    )
    return operation.model_copy(update={"messages": messages})


async def price(clicksend: ClickSend, operation: SendOperation) -> Priced:
    """Ask ClickSend what a send would cost (operations `sms.price`, `fax.price`).

    Raises:
        ClickSendError: No price came.
    """
    if isinstance(operation, SendSms):
        return await clicksend.run(PriceSms(messages=operation.messages))
    return await clicksend.run(PriceFax(file_url=operation.file_url, messages=operation.messages))


async def run(clicksend: ClickSend, operation: SendOperation) -> Batch:
    """Send.

    Raises:
        ClickSendError: See `ambiguous` on it.
    """
    if isinstance(operation, SendSms):
        return await clicksend.run(operation)
    return await clicksend.run(operation)


def refusals(outcomes: tuple[Outcome, ...]) -> tuple[Refusal, ...]:
    """The recipients that were not taken."""
    return tuple(
        Refusal(outcome.to or f"list {outcome.list_id}", outcome.status or "no status")
        for outcome in outcomes
        if not outcome.accepted
    )


def parts(outcome: Outcome) -> int | None:
    """How many parts (SMS) or pages (fax) a message has."""
    return outcome.message_parts if isinstance(outcome, SmsOutcome) else outcome.message_pages


def sent_messages(send_id: str, operation: SendOperation, batch: Batch) -> list[SentMessage]:
    """What became of each recipient, for the store; a list's contacts each get a line.

    A recipient that the answer says nothing of is kept with the status `NO_ANSWER`.
    """
    name = kind(operation)
    wanted = {message.custom_string: message for message in operation.messages}
    found = [_sent(send_id, name, outcome) for outcome in batch.messages]
    answered = {message.reference for message in found}
    told = {message.recipient for message in found}
    missing = [
        SentMessage(
            send_id=send_id,
            kind=name,
            reference=custom or "",
            recipient=recipient(message),
            status="NO_ANSWER",
        )
        for custom, message in wanted.items()
        if custom not in answered and recipient(message) not in told
    ]
    return found + missing


def _sent(send_id: str, name: str, outcome: Outcome) -> SentMessage:
    charged: Decimal | None = outcome.message_price if outcome.accepted else None
    return SentMessage(
        send_id=send_id,
        kind=name,
        reference=(outcome.custom_string or "")[:64],
        recipient=(outcome.to or f"list {outcome.list_id}")[:64],
        status=(outcome.status or "no status")[:64],
        message_id=outcome.message_id,
        price=charged,
        parts=parts(outcome),
    )
