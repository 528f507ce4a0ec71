"""Numbers, amounts, dates and times as the reader writes them (CLDR, through Babel).

British English, the one that is spoken where nobody says otherwise, is written without Babel, whose
data English speakers then never load.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from bot.texts.locales import ENGLISH, current

_GROUPED = re.compile(r"(?P<group>,?)(?:\.(?P<digits>\d+))?f?", re.ASCII)


def figure(value: float | Decimal) -> str:
    """A number with its thousands apart."""
    return number_as(value, ",") or f"{value:,}"


def number_as(value: float | Decimal, spec: str) -> str | None:
    """A number as the reader writes it; None where the format is for machines.

    Args:
        value: The number.
        spec: Of `format`: `,` groups, `.2f` has two decimals, `,.2f` both, `,f` what it has.
    """
    how = _GROUPED.fullmatch(spec)
    if how is None or not (spec or isinstance(value, float | Decimal)):
        return None
    if current().formats == ENGLISH.formats:
        return format(value, spec)
    from babel.numbers import format_decimal  # noqa: PLC0415 - see above

    digits = int(how["digits"]) if how["digits"] else _decimals(value)
    pattern = ("#,##0" if how["group"] else "0") + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=current().formats)


def money(value: Decimal, currency: str) -> str:
    """An amount with all its decimals and its currency, as `AUD 1,234.50` or `1.234,50 AUD`.

    Args:
        value: The amount, rounded.
        currency: ISO 4217, or empty when unknown.
    """
    if current().formats == ENGLISH.formats:
        return f"{currency} {value:,f}".strip()
    from babel import Locale  # noqa: PLC0415 - see above

    sign = Locale.parse(current().formats).currency_formats["standard"].pattern.partition(";")[0]
    written = number_as(value, ",f") or ""
    ahead = sign.lstrip("\u200f").startswith("¤")
    return (f"{currency} {written}" if ahead else f"{written} {currency}").strip()


def day(at: date, *, weekday: bool = False, year: bool = True) -> str:
    """A date in words, as `12 November 2026`.

    Args:
        at: The date.
        weekday: Whether its weekday stands before it.
        year: Whether its year stands there.
    """
    if current().formats == ENGLISH.formats:
        named = f"{at:%A}, " if weekday else ""
        return f"{named}{at.day} {at:%B}{f' {at.year}' if year else ''}"
    if not year:
        return _skeleton(at, "MMMMEd" if weekday else "MMMMd")
    return _date(at, "full" if weekday else "long")


def month(at: date) -> str:
    """A month with its year, as `November 2026`."""
    return f"{at:%B %Y}" if current().formats == ENGLISH.formats else _skeleton(at, "yMMMM")


def month_name(at: date) -> str:
    """A month alone, as `November`."""
    return f"{at:%B}" if current().formats == ENGLISH.formats else _date(at, "LLLL")


def weekday(at: date) -> str:
    """The day of the week, as `Thursday`."""
    return f"{at:%A}" if current().formats == ENGLISH.formats else _date(at, "EEEE")


def clock(at: datetime | time) -> str:
    """A time of the day, as `14:30` or `2:30 PM`."""
    if current().formats == ENGLISH.formats:
        return f"{at:%H:%M}"
    from babel.dates import format_time  # noqa: PLC0415 - see above

    return format_time(at.replace(tzinfo=None), format="short", locale=current().formats)


def date_and_time(at: datetime) -> str:
    """A short date with its time, as `Thu 12 Nov 2026, 14:30`."""
    if current().formats == ENGLISH.formats:
        return f"{at:%a %d %b %Y, %H:%M}"
    return f"{_skeleton(at, 'yMMMEd')}, {clock(at)}"


def _skeleton(at: date, skeleton: str) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415 - see above

    there = at.replace(tzinfo=None) if isinstance(at, datetime) else at
    return format_skeleton(skeleton, there, locale=current().formats)


def _date(at: date, how: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - see above

    return format_date(at, format=how, locale=current().formats)


def _decimals(value: float | Decimal) -> int:
    value = Decimal(str(value)) if isinstance(value, float) else value
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0
