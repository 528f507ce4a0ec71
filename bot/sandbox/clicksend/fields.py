"""Reading what a caller sent: a field that is missing or of the wrong type is a 400 naming it.

A reader takes the fields and a name. A table of readers describes a whole body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.clicksend.wire import Json, RefusedError, refused

Reader = Callable[[Json, str], Any]
LARGEST = 2**53
_WHOLE = re.compile(r"[+-]?\d{1,16}", re.ASCII)
_MONEY = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def required(name: str) -> RefusedError:
    """The refusal of a body without a field."""
    return refused(f"The {name} field is required.", "MISSING_REQUIRED_FIELDS")


def mistyped(name: str, kind: str) -> RefusedError:
    """The refusal of a value of the wrong type; the live API gives these a number as code."""
    return refused(f"The {name} field must be {kind}.", 400)


def text(fields: Json, name: str) -> str:
    """A string that is there and not empty; numbers are taken for strings, as the API does."""
    found = optional_text(fields, name)
    if not found:
        raise required(name)
    return found


def optional_text(fields: Json, name: str) -> str | None:
    """A string, or None."""
    found = fields.get(name)
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, bool | dict | list):
        raise mistyped(name, "a string")
    return str(found)


def text_or(default: str) -> Reader:
    """A string, or what stands for its absence."""
    return lambda fields, name: optional_text(fields, name) or default


def optional_integer(fields: Json, name: str) -> int | None:
    """A whole number, also as a string; an empty string is None."""
    found = fields.get(name)
    if found is None or found == "":
        return None
    if isinstance(found, str) and _WHOLE.fullmatch(found):
        found = int(found)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) > LARGEST:
        raise mistyped(name, "an integer")
    return found


def integer(fields: Json, name: str) -> int:
    """A whole number that is there."""
    found = optional_integer(fields, name)
    if found is None:
        raise required(name)
    return found


def integer_or(default: int) -> Reader:
    """A whole number, or what stands for its absence."""

    def read(fields: Json, name: str) -> int:
        found = optional_integer(fields, name)
        return default if found is None else found

    return read


def flag_or(default: int) -> Reader:
    """0 or 1, or what stands for its absence."""

    def read(fields: Json, name: str) -> int:
        found = fields.get(name)
        number = int(found) if isinstance(found, bool) else optional_integer(fields, name)
        if number not in (0, 1, None):
            raise mistyped(name, "0 or 1")
        return default if number is None else number

    return read


def flag(fields: Json, name: str) -> int:
    """0 or 1 that is there."""
    if fields.get(name) in (None, ""):
        raise required(name)
    return int(flag_or(0)(fields, name))


def one_of(*values: str) -> Reader:
    """One of some words."""

    def read(fields: Json, name: str) -> str:
        found = text(fields, name)
        if found not in values:
            raise refused(f"The {name} field must be one of {', '.join(values)}.")
        return found

    return read


def optional(read: Reader) -> Reader:
    """What a reader takes, or None where there is nothing."""
    return lambda fields, name: None if fields.get(name) in (None, "") else read(fields, name)


def email(fields: Json, name: str) -> str:
    """An email address."""
    found = text(fields, name)
    if not _EMAIL.fullmatch(found):
        raise refused(f"The {name} field must be a valid email address.")
    return found


def money(fields: Json, name: str) -> str:
    """An amount of at most six decimals, as a string."""
    found = text(fields, name)
    if not _MONEY.fullmatch(found):
        raise mistyped(name, "an amount")
    return found


def web_address(fields: Json, name: str) -> str:
    """An address that begins with http:// or https://."""
    found = text(fields, name)
    if not found.startswith(("http://", "https://")):
        raise refused(f"The {name} field must be a valid URL.")
    return found


def objects(fields: Json, name: str) -> list[Json]:
    """A list of objects that is not empty."""
    found = fields.get(name)
    if found is None or found == []:
        raise required(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise mistyped(name, "a list of objects")
    return found


def texts(fields: Json, name: str) -> list[str]:
    """A list of strings that is not empty."""
    found = fields.get(name)
    if found is None or found == []:
        raise required(name)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise mistyped(name, "a list of strings")
    return found


def row(fields: Json, readers: Mapping[str, Reader]) -> Json:
    """Read a body by its table."""
    return {name: read(fields, name) for name, read in readers.items()}


def card_shown(last_four: str) -> str:
    """A card as `recharge.payment_info` shows it: letters for all digits but the last four."""
    return "-".join([*["X" * 4] * 3, last_four])
