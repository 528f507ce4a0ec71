"""Letters: sending, prices, history, and the address on one."""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from bot.clicksend.answers import Export, Outcome
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.post import Address, PostBatch, PostQuote, PostRecipient, PostRecord
from bot.clicksend.requests import Filled, Part
from bot.clicksend.wiretypes import Base64, Flag, Integer, Text


class Letter(PostRecord):
    """A letter; ``post_pages`` counts pages, the flags are 0 or 1."""

    colour: Integer = None
    duplex: Integer = None
    priority_post: Integer = None
    post_pages: Integer = None
    status_code: Text = None
    status_text: Text = None


class LetterOutcome(Letter, Outcome):
    """What became of one letter: queued when ``status`` is ``SUCCESS``, refused otherwise."""


LetterBatch = PostBatch[LetterOutcome]
LetterPrice = PostQuote[LetterOutcome]


class _Draft(Part):
    """What letters are made of.

    Attributes:
        file_url: The URL of a PDF.
        recipients: Who gets it.
        template_used: Whether the file follows the vendor's letter template.
        duplex: Whether to print on both sides.
        colour: Whether to print in colour.
        priority_post: Whether to send by priority post.
        source: The method of sending, for the vendor's reports.
    """

    file_url: Filled
    recipients: Annotated[tuple[PostRecipient, ...], Field(min_length=1)]
    template_used: Flag | None = None
    duplex: Flag | None = None
    colour: Flag | None = None
    priority_post: Flag | None = None
    source: str | None = None


class SendLetter(_Draft, Operation[LetterBatch]):
    """Queue a PDF as a letter to each recipient; each one carries its own status."""

    route = Route("letters.send", "POST", "/post/letters/send", Effect.SPEND)


class PriceLetter(_Draft, Operation[LetterPrice]):
    """Say what letters would cost, without sending."""

    route = Route("letters.price", "POST", "/post/letters/price", Effect.READ)


class CancelLetter(Operation[JsonValue]):
    """Cancel a scheduled letter."""

    route = Route("letters.cancel", "PUT", "/post/letters/{message_id}/cancel", Effect.WRITE)
    message_id: str


class ListLetterHistory(Listing, Operation[Page[Letter]]):
    """List the letters."""

    route = Route("letters.history", "GET", "/post/letters/history", Effect.READ)


class ExportLetterHistory(Operation[Export]):
    """Have the whole history written to a file, and learn where it is."""

    route = Route("letters.export_history", "GET", "/post/letters/history/export", Effect.READ)
    filename: str


class DetectAddress(Operation[Address]):
    """Read the address at the top of a PDF, or take one apart that is given as text.

    Attributes:
        content: The PDF; or else ``address``.
        address: The address in one text.
    """

    route = Route("letters.detect_address", "POST", "/post/letters/detect-address", Effect.READ)
    content: Base64 | None = None
    address: Filled | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.content is None) == (self.address is None):
            raise ValueError("give either content or address")
        return self
