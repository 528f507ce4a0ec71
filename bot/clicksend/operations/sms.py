"""SMS: sending, prices, receipts, inbound messages, templates, history."""

from pydantic import JsonValue

from bot.clicksend.answers import (
    Answer,
    Batch,
    Cancelled,
    Export,
    Message,
    Outcome,
    Quote,
    Receipt,
    Record,
)
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.requests import Filled, Messages, Recipient, Span
from bot.clicksend.wiretypes import Identifier, Moment, Seconds, Text


class SmsMessage(Recipient):
    """One message of a send: to a number or to every contact of a list.

    Attributes:
        body: The text.
    """

    body: Filled


class SmsOutcome(Message, Outcome):
    """What became of one message: queued when ``status`` is ``SUCCESS``, refused otherwise."""


class SmsRecord(Record):
    """A message of the history; ``status`` and ``status_code`` are its delivery's."""


SmsBatch = Batch[SmsOutcome]
SmsPrice = Quote[SmsOutcome]


class SendSms(Operation[SmsBatch]):
    """Queue 1 to 1000 messages; each one carries its own status in the answer."""

    route = Route("sms.send", "POST", "/sms/send", Effect.SPEND)
    messages: Messages[SmsMessage]


class PriceSms(Operation[SmsPrice]):
    """Say what a send would cost, without sending."""

    route = Route("sms.price", "POST", "/sms/price", Effect.READ)
    messages: Messages[SmsMessage]


class CreateTestSmsReceipt(Operation[Receipt]):
    """Have a test receipt pushed to a URL."""

    route = Route("sms.create_test_receipt", "POST", "/sms/receipts", Effect.WRITE)
    url: str


class ListSmsReceipts(Listing, Operation[Page[Receipt]]):
    """List unread receipts; empty unless a receipt rule with action POLL exists."""

    route = Route("sms.receipts", "GET", "/sms/receipts", Effect.READ)


class GetSmsReceipt(Operation[Receipt]):
    """Read the receipt of one message."""

    route = Route("sms.receipt", "GET", "/sms/receipts/{message_id}", Effect.READ)
    message_id: str


class MarkSmsReceiptsRead(Operation[JsonValue]):
    """Mark receipts as read: those before a time, or without one all of them."""

    route = Route("sms.mark_receipts_read", "PUT", "/sms/receipts-read", Effect.WRITE)
    date_before: Seconds | None = None


class InboundSms(Answer):
    """A message that came in; ``original_*`` is the sent message it answers, when known."""

    message_id: Text = None
    timestamp: Moment = None
    from_: Text = None
    to: Text = None
    body: Text = None
    original_body: Text = None
    original_message_id: Text = None
    custom_string: Text = None
    keyword: Text = None


class CreateTestInboundSms(Operation[InboundSms]):
    """Have a test message pushed to a URL as if it had come in."""

    route = Route("sms.create_test_inbound", "POST", "/sms/inbound", Effect.WRITE)
    url: str


class ListInboundSms(Listing, Operation[Page[InboundSms]]):
    """List unread inbound messages; empty unless an inbound rule with action POLL exists."""

    route = Route("sms.inbound", "GET", "/sms/inbound", Effect.READ)


class GetInboundSms(Operation[InboundSms]):
    """Read the first answer to a sent message, read or unread; undocumented (SDK 6.0.2)."""

    route = Route(
        "sms.inbound_message",
        "GET",
        "/sms/inbound/{original_message_id}",
        Effect.READ,
        documented=False,
    )
    original_message_id: str


class MarkInboundSmsRead(Operation[JsonValue]):
    """Mark inbound messages as read: those before a time, or without one all of them."""

    route = Route("sms.mark_inbound_read", "PUT", "/sms/inbound-read", Effect.WRITE)
    date_before: Seconds | None = None


class MarkInboundSmsMessageRead(Operation[JsonValue]):
    """Mark one inbound message as read."""

    route = Route(
        "sms.mark_inbound_message_read", "PUT", "/sms/inbound-read/{message_id}", Effect.WRITE
    )
    message_id: str


class CancelSms(Operation[JsonValue]):
    """Cancel a scheduled message; a 404 when it is sent, cancelled or unknown."""

    route = Route("sms.cancel", "PUT", "/sms/{message_id}/cancel", Effect.WRITE)
    message_id: str


class CancelAllSms(Operation[Cancelled]):
    """Cancel every scheduled message of the account, whoever scheduled it."""

    route = Route("sms.cancel_all", "PUT", "/sms/cancel-all", Effect.DESTROY)


class SmsTemplate(Answer):
    """A text with a name."""

    template_id: Identifier
    template_name: Text = None
    body: Text = None


class ListSmsTemplates(Listing, Operation[Page[SmsTemplate]]):
    """List the templates."""

    route = Route("sms.list_templates", "GET", "/sms/templates", Effect.READ)


class CreateSmsTemplate(Operation[SmsTemplate]):
    """Save a template."""

    route = Route("sms.create_template", "POST", "/sms/templates", Effect.WRITE)
    template_name: str
    body: str


class UpdateSmsTemplate(Operation[SmsTemplate]):
    """Change a template."""

    route = Route("sms.update_template", "PUT", "/sms/templates/{template_id}", Effect.WRITE)
    template_id: int
    template_name: str
    body: str


class DeleteSmsTemplate(Operation[JsonValue]):
    """Delete a template."""

    route = Route("sms.delete_template", "DELETE", "/sms/templates/{template_id}", Effect.DESTROY)
    template_id: int


class ListSmsHistory(Listing, Span, Operation[Page[SmsRecord]]):
    """List sent and received messages between two times."""

    route = Route("sms.history", "GET", "/sms/history", Effect.READ)


class ExportSmsHistory(Operation[Export]):
    """Have the whole history written to a file, and learn where it is."""

    route = Route("sms.export_history", "GET", "/sms/history/export", Effect.READ)
    filename: str
