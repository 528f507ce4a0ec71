"""Default senders: who sends where no sender is named. Undocumented; shapes of the SDK 6.0.2."""

import enum
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Page, TokenListing
from bot.clicksend.requests import Part
from bot.clicksend.wiretypes import CountryCode, Integer, Many, Moment, Text


class SenderType(enum.StrEnum):
    """What kind of sender it is."""

    ALPHA_TAG = "alpha_tag"
    TEN_DLC = "10DLC"
    TOLLFREE = "tollfree"
    OWN_NUMBER = "own_number"
    SHORTCODE = "shortcode"
    LONGCODE = "longcode"
    SHARED_LONGCODE = "shared_longcode"


_OF_A_COUNTRY = {
    SenderType.OWN_NUMBER,
    SenderType.LONGCODE,
    SenderType.TOLLFREE,
    SenderType.TEN_DLC,
}


class Strategy(Part):
    """The sender to take.

    Attributes:
        sender_type: Its kind.
        sender_id: The number or tag, owned and ready; empty for a shared number.
        sender_country_code: Its country; needed for numbers.
        note: A remark.
    """

    sender_type: SenderType
    sender_id: Annotated[str, Field(max_length=20)]
    sender_country_code: CountryCode | None = None
    note: Annotated[str, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if not self.sender_id and self.sender_type is not SenderType.SHARED_LONGCODE:
            raise ValueError("only a shared_longcode goes without a sender_id")
        of_a_country = self.sender_type in _OF_A_COUNTRY or self.sender_id.startswith("+1")
        if of_a_country and self.sender_country_code is None:
            raise ValueError(f"sender_country_code is needed for {self.sender_id}")
        return self


Strategies = Annotated[tuple[Strategy, ...], Field(min_length=1, max_length=1)]


class ChosenStrategy(Answer):
    """A sender to take; ``status`` is ``ENABLED`` or ``DISABLED``."""

    sender_type: Text = None
    sender_id: Text = None
    sender_country_code: Text = None
    priority: Integer = None
    status: Text = None
    note: Text = None


class DefaultSender(Answer):
    """Who sends to a country; ``status`` is ``ENABLED`` or ``DISABLED``."""

    id: str
    user_id: Integer = None
    subaccount_id: Integer = None
    country_code: Text = None
    product_type: Text = None
    default_sender_strategies: Many[ChosenStrategy] = ()
    status: Text = None
    created_timestamp: Moment = None
    updated_timestamp: Moment = None


class ListDefaultSenders(TokenListing, Operation[Page[DefaultSender]]):
    """List the default senders; undocumented (SDK 6.0.2)."""

    route = Route(
        "default_senders.list", "GET", "/senders/default-senders", Effect.READ, documented=False
    )
    per_page: Annotated[int, Field(ge=1, le=500)] | None = None
    sort_by: str | None = None
    sort_direction: Literal["asc", "desc"] | None = None


class CreateDefaultSender(Operation[DefaultSender]):
    """Choose the sender for a country; undocumented (SDK 6.0.2)."""

    route = Route(
        "default_senders.create", "POST", "/senders/default-senders", Effect.WRITE, documented=False
    )
    country_code: CountryCode
    product_type: Literal["SMS"] = "SMS"
    default_sender_strategies: Strategies


class GetDefaultSender(Operation[DefaultSender]):
    """Read one default sender; undocumented (SDK 6.0.2)."""

    route = Route(
        "default_senders.get",
        "GET",
        "/senders/default-senders/{default_sender_id}",
        Effect.READ,
        documented=False,
    )
    default_sender_id: str


class UpdateDefaultSender(Operation[DefaultSender]):
    """Choose another sender for a country; undocumented (SDK 6.0.2)."""

    route = Route(
        "default_senders.update",
        "PATCH",
        "/senders/default-senders/{default_sender_id}",
        Effect.WRITE,
        documented=False,
    )
    default_sender_id: str
    default_sender_strategies: Strategies


class DeleteDefaultSender(Operation[JsonValue]):
    """Leave the choice for a country to ClickSend again; undocumented (SDK 6.0.2)."""

    route = Route(
        "default_senders.delete",
        "DELETE",
        "/senders/default-senders/{default_sender_id}",
        Effect.DESTROY,
        documented=False,
    )
    default_sender_id: str
