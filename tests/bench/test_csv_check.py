"""The benchmark measures what it says."""

from tests.bench.csv_check import measure


def test_every_row_of_the_generated_file_is_judged_within_bounded_memory() -> None:
    found = measure(rows=400, pairs=1)
    assert found["good"] + found["bad"] == 400
    assert 1 <= found["bad"] < 60
    assert found["ratio_median"] > 0
    assert found["peak_mb"] < 5
