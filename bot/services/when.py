"""Times as people type them, read in their own time zone; never guessed.

A small strict grammar, on purpose: what it cannot read in exactly one way it refuses, and says how
to write it. dateparser (1.5) was tried and reads too much for a bot that spends: `at 9` as the 24th
of next September, `03/04` as the 4th of March, `mon 9 dec` as a Wednesday, `friday 13` as a day
that is over, and a time that clocks skip as if it existed.

    now · in 2 hours · in 1 h 30 min · in 3 days
    DAY · DAY TIME · TIME DAY · TIME         (with or without `at`, `on` and commas)

A DAY is `today`, `tomorrow`, a weekday, `next` and a weekday, `2026-12-01`, `1 Dec`, `Dec 1 2026`
or `25/12`; a weekday may stand before a date, and must then be its own. A TIME is `9am`, `9:30pm`,
`14:30` or `noon`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.services.when_german import in_english
from bot.texts import current, say

MORNING = time(9)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_MINUTE = timedelta(minutes=1)
_FURTHEST = timedelta(days=366)
_LONGEST = 60
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NOON = 12
_SHORTEST_NAME = 3
_SUNDAY = 6

_FILLER = re.compile(r"\b(?:at|on|of)\b|[,@]")
_HALF = re.compile(r"(?<=\d)\s*([ap])\.?\s?m\b\.?", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,5})\s*([a-z]+)\s*", re.ASCII)
_AN_HOUR = re.compile(r"\ban? (?=hour|minute|day|week)")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?([ap]m)?", re.ASCII)
_ISO = re.compile(r"(20\d\d)-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](20\d\d)|\.)?", re.ASCII)
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}", re.ASCII)
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?", re.ASCII)
_YEAR = re.compile(r"20\d\d", re.ASCII)
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "week", "weeks"), _WEEK),
}


class WhenError(ValueError):
    """A time that cannot be used; the text says why and what to write, as plain text.

    Attributes:
        instead: A time that `read` takes, where one suggests itself.
    """

    def __init__(self, reason: str, instead: str | None = None) -> None:
        super().__init__(reason)
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that was read.

    Attributes:
        at: Aware, in the zone it was read in.
        note: What the person should know of how it was read, plain text; empty if nothing.
    """

    at: datetime
    note: str = ""


def read(text: str, *, now: datetime, zone: ZoneInfo, morning: time = MORNING) -> Moment:
    """Read a time.

    Args:
        text: What was typed.
        now: The time, aware.
        zone: The person's time zone.
        morning: The time of a day named without one; the note then says so.

    Returns:
        A time between now and a year from now.

    Raises:
        WhenError: It cannot be read, or in more than one way; it is past, more than a year away,
            or skipped by the clocks.
    """
    here = now.astimezone(zone)
    german = current().language == "de"
    words = _words(in_english(text, here.date()) if german else text)
    if words == ["now"]:
        return Moment(here)
    if words[:1] == ["in"]:
        return _checked(_later(" ".join(words[1:]), text, here), here)
    day, clock = _split(words, text, here.date())
    if clock is None and day == here.date():
        raise WhenError(say("Say at what time today, as in “today 17:00”."))
    note = (
        "" if clock else say("No time of day was given, so it is {morning:%H:%M}.", morning=morning)
    )
    moment = _local(datetime.combine(day, clock or morning), here)
    return _checked(Moment(moment.at, " ".join(filter(None, [note, moment.note]))), here)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"(?<=\d)t(?=\d\d:)", " ", plain, flags=re.ASCII)
    return _HALF.sub(r"\1m", _FILLER.sub(" ", plain)).split()


def _unreadable(text: str, today: date) -> WhenError:
    shown = " ".join(text.split())
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    example = f"{today + _WEEK} 14:30"
    wrong = (
        say("“{shown}” cannot be read as a time", shown=shown)
        if shown
        else say("No time was given")
    )
    return WhenError(
        say(
            "{wrong}. Write it as “tomorrow 9am”, “fri 14:30”, “in 2 hours” or “{example}”.",
            wrong=wrong,
            example=example,
        )
    )


