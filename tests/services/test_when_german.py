from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services import when
from bot.services.when import WhenError
from bot.texts import locale_of, speaking

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a Tuesday, at noon in Berlin
LAST = date(2027, 11, 20)
GERMAN = locale_of("de-DE")
DAYS = ("montag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
ENGLISH = ("monday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)


def german(text: str) -> datetime:
    with speaking(GERMAN):
        return when.read(text, now=NOW, zone=ZONE).at


@pytest.mark.parametrize(
    ("typed", "english"),
    [
        ("jetzt", "now"),
        ("heute 17 Uhr", "today 17:00"),
        ("Heute um 17:30 Uhr", "today 17:30"),
        ("morgen 9 Uhr", "tomorrow 9:00"),
        ("morgen um 14 Uhr 30", "tomorrow 14:30"),
        ("übermorgen 8.15 Uhr", "2026-11-26 8:15"),
        ("Freitag 9 uhr", "friday 9:00"),
        ("Fr. 9:00", "friday 9:00"),
        ("am Donnerstag um 14 Uhr", "thursday 14:00"),
        ("nächsten Montag 9 Uhr", "next monday 9:00"),
        ("kommenden Sonnabend mittags", "saturday noon"),
        ("1. Dezember 14.30 Uhr", "1 dec 14:30"),
        ("am 1. Dez. um 9 Uhr", "1 dec 9:00"),
        ("25.12.2026 12 Uhr", "25 dec 2026 12:00"),
        ("Di, 1. Dez 2026, 9 Uhr", "tue 1 dec 2026 9:00"),
        ("in 2 Stunden", "in 2 hours"),
        ("in einer Stunde", "in an hour"),
        ("in einer halben Stunde", "in half an hour"),
        ("in 1 Std. und 30 Minuten", "in 1 h 30 min"),
        ("in drei Tagen", None),
        ("in 3 Tagen", "in 3 days"),
        ("in einer Woche", "in 1 week"),
        ("morgen früh", None),
        ("morgen um 9", None),
        ("mitternacht", None),
        ("halb neun", None),
        ("gestern 9 Uhr", None),
        ("Dienstag 9 Uhr", None),  # today, or in a week?
        ("tomorrow 9am", "tomorrow 9am"),
        ("tomorrow at 9 am", "tomorrow 9am"),
        ("fri 14:30", "fri 14:30"),
    ],
)
def test_german_is_read_as_its_english_is_and_refused_as_it_is(
    typed: str, english: str | None
) -> None:
    if english is None:
        with pytest.raises(WhenError):
            german(typed)
    else:
        assert german(typed) == when.read(english, now=NOW, zone=ZONE).at


@given(st.sampled_from(range(6)), st.integers(0, 23), st.integers(0, 59))
def test_every_weekday_and_hour(day: int, hour: int, minute: int) -> None:
    typed = f"{DAYS[day]} {hour} uhr {minute:02}"
    assert german(typed) == when.read(f"{ENGLISH[day]} {hour}:{minute:02}", now=NOW, zone=ZONE).at


@given(st.dates(date(2026, 11, 26), LAST), st.integers(0, 23))
def test_every_date_and_hour(day: date, hour: int) -> None:
    typed = f"{day.day}. {MONTHS[day.month - 1]} {day.year} {hour} Uhr"
    try:
        expected = when.read(f"{day} {hour}:00", now=NOW, zone=ZONE).at
    except WhenError:  # an hour that the clocks skip
        with pytest.raises(WhenError):
            german(typed)
    else:
        assert german(typed) == expected


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    try:
        found = german(typed)
    except WhenError:
        return
    assert found >= NOW


def test_who_reads_english_types_english() -> None:
    with pytest.raises(WhenError):
        when.read("morgen 9 Uhr", now=NOW, zone=ZONE)
