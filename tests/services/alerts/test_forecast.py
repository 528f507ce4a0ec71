"""The forecast on accounts it has not seen, beside the naive mean."""

import math
from datetime import date, timedelta

from bot.services.alerts.forecast import forecast, naive
from tests.bench.forecast import measure

TODAY = date(2026, 5, 4)


def days(*amounts: float) -> dict[date, float]:
    first = TODAY - timedelta(days=len(amounts))
    return {first + timedelta(days=number): each for number, each in enumerate(amounts)}


def test_the_median_error_is_below_15_percent_and_half_of_the_naive_means() -> None:
    found = measure(200)
    assert found.median < 0.15
    assert found.median < found.naive_median / 2
    assert 0.7 < found.covered < 0.95


def test_a_steady_account_lasts_as_long_as_the_division_says() -> None:
    spent = days(*[10.0] * 40)
    found = forecast(spent, 100.0, today=TODAY)
    assert found is not None
    assert math.isclose(found.days, 10.0, rel_tol=0.02)
    assert math.isclose(naive(spent, 100.0), 10.0)


def test_a_quiet_weekend_is_known() -> None:
    spent = days(*[[10.0] * 5 + [0.0] * 2][0] * 8)
    assert TODAY.weekday() == 0
    found = forecast(spent, 75.0, today=TODAY)
    assert found is not None
    assert 9 <= found.days < 10.2


def test_too_little_to_learn_from_is_no_forecast() -> None:
    assert forecast(days(5.0, 5.0), 100.0, today=TODAY) is None
    assert forecast(days(0.0, 0.0, 0.0), 100.0, today=TODAY) is None


def test_an_empty_balance_lasts_no_day() -> None:
    found = forecast(days(*[10.0] * 20), 0.0, today=TODAY)
    assert found is not None
    assert found.days == 0.0
    assert found.low == 0.0
