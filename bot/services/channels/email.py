"""Single emails: one message to all of its recipients, found again by what is in it.

An email carries no reference of ours: it is known by its recipients, sender, subject and time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal

from bot.clicksend import ClickSend
from bot.clicksend.operations.email import Email, ListEmailHistory, PriceEmail, SendEmail
from bot.services.channels.base import (
    ACCEPTED,
    Answer,
    Line,
    NoPrice,
    Quoted,
    SendOperation,
    Traits,
    all_of,
    in_time,
)
from bot.services.parts import plain
from bot.texts import Phrase, Text, say

_CODE = re.compile(r"[A-Z][A-Z_]+")
"""An application status such as `INSUFFICIENT_CREDIT`: a refusal. A delivery's is `WaitSend`."""


class EmailChannel:
    """One email is one message, with one price and one outcome for all who get it."""

    kind = "email"
    noun: Text = Phrase("Email")
    traits = Traits(can_split=False, is_marked=False)
    operation: type[SendOperation] = SendEmail

    def recipients(self, operation: SendOperation) -> tuple[str, ...]:
        """The addresses of `to`, `cc` and `bcc`, each once."""
        email = _email(operation)
        people = (*email.to, *(email.cc or ()), *(email.bcc or ()))
        return tuple({each.email.casefold(): each.email for each in people}.values())

    def numbers(self, operation: SendOperation) -> tuple[str, ...]:
        """None: an email goes to no phone."""
        del operation
        return ()

    def sms_texts(self, operation: SendOperation) -> tuple[str, ...]:
        """None."""
        del operation
        return ()

    def content(self, operation: SendOperation) -> Iterable[str]:
        """Subject, body and files."""
        email = _email(operation)
        files = sorted(f"{each.filename}\n{each.content}" for each in email.attachments or ())
        return (email.subject or "", email.body, *files)

    def schedule(self, operation: SendOperation) -> datetime | None:
        """Its hour."""
        return _email(operation).schedule

    def referenced(self, operation: SendOperation, send_id: str) -> SendOperation:
        """As it is: an email takes no reference."""
        del send_id
        return operation

    def unreferenced(self, operation: SendOperation) -> SendOperation:
        """As it is."""
        return operation

    def at(self, operation: SendOperation, when: datetime) -> SendOperation:
        """The same, at that hour."""
        return operation.model_copy(update={"schedule": when})

    def text(self, operation: SendOperation) -> str:
        """The subject."""
        return _email(operation).subject or say("(no subject)")

    def plainer(self, operation: SendOperation) -> SendOperation:
        """The subject made plain; a body in HTML is left alone."""
        subject = _email(operation).subject
        return operation.model_copy(update={"subject": plain(subject)}) if subject else operation

    def only(self, operation: SendOperation, recipients: Sequence[str]) -> SendOperation:
        """The whole email, at once.

        Raises:
            ValueError: These are not all of its recipients.
        """
        all_of(self, operation, recipients)
        return operation.model_copy(update={"schedule": None})

    async def price(self, clicksend: ClickSend, operation: SendOperation) -> Quoted:
        """Ask for the price (operation `email.price`).

        Raises:
            NoPrice: The answer has none, or not for all of it.
            ClickSendError: No answer came.
        """
        email = _email(operation)
        answer = await clicksend.run(PriceEmail(**dict(email)))
        if answer.total_price is None or not answer.data:
            raise NoPrice(
                say("ClickSend gives no price for this email, so it cannot be sent from here."),
                operation="email.price",
            )
        return Quoted(answer.total_price, self._lines(operation, ACCEPTED, None))

    async def run(self, clicksend: ClickSend, operation: SendOperation) -> Answer:
        """Send it (operation `email.send`).

        Raises:
            ClickSendError: See `ambiguous` on it.
        """
        sent = await clicksend.run(_email(operation))
        refused = sent.status if _CODE.fullmatch(sent.status or "") else None
        if not sent.message_id and refused is None:
            return Answer(None, ())
        status = refused or ACCEPTED
        taken = status == ACCEPTED
        return Answer(
            sent.price if taken else None, self._lines(operation, status, sent.message_id)
        )

    async def look(
        self, clicksend: ClickSend, operation: SendOperation, since: datetime, until: datetime
    ) -> tuple[Line, ...]:
        """Each email of that time with the same sender, subject and recipients.

        Raises:
            ClickSendError: The history could not be read.
        """
        email = _email(operation)
        listing = ListEmailHistory(date_from=since, date_to=until)
        async with aclosing(clicksend.pages(listing)) as records:
            found = [
                record
                async for record in records
                if in_time(record.date_added, since, until) and _is(record, email)
            ]
        return tuple(
            line
            for record in found
            for line in self._lines(operation, ACCEPTED, record.message_id, record.price)
        )

    def _lines(
        self,
        operation: SendOperation,
        status: str,
        message_id: str | None,
        price: Decimal | None = None,
    ) -> tuple[Line, ...]:
        """A line a recipient; the price is the whole email's, and stands once."""
        return tuple(
            Line(who, status, message_id=message_id, price=price if index == 0 else None)
            for index, who in enumerate(self.recipients(operation))
        )


def _email(operation: SendOperation) -> SendEmail:
    if not isinstance(operation, SendEmail):
        raise TypeError(f"{operation.route.id} is no email")
    return operation


def _is(record: Email, email: SendEmail) -> bool:
    """Whether a record may be this email: same people, subject and sender."""
    theirs = {box.email.casefold() for box in (*record.to, *record.cc, *record.bcc) if box.email}
    mine = {who.email.casefold() for who in (*email.to, *(email.cc or ()), *(email.bcc or ()))}
    same_sender = record.from_email_address_id in {None, email.from_.email_address_id}
    same_hour = email.schedule is None or record.schedule in {None, email.schedule}
    return (
        theirs == mine
        and (record.subject or "").strip() == (email.subject or "").strip()
        and same_sender
        and same_hour
    )


EMAIL = EmailChannel()
