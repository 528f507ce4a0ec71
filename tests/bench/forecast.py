"""How far the forecast of the days left is off, beside the naive mean, on held-out accounts.

Run it with `python -m tests.bench.forecast [accounts]`.
"""

import random
import sys
from dataclasses import dataclass
from statistics import median

from bot.services.alerts.forecast import forecast, naive
from tests.bench.accounts import account

SEED = 20260501


@dataclass(frozen=True)
class Errors:
    """Median and ninth decile of the relative errors; how often the truth was in the range."""

    median: float
    ninety: float
    naive_median: float
    naive_ninety: float
    covered: float


def measure(accounts: int, *, seed: int = SEED) -> Errors:
    """Forecast for so many accounts."""
    number = random.Random(seed)
    ours, theirs, covered = [], [], 0
    for _ in range(accounts):
        one = account(number)
        found = forecast(one.spent, one.balance, today=one.today)
        if found is None:
            raise AssertionError("there is enough to learn from")
        ours.append(abs(found.days - one.days_left) / one.days_left)
        theirs.append(abs(naive(one.spent, one.balance) - one.days_left) / one.days_left)
        covered += found.low <= one.days_left <= found.high
    return Errors(median(ours), _decile(ours), median(theirs), _decile(theirs), covered / accounts)


def _decile(errors: list[float]) -> float:
    return sorted(errors)[int(len(errors) * 0.9)]


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    found = measure(count)
    rows = (
        ("forecast by weekday, growth and bursts", found.median, found.ninety),
        ("balance divided by the mean day", found.naive_median, found.naive_ninety),
    )
    sys.stdout.write(f"days of credit left, {count:,} held-out accounts: median, nine of ten\n")
    for name, middle, nine in rows:
        sys.stdout.write(f"  {name:<40} {middle:8.1%} {nine:8.1%}\n")
    sys.stdout.write(f"  in the range given to four of five: {found.covered:.0%}\n")


if __name__ == "__main__":
    main()
