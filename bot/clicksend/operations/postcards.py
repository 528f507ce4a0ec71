"""Postcards: sending, prices, history."""

from typing import Annotated

from pydantic import Field, JsonValue

from bot.clicksend.answers import Export, Outcome
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.post import PostBatch, PostQuote, PostRecipient, PostRecord
from bot.clicksend.requests import Filled, Part
from bot.clicksend.wiretypes import Integer, Money, Text


class Postcard(PostRecord):
    """A postcard."""

    letter_file_name: Text = None
    message_id_supplier: Text = None
    post_price_supplier: Money = None
    priority: Integer = None
    ip_address: Text = None


class PostcardOutcome(Postcard, Outcome):
    """What became of one postcard: queued when ``status`` is ``SUCCESS``, refused otherwise."""


PostcardBatch = PostBatch[PostcardOutcome]
PostcardPrice = PostQuote[PostcardOutcome]


class _Draft(Part):
    """What postcards are made of.

    Attributes:
        file_urls: The URLs of one PDF with both sides, or of two.
        recipients: Who gets it.
    """

    file_urls: Annotated[tuple[Filled, ...], Field(min_length=1, max_length=2)]
    recipients: Annotated[tuple[PostRecipient, ...], Field(min_length=1)]


class SendPostcard(_Draft, Operation[PostcardBatch]):
    """Queue a postcard to each recipient; each one carries its own status."""

    route = Route("postcards.send", "POST", "/post/postcards/send", Effect.SPEND)


class PricePostcard(_Draft, Operation[PostcardPrice]):
    """Say what postcards would cost, without sending."""

    route = Route("postcards.price", "POST", "/post/postcards/price", Effect.READ)


class CancelPostcard(Operation[JsonValue]):
    """Cancel a scheduled postcard."""

    route = Route("postcards.cancel", "PUT", "/post/postcards/{message_id}/cancel", Effect.WRITE)
    message_id: str


class ListPostcardHistory(Listing, Operation[Page[Postcard]]):
    """List the postcards."""

    route = Route("postcards.history", "GET", "/post/postcards/history", Effect.READ)


class ExportPostcardHistory(Operation[Export]):
    """Have the whole history written to a file, and learn where it is."""

    route = Route("postcards.export_history", "GET", "/post/postcards/history/export", Effect.READ)
    filename: str
