"""Fax: sending, prices, receipts, history."""

from pydantic import JsonValue

from bot.clicksend.answers import Answer, Batch, Outcome, Quote, Receipt
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled, Messages, Recipient, Span
from bot.clicksend.wiretypes import Integer, Moment, Money, Seconds, Text


class FaxMessage(Recipient):
    """One recipient of a fax; ``from_`` must be a valid fax number."""


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


class FaxOutcome(FaxRecord, Outcome):
    """What became of one fax: queued when ``status`` is ``SUCCESS``, refused otherwise."""


FaxBatch = Batch[FaxOutcome]
FaxPrice = Quote[FaxOutcome]


class SendFax(Operation[FaxBatch]):
    """Queue a PDF for 1 to 1000 recipients; each one carries its own status in the answer."""

    route = Route("fax.send", "POST", "/fax/send", Effect.SPEND)
    file_url: Filled
    messages: Messages[FaxMessage]


class PriceFax(Operation[FaxPrice]):
    """Say what a send would cost, without sending."""

    route = Route("fax.price", "POST", "/fax/price", Effect.READ)
    file_url: Filled
    messages: Messages[FaxMessage]


class ListFaxReceipts(Listing, Operation[Page[Receipt]]):
    """List unread receipts; empty unless a receipt rule with action POLL exists."""

    route = Route("fax.receipts", "GET", "/fax/receipts", Effect.READ)


class GetFaxReceipt(Operation[FaxRecord]):
    """Read the receipt of one fax; it looks like a record of the history."""

    route = Route("fax.receipt", "GET", "/fax/receipts/{message_id}", Effect.READ)
    message_id: str


class CreateTestFaxReceipt(Operation[Receipt]):
    """Have a test receipt pushed to a URL; undocumented (SDK 5.0.91)."""

    route = Route(
        "fax.create_test_receipt", "POST", "/fax/receipts", Effect.WRITE, documented=False
    )
    url: str


class MarkFaxReceiptsRead(Operation[JsonValue]):
    """Mark receipts as read, those before a time or all; undocumented (SDK 5.0.91)."""

    route = Route(
        "fax.mark_receipts_read", "PUT", "/fax/receipts-read", Effect.WRITE, documented=False
    )
    date_before: Seconds | None = None


class ListFaxHistory(Listing, Span, Operation[Page[FaxRecord]]):
    """List sent faxes between two times."""

    route = Route("fax.history", "GET", "/fax/history", Effect.READ)