def _later(amounts: str, text: str, here: datetime) -> Moment:
    """Hours and minutes are counted as they pass, days and weeks as the calendar has them."""
    left = _AN_HOUR.sub("1 ", amounts.replace(say("half an hour"), say("30 min"))).replace(
        " and ", " "
    )
    passing, days, used = timedelta(), timedelta(), set[timedelta]()
    while left:
        found = _AMOUNT.match(left)
        unit = _UNITS.get(found[2]) if found else None
        if found is None or unit is None or unit in used:
            raise _unreadable(text, here.date())
        used.add(unit)
        if unit >= _DAY:
            days += int(found[1]) * unit
        else:
            passing += int(found[1]) * unit
        left = left[found.end() :]
    if not used:
        raise _unreadable(text, here.date())
    if days + passing > _FURTHEST:
        raise _too_far()
    start = _local(here.replace(tzinfo=None) + days, here) if days else Moment(here)
    if not passing:
        return start
    return Moment((start.at.astimezone(UTC) + passing).astimezone(here.tzinfo))


def _split(words: list[str], text: str, today: date) -> tuple[date, time | None]:
    """The day and the time of day, in either order; a time alone is today's."""
    if not words:
        raise _unreadable(text, today)
    if (day := _day(words, today)) is not None:
        return day, None
    for clock, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
        day = _day(rest, today) if rest else today
        if day is not None and (found := _clock(clock)) is not None:
            return day, found
    raise _unreadable(text, today)


def _clock(word: str) -> time | None:
    """A time of day; None when the word is none."""
    if word in {"noon", "midday"}:
        return time(_NOON)
    if word in {"midnight", "12am", "12:00am"}:
        raise WhenError(
            say(
                "Midnight could be where the day begins or where it ends. Write “00:00” for its "
                "beginning, or the next day with “00:00” for its end."
            )
        )
    found = _TIME.fullmatch(word)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if found[2] is None and half is None:
        raise _which_half(hour)
    if half and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    elif half:
        hour = -1
    try:
        return time(hour, minute)
    except ValueError:
        raise WhenError(
            say("There is no time “{word}”. Write it as “9am”, “9:30pm” or “14:30”.", word=word)
        ) from None


def _which_half(hour: int) -> WhenError:
    if 0 < hour <= _NOON:
        return WhenError(
            say(
                "“{hour}” could be in the morning or in the evening. Write “{hour}am” or “{hour}pm”.",
                hour=hour,
            )
        )
    return WhenError(
        say("“{hour}” could be a day or an hour. Write the time as “14:30” or “9am”.", hour=hour)
    )


def _day(words: list[str], today: date) -> date | None:
    """A day; None when the words are none."""
    match words:
        case ["today"]:
            return today
        case ["tomorrow"]:
            return today + _DAY
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
            "{long} is a {weekday}, not a {weekday2}. Write the date that you mean.",
            long=_long(found),
            weekday=_title(found.weekday()),
            weekday2=_title(weekday),
        )
    )


def _coming(weekday: int, today: date) -> date:
    if weekday == today.weekday():
        raise WhenError(
            say(
                "Today is {weekday}, so that “{weekday}” could be today or in a week. "
                "Write “today” or “{today}”.",
                weekday=_title(weekday),
                today=today + _WEEK,
            )
        )
    return today + (weekday - today.weekday()) % 7 * _DAY


