"""Voice: receipts."""

from bot.clicksend.answers import Receipt
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page


class ListVoiceReceipts(Listing, Operation[Page[Receipt]]):
    """List unread receipts; empty unless a receipt rule with action POLL exists."""

    route = Route("voice.receipts", "GET", "/voice/receipts", Effect.READ)
