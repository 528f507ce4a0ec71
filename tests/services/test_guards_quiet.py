"""Quiet hours at the recipient, through days on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.guards import Level, QuietHours, quiet_hours

NIGHT = QuietHours(time(21), time(8))
LONDON, OKLAHOMA, SYDNEY = "+447777777777", "+14055555555", "+61411111111"
ZONES = (
    *("UTC", "Europe/London", "America/New_York", "America/St_Johns", "Australia/Perth"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati"),
    *("America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Santiago", "Asia/Kolkata"),
)


def at(clock: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        (NIGHT, "21:00", True),
        (NIGHT, "20:59", False),
        (NIGHT, "07:59", True),
        (NIGHT, "08:00", False),
        (NIGHT, "00:00", True),
        (QuietHours(time(12), time(14)), "12:00", True),
        (QuietHours(time(12), time(14)), "14:00", False),
        (QuietHours(time(12), time(14)), "00:00", False),
        (QuietHours(time(0), time(8)), "00:00", True),
        (QuietHours(time(0), time(8)), "23:59", False),
        (QuietHours(time(21), time(0)), "23:59", True),
        (QuietHours(time(21), time(0)), "00:00", False),
    ],
)
def test_the_first_instant_is_quiet_and_the_last_is_not(
    hours: QuietHours, clock: str, *, quiet: bool
) -> None:
    assert bool(quiet_hours([LONDON], at(f"2026-11-24 {clock}"), hours)) is quiet


def test_hours_that_begin_and_end_together_are_refused() -> None:
    with pytest.raises(ValueError, match="different times"):
        QuietHours(time(8), time(8))


def test_at_night_it_offers_the_morning_there() -> None:
    (found,) = quiet_hours([OKLAHOMA], at("2026-11-24 11:12"), NIGHT)
    assert (found.code, found.level) == ("quiet-hours", Level.WARN)
    assert found.reason == (
        "It would arrive in the quiet hours (21:00 to 08:00) of +1 405-555-5555 (05:12 there). "
        "Schedule it for later, or send it all the same if it cannot wait."
    )
    assert found.offer is not None
    assert found.offer.action == "schedule"
    assert found.offer.label == "Schedule for 08:00 their time"
    assert found.offer.at == at("2026-11-24 08:00", "America/Chicago")


def test_where_a_number_may_be_in_several_zones_it_must_be_day_in_all_of_them() -> None:
    (found,) = quiet_hours([SYDNEY], at("2026-11-24 08:30", "Australia/Sydney"), NIGHT)
    assert "+61 411 111 111 (perhaps 07:30 there)" in found.reason
    assert found.offer is not None
    assert found.offer.at == at("2026-11-24 08:00", "Australia/Perth")
    assert found.offer.label == "Schedule for 08:00 or later their time"


def test_the_offer_suits_all_recipients_also_those_who_are_awake_now() -> None:
    (found,) = quiet_hours([OKLAHOMA, LONDON], at("2026-11-24 09:00"), NIGHT)
    assert found.numbers == (OKLAHOMA,)
    assert found.offer is not None
    assert found.offer.at == at("2026-11-24 14:00")
    assert not quiet_hours([OKLAHOMA, LONDON], found.offer.at, NIGHT)


def test_where_no_hour_suits_everybody_it_says_so_and_offers_none() -> None:
    (found,) = quiet_hours([OKLAHOMA, SYDNEY, LONDON], at("2026-11-24 11:00"), NIGHT)
    assert found.offer is None
    assert found.reason.endswith(
        "No time in the next 48 hours suits everybody: send to fewer people at a time."
    )


def test_one_who_is_never_awake_in_all_their_zones_gets_no_offer() -> None:
    long = QuietHours(time(1), time(0, 30))
    (found,) = quiet_hours([SYDNEY], at("2026-11-24 11:00"), long)
    assert found.offer is None
    assert found.reason.endswith("Send it all the same only if it cannot wait.")


def test_many_recipients_are_named_by_the_first_three() -> None:
    numbers = ["+61411111111", "+61422222222", "+61433333333", "+61444444444"]
    (found,) = quiet_hours(numbers, at("2026-11-24 13:00"), NIGHT)
    assert found.numbers == tuple(numbers)
    assert "+61 433 333 333 (perhaps 23:30 there) and 1 more. " in found.reason


def test_a_number_whose_zone_is_unknown_is_never_quiet() -> None:
    assert quiet_hours(["+80012345678", "nonsense"], at("2026-11-24 03:00"), NIGHT) == []


def test_a_zone_that_is_known_of_a_contact_takes_the_place_of_the_number_s() -> None:
    paris = quiet_hours(
        [SYDNEY], at("2026-11-24 22:00"), NIGHT, zones_of=lambda _: ("Europe/Paris",)
    )
    assert paris[0].offer is not None
    assert paris[0].offer.at == at("2026-11-25 08:00", "Europe/Paris")


@pytest.mark.parametrize(
    ("hours", "now", "zone", "free"),
    [
        # The clocks go from 02:00 to 03:00: the end of the quiet hours is skipped.
        ("22:00-02:30", "2027-03-28 01:59", "Europe/Paris", "2027-03-28 03:00"),
        # They go from 03:00 back to 02:00: the first 02:30 ends the quiet.
        ("22:00-02:30", "2026-10-25 01:00", "Europe/Paris", "2026-10-25 02:30"),
        # The day is an hour shorter, or longer, on the recipient's clock all the same.
        ("21:00-08:00", "2027-03-27 22:00", "Europe/Paris", "2027-03-28 08:00"),
        ("21:00-08:00", "2026-10-24 22:00", "Europe/Paris", "2026-10-25 08:00"),
        # Half an hour's change.
        ("21:00-08:00", "2026-10-03 23:00", "Australia/Lord_Howe", "2026-10-04 08:00"),
        # The only hour that is not quiet is skipped, so that it is the day after.
        ("03:00-02:00", "2027-03-27 03:30", "Europe/Paris", "2027-03-29 02:00"),
        # Midnight does not exist.
        ("20:00-00:00", "2026-04-23 23:30", "Africa/Cairo", "2026-04-24 01:00"),
    ],
)
def test_quiet_ends_on_time_when_clocks_change(hours: str, now: str, zone: str, free: str) -> None:
    start, end = (time.fromisoformat(clock) for clock in hours.split("-"))
    (found,) = quiet_hours(
        [LONDON], at(now, zone), QuietHours(start, end), zones_of=lambda _: (zone,)
    )
    assert found.offer is not None
    assert found.offer.at == at(free, zone).astimezone(UTC)


def test_after_the_clocks_went_back_it_is_the_second_of_two_hours_that_ends_the_quiet() -> None:
    now = at("2026-10-25 01:10")
    assert f"{now.astimezone(ZoneInfo('Europe/Paris')):%H:%M %Z}" == "02:10 CET"
    hours = QuietHours(time(22), time(2, 30))
    (found,) = quiet_hours([LONDON], now, hours, zones_of=lambda _: ("Europe/Paris",))
    assert found.offer is not None
    assert found.offer.at == at("2026-10-25 01:30")


def is_quiet(moment: datetime, zone: str, hours: QuietHours) -> bool:
    """Said differently: the minutes since the quiet began, on a clock face."""
    clock = moment.astimezone(ZoneInfo(zone))
    since = (clock.hour - hours.start.hour) * 60 + clock.minute - hours.start.minute
    lasts = (hours.end.hour - hours.start.hour) * 60 + hours.end.minute - hours.start.minute
    return since % 1440 < lasts % 1440


def clocks() -> st.SearchStrategy[time]:
    return st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45, 59]))


@given(
    st.tuples(clocks(), clocks()).filter(lambda hours: hours[0] != hours[1]),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    st.integers(0, 730 * 24 * 60),
)
def test_the_offer_is_the_first_minute_that_is_quiet_nowhere(
    hours: tuple[time, time], where: list[str], minutes: int
) -> None:
    quiet = QuietHours(*hours)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = quiet_hours([LONDON], now, quiet, zones_of=lambda _: tuple(where))
    expected = [is_quiet(now, zone, quiet) for zone in where]
    assert bool(found) is any(expected)
    if not found:
        return
    moments = (now + timedelta(minutes=each) for each in range(1, 48 * 60 + 1))
    free = (m for m in moments if not any(is_quiet(m, zone, quiet) for zone in where))
    assert (found[0].offer and found[0].offer.at) == next(free, None)
