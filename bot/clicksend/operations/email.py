"""Single emails: sending, prices, history."""

import enum
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer, Currency, Export
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled, Part, Span
from bot.clicksend.wiretypes import Base64, Integer, Many, Moment, Money, Seconds, Text


class EmailRecipient(Part):
    """Who gets an email.

    Attributes:
        email: The address.
        name: The name of whoever it belongs to.
    """

    email: Filled
    name: str | None = None


class EmailSender(Part):
    """Who an email comes from.

    Attributes:
        email_address_id: An allowed email address of the account.
        name: The sender's name.
    """

    email_address_id: int
    name: str | None = None


class Disposition(enum.StrEnum):
    """Where a mail program shows a file."""

    INLINE = "inline"
    ATTACHMENT = "attachment"


class EmailFile(Part):
    """A file that goes with an email.

    Attributes:
        content: The file.
        type: Its media type, such as ``image/gif``.
        filename: Its name.
        disposition: Where it is shown.
        content_id: How the body refers to it, as ``cid:…``.
    """

    content: Base64
    type: Filled
    filename: Filled
    disposition: Disposition
    content_id: str


class Mailbox(Answer):
    """Someone an email goes to."""

    email: Text = None
    name: Text = None


class Attachment(Answer):
    """A file of an email, and where it can be downloaded."""

    file_name: Text = None
    content_type: Text = None
    content_disposition: Text = None
    content_id: Text = None
    attachment_file_url: Text = None


class Email(Answer):
    """An email; ``status`` is ``WaitApproval``, ``Queued:WaitSend`` or another."""

    message_id: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    from_email_address_id: Integer = None
    from_name: Text = None
    to: Many[Mailbox] = ()
    cc: Many[Mailbox] = ()
    bcc: Many[Mailbox] = ()
    subject: Text = None
    body: Text = None
    body_plain_text: Text = None
    schedule: Moment = None
    status: Text = None
    status_text: Text = None
    soft_bounce_count: Integer = None
    hard_bounce_count: Integer = None
    price: Money = None
    date_added: Moment = None
    custom_string: Text = None
    attachments: Many[Attachment] = ()
    currency: Currency | None = None


class EmailPrice(Page[Email]):
    """What an email would cost: a page of emails, each with its price, as if of the history."""

    @property
    def total_price(self) -> Decimal | None:
        """The prices together; None where one is missing, or the page does not hold them all."""
        prices = [email.price for email in self.data if email.price is not None]
        return sum(prices, Decimal()) if len(prices) == (self.total or len(self.data)) else None


class _Draft(Part):
    """What an email is made of.

    Attributes:
        to: Who gets it.
        cc: Who gets a copy, for all to see.
        bcc: Who gets a copy, seen by nobody.
        from_: Who it comes from; the two examples differ, the one of ``email.send`` is right.
        subject: The subject; the reference has it in the answer only.
        body: The mail, in HTML.
        attachments: Files.
        schedule: When to send; now when None.
    """

    to: Annotated[tuple[EmailRecipient, ...], Field(min_length=1)]
    cc: tuple[EmailRecipient, ...] | None = None
    bcc: tuple[EmailRecipient, ...] | None = None
    from_: EmailSender = Field(validation_alias="from", serialization_alias="from")
    subject: str | None = None
    body: Filled
    attachments: tuple[EmailFile, ...] | None = None
    schedule: Seconds | None = None


class SendEmail(_Draft, Operation[Email]):
    """Queue an email."""

    route = Route("email.send", "POST", "/email/send", Effect.SPEND)


class PriceEmail(_Draft, Operation[EmailPrice]):
    """Say what an email would cost, without sending."""

    route = Route("email.price", "POST", "/email/price", Effect.READ)


class ListEmailHistory(Listing, Span, Operation[Page[Email]]):
    """List sent emails between two times."""

    route = Route("email.history", "GET", "/email/history", Effect.READ)


class ExportEmailHistory(Span, Operation[Export]):
    """Have the history between two times written to a file, and learn where it is."""

    route = Route("email.export_history", "GET", "/email/history/export", Effect.READ)
    filename: str
