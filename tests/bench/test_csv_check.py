"""The benchmark measures what it says."""

from bot.services.csv_spec import BULK, IMPORT
from tests.bench.csv_check import measure
from tests.bench.csv_jobs import checked


def test_every_row_of_the_generated_file_is_judged_within_bounded_memory() -> None:
    found = measure(rows=400, pairs=1)
    assert found["good"] + found["bad"] == 400
    assert 1 <= found["bad"] < 60
    assert found["ratios"][0] > 0
    assert found["peak_mb"] < 5


async def test_a_bulk_send_and_an_import_of_it_are_measured_whole() -> None:
    for kind in (IMPORT, BULK):
        found = await checked(kind, 300)
        assert found["good"] + found["bad"] == 300
        assert found["ratio_to_phonenumbers"] > 0
