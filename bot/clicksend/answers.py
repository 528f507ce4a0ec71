"""What answers have in common."""

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict

from bot.clicksend.wiretypes import Integer, Moment, Text


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


class Receipt(Answer):
    """A delivery receipt of an SMS, a fax or a voice call."""

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


class Export(Answer):
    """Where an export can be downloaded."""

    url: str
