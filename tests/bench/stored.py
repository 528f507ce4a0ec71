"""What is kept and checked in bulk: receipts, files of contacts; how well the bot foresees."""

from __future__ import annotations

import asyncio
import statistics
from datetime import timedelta

from tests.bench import csv_check, csv_jobs, forecast, quarter, receipts
from tests.bench.measure import PAIRS, Figure, Target


async def kept(*, quick: bool) -> list[Figure]:
    """Receipts stored and deduplicated against raw `sqlite3`."""
    count, rounds = (100_000, 2) if quick else (1_000_000, PAIRS)
    rounds_taken = await asyncio.to_thread(receipts.rounds, count, rounds)
    ours, raw = zip(*rounds_taken, strict=True)
    return [
        Figure(
            f"{count:,} receipts stored and deduplicated (SQLite)",
            "raw sqlite3 insert-or-ignore, same batch",
            "rows/s",
            [mine / theirs for mine, theirs in rounds_taken],
            statistics.median(ours),
            statistics.median(raw),
            Target(">=", 0.8),
        )
    ]


async def checked(*, quick: bool) -> list[Figure]:
    """A CSV read and checked, and the whole job of an import around it, by processor time."""
    rows, count = (10_000, 2) if quick else (csv_check.ROWS, PAIRS)
    found = csv_check.measure(rows, count)
    job = await csv_jobs.checked(csv_jobs.IMPORT, rows)
    if job["good"] + job["bad"] != rows:
        raise ValueError(job)
    against = "phonenumbers parse and validate alone"
    return [
        Figure(
            f"CSV of {rows:,} rows checked",
            against,
            "rows/s",
            found["ratios"],
            statistics.median(found["ours"]),
            statistics.median(found["alone"]),
            Target(">=", 0.8),
            note=f"processor time; {found['peak_mb']:.1f} MB at most",
        ),
        Figure(
            "the whole job of such an import, rows stored",
            against,
            "rows/s",
            [job["ratio_to_phonenumbers"]],
            job["rows_a_second"],
            job["rows_a_second"] / job["ratio_to_phonenumbers"],
            note="processor time, the local ClickSend included",
        ),
    ]


async def foreseen(*, quick: bool) -> list[Figure]:
    """The error of the forecast beside the naive one's, and the simulated quarter."""
    accounts = 200 if quick else 1_000
    errors = forecast.measure(accounts)
    plan = quarter.FORTNIGHT if quick else quarter.QUARTER
    result = quarter.simulate(plan)
    caught = [each for each in result.caught if each.after is not None]
    heard = sum(each.in_channel for each in result.caught) / len(result.caught)
    late = max((each.after for each in caught if each.after is not None), default=timedelta(0))
    return [
        Figure(
            f"error of the days left, {accounts:,} held-out accounts",
            "balance divided by the mean day",
            "of the days",
            [errors.median / errors.naive_median],
            errors.median,
            errors.naive_median,
            note=f"nine of ten within {errors.ninety:.0%}, naive {errors.naive_ninety:.0%}",
        ),
        Figure(
            f"incidents caught in {plan.days} simulated days",
            "those planted",
            "incidents",
            [len(caught) / len(result.caught)],
            len(caught),
            len(result.caught),
            Target(">=", 1.0),
            note=(
                f"the latest after {late / timedelta(minutes=1):.0f} minutes; {heard:.2f} "
                f"notifications an incident; {len(result.elsewhere)} about anything else"
            ),
        ),
    ]
