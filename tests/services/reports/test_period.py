"""Of which days a report is, and when the next one is due."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.services.reports.period import Digest, Period
from bot.services.usage import Month

SYDNEY = ZoneInfo("Australia/Sydney")
ZONES = ("UTC", "Australia/Sydney", "America/New_York", "Asia/Kathmandu", "Pacific/Apia")
digests = st.builds(
    Digest,
    every=st.sampled_from(("day", "week")),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES),
)


def test_a_month_begins_and_ends_where_its_people_are() -> None:
    october = Period.of_month(Month(2026, 10), SYDNEY)
    assert october.start == datetime(2026, 9, 30, 14, tzinfo=UTC)
    assert october.end == datetime(2026, 10, 31, 13, tzinfo=UTC)  # summer time has begun
    assert october.before == Period.of_month(Month(2026, 9), SYDNEY)
    assert Period.of_month(Month(2026, 1), SYDNEY).before.title == "2025-12"


@pytest.mark.parametrize(
    ("days", "before", "title", "name"),
    [
        (1, date(2026, 11, 15), "Sunday, 22 November 2026", "2026-11-22"),
        (7, date(2026, 11, 9), "16 November to 22 November 2026", "2026-11-16-to-2026-11-22"),
    ],
)
def test_days_are_compared_with_those_a_week_before(
    days: int, before: date, title: str, name: str
) -> None:
    period = Period.of_days(date(2026, 11, 22), days, SYDNEY)
    assert period.before.first == before
    assert (period.title, period.name) == (title, name)


@given(
    digests,
    st.datetimes(*(datetime(y, 1, 1) for y in (2025, 2027)), timezones=st.just(UTC)),  # noqa: DTZ001 - as hypothesis takes them
)
def test_a_report_is_due_once_a_day_or_week_and_is_of_the_days_before(
    digest: Digest, now: datetime
) -> None:
    due = digest.due(now)
    span = timedelta(days=1 if digest.every == "day" else 7)
    assert now - span - timedelta(hours=2) < due <= now  # a day may have 25 hours
    assert digest.due(due) == due
    here = due.astimezone(ZoneInfo(digest.zone))
    assert here.hour in {digest.hour, (digest.hour + 1) % 24}  # an hour may not exist
    assert digest.every == "day" or here.weekday() == digest.weekday
    period = digest.period(due)
    assert period.end <= due
    assert period.last == here.date() - timedelta(days=1)
    assert period.last - period.first + timedelta(days=1) == span


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Australia", "a" * 5000])
def test_no_time_zone_is_no_setting(zone: str) -> None:
    with pytest.raises(ValidationError, match="no such time zone"):
        Digest(every="day", zone=zone)
