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
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store import Database, Scope, receipts
from bot.store.receipts import StoredReceipt
from bot.store.types import EPOCH, MICROSECOND

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
    """Keep them with `executemany`, as short as one writes that by hand; how many were new.

    The clock runs from the receipts on, as it does for the store: both make rows of them.
    """
    names = [field.name for field in fields(StoredReceipt)]
    columns, marks = ", ".join(["workspace", "account", *names]), ", ".join("?" * (len(names) + 2))
    # The names are the table's own columns.
    statement = f"INSERT OR IGNORE INTO receipts ({columns}) VALUES ({marks})"  # noqa: S608
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        for start in range(0, len(found), _PAGE):
            with connection:
                rows = [_row(each) for each in found[start : start + _PAGE]]
                connection.executemany(statement, rows)
        return int(connection.execute("SELECT count(*) FROM receipts").fetchone()[0])


def _row(each: StoredReceipt) -> tuple[object, ...]:
    return (
        SCOPE.workspace,
        SCOPE.account,
        each.kind,
        each.message_id,
        (each.at - EPOCH) // MICROSECOND,
        each.status_code,
        each.status_text,
        each.error_code,
        each.error_text,
        each.reference,
        (each.stored_at - EPOCH) // MICROSECOND,
    )


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


async def together(database: Database, found: Sequence[StoredReceipt], *, seed: int = 2) -> int:
    """Keep what a poll reads in pages and webhooks push in small groups at once; how many new.

    Both bring all of them, each in an order of its own.
    """
    pushed = list(found)
    random.Random(seed).shuffle(pushed)
    sizes = random.Random(seed)

    async def push() -> int:
        new = start = 0
        while start < len(pushed):
            size = sizes.randint(1, 60)
            async with database.write() as connection:
                group = pushed[start : start + size]
                new += len(await receipts.add_new(connection, SCOPE, group))
            start += size
        return new

    return sum(await asyncio.gather(by_the_store(database, found), push()))


def rounds(count: int, number: int) -> list[tuple[float, float]]:
    """Rows a second of the store and of raw `sqlite3`, in rounds taken in turn.

    Raises:
        RuntimeError: They were not counted once each.
    """
    found = shuffled(count)
    rates = []
    for _ in range(number):
        with tempfile.TemporaryDirectory() as folder:
            ours, raw = Path(folder) / "ours.sqlite3", Path(folder) / "raw.sqlite3"
            new, seconds = asyncio.run(_ours(ours, found))
            asyncio.run(_emptied(raw))
            started = time.perf_counter()
            same = by_sqlite(raw, found)
            rates.append((len(found) / seconds, len(found) / (time.perf_counter() - started)))
        if not new == same == count:
            raise RuntimeError(f"{new:,} and {same:,} were kept of {count:,}")
    return rates


def measured(count: int, number: int) -> tuple[float, float]:
    """The best rates of some rounds; see `rounds`."""
    ours, raw = zip(*rounds(count, number), strict=True)
    return max(ours), max(raw)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rate, raw = measured(count, 3 if count <= 100_000 else 1)
    sys.stdout.write(
        f"{count + count // 3:,} receipts, of which {count:,} differ, each kept once\n"
        f"  the store          {rate:10,.0f} rows a second\n"
        f"  sqlite3 executemany{raw:10,.0f} rows a second   ratio {rate / raw:.2f}\n"
    )


if __name__ == "__main__":
    main()
