"""A short version of the simulated quarter (`tests/bench/quarter.py`)."""

from datetime import timedelta

from tests.bench.quarter import FORTNIGHT, simulate


def test_every_planted_incident_is_caught_soon_with_fewer_than_three_notifications_each() -> None:
    result = simulate(FORTNIGHT)
    after = {each.incident.name: each.after for each in result.caught}
    assert None not in after.values()
    assert result.ran_out is not None
    assert after["credit run-out on a holiday"] < -timedelta(days=2)  # type: ignore[operator]  # asserted above
    soon = [each for name, each in after.items() if name != "credit run-out on a holiday"]
    assert all(each is not None and each <= timedelta(minutes=30) for each in soon)
    assert {
        each.incident.name for each in result.caught if each.in_channel + each.direct > 2
    } == set()
    assert len(result.elsewhere) <= 1
