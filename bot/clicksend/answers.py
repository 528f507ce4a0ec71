"""What answers have in common."""

import functools
from typing import Generic, TypeVar

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict

from bot.clicksend.wiretypes import Integer, Many, Moment, Money, Price, Text

T = TypeVar("T")


@functools.cache  # of 1,356 fields a quarter has a name of its own
def _accepted(name: str) -> AliasChoices:
    """A field's names on the wire: its own, and the one with the API's leading underscore."""
    plain = name.rstrip("_")
    return AliasChoices(plain, f"_{plain}")


def _plain(name: str) -> str:
    return name.rstrip("_")


class Answer(BaseModel):
    """Something ClickSend answered: read tolerantly, unknown fields kept.

    Fields are named as on the wire, without its leading underscores (``_currency`` is
    ``currency``), and with one at the end where Python reserves the word (``from_``).
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=AliasGenerator(validation_alias=_accepted, serialization_alias=_plain),
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Currency(Answer):
    """The currency of the amounts beside it."""

    currency_name_short: Text = None
    """ISO 4217, such as ``AUD``."""
    currency_prefix_d: Text = None
    """The sign of the unit, such as ``$``."""
    currency_prefix_c: Text = None
    """The sign of the hundredth, such as ``c``."""
    currency_name_long: Text = None


class Outcome(Answer):
    """What became of one message: queued when ``status`` is ``SUCCESS``, refused otherwise."""

    status: Text = None
    message_id: Text = None

    @property
    def accepted(self) -> bool:
        """Whether ClickSend took the message; a refused one was neither sent nor charged."""
        return self.status == "SUCCESS"


class Totals(Answer):
    """What a send costs, and how many it reaches."""

    total_price: Money = None
    total_count: Integer = None
    queued_count: Integer = None
    blocked_count: Integer = None
    currency: Currency | None = None


class Batch(Totals, Generic[T]):
    """The answer to a send: totals, and an outcome for each recipient."""

    messages: Many[T]


class Quote(Batch[T], Generic[T]):
    """What a send would cost, with an outcome for each recipient."""

    total_price: Price


class Message(Answer):
    """A text or multimedia message, as queued and as the history keeps it."""

    status: Text = None
    message_id: Text = None
    direction: Text = None
    date: Moment = None
    to: Text = None
    from_: Text = None
    body: Text = None
    schedule: Moment = None
    message_parts: Integer = None
    message_price: Money = None
    from_email: Text = None
    list_id: Integer = None
    custom_string: Text = None
    contact_id: Integer = None
    user_id: Integer = None
    subaccount_id: Integer = None
    country: Text = None
    carrier: Text = None


class Record(Message):
    """A message of the history; ``status`` and ``status_code`` are its delivery's."""

    status_code: Text = None
    status_text: Text = None
    error_code: Text = None
    error_text: Text = None
    first_name: Text = None
    last_name: Text = None
    api_username: Text = None


class Receipt(Answer):
    """A delivery receipt of an SMS, an MMS, a fax or a voice call."""

    message_id: Text = None
    timestamp_send: Moment = None
    timestamp: Moment = None
    status_code: Text = None
    """``201`` delivered, ``301`` failed for good, …; a fax may say a word."""
    status_text: Text = None
    error_code: Text = None
    error_text: Text = None
    custom_string: Text = None
    message_type: Text = None
    subaccount_id: Integer = None
    digits: Text = None
    """Keys the called person pressed (voice only)."""


class Cancelled(Answer):
    """How many messages were cancelled."""

    count: Integer = None


class Export(Answer):
    """Where an export can be downloaded."""

    url: str
