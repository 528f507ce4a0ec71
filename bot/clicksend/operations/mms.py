"""MMS: sending, prices, receipts, history."""

from typing import Annotated

from pydantic import Field, JsonValue

from bot.clicksend.answers import Batch, Export, Message, Outcome, Quote, Receipt, Record
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled, Messages, Recipient, Span
from bot.clicksend.wiretypes import Seconds, Text


class MmsMessage(Recipient):
    """One message of a send; ``from_`` may be left out, whatever the reference says.

    Attributes:
        subject: The subject, which an MMS must have.
        body: The text. ClickSend cuts it after 1500 characters, after 500 where one of them is
            not in the GSM alphabet.
    """

    subject: Annotated[str, Field(min_length=1, max_length=20)]
    body: Annotated[str, Field(min_length=1, max_length=1500)]


class MmsOutcome(Message, Outcome):
    """What became of one message: queued when ``status`` is ``SUCCESS``, refused otherwise."""

    subject: Text = None
    media_file_url: Text = None


class MmsRecord(Record):
    """A message of the history; ``status`` and ``status_code`` are its delivery's."""

    subject: Text = None
    media_file_url: Text = None


MmsBatch = Batch[MmsOutcome]
MmsPrice = Quote[MmsOutcome]


class SendMms(Operation[MmsBatch]):
    """Queue a picture, sound or film with 1 to 1000 texts; each one carries its own status.

    Attributes:
        media_file: The URL of the file, 250 kB at most; ``uploads.upload`` gives one.
        messages: The texts, and who gets them.
    """

    route = Route("mms.send", "POST", "/mms/send", Effect.SPEND)
    media_file: Filled
    messages: Messages[MmsMessage]


class PriceMms(Operation[MmsPrice]):
    """Say what a send would cost, without sending."""

    route = Route("mms.price", "POST", "/mms/price", Effect.READ)
    media_file: Filled
    messages: Messages[MmsMessage]


class ListMmsReceipts(Listing, Operation[Page[Receipt]]):
    """List unread receipts; undocumented (SDK 5.0.91)."""

    route = Route("mms.receipts", "GET", "/mms/receipts", Effect.READ, documented=False)


class MarkMmsReceiptsRead(Operation[JsonValue]):
    """Mark receipts as read, those before a time or all; undocumented (SDK 5.0.91)."""

    route = Route(
        "mms.mark_receipts_read", "PUT", "/mms/receipts-read", Effect.WRITE, documented=False
    )
    date_before: Seconds | None = None


class ListMmsHistory(Listing, Span, Operation[Page[MmsRecord]]):
    """List sent and received messages between two times."""

    route = Route("mms.history", "GET", "/mms/history", Effect.READ)


class ExportMmsHistory(Operation[Export]):
    """Have the whole history written to a file, and learn where it is."""

    route = Route("mms.export_history", "GET", "/mms/history/export", Effect.READ)
    filename: str
