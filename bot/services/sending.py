"""The send pipeline: draft → queued → sending → sent, refused or unknown.

A draft is stored with the price the person saw; the yes turns it into work, committed before it
is acknowledged. A worker claims it with a lease, calls ClickSend once, and writes the outcome, the
audit record and the notice in one transaction. What a crash leaves in flight becomes `unknown`
when its lease ends; it is never queued again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.clicksend import ClickSend, ClickSendError
from bot.services import channels
from bot.services.account import AccountReader
from bot.services.channels import OPERATIONS, Refusal, SendOperation
from bot.store import Database, Scope, audit, sends
from bot.store.sends import Send, SentMessage, State


def new_id() -> str:
    """A draft's id; made when its form opens."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to send.

    Attributes:
        id: Made when the form opened; a second submission of the form has the same.
        actor: The Slack user id.
        channel: The Slack channel id where the result belongs.
        operation: The send, without references.
        summary: What it is, in words, for lists.
        previous: The draft it tries again.
    """

    id: str
    actor: str
    channel: str
    operation: SendOperation
    summary: str
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a draft costs, before the yes; amounts in `currency`."""

    price: Decimal
    currency: str
    balance: Decimal
    recipients: int
    parts: int
    refused: tuple[Refusal, ...]

    @property
    def balance_after(self) -> Decimal:
        """What would be left."""
        return self.balance - self.price

    @property
    def problem(self) -> str | None:
        """Why it cannot be sent, in words; None when it can."""
        if self.recipients == 0:
            return "ClickSend would take none of these recipients."
        if self.balance_after < 0:
            return "The balance does not cover it. Recharge the account first."
        return None


class Confirmation(StrEnum):
    """What a yes led to."""

    QUEUED = "queued"
    ALREADY = "already"
    GONE = "gone"


class Sending:
    """Prices drafts and takes the yes; the worker does the rest.

    Args:
        clicksend: The client.
        account: For the balance.
        database: Where drafts are kept.
        scope: Whose they are.
        now: The clock.
        wake: Called when there is work.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._now = now
        self._wake = wake

    async def quote(self, draft: Draft) -> Quote:
        """Ask for the price and the balance, and keep the draft with them.

        Raises:
            ClickSendError: There is no price; nothing was sent or charged, nothing is kept.
        """
        balance = await self._account.balance()
        priced = await channels.price(self._clicksend, draft.operation)
        taken = [outcome for outcome in priced.messages if outcome.accepted]
        quote = Quote(
            price=priced.total_price,
            currency=balance.currency,
            balance=balance.amount,
            recipients=len(taken),
            parts=sum(channels.parts(outcome) or 0 for outcome in taken),
            refused=channels.refusals(priced.messages),
        )
        if quote.problem is None:
            await self._keep(draft, quote)
        return quote

    async def confirm(self, draft_id: str, *, actor: str) -> Confirmation:
        """Take a person's yes: durable when this returns, and counted once.

        Args:
            draft_id: Of a draft that was priced.
            actor: Who says yes; must be who drafted it.
        """
        now = self._now()
        async with self._database.write() as connection:
            queued = await sends.confirm(connection, self._scope, draft_id, actor=actor, at=now)
            send = await sends.get(connection, self._scope, draft_id)
            if queued and send:
                await audit.add(
                    connection,
                    self._scope,
                    at=now,
                    actor=actor,
                    action=f"{send.operation} {State.QUEUED}",
                    subject=draft_id,
                    detail={
                        "recipients": send.recipients,
                        "price": str(send.price),
                        "channel": send.channel,
                    },
                )
        if queued:
            self._wake()
            return Confirmation.QUEUED
        return Confirmation.ALREADY if send and send.actor == actor else Confirmation.GONE

    async def draft(self, draft_id: str) -> tuple[Send, SendOperation] | None:
        """A send with its operation; None when there is none of this id."""
        async with self._database.read() as connection:
            send = await sends.get(connection, self._scope, draft_id)
        return (send, operation_of(send)) if send else None

    async def report(self, send_id: str) -> tuple[Send, list[SentMessage]] | None:
        """A send and what became of each recipient."""
        async with self._database.read() as connection:
            send = await sends.get(connection, self._scope, send_id)
            if send is None:
                return None
            return send, await sends.messages_of(connection, self._scope, send_id)

    async def recent(self, *, limit: int, offset: int = 0) -> list[Send]:
        """The newest sends first."""
        async with self._database.read() as connection:
            return await sends.recent(connection, self._scope, limit=limit, offset=offset)

    async def _keep(self, draft: Draft, quote: Quote) -> None:
        now = self._now()
        operation = channels.referenced(draft.operation, draft.id)
        schedule = draft.operation.messages[0].schedule
        send = Send(
            id=draft.id,
            operation=operation.route.id,
            payload=operation.model_dump_json(),
            state=State.DRAFT,
            actor=draft.actor,
            channel=draft.channel,
            recipients=quote.recipients,
            summary=draft.summary,
            created_at=now,
            updated_at=now,
            price=quote.price,
            currency=quote.currency,
            previous=draft.previous,
            scheduled_for=schedule,
        )
        async with self._database.write() as connection:
            await sends.add_draft(connection, self._scope, send)


def operation_of(send: Send) -> SendOperation:
    """The operation that a send keeps as JSON."""
    return OPERATIONS[send.operation].model_validate_json(send.payload)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended."""

    state: State
    reason: str | None = None
    total: Decimal | None = None
    messages: tuple[SentMessage, ...] = ()


def ending(send: Send, operation: SendOperation, batch: channels.Batch) -> Ending:
    """Read ClickSend's answer: sent when it took at least one recipient."""
    messages = tuple(channels.sent_messages(send.id, operation, batch))
    taken = any(message.status == "SUCCESS" for message in messages)
    silent = any(message.status == "NO_ANSWER" for message in messages)
    if not taken and silent:
        return Ending(State.UNKNOWN, "ClickSend's answer names no recipient.", messages=messages)
    if not taken:
        return Ending(State.REFUSED, "ClickSend took none of the recipients.", messages=messages)
    return Ending(State.SENT, None, batch.total_price, messages)


def failure(error: ClickSendError, words: str) -> Ending:
    """Read an error: unknown when it may have taken effect, refused otherwise."""
    return Ending(State.UNKNOWN if error.ambiguous else State.REFUSED, words)
