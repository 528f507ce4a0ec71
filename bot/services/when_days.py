"""Days as people type them: the half of `when` that reads dates, in one way or not at all; pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.texts import formats, say

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
_ANY_YEAR = 2000  # one with a 29 February
_A_MONDAY = date(2001, 1, 1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_NAME = 3
_SUNDAY = 6
_ISO = re.compile(r"(20\d\d)-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](20\d\d)|\.)?", re.ASCII)
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}", re.ASCII)
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?", re.ASCII)
_YEAR = re.compile(r"20\d\d", re.ASCII)


class WhenError(ValueError):
    """A time that cannot be used; the text says why and what to write, as plain text.

    Attributes:
        instead: A time that `read` takes, where one suggests itself.
    """

    def __init__(self, reason: str, instead: str | None = None) -> None:
        super().__init__(reason)
        self.instead = instead


def day_of(words: list[str], today: date) -> date | None:
    """A day; None when the words are none."""
    match words:
        case ["today"]:
            return today
        case ["tomorrow"]:
            return today + DAY
        case ["next", name] if (weekday := _named(name, _WEEKDAYS)) is not None:
            return _next(weekday, today)
        case [name] | ["this", name] if (weekday := _named(name, _WEEKDAYS)) is not None:
            return _coming(weekday, today)
        case [name, *rest] if (weekday := _named(name, _WEEKDAYS)) is not None:
            return _on(weekday, _date(rest, today))
    return _date(words, today)


def _on(weekday: int, found: date | None) -> date | None:
    """A date that is said to be of a weekday."""
    if found is None or found.weekday() == weekday:
        return found
    raise WhenError(
        say(
            "{date} is a {weekday}, not a {other}. Write the date that you mean.",
            date=formats.day(found),
            weekday=formats.weekday(found),
            other=_title(weekday),
        )
    )


def _coming(weekday: int, today: date) -> date:
    if weekday == today.weekday():
        raise WhenError(
            say(
                "Today is {weekday}, so that “{weekday}” could be today or in a week. "
                "Write “today” or “{in_a_week}”.",
                weekday=_title(weekday),
                in_a_week=today + WEEK,
            )
        )
    return today + (weekday - today.weekday()) % 7 * DAY


def _next(weekday: int, today: date) -> date:
    """The coming one, if it is in next week wherever weeks begin; else it could be either."""
    days = (weekday - today.weekday()) % 7 or 7
    coming = today + days * DAY
    this_week = weekday > today.weekday() or today.weekday() == _SUNDAY
    if this_week and weekday != today.weekday():
        raise WhenError(
            say(
                "“Next {weekday}” could be {soon} or {later}. Write “{type_soon}” or "
                "“{type_later}”.",
                weekday=_title(weekday),
                soon=formats.day(coming),
                later=formats.day(coming + WEEK),
                type_soon=coming,
                type_later=coming + WEEK,
            )
        )
    return coming


def _date(words: list[str], today: date) -> date | None:
    match words:
        case [word]:
            return _in_figures(word, today)
        case [day, month]:
            return _in_words(day, month, None, today)
        case [day, month, year] if _YEAR.fullmatch(year):
            return _in_words(day, month, int(year), today)
    return None


def _in_words(first: str, second: str, year: int | None, today: date) -> date | None:
    for day, name in ((first, second), (second, first)):
        number, month = _DAY_OF_MONTH.fullmatch(day), _named(name.rstrip("."), _MONTHS)
        if number and month is not None:
            return _valid(year, month + 1, int(number[1]), today)
    return None


def _in_figures(word: str, today: date) -> date | None:
    if found := _ISO.fullmatch(word):
        return _valid(int(found[1]), int(found[2]), int(found[3]), today)
    if _DOTTED.fullmatch(word):
        raise WhenError(
            say(
                "“{word}” could be a date or a time. Write a time as “9:30”, a date as "
                "“30 September”.",
                word=word,
            )
        )
    found = _NUMERIC.fullmatch(word)
    return found and _numeric(int(found[1]), int(found[2]), found[3], today)


def _numeric(first: int, second: int, year: str | None, today: date) -> date:
    """Day and month in either order, where only one order is possible."""
    whole = int(year) if year else None
    if first != second and min(first, second) > 0 and max(first, second) <= len(_MONTHS):
        raise WhenError(
            say(
                "“{typed}” could be {day_first} or {month_first}. Write the month as a word.",
                typed=f"{first:02}/{second:02}",
                day_first=formats.day(date(_ANY_YEAR, second, first), year=False),
                month_first=formats.day(date(_ANY_YEAR, first, second), year=False),
            )
        )
    day, month = max(first, second), min(first, second)
    return _valid(whole, month, day, today)


def _valid(year: int | None, month: int, day: int, today: date) -> date:
    """A date that exists; without its year the one that is still to come."""
    for candidate in (year,) if year else (today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    if 1 <= month <= len(_MONTHS):
        name = formats.month_name(date(_ANY_YEAR, month, 1))
        if not year:
            raise WhenError(
                say(
                    "There is no {day} {month} in the coming year. Write a date that there is.",
                    day=day,
                    month=name,
                )
            )
        raise WhenError(
            say(
                "There is no {day} {month} {year}. Write a date that there is.",
                day=day,
                month=name,
                year=year,
            )
        )
    raise WhenError(say("There is no month {month}. Write the month as a word.", month=month))


def _named(word: str, names: tuple[str, ...]) -> int | None:
    """The index of a name or of its beginning, of three letters or more."""
    if len(word) < _SHORTEST_NAME:
        return None
    return next((index for index, name in enumerate(names) if name.startswith(word)), None)


def _title(weekday: int) -> str:
    return formats.weekday(_A_MONDAY + weekday * DAY)