def _next(weekday: int, today: date) -> date:
    """The coming one, if it is in next week wherever weeks begin; else it could be either."""
    days = (weekday - today.weekday()) % 7 or 7
    coming = today + days * _DAY
    this_week = weekday > today.weekday() or today.weekday() == _SUNDAY
    if this_week and weekday != today.weekday():
        raise WhenError(
            say(
                "“Next {weekday}” could be {long} or {long2}. Write “{coming}” or “{coming2}”.",
                weekday=_title(weekday),
                long=_long(coming),
                long2=_long(coming + _WEEK),
                coming=coming,
                coming2=coming + _WEEK,
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
                "“{word}” could be a date or a time. Write a time as “9:30”, a date as “30 September”.",
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
                "“{first:02}/{second:02}” could be {first} {month} or {second} "
                "{month2}. Write the month as a word.",
                first=first,
                second=second,
                month=_month(second),
                month2=_month(first),
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
        which = (
            f"{_month(month)} {year}"
            if year
            else say("{month} in the coming year", month=_month(month))
        )
        raise WhenError(
            say("There is no {day} {which}. Write a date that there is.", day=day, which=which)
        )
    raise WhenError(say("There is no month {month}. Write the month as a word.", month=month))


def _local(clock: datetime, here: datetime) -> Moment:
    """A time on the person's clocks; skipped ones are refused, of two the first still to come."""
    first, second = (clock.replace(tzinfo=here.tzinfo, fold=fold) for fold in (0, 1))
    if not _exists(first):
        valid = clock
        while not _exists(valid.replace(tzinfo=here.tzinfo)):
            valid += _MINUTE
        raise WhenError(
            say(
                "{clock:%H:%M} does not exist on {long} in {tzinfo}: the clocks "
                "go forward over it. The next time that does is {valid:%H:%M}.",
                clock=clock,
                long=_long(clock.date()),
                tzinfo=here.tzinfo,
                valid=valid,
            ),
            f"{valid:%Y-%m-%d %H:%M}",
        )
    if first.utcoffset() == second.utcoffset():
        return Moment(first)
    which, at = ("first", first) if first.astimezone(UTC) >= here else ("second", second)
    return Moment(
        at,
        say(
            "The clocks go back that day, so that {clock:%H:%M} comes twice: this is the {which} "
            "({at:%Z}).",
            clock=clock,
            which=which,
            at=at,
        ),
    )


def _exists(at: datetime) -> bool:
    there_and_back = at.astimezone(UTC).astimezone(at.tzinfo)
    return there_and_back.replace(tzinfo=None) == at.replace(tzinfo=None, fold=0)


def _checked(moment: Moment, here: datetime) -> Moment:
    at = moment.at.astimezone(UTC)
    if at < here:
        shown = say("{at:%H:%M} on {long}", at=moment.at, long=_long(moment.at.date()))
        now = say(
            "{here:%H:%M} on {long} ({tzinfo})",
            here=here,
            long=_long(here.date()),
            tzinfo=here.tzinfo,
        )
        next_day = (moment.at.replace(tzinfo=None) + _DAY).replace(tzinfo=here.tzinfo)
        is_today = moment.at.date() == here.date() and _exists(next_day)
        instead = say("tomorrow {at:%H:%M}", at=moment.at) if is_today else None
        then = (
            say("a later time, as “{instead}”", instead=instead) if instead else say("a later time")
        )
        raise WhenError(
            say("{shown} is over: it is {now} now. Write {then}.", shown=shown, now=now, then=then),
            instead,
        )
    if at - here > _FURTHEST:
        raise _too_far()
    return moment


def _too_far() -> WhenError:
    return WhenError(say("That is more than a year away. Write a time within a year."))


def _named(word: str, names: tuple[str, ...]) -> int | None:
    """The index of a name or of its beginning, of three letters or more."""
    if len(word) < _SHORTEST_NAME:
        return None
    return next((index for index, name in enumerate(names) if name.startswith(word)), None)


def _long(day: date) -> str:
    return f"{day.day} {_month(day.month)} {day.year}"


def _month(number: int) -> str:
    return _MONTHS[number - 1].title()


def _title(weekday: int) -> str:
    return _WEEKDAYS[weekday].title()
