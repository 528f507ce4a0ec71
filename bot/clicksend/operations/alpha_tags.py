"""Alpha tags: names as sender ids, which ClickSend reviews."""

import enum
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import OffsetPage
from bot.clicksend.senders import Sender, SenderListing
from bot.clicksend.wiretypes import Many, Text

_TAG = "/alpha-tags/{alpha_tag_id}"


class AlphaTagReason(enum.StrEnum):
    """Why a tag may be used; for a third party, ClickSend asks for more."""

    SOLE_TRADER_NAME = "Sole Trader Name"
    COMPANY_NAME = "Company Name"
    PARTNERSHIP_NAME = "Partnership Name"
    REGISTERED_TRUST_NAME = "Registered Trust Name"
    COOPERATIVE_NAME = "Co-Operative Name"
    INDIGENOUS_CORPORATION_NAME = "Indigenous Corporation Name"
    REGISTERED_ORGANISATION_NAME = "Registered Organisation Name"
    PERSONAL_NAME = "Personal Name"
    TRADEMARK = "Trademark"
    GOVERNMENT_AGENCY_OR_ENTITY = "Government Agency or Entity"
    PRODUCT_OR_SERVICE_NAME = "Product or Service Name"
    ACRONYM_OR_INITIALISM = "Acronym/Initialism"
    CONTRACTION_OF_NAME = "Contraction of Name"
    THIRD_PARTY = "Third Party"


def _is_no_number(value: str) -> str:
    if value.isdigit():
        raise ValueError("an alpha tag needs a character that is not a digit")
    return value


Tag = Annotated[
    str,
    Field(min_length=3, max_length=11, pattern="^[A-Za-z0-9+]+$"),
    AfterValidator(_is_no_number),
]


class AlphaTag(Sender):
    """An alpha tag; ``reason`` is an :class:`AlphaTagReason`."""

    alpha_tag: Text = None
    reason: Text = None


class AlphaTags(OffsetPage[AlphaTag]):
    """Some of the alpha tags."""

    alpha_tags: Many[AlphaTag]

    @property
    def items(self) -> tuple[AlphaTag, ...]:
        """The tags, in the list's order."""
        return self.alpha_tags


class ListAlphaTags(SenderListing, Operation[AlphaTags]):
    """List the alpha tags.

    Attributes:
        alpha_tag: Only those with this in their name.
    """

    route = Route("alpha_tags.list", "GET", "/alpha-tags", Effect.READ, bare=True)
    alpha_tag: str | None = Field(
        default=None,
        validation_alias="filter[alpha_tag]",
        serialization_alias="filter[alpha_tag]",
        max_length=11,
    )


class CreateAlphaTag(Operation[AlphaTag]):
    """Ask for an alpha tag: 3 to 11 of a-z, A-Z, 0-9 and +, not digits alone."""

    route = Route("alpha_tags.create", "POST", "/alpha-tags", Effect.WRITE, bare=True)
    alpha_tag: Tag
    reason: AlphaTagReason | None = None


class GetAlphaTag(Operation[AlphaTag]):
    """Read one alpha tag."""

    route = Route("alpha_tags.get", "GET", _TAG, Effect.READ, bare=True)
    alpha_tag_id: str


class DeleteAlphaTag(Operation[JsonValue]):
    """Delete an alpha tag; answered with HTTP 204, without a body."""

    route = Route("alpha_tags.delete", "DELETE", _TAG, Effect.DESTROY, bare=True)
    alpha_tag_id: str
