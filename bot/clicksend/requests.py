"""What requests have in common."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.clicksend.wiretypes import CountryCode, Seconds


class Part(BaseModel):
    """A nested part of a request: frozen, nothing unknown in it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )


class Recipient(Part):
    """Who gets a message, when, and from whom.

    Attributes:
        to: A number in E.164 format (or national, with ``country``); or else ``list_id``.
        list_id: Every contact of this list.
        from_: The sender id; without one, ClickSend chooses.
        schedule: When to send; now when None.
        custom_string: Our reference; comes back in receipts, replies and the history.
        country: The country a national number belongs to.
        from_email: Where replies are mailed.
    """

    to: Annotated[str, Field(min_length=1)] | None = None
    list_id: int | None = None
    from_: str | None = Field(default=None, validation_alias="from", serialization_alias="from")
    schedule: Seconds | None = None
    custom_string: str | None = None
    country: CountryCode | None = None
    from_email: str | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.to is None) == (self.list_id is None):
            raise ValueError("give either to or list_id")
        return self
