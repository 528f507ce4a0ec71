"""100,000 receipts in a poll's pages, with duplicates and out of order: rows a second.

The store keeps each once; beside it, raw `sqlite3.executemany` puts the same rows into the same
table with the same unique key, as durably. Run it with `python -m tests.bench.receipts`.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store import Database, Scope, receipts
from bot.store.receipts import StoredReceipt
from bot.store.types import Instant

SCOPE = Scope("T0OURS", "demo")
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
_PAGE = 1_000


def shuffled(count: int, *, seed: int = 1) -> list[StoredReceipt]:
    """So many receipts, and a third of them again, in no order.

    Each message has one that says that the network has it, and one that says how it ended.
    """
    number = random.Random(seed)
    one = StoredReceipt(
        kind="sms",
        message_id="",
        at=NOW,
        status_code="200",
        status_text="Sent",
        error_code=None,
        error_text=None,
        reference="r",
        stored_at=NOW,
    )
    found = []
    for index in range(count):
        message, last = divmod(index, 2)
        found.append(
            replace(
                one,
                message_id=f"M{message:08}",
                at=NOW + timedelta(seconds=message + 5 * last),
                status_code=number.choice(("201", "301")) if last else "200",
            )
        )
    found += number.sample(found, count // 3)
    number.shuffle(found)
    return found


async def by_the_store(database: Database, found: Sequence[StoredReceipt]) -> int:
    """Keep them, a page a transaction; how many were new."""
    new = 0
    for start in range(0, len(found), _PAGE):
        async with database.write() as connection:
            page = found[start : start + _PAGE]
            new += len(await receipts.add_new(connection, SCOPE, page))
    return new


def by_sqlite(path: Path, found: Sequence[StoredReceipt]) -> int:
    """Keep them with `executemany`; how many were new."""
    kept = Instant()
    rows = [
        {
            **SCOPE.columns(),
            **asdict(each),
            "at": kept.process_bind_param(each.at, None),  # type: ignore[arg-type]  # unused there
            "stored_at": kept.process_bind_param(each.stored_at, None),  # type: ignore[arg-type]  # as above
        }
        for each in found
    ]
    names = list(rows[0])
    columns, marks = ", ".join(names), ", ".join(f":{name}" for name in names)
    # The names are the table's own columns.
    statement = f"INSERT OR IGNORE INTO receipts ({columns}) VALUES ({marks})"  # noqa: S608
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        for start in range(0, len(rows), _PAGE):
            with connection:
                connection.executemany(statement, rows[start : start + _PAGE])
        return int(connection.execute("SELECT count(*) FROM receipts").fetchone()[0])


async def _ours(path: Path, found: Sequence[StoredReceipt]) -> tuple[int, float]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    try:
        started = time.perf_counter()
        new = await by_the_store(database, found)
        return new, time.perf_counter() - started
    finally:
        await database.close()


async def _emptied(path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await database.open()
    await database.close()


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found = shuffled(count)
    with tempfile.TemporaryDirectory() as folder:
        ours, raw = Path(folder) / "ours.sqlite3", Path(folder) / "raw.sqlite3"
        new, seconds = asyncio.run(_ours(ours, found))
        asyncio.run(_emptied(raw))
        started = time.perf_counter()
        same = by_sqlite(raw, found)
        raw_seconds = time.perf_counter() - started
    rate, raw_rate = len(found) / seconds, len(found) / raw_seconds
    sys.stdout.write(
        f"{len(found):,} receipts of which {count:,} differ: {new:,} kept ({same:,} by sqlite3)\n"
        f"  the store          {rate:10,.0f} rows a second\n"
        f"  sqlite3 executemany{raw_rate:10,.0f} rows a second   ratio {rate / raw_rate:.2f}\n"
    )


if __name__ == "__main__":
    main()
