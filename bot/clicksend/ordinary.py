"""What the API nearly always sends, read by pydantic's own code.

A validator in Python costs a value between 0.5 and 1.2 µs, and one around a list or an object has
all of it turned into Python objects first; pydantic's own code takes a tenth of that. So the usual
spellings of a value go first, and only what fits none of them goes the long way, which decides as
if it were alone. Both ways give the same value wherever the quick one gives any.
"""

from typing import Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core import core_schema as cs

PASSED_OVER: Final = "~quick"
"""In the place of an error: the long way was tried as well, and says what is wrong."""
EITHER: Final = "~"
"""In the place of an error: says nothing of it."""
UNLIKE: Final = "unlike"
"""The kind of an error that says nothing: an odd spelling was tried on what is not one."""

WORDS: Final = cs.str_schema(strict=True)
"""A text."""

_EXACT = 2**53
"""Up to here a JSON number with a point is the whole number it looks like."""
WHOLE: Final = cs.int_schema(ge=-_EXACT, le=_EXACT)
"""A whole number, as a number or a text."""

AMOUNT: Final = cs.chain_schema([cs.str_schema(strict=True, min_length=1), cs.decimal_schema()])
"""A decimal number as a text."""

_SECONDS = 10**10
"""The year 2286. Pydantic takes twice as much for milliseconds."""
UNIX: Final = cs.chain_schema([cs.int_schema(gt=0, lt=_SECONDS), cs.datetime_schema()])
"""Unix seconds, as a number or a text; zero is no time."""


class Ordinary:
    """Spellings to try, in turn, before the type that it stands beside.

    Args:
        spellings: Schemas that give what the type would.
        none: Whether None is None, whatever the type.
    """

    def __init__(self, *spellings: CoreSchema, none: bool = False) -> None:
        self._spellings = spellings
        self._none = none

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        quick: list[CoreSchema | tuple[CoreSchema, str]]
        quick = [(each, PASSED_OVER) for each in self._spellings]
        tried = cs.union_schema([*quick, (handler(source), EITHER)], mode="left_to_right")
        return cs.nullable_schema(tried) if self._none else tried


class OrNothing:
    """Several of something, which may also come as one of the API's ways to say nothing."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        nothing = cs.no_info_plain_validator_function(_none)
        return cs.union_schema([(handler(source), EITHER), (nothing, EITHER)], mode="left_to_right")


def _none(value: object) -> tuple[()]:
    if is_blank(value):
        return ()
    raise unlike()


def unlike() -> PydanticCustomError:
    """What an odd spelling raises that this is not one of: the usual one says what is wrong."""
    return PydanticCustomError(UNLIKE, "another spelling")


def is_blank(value: object) -> bool:
    """Whether a value is one of the API's ways to say nothing.

    Args:
        value: As it came.

    Returns:
        True for ``null``, ``[]``, and a text without anything to be seen.
    """
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
