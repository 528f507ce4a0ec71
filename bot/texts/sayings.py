"""Texts with gaps, said in the language that is spoken."""

from __future__ import annotations

import string
from decimal import Decimal
from functools import total_ordering
from typing import Any, TypeAlias

from bot.texts import catalogue, formats
from bot.texts.locales import ENGLISH, current


def say(text: str, /, **values: object) -> str:
    """A text in the language that is spoken.

    Args:
        text: In English, with a named gap for each value, as `{name}` or `{count:,}`; a constant,
            so that it can be collected.
        values: What stands in the gaps, as it is: what comes from outside is escaped before.
    """
    if current().language == ENGLISH.language:
        return text.format(**values) if values else text
    found = catalogue.texts(current().language).get(text)
    return _filled(found[0] if found else text, values)


def many(one: str, more: str, count: int, /, **values: object) -> str:
    """A text that depends on how many there are; `{count}` is the number.

    Args:
        one: In English, of one.
        more: In English, of none or several.
        count: How many.
        values: What stands in the other gaps.
    """
    values["count"] = count
    chosen = one if count == 1 else more
    if current().language == ENGLISH.language:
        return chosen.format(**values)
    found = catalogue.texts(current().language).get(one)
    # Every language there is here has the plural of English; another one needs its own rule.
    return _filled(found[0 if count == 1 else -1] if found else chosen, values)


@total_ordering
class Phrase:
    """A text that is declared once and said later, in the language that is spoken then.

    Where it has gaps it is called with their values: `MISSING(id=…)`.

    Args:
        text: In English; a constant, so that it can be collected.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, **values: object) -> str:
        """It with its gaps filled, in the language that is spoken now; see `say`."""
        return say(self.text, **values)

    def __str__(self) -> str:
        """It, in the language that is spoken now."""
        return say(self.text)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"Phrase({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and other.text == self.text

    def __lt__(self, other: Phrase) -> bool:
        return str(self) < str(other)

    def __hash__(self) -> int:
        return hash(self.text)


Text: TypeAlias = str | Phrase
"""What is said already, or is said when it is shown."""


class _Formatter(string.Formatter):
    """Fills gaps as `str.format` does, but writes numbers as the reader does."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            written = formats.number_as(value, format_spec)
            if written is not None:
                return written
        return format(value, format_spec)


_FORMATTER = _Formatter()


def _filled(text: str, values: dict[str, object]) -> str:
    return _FORMATTER.vformat(text, (), values) if values else text
