"""Times as people type them: read in one way only, or refused in words."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.services.when import Moment, WhenError, read

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BERLIN)
EXAMPLES = "Write it as “tomorrow 9am”, “fri 14:30”, “in 2 hours” or “2026-12-01 14:30”."


def reading(text: str, now: datetime = TUESDAY, zone: ZoneInfo = BERLIN) -> Moment:
    return read(text, now=now, zone=zone)


def tried(text: str, now: datetime, zone: ZoneInfo) -> Moment | WhenError:
    try:
        return reading(text, now, zone)
    except WhenError as error:
        return error


def refused(text: str, now: datetime = TUESDAY, zone: ZoneInfo = BERLIN) -> WhenError:
    with pytest.raises(WhenError) as caught:
        reading(text, now, zone)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("now", "2026-11-24 10:00"),
        ("in 2 hours", "2026-11-24 12:00"),
        ("in 30 min", "2026-11-24 10:30"),
        ("in 1 h 30 min", "2026-11-24 11:30"),
        ("in 1h30m", "2026-11-24 11:30"),
        ("in an hour", "2026-11-24 11:00"),
        ("in half an hour", "2026-11-24 10:30"),
        ("in 3 days", "2026-11-27 10:00"),
        ("in a week and 1 day", "2026-12-02 10:00"),
        ("in 1 day and 2 hours", "2026-11-25 12:00"),
        ("tomorrow 9am", "2026-11-25 09:00"),
        ("Tomorrow, at 9 AM", "2026-11-25 09:00"),
        ("9am tomorrow", "2026-11-25 09:00"),
        ("tomorrow noon", "2026-11-25 12:00"),
        ("tomorrow 12:30am", "2026-11-25 00:30"),
        ("tomorrow 12pm", "2026-11-25 12:00"),
        ("tomorrow 00:00", "2026-11-25 00:00"),
        ("fri 14:30", "2026-11-27 14:30"),
        ("on Friday at 2:30 p.m.", "2026-11-27 14:30"),
        ("this friday 14:30", "2026-11-27 14:30"),
        ("mon 8:00", "2026-11-30 08:00"),
        ("next monday 8:00", "2026-11-30 08:00"),
        ("next tuesday 8:00", "2026-12-01 08:00"),
        ("thurs 8:00", "2026-11-26 08:00"),
        ("9pm", "2026-11-24 21:00"),
        ("at 9:15pm", "2026-11-24 21:15"),
        ("@ 21:15", "2026-11-24 21:15"),
        ("today 17:00", "2026-11-24 17:00"),
        ("17:00 today", "2026-11-24 17:00"),
        ("2026-12-01 14:30", "2026-12-01 14:30"),
        ("2026-12-01T14:30", "2026-12-01 14:30"),
        ("1 Dec 9am", "2026-12-01 09:00"),
        ("1st of December 2026, 9am", "2026-12-01 09:00"),
        ("Dec 1, 2026 at 9:30pm", "2026-12-01 21:30"),
        ("Tue 1 Dec 9am", "2026-12-01 09:00"),
        ("sept 3 9am", "2027-09-03 09:00"),
        ("24 nov 11:00", "2026-11-24 11:00"),
        ("25/12 9am", "2026-12-25 09:00"),
        ("12/25 9am", "2026-12-25 09:00"),
        ("25.12.2026 9am", "2026-12-25 09:00"),
        ("5/5 9am", "2027-05-05 09:00"),
        ("\uff19\uff50\uff4d", "2026-11-24 21:00"),
    ],
)
def test_what_can_be_read_in_one_way_is_read(typed: str, at: str) -> None:
    assert reading(typed) == Moment(datetime.fromisoformat(at).replace(tzinfo=BERLIN))


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("tomorrow", "2026-11-25 09:00"),
        ("monday", "2026-11-30 09:00"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("1 Dec 2026", "2026-12-01 09:00"),
        ("5.5.", "2027-05-05 09:00"),
    ],
)
def test_a_day_alone_is_its_morning_and_says_so(typed: str, at: str) -> None:
    assert reading(typed) == Moment(
        datetime.fromisoformat(at).replace(tzinfo=BERLIN),
        "No time of day was given, so it is 09:00.",
    )


def test_the_morning_can_be_another() -> None:
    moment = read("tomorrow", now=TUESDAY, zone=BERLIN, morning=time(8, 30))
    assert f"{moment.at:%H:%M}" == "08:30"
    assert "08:30" in moment.note


@pytest.mark.parametrize(
    "typed",
    [
        *("soon", "tomorow 9am", "tomorrow morning", "2 hours", "in", "in 5", "in two hours"),
        *("in 1.5 hours", "in -1 hours", "in 1 hour 2 hours", "in 2 months", "9am 3pm", "next"),
        *("next week", "may", "1 dec 26 9am", "friday friday", "14:30 UTC", "2026-12-01T14:30Z"),
        *("tonight", "9h", "0900", "1e3", "١٢:٠٠", "<!channel>", "9:3", "fri next 9am"),
    ],
)
def test_what_cannot_be_read_is_repeated_with_examples(typed: str) -> None:
    assert str(refused(typed)) == f"“{typed}” cannot be read as a time. {EXAMPLES}"


def test_a_long_text_is_cut_and_an_empty_one_asked_for() -> None:
    assert f"“{'x' * 59}…” cannot" in str(refused("x" * 5000))
    assert str(refused(" \n")) == f"No time was given. {EXAMPLES}"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("03/04 9am", "“03/04” could be 3 April or 4 March. Write the month as a word."),
        ("1.2.2027 9am", "“01/02” could be 1 February or 2 January. Write the month as a word."),
        (
            "9.30",
            "“9.30” could be a date or a time. Write a time as “9:30”, a date as “30 September”.",
        ),
        ("at 9", "“9” could be in the morning or in the evening. Write “9am” or “9pm”."),
        ("tomorrow 9", "“9” could be in the morning or in the evening. Write “9am” or “9pm”."),
        ("friday 13", "“13” could be a day or an hour. Write the time as “14:30” or “9am”."),
        (
            "tuesday 14:00",
            (
                "Today is Tuesday, so that “Tuesday” could be today or in a week. Write “today” or "
                "“2026-12-01”."
            ),
        ),
        (
            "next friday 9am",
            (
                "“Next Friday” could be 27 November 2026 or 4 December 2026. Write “2026-11-27” or "
                "“2026-12-04”."
            ),
        ),
        (
            "midnight",
            (
                "Midnight could be where the day begins or where it ends. Write “00:00” for its "
                "beginning, or the next day with “00:00” for its end."
            ),
        ),
        (
            "tomorrow 12am",
            (
                "Midnight could be where the day begins or where it ends. Write “00:00” for its "
                "beginning, or the next day with “00:00” for its end."
            ),
        ),
        ("today", "Say at what time today, as in “today 17:00”."),
        (
            "mon 9 dec",
            "9 December 2026 is a Wednesday, not a Monday. Write the date that you mean.",
        ),
        (
            "31 feb 9am",
            "There is no 31 February in the coming year. Write a date that there is.",
        ),
        (
            "2027-02-29",
            "There is no 29 February 2027. Write a date that there is.",
        ),
        ("2027-13-01", "There is no month 13. Write the month as a word."),
        ("0/5", "There is no month 0. Write the month as a word."),
        ("25:00", "There is no time “25:00”. Write it as “9am”, “9:30pm” or “14:30”."),
        ("9:60", "There is no time “9:60”. Write it as “9am”, “9:30pm” or “14:30”."),
        ("13pm", "There is no time “13pm”. Write it as “9am”, “9:30pm” or “14:30”."),
        ("0am", "There is no time “0am”. Write it as “9am”, “9:30pm” or “14:30”."),
        (
            "2026-11-23 9am",
            (
                "09:00 on 23 November 2026 is over: it is 10:00 on 24 November 2026 "
                "(Europe/Berlin) now. Write a later time."
            ),
        ),
        (
            "9am",
            (
                "09:00 on 24 November 2026 is over: it is 10:00 on 24 November 2026 "
                "(Europe/Berlin) now. Write a later time, as “tomorrow 09:00”."
            ),
        ),
        ("2028-01-01", "That is more than a year away. Write a time within a year."),
        ("in 99999 weeks", "That is more than a year away. Write a time within a year."),
    ],
)
def test_what_could_mean_two_things_or_is_no_time_is_refused_in_words(
    typed: str, reason: str
) -> None:
    assert str(refused(typed)) == reason


@pytest.mark.parametrize(
    ("today", "clear", "unclear"),
    [
        ("2026-11-23", ["mon"], ["tue", "wed", "thu", "fri", "sat", "sun"]),
        ("2026-11-25", ["mon", "tue", "wed"], ["thu", "fri", "sat", "sun"]),
        ("2026-11-28", ["mon", "tue", "wed", "thu", "fri", "sat"], ["sun"]),
        # Where weeks begin on Sunday, all other days are still in this one.
        ("2026-11-29", ["sun"], ["mon", "tue", "wed", "thu", "fri", "sat"]),
    ],
)
def test_next_is_taken_only_where_it_is_next_week_for_everybody(
    today: str, clear: list[str], unclear: list[str]
) -> None:
    now = datetime.fromisoformat(today).replace(hour=10, tzinfo=BERLIN)
    for day in clear:
        assert timedelta() < reading(f"next {day} 10:00", now).at - now <= timedelta(days=7)
    for day in unclear:
        assert "could be" in str(refused(f"next {day} 10:00", now))


@pytest.mark.parametrize(
    ("typed", "zone", "reason", "instead"),
    [
        (
            "2027-03-28 02:30",
            "Europe/Berlin",
            (
                "02:30 does not exist on 28 March 2027 in Europe/Berlin: the clocks go forward "
                "over it. The next time that does is 03:00."
            ),
            "2027-03-28 03:00",
        ),
        (
            "2027-10-03 02:10",
            "Australia/Lord_Howe",
            (
                "02:10 does not exist on 3 October 2027 in Australia/Lord_Howe: the clocks go "
                "forward over it. The next time that does is 02:30."
            ),
            "2027-10-03 02:30",
        ),
        (
            "2027-04-30 00:00",
            "Africa/Cairo",
            (
                "00:00 does not exist on 30 April 2027 in Africa/Cairo: the clocks go forward over "
                "it. The next time that does is 01:00."
            ),
            "2027-04-30 01:00",
        ),
    ],
)
def test_a_time_that_clocks_skip_is_refused_with_the_next_one(
    typed: str, zone: str, reason: str, instead: str
) -> None:
    error = refused(typed, TUESDAY, ZoneInfo(zone))
    assert (str(error), error.instead) == (reason, instead)
    assert f"{reading(instead, TUESDAY, ZoneInfo(zone)).at:%Y-%m-%d %H:%M}" == instead


def test_of_a_time_that_comes_twice_it_is_the_first_and_it_says_so() -> None:
    moment = reading("2027-10-31 02:30")
    assert moment.at.astimezone(UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert moment.note == (
        "The clocks go back that day, so that 02:30 comes twice: this is the first (CEST)."
    )


def test_when_the_first_of_two_is_over_it_is_the_second() -> None:
    now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    moment = reading("02:30", now)
    assert moment.at.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert "this is the second (CET)" in moment.note


def test_a_day_and_a_skipped_or_doubled_morning_say_both() -> None:
    moment = read("2027-10-31", now=TUESDAY, zone=BERLIN, morning=time(2, 30))
    assert moment.note.startswith("No time of day was given, so it is 02:30. The clocks go back")


def test_hours_are_counted_as_they_pass_and_days_as_the_calendar_has_them() -> None:
    eve = datetime(2027, 3, 27, 12, tzinfo=BERLIN)
    assert f"{reading('in 24 hours', eve).at:%d %H:%M}" == "28 13:00"
    assert f"{reading('in 1 day', eve).at:%d %H:%M}" == "28 12:00"


def test_the_day_is_the_person_s_own() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    auckland, honolulu = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
    assert str(reading("tomorrow 9am", now, auckland).at) == "2026-11-26 09:00:00+13:00"
    assert str(reading("tomorrow 9am", now, honolulu).at) == "2026-11-25 09:00:00-10:00"


ZONES = st.sampled_from(
    [
        *("UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu"),
        *("Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Pacific/Kiritimati"),
        *("Asia/Beirut", "Africa/Casablanca", "Pacific/Auckland", "America/Sao_Paulo"),
    ]
).map(ZoneInfo)
NOWS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    NOWS,
    ZONES,
    st.integers(0, 365 * 24 * 60),
    st.sampled_from(["%Y-%m-%d %H:%M", "%-d %b %Y %I:%M%p"]),
)
def test_every_minute_of_the_coming_year_can_be_written_and_read(
    now: datetime, zone: ZoneInfo, minutes: int, form: str
) -> None:
    at = (now + timedelta(minutes=minutes)).astimezone(zone)
    assume(f"{at:{form}}"[-7:] != "12:00AM")
    found = reading(f"{at:{form}}", now, zone)
    assert found.at.replace(tzinfo=None, fold=0) == at.replace(tzinfo=None, fold=0)
    twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    assert bool(found.note) is twice
    assert found.at.astimezone(UTC) == at.astimezone(UTC) or twice
    assert now <= found.at.astimezone(UTC) <= at.astimezone(UTC)


@given(NOWS, ZONES, st.integers(0, 366), st.integers(0, 1439))
def test_a_time_on_the_wall_is_read_as_it_stands_or_does_not_exist(
    now: datetime, zone: ZoneInfo, days: int, minute: int
) -> None:
    day = now.astimezone(zone).date() + timedelta(days=days)
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    exists = any(
        wall.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        == wall
        for fold in (0, 1)
    )
    over = wall.replace(tzinfo=zone, fold=1).astimezone(UTC) < now
    far = wall.replace(tzinfo=zone).astimezone(UTC) > now + timedelta(days=366)
    found = tried(f"{wall:%Y-%m-%d %H:%M}", now, zone)
    if not exists:
        assert isinstance(found, WhenError)
        assert found.instead is not None
        assert datetime.fromisoformat(found.instead) > wall
    elif isinstance(found, WhenError):
        assert over or far
    else:
        assert found.at.replace(tzinfo=None, fold=0) == wall


@given(NOWS, ZONES, st.integers(0, 600), st.integers(0, 59))
def test_hours_and_minutes_from_now_are_exactly_that(
    now: datetime, zone: ZoneInfo, hours: int, minutes: int
) -> None:
    found = reading(f"in {hours} hours {minutes} min", now, zone)
    assert found.at.astimezone(UTC) - now == timedelta(hours=hours, minutes=minutes)


WORDS = st.sampled_from(
    [
        *("in", "next", "tomorrow", "today", "fri", "monday", "1", "12", "31", "99", "0", "dec"),
        *("feb", "2026-12-01", "2027-02-29", "9am", "12am", "14:30", "25:61", "hour", "days"),
        *("2h", "30m", "03/04", "25/12", "9.30", "at", ",", "noon", "2026", "2099", "99999", "and"),
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=6).map(" ".join)), NOWS, ZONES)
def test_any_text_is_a_time_in_the_coming_year_or_an_error_in_words(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    found = tried(text, now, zone)
    if isinstance(found, WhenError):
        assert str(found).endswith(".")
        assert found.instead is None or isinstance(tried(found.instead, now, zone), Moment)
    else:
        assert now <= found.at.astimezone(UTC) <= now + timedelta(days=366)
        assert found.at.tzinfo is zone
