"""SQLite on a thread of its own, with one trip there a statement.

aiosqlite makes four of each: for the cursor, the statement, its rows, and the end. Waking a thread
and the loop again costs more than most statements (`docs/performance.md`). Here the beginning of a
transaction travels with its first statement, and nobody waits for the end of one that only read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Self, TypeVar

import aiosqlite

T = TypeVar("T")
_CHUNK = 64


class OneHopCursor:
    """A cursor whose rows come with the statement.

    Args:
        connection: Whose thread it runs on.

    Attributes:
        description: The columns of the rows; None when there are none.
        rowcount: How many rows were changed; -1 when that is not known.
        lastrowid: The number of the row that was inserted last.
        arraysize: How many rows `fetchmany` gives; SQLAlchemy sets it.
    """

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[sqlite3.Row] = []
        self.description: object = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        """Nothing is opened before there is a statement."""
        return self

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> OneHopCursor:
        """Run one statement, and bring its rows; a `BEGIN` goes with the one that follows it.

        Raises:
            sqlite3.Error: It failed, or the `BEGIN` before it.
        """
        if sql.startswith("BEGIN"):
            self._connection.begin(sql)
        else:
            await self._do(lambda cursor: cursor.execute(sql, parameters))
        return self

    async def executemany(self, sql: str, rows: Sequence[Sequence[object]]) -> OneHopCursor:
        """Run one statement for each row.

        Raises:
            sqlite3.Error: It failed; how many rows were written before is not known.
        """
        await self._do(lambda cursor: cursor.executemany(sql, rows))
        return self

    async def _do(self, work: Callable[[sqlite3.Cursor], object]) -> None:
        self._rows = await self._connection.run(lambda: self._done(work))

    def _done(self, work: Callable[[sqlite3.Cursor], object]) -> list[sqlite3.Row]:
        connection = self._connection
        cursor = connection.raw.cursor()
        try:
            if connection.begins:
                cursor.execute(connection.begins)
                connection.begins = ""
            work(cursor)
            rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()
        return rows

    async def fetchall(self) -> list[sqlite3.Row]:
        """The rows; none the second time."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open."""


class OneHopConnection(aiosqlite.Connection):
    """aiosqlite's connection with other cursors.

    Attributes:
        begins: The statement that begins a transaction, until the first of its own is run.
    """

    begins = ""
    _used = _writes = False

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for its thread."""
        return self._conn

    def begin(self, sql: str) -> None:
        """Begin a transaction, as soon as there is a statement in it."""
        self.begins, self._writes = sql, sql != "BEGIN"

    async def run(self, work: Callable[[], T]) -> T:
        """Run something on the connection's thread."""
        self._used = True
        found: T = await self._execute(work)  # type: ignore[no-untyped-call]  # aiosqlite's own
        return found

    def cursor(self) -> OneHopCursor:  # type: ignore[override]  # one of ours
        """A cursor to enter; unlike aiosqlite's own, it does not go to the thread for that."""
        return OneHopCursor(self)

    async def commit(self) -> None:
        """Make the transaction durable."""
        await super().commit()
        self.begins, self._used = "", False

    async def rollback(self) -> None:
        """Undo the transaction; nothing is run on this connection before that is done.

        Whatever was begun is undone on the thread, after it: a statement whose caller was cancelled
        may still be waiting there. That a transaction which only read has ended, nobody waits for.
        """
        self.begins = ""
        if not self._used:
            return
        self._used = False
        if self._writes:
            await super().rollback()
        else:
            self._tx.put_nowait((None, self._conn.rollback))


def connect(database: str, **more: object) -> OneHopConnection:
    """A connection to await; takes what `sqlite3.connect` takes (for `async_creator_fn`)."""

    def connector() -> sqlite3.Connection:
        return sqlite3.connect(database, **more)  # type: ignore[call-overload, no-any-return]

    connection = OneHopConnection(connector, _CHUNK)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with aiosqlite's own
    return connection
