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

from bot.services.when_days import DAY, WEEK, WhenError, day_of
from bot.services.when_german import in_english
from bot.texts import current, formats, say

__all__ = ["MORNING", "Moment", "WhenError", "read"]

MORNING = time(9)
_MINUTE = timedelta(minutes=1)
_FURTHEST = timedelta(days=366)
_LONGEST = 60
_NOON = 12

_FILLER = re.compile(r"\b(?:at|on|of)\b|[,@]")
_HALF = re.compile(r"(?<=\d)\s*([ap])\.?\s?m\b\.?", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,5})\s*([a-z]+)\s*", re.ASCII)
_AN_HOUR = re.compile(r"\ban? (?=hour|minute|day|week)")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?([ap]m)?", re.ASCII)
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("w", "week", "weeks"), WEEK),
}


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
    note = ""
    if not clock:
        note = say("No time of day was given, so it is {time}.", time=formats.clock(morning))
    moment = _local(datetime.combine(day, clock or morning), here)
    return _checked(Moment(moment.at, " ".join(filter(None, [note, moment.note]))), here)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"(?<=\d)t(?=\d\d:)", " ", plain, flags=re.ASCII)
    return _HALF.sub(r"\1m", _FILLER.sub(" ", plain)).split()


def _unreadable(text: str, today: date) -> WhenError:
    shown = " ".join(text.split())
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
    example = f"{today + WEEK} 14:30"
    wrong = say("No time was given.")
    if shown:
        wrong = say("“{typed}” cannot be read as a time.", typed=shown)
    advice = say(
        "Write it as “tomorrow 9am”, “fri 14:30”, “in 2 hours” or “{example}”.", example=example
    )
    return WhenError(f"{wrong} {advice}")


def _later(amounts: str, text: str, here: datetime) -> Moment:
    """Hours and minutes are counted as they pass, days and weeks as the calendar has them."""
    left = _AN_HOUR.sub("1 ", amounts.replace("half an hour", "30 min")).replace(" and ", " ")
    passing, days, used = timedelta(), timedelta(), set[timedelta]()
    while left:
        found = _AMOUNT.match(left)
        unit = _UNITS.get(found[2]) if found else None
        if found is None or unit is None or unit in used:
            raise _unreadable(text, here.date())
        used.add(unit)
        if unit >= DAY:
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
    if (day := day_of(words, today)) is not None:
        return day, None
    for clock, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
        day = day_of(rest, today) if rest else today
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
                "“{hour}” could be in the morning or in the evening. Write “{hour}am” or "
                "“{hour}pm”.",
                hour=hour,
            )
        )
    return WhenError(
        say("“{hour}” could be a day or an hour. Write the time as “14:30” or “9am”.", hour=hour)
    )


def _local(clock: datetime, here: datetime) -> Moment:
    """A time on the person's clocks; skipped ones are refused, of two the first still to come."""
    first, second = (clock.replace(tzinfo=here.tzinfo, fold=fold) for fold in (0, 1))
    if not _exists(first):
        valid = clock
        while not _exists(valid.replace(tzinfo=here.tzinfo)):
            valid += _MINUTE
        raise WhenError(
            say(
                "{time} does not exist on {date} in {zone}: the clocks go forward over it. "
                "The next time that does is {next}.",
                time=formats.clock(clock),
                date=formats.day(clock),
                zone=here.tzinfo,
                next=formats.clock(valid),
            ),
            f"{valid:%Y-%m-%d %H:%M}",
        )
    if first.utcoffset() == second.utcoffset():
        return Moment(first)
    shown = formats.clock(clock)
    if first.astimezone(UTC) >= here:
        note = say(
            "The clocks go back that day, so that {time} comes twice: this is the first ({zone}).",
            time=shown,
            zone=first.tzname(),
        )
        return Moment(first, note)
    note = say(
        "The clocks go back that day, so that {time} comes twice: this is the second ({zone}).",
        time=shown,
        zone=second.tzname(),
    )
    return Moment(second, note)


def _exists(at: datetime) -> bool:
    there_and_back = at.astimezone(UTC).astimezone(at.tzinfo)
    return there_and_back.replace(tzinfo=None) == at.replace(tzinfo=None, fold=0)


def _checked(moment: Moment, here: datetime) -> Moment:
    at = moment.at.astimezone(UTC)
    if at < here:
        next_day = (moment.at.replace(tzinfo=None) + DAY).replace(tzinfo=here.tzinfo)
        is_today = moment.at.date() == here.date() and _exists(next_day)
        instead = f"tomorrow {moment.at:%H:%M}" if is_today else None
        over = say(
            "{time} on {date} is over: it is {clock} on {today} ({zone}) now.",
            time=formats.clock(moment.at),
            date=formats.day(moment.at),
            clock=formats.clock(here),
            today=formats.day(here),
            zone=here.tzinfo,
        )
        then = say("Write a later time.")
        if instead:
            then = say("Write a later time, as “{instead}”.", instead=instead)
        raise WhenError(f"{over} {then}", instead)
    if at - here > _FURTHEST:
        raise _too_far()
    return moment


def _too_far() -> WhenError:
    return WhenError(say("That is more than a year away. Write a time within a year."))
