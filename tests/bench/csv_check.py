"""Rows a second of checking a generated CSV, against phonenumbers' parse and validate alone."""

import contextlib
import csv
import gc
import io
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import TypedDict, TypeVar

import phonenumbers
from phonenumbers import NumberParseException

from bot.services import csv_file, csv_rows

T = TypeVar("T")

ROWS = 100_000
PAIRS = 5
_BAD = ("", "12", "abc", "+61 4", "+999123456789", "6.14E+10", "+611900000000")


def numbers(rows: int, seed: int = 1) -> list[str]:
    """Numbers in the ways people write them, one in fifty bad."""
    chance = random.Random(seed)
    found = []
    for _ in range(rows):
        tail = f"{chance.randrange(10**8):08}"
        ways = (
            f"+614{tail}",
            f"04{tail[:2]} {tail[2:5]} {tail[5:]}",
            f"+44 7400 {tail[:6]}",
            f"+1405555{tail[:4]}",
        )
        found.append(chance.choice(_BAD) if chance.random() < 0.02 else chance.choice(ways))
    return found


def generated(these: list[str]) -> bytes:
    """A file of contacts with these numbers."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["First name", "Last name", "Mobile", "Email", "Company", "Note"])
    for index, number in enumerate(these):
        email = f"someone{index}@example.com" if index % 3 else ""
        writer.writerow(["Ada", f"Löve, {index}", number, email, "Harbour & Sons", "a\nb"])
    return text.getvalue().encode()


def check(content: bytes) -> tuple[int, int]:
    """Read and check a whole file: how many rows are good, and how many bad."""
    how = csv_file.layout(content)
    sample = [row.cells for row, _ in zip(csv_file.rows(content, how), range(20), strict=False)]
    columns = csv_rows.guess(how.columns, sample)
    checker = csv_rows.Checker(columns, width=len(how.columns), country="AU")
    good = bad = 0
    for row in csv_file.rows(content, how):
        if checker.check(row).problem:
            bad += 1
        else:
            good += 1
    return good, bad


def alone(these: list[str]) -> int:
    """What nobody can do without: parse and validate each number."""
    valid = 0
    for text in these:
        with contextlib.suppress(NumberParseException):
            valid += phonenumbers.is_valid_number(phonenumbers.parse(text, "AU"))
    return valid


def _timed(work: Callable[[T], object], argument: T) -> float:
    """Seconds of the processor, so that a busy machine does not count."""
    gc.collect()
    started = time.process_time()
    work(argument)
    return time.process_time() - started


class Measured(TypedDict):
    """What was measured: rows a second of each, pair by pair, and the most memory."""

    good: int
    bad: int
    file_mb: float
    ours: list[float]
    alone: list[float]
    ratios: list[float]
    peak_mb: float


def measure(rows: int = ROWS, pairs: int = PAIRS) -> Measured:
    """Measure both alternately; the ratio is of rows a second, ours to phonenumbers alone's.

    Raises:
        RuntimeError: Not every row was judged.
    """
    these = numbers(rows)
    content = generated(these)
    check(generated(these[:100]))  # loads the metadata of the countries for both
    times = []
    for turn in range(pairs):
        if turn % 2:
            ours = _timed(check, content)
            other = _timed(alone, these)
        else:
            other = _timed(alone, these)
            ours = _timed(check, content)
        times.append((ours, other))
    tracemalloc.start()
    good, bad = check(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if good + bad != rows:
        raise RuntimeError(f"{good + bad:,} of {rows:,} rows were judged")
    return {
        "good": good,
        "bad": bad,
        "file_mb": len(content) / 1e6,
        "ours": [rows / ours for ours, _ in times],
        "alone": [rows / other for _, other in times],
        "ratios": [other / ours for ours, other in times],
        "peak_mb": peak / 1e6,
    }


def main() -> None:
    """Print the figures."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    found = measure(rows)
    sys.stdout.write(
        f"{rows:,} rows, {found['bad']:,} bad, {found['file_mb']:.1f} MB\n"
        f"  checked            {statistics.median(found['ours']):10,.0f} rows a second\n"
        f"  phonenumbers alone {statistics.median(found['alone']):10,.0f} rows a second"
        f"   ratio {statistics.median(found['ratios']):.2f}\n"
        f"  {found['peak_mb']:.1f} MB at most\n"
    )


if __name__ == "__main__":
    main()
