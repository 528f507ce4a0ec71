"""Field types for what the API really sends, and for what it wants.

Numbers arrive as numbers and as strings, counts as ``"1.00"``, nothing as ``null``, ``""`` or
``[]``, times as Unix seconds in a number or a string. See NOTES on the API.
"""

import base64
import binascii
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    Secret,
    SecretStr,
    SerializationInfo,
)

from bot.clicksend.ordinary import (
    AMOUNT,
    UNIX,
    WHOLE,
    WORDS,
    Ordinary,
    OrNothing,
    is_blank,
)

T = TypeVar("T")

ON_THE_WIRE: Final = object()
"""The serialization context in which a secret is in the open; without it, it is masked."""

_MASK = "**********"
_SECONDS = 12
"""Digits that are a year below 5138, which every platform has."""


def _decimal(value: object) -> object:
    """A number as an exact Decimal; anything that is not one is left for pydantic to refuse.

    A JSON number reaches us as the shortest text that names the same double, which is its own
    literal up to 15 significant digits: a billion dollars in millionths.
    """
    if not isinstance(value, str):
        if not isinstance(value, bool | int | float):
            return value
        value = str(int(value)) if isinstance(value, bool) else str(value)
    try:
        return Decimal(value.strip())
    except InvalidOperation:
        return value


def _blank_or_decimal(value: object) -> object:
    return None if is_blank(value) else _decimal(value)


def _blank_or_integer(value: object) -> object:
    """``"1.00"`` is 1; ``"1.5"`` is left as it is, and pydantic refuses it."""
    number = _blank_or_decimal(value)
    if isinstance(number, Decimal) and number.is_finite() and number == number.to_integral_value():
        return int(number)
    return number


def _text(value: object) -> object:
    """Text stays as it is, the empty one too; a number becomes its text."""
    if value is None or value == []:
        return None
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value


def _moment(value: object) -> object:
    """Unix seconds (number or string) or ISO 8601 as an aware time; 0 and blank as None."""
    if type(value) is int:  # nearly all of them; no bool
        return _from_unix(value) if value else None
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < _SECONDS:
        return datetime.fromtimestamp(int(value), tz=UTC) if int(value) else None
    if is_blank(value):
        return None
    number = _decimal(value)
    if not isinstance(number, Decimal):
        return _aware(value)
    return _from_unix(number) if number else None


def _aware(value: object) -> object:
    """An ISO 8601 text as an aware time; without an offset it is UTC."""
    if not isinstance(value, str):
        return value
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return value
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _from_unix(seconds: Decimal | int) -> datetime:
    try:
        return datetime.fromtimestamp(float(seconds), tz=UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("not a time") from error


def _blank_as_none(value: object) -> object:
    return None if is_blank(value) else value


def _whole_second(value: object) -> object:
    """A request's time: an aware datetime, or Unix seconds as stored and as on the wire.

    Kept in UTC: a local time in the hour that comes twice a year equals no other time.
    """
    if isinstance(value, datetime):
        return value.replace(microsecond=0).astimezone(UTC) if value.tzinfo else value
    number = _decimal(value)
    return _from_unix(Decimal(int(number))) if isinstance(number, Decimal) else value


def in_the_open(value: SecretStr | Secret[int], info: SerializationInfo) -> str | int:
    """A secret on the wire; its mask anywhere else.

    Args:
        value: The secret.
        info: What is being dumped, and what for.

    Returns:
        The secret, or the mask.
    """
    return value.get_secret_value() if info.context is ON_THE_WIRE else _MASK


def _not_the_mask(value: SecretStr) -> SecretStr:
    """A secret that was dumped is gone; its mask must never become somebody's password."""
    if value.get_secret_value() == _MASK:
        raise ValueError("a secret does not survive storage")
    return value


def _to_unix(value: datetime) -> int:
    return int(value.timestamp())


def _is_base64(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("content is not base64") from error
    return value


Price = Annotated[Decimal, BeforeValidator(_decimal), Ordinary(AMOUNT)]
"""An amount that must be there, in the currency of the answer."""

Money = Annotated[Decimal | None, BeforeValidator(_blank_or_decimal), Ordinary(AMOUNT, none=True)]
"""An amount in the account's currency, exact; None where the API says nothing."""

Number = Money
"""A number that is not an amount, exact; None where the API says nothing."""

Integer = Annotated[int | None, BeforeValidator(_blank_or_integer), Ordinary(WHOLE, none=True)]
"""A whole number, however it is spelled; None where the API says nothing."""

Identifier = Annotated[int, BeforeValidator(_blank_or_integer), Ordinary(WHOLE)]
"""A whole number that must be there."""

Text = Annotated[str | None, BeforeValidator(_text), Ordinary(WORDS, none=True)]
"""Text; a number arrives as its text (a ``status_code`` is ``"201"`` or ``201``)."""

Moment = Annotated[AwareDatetime | None, BeforeValidator(_moment), Ordinary(UNIX, none=True)]
"""A time, aware; None for ``""``, ``0``, ``null`` and ``[]``."""

Maybe = Annotated[T | None, BeforeValidator(_blank_as_none)]
"""An object that may be missing; None for ``null``, ``""`` and ``[]``."""

Many = Annotated[tuple[T, ...], OrNothing()]
"""Several of something; empty for ``null``, ``""`` and ``[]``."""

Seconds = Annotated[
    AwareDatetime,
    BeforeValidator(_whole_second),
    PlainSerializer(_to_unix, return_type=int, when_used="json"),
]
"""A time in a request: an aware datetime here, whole Unix seconds on the wire and in storage."""

Flag = Annotated[bool, PlainSerializer(int, return_type=int, when_used="json")]
"""A yes or no in a request: a bool here, 1 or 0 on the wire and in storage."""

Base64 = Annotated[str, Field(min_length=1), AfterValidator(_is_base64)]
"""A file in a request, as base64."""

CountryCode = Annotated[str, Field(min_length=2, max_length=2)]
"""An ISO 3166 alpha-2 country code, such as ``AU``."""

WIRE_ONLY = PlainSerializer(in_the_open)
"""Puts a secret on the wire in the open, and masks it in every other dump."""

Hidden = Annotated[SecretStr, Field(min_length=1), AfterValidator(_not_the_mask), WIRE_ONLY]
"""A secret of a request: in the open on the wire, and nowhere else."""
