"""The database: opened, migrated, locked against a second bot, read and written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from filelock import FileLock, Timeout
from sqlalchemy import (
    ColumnElement,
    Dialect,
    Table,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import engines, revisions
from bot.store.revisions import Schema, SchemaError
from bot.store.writer import Work, Writer

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_AGAIN_SECONDS = 0.25
_REFUSED = (DataError, IntegrityError, ProgrammingError)
_BATCH = 1_000
_MANY = 20


class DatabaseInUseError(Exception):
    """Another bot is running on this SQLite file."""


class Database:
    """A SQLite file (WAL, `synchronous=FULL`) or a PostgreSQL database.

    Args:
        url: SQLAlchemy's URL: `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…`.
    """

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine: AsyncEngine = engines.asynchronous(url)
        # SQLite lets one writer in, and those who wait sleep and look again, whoever came first: so
        # our own writers queue here, and none of them runs out of patience.
        turn = asyncio.Lock()
        self._turn = turn if self._engine.dialect.name == "sqlite" else nullcontext()
        self._writer = (
            Writer(engines.writing(self._url), self._engine, turn) if self._on_file else None
        )
        self._lock = FileLock(f"{self._url.database}.lock") if self._on_file else None

    @property
    def _on_file(self) -> bool:
        return self._url.get_backend_name() == "sqlite" and bool(self._url.database)

    @property
    def is_shared(self) -> bool:
        """Whether several bots may live on it at once, so that nothing tells whether one does."""
        return self._engine.dialect.name == "postgresql"

    @property
    def writing_engine(self) -> AsyncEngine:
        """The engine for code that is not ours (slack_sdk's store): each transaction writes."""
        return self._engine.execution_options(**{engines.WRITES: True})

    async def open(self) -> None:
        """Take the file lock and bring the tables up to date; on PostgreSQL, look whether they are.

        Raises:
            DatabaseInUseError: Another process has this SQLite file open.
            SchemaError: A PostgreSQL's tables are behind, or a file's are of a newer version.
        """
        await self.lock()
        if self._url.get_backend_name() == "sqlite":
            await self.migrate()
            return
        found = await self.schema()
        if found.newer:
            # In the midst of an upgrade: columns that an old replica needs are not taken away yet.
            _log.warning("the tables are of a newer version", current=found.current)
        elif not found.is_current:
            raise SchemaError(revisions.behind(found))

    async def lock(self) -> None:
        """Take the file lock; PostgreSQL needs none.

        Raises:
            DatabaseInUseError: Another process has this SQLite file open.
        """
        if self._lock is not None and not self.take():
            raise DatabaseInUseError(
                f"another clicksend-slack is running on {self._url.database}; stop it first, "
                "or give this one another DATABASE_URL"
            )

    def take(self) -> bool:
        """Take the file lock if nobody has it; never on PostgreSQL, where bots share.

        Returns:
            Whether it is ours; then no bot lives on this file, and none starts until `give_back`.
        """
        if self._lock is None:
            return False
        Path(str(self._url.database)).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            return False
        return True

    def give_back(self) -> None:
        """Give the file lock back."""
        if self._lock is not None:
            self._lock.release()

    async def join(self) -> None:
        """Get ready to write beside a bot that may live here: its tables stay as they are.

        Raises:
            SchemaError: The tables are not of this program's version.
        """
        if self.take():
            try:
                await self.migrate()
            finally:
                self.give_back()
            return
        found = await self.schema()
        if not found.is_current:
            raise SchemaError(revisions.newer(found) if found.newer else revisions.behind(found))

    async def migrate(self, to: str = "head") -> Schema:
        """Bring the tables to a revision, the newest one by default, in one transaction.

        Returns:
            Where they were before.

        Raises:
            SchemaError: They are of a newer version, or in use.
        """
        async with self._engine.connect() as connection:
            before = await connection.run_sync(revisions.upgrade, to)
            await connection.commit()
        return before

    async def schema(self) -> Schema:
        """At which revision the tables are; nothing is changed, and no file is made."""
        if self._on_file and not await asyncio.to_thread(Path(str(self._url.database)).exists):
            return revisions.look_at_nothing()
        async with self._engine.connect() as connection:
            return await connection.run_sync(revisions.look)

    async def close(self) -> None:
        """Close every connection and give the lock back."""
        if self._writer is not None:
            await self._writer.close()
        await self._engine.dispose()
        self.give_back()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: durable when the block ends, undone when it raises; never two in one."""
        async with self._turn, self.writing_engine.begin() as connection:
            yield connection

    async def unit(self, work: Work[T]) -> T:
        """Do a whole transaction that awaits nothing but its connection.

        On a SQLite file it costs one trip to a thread, shared with whatever came at the same time,
        and is committed together with it; see `Writer`. Elsewhere it is a transaction as any.

        Args:
            work: What to read and write; it must not keep its connection.

        Returns:
            What it returns; durable by then.

        Raises:
            Exception: Its own, and nothing of it is written.
            NotAUnitError: On SQLite: it waited for something else than its connection.
            SQLAlchemyError: The database refused, or could not commit.
        """
        if self._writer is not None:
            return await self._writer.run(work)
        async with self.write() as connection:
            return await work(connection)

    async def insist(self, work: Work[None], *, seconds: float) -> None:
        """Write what must not be forgotten only because the database is away for a moment.

        Args:
            work: What to write, as for `unit`; it must do no harm when it is done twice, as a
                commit whose answer was lost may have taken effect.
            seconds: For how long it is tried.

        Raises:
            SQLAlchemyError: The database did not come back in time, or refuses.
            OSError: It could not be reached in all that time.
        """
        ends = time.monotonic() + seconds
        while True:
            try:
                await self.unit(work)
            except (DBAPIError, OSError) as error:
                if isinstance(error, _REFUSED) or time.monotonic() > ends:
                    raise
                _log.warning("the database is away", problem=type(error).__name__)
            else:
                return
            await asyncio.sleep(_AGAIN_SECONDS)

    async def ready(self) -> bool:
        """Whether the database answers."""
        async with self.read() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar())


def insert_into(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can do something else where the row is there already: `on_conflict_…`."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - it is large, and few have it

    return postgresql.insert(table)


async def insert_new(
    connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *returning: str
) -> list[dict[str, Any]]:
    """Insert the rows whose unique keys are not taken yet, by batches of 1,000.

    Args:
        connection: A writing connection.
        table: Where to.
        rows: The rows; all have the same columns.
        returning: The columns to give back.

    Returns:
        Those columns of the rows that were new, in no certain order.
    """
    new: list[dict[str, Any]] = []
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        plain = all(c.name in batch[0] for c in table.c if c.default is not None)
        many = connection.dialect.name == "sqlite" and len(batch) >= _MANY and plain
        new += await (_many if many else _few)(connection, table, batch, returning)
    return new


async def _few(
    connection: AsyncConnection,
    table: Table,
    batch: Sequence[Mapping[str, Any]],
    returning: Sequence[str],
) -> list[dict[str, Any]]:
    """One statement that gives back what is new."""
    columns = [table.c[name] for name in returning]
    # Rows as parameters, not as values: one statement is compiled, however many they are.
    statement = insert_into(connection, table).on_conflict_do_nothing().returning(*columns)
    result = await connection.execute(statement, list(batch))
    return [dict(row) for row in result.mappings()]


async def _many(
    connection: AsyncConnection,
    table: Table,
    batch: Sequence[Mapping[str, Any]],
    returning: Sequence[str],
) -> list[dict[str, Any]]:
    """`executemany`, which gives nothing back, and then the rows that are numbered after the last.

    SQLite numbers rows upwards, and while we write nobody else does. The driver gets plain tuples,
    so defaults of our own are not filled in; one statement with `RETURNING` through Core takes
    twice as long (`tests/bench/receipts.py`).
    """
    dialect = connection.dialect
    number: ColumnElement[int] = literal_column("rowid")
    last = select(func.coalesce(func.max(number), 0)).select_from(table)
    before = (await connection.execute(last)).scalar_one()
    names = list(batch[0])
    await connection.exec_driver_sql(_insert(table, names), _tuples(table, batch, names, dialect))
    columns = [table.c[name] for name in returning]
    result = await connection.execute(select(*columns).where(number > before))
    return [dict(zip(returning, row, strict=True)) for row in result.all()]


async def insert_plain(
    connection: AsyncConnection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> list[int]:
    """Insert rows whose unique key is not taken yet, as SQLite's driver takes them.

    Past Core, which takes as long as SQLite does to make mappings of what comes back. Each row gets
    the number it would have if all were new, so that the numbers say which were.

    Args:
        connection: A writing connection, on SQLite: meanwhile nobody else writes.
        table: Where to; its rows are numbered.
        names: The columns of the rows.
        rows: Their values, each as it is stored.

    Returns:
        Which of them were new, as their places in `rows`, in order.

    Raises:
        sqlite3.Error: The database refused, or failed.
    """
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    last = f"SELECT coalesce(max(rowid), 0) FROM {table.name}"  # noqa: S608 - the table's own name
    ((before,),) = await driver.execute_fetchall(last)
    first = before + 1
    numbered = [(number, *row) for number, row in enumerate(rows, first)]
    async with driver.executemany(_insert(table, names, numbered=True), numbered):
        pass
    new = f"SELECT rowid FROM {table.name} WHERE rowid > ? ORDER BY rowid"  # noqa: S608 - likewise
    return [number - first for (number,) in await driver.execute_fetchall(new, (before,))]


def _insert(table: Table, names: Sequence[str], *, numbered: bool = False) -> str:
    """The statement with a mark for each column; its names are the table's own."""
    own = [*(["rowid"] if numbered else []), *(table.c[name].name for name in names)]
    marks = ", ".join("?" for _ in own)
    into = f"INSERT INTO {table.name} ({', '.join(own)})"
    return f"{into} VALUES ({marks}) ON CONFLICT DO NOTHING"


def _tuples(
    table: Table, batch: Sequence[Mapping[str, Any]], names: Sequence[str], dialect: Dialect
) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them, a column after the other: few types need a conversion."""
    columns: list[Any] = []
    for name in names:
        kind = table.c[name].type
        convert = kind.dialect_impl(dialect).bind_processor(dialect)
        values = [row[name] for row in batch]
        columns.append([convert(value) for value in values] if convert else values)
    return list(zip(*columns, strict=True))
