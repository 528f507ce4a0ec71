"""What requests have in common."""

from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.clicksend.wiretypes import CountryCode, Seconds

T = TypeVar("T")

Filled = Annotated[str, Field(min_length=1)]
"""A text that says something."""

Messages = Annotated[tuple[T, ...], Field(min_length=1, max_length=1000)]
"""1 to 1000 messages: what one send takes."""


class Mixin(BaseModel):
    """Fields that several operations have; built in each of them, and never by itself."""

    model_config = ConfigDict(defer_build=True)


class Part(BaseModel):
    """A nested part of a request: frozen, nothing unknown in it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Callee(Part):
    """Who gets a message or a call, and when.

    Attributes:
        to: A number in E.164 format (or national, with ``country``); or else ``list_id``.
        list_id: Every contact of this list.
        schedule: When to send; now when None.
        custom_string: Our reference; comes back in receipts, replies and the history.
        country: The country a national number belongs to.
        source: The method of sending, for the vendor's reports.
    """

    to: Filled | None = None
    list_id: int | None = None
    schedule: Seconds | None = None
    custom_string: str | None = None
    country: CountryCode | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.to is None) == (self.list_id is None):
            raise ValueError("give either to or list_id")
        return self


class Recipient(Callee):
    """Who gets a message, when, and from whom.

    Attributes:
        from_: The sender id; without one, ClickSend chooses.
        from_email: Where replies are mailed.
    """

    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    from_email: str | None = None


class Span(Mixin):
    """A span of time, open where it has no end; mixed into operations.

    Attributes:
        date_from: Its begin.
        date_to: Its end, not before its begin.
    """

    date_from: Seconds | None = None
    date_to: Seconds | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise ValueError("date_from must not be after date_to")
        return self
