"""Fax: sending, prices, receipts, history."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.clicksend.answers import Answer, Currency, Receipt
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Recipient
from bot.clicksend.wiretypes import Integer, Many, Moment, Money, Price, Seconds, Text


class FaxMessage(Recipient):
    """One recipient of a fax; ``from_`` must be a valid fax number.

    Attributes:
        source: The method of sending, for the vendor's reports.
    """

    source: str | None = None


Messages = Annotated[tuple[FaxMessage, ...], Field(min_length=1, max_length=1000)]
FileUrl = Annotated[str, Field(min_length=1)]


class FaxRecord(Answer):
    """A fax: as queued, as received, or as the history keeps it."""

    status: Text = None
    message_id: Text = None
    user_id: Integer = None
    subaccount_id: Integer = None
    list_id: Integer = None
    to: Text = None
    from_: Text = None
    carrier: Text = None
    country: Text = None
    custom_string: Text = None
    schedule: Moment = None
    message_pages: Integer = None
    message_price: Money = None
    status_code: Text = None
    status_text: Text = None
    date: Moment = None
    date_added: Moment = None
    from_email: Text = None
    file_url: Text = None
    api_username: Text = None


class FaxOutcome(FaxRecord):
    """What became of one fax: queued when ``status`` is ``SUCCESS``, refused otherwise."""

    @property
    def accepted(self) -> bool:
        """Whether ClickSend took the fax; a refused one was neither sent nor charged."""
        return self.status == "SUCCESS"


class FaxBatch(Answer):
    """The answer to a send: totals, and an outcome for each recipient."""

    total_price: Money = None
    total_count: Integer = None
    queued_count: Integer = None
    messages: Many[FaxOutcome]
    currency: Currency | None = None


class FaxPrice(Answer):
    """What a send would cost, with an outcome for each recipient."""

    total_price: Price
    total_count: Integer = None
    queued_count: Integer = None
    messages: Many[FaxOutcome]
    currency: Currency | None = None


class SendFax(Operation[FaxBatch]):
    """Queue a PDF for 1 to 1000 recipients; each one carries its own status in the answer."""

    route = Route("fax.send", "POST", "/fax/send", Effect.SPEND)
    file_url: FileUrl
    messages: Messages


class PriceFax(Operation[FaxPrice]):
    """Say what a send would cost, without sending."""

    route = Route("fax.price", "POST", "/fax/price", Effect.READ)
    file_url: FileUrl
    messages: Messages


class ListFaxReceipts(Listing, Operation[Page[Receipt]]):
    """List unread receipts; empty unless a receipt rule with action POLL exists."""

    route = Route("fax.receipts", "GET", "/fax/receipts", Effect.READ)


class GetFaxReceipt(Operation[FaxRecord]):
    """Read the receipt of one fax; it looks like a record of the history."""

    route = Route("fax.receipt", "GET", "/fax/receipts/{message_id}", Effect.READ)
    message_id: str


class ListFaxHistory(Listing, Operation[Page[FaxRecord]]):
    """List sent faxes between two times."""

    route = Route("fax.history", "GET", "/fax/history", Effect.READ)
    date_from: Seconds | None = None
    date_to: Seconds | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError("date_from must not be after date_to")
        return self
