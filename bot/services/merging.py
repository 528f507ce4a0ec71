"""A text with merge fields, such as `Hello {first_name|there}`, filled from a row."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.services.csv_rows import slug

_FIELD = re.compile(r"\{\s*([^{}|]{1,80}?)\s*(?:\|([^{}]*))?\}")


def names(template: str) -> tuple[str, ...]:
    """The fields a text asks for, as `slug` writes them, each once."""
    return tuple(dict.fromkeys(slug(found[1]) for found in _FIELD.finditer(template)))


def merged(template: str, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Fill a text.

    Args:
        template: The text; `{name}` stands for a field, `{name|else}` for it or something else.
        values: The fields by their slugs.

    Returns:
        The text, and the fields without a value and without something else to say: with any of
        those the text must not be sent. What a field holds is never read as a field again.
    """
    missing: list[str] = []

    def fill(found: re.Match[str]) -> str:
        name = slug(found[1])
        value = values.get(name) or found[2]
        if value is None:
            missing.append(name)
        return value or ""

    return _FIELD.sub(fill, template), tuple(dict.fromkeys(missing))
