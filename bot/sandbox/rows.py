"""The rows that the bot writes, as they appear in its SQLite file; for the page's wire."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from bot.sandbox.slack.shapes import Json

_LOOK_SECONDS = 0.3
_MOST_ROWS = 2_000
_LONGEST = 300

Told = Callable[[str, str, Json], None]


class Rows:
    """Compares the tables with what they were.

    Args:
        file: The database.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._version = -1
        self._known: dict[str, dict[int, Json]] = {}
        self._began = False

    def changes(self, connection: sqlite3.Connection) -> Iterator[tuple[str, str, Json]]:
        """What changed since the last look; nothing at the first.

        Args:
            connection: One and the same for every look: only so does SQLite tell of changes.

        Yields:
            The table; `inserted`, `changed` or `deleted`; the row, or of a changed row its key and
            the new values. The last 2,000 rows of a table are looked at.
        """
        version = int(connection.execute("PRAGMA data_version").fetchone()[0])
        if version == self._version:
            return
        self._version = version
        began, self._began = self._began, True
        for table in _tables(connection):
            before, now = self._known.get(table, {}), _rows(connection, table)
            self._known[table] = now
            if began:
                yield from _differences(table, before, now)

    async def watch(self, told: Told) -> None:
        """Look every 0.3 seconds until cancelled, and tell what changed."""
        address = f"file:{self._file}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            while True:
                for table, what, row in self.changes(connection):
                    told(table, what, row)
                await asyncio.sleep(_LOOK_SECONDS)


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [str(row[0]) for row in found if row[0] != "alembic_version"]


def _rows(connection: sqlite3.Connection, table: str) -> dict[int, Json]:
    query = f'SELECT rowid AS _row, * FROM "{table}" ORDER BY rowid DESC LIMIT {_MOST_ROWS}'  # noqa: S608 - a name out of the schema
    return {
        int(row["_row"]): {name: _shown(row[name]) for name in row.keys()[1:]}
        for row in connection.execute(query)
    }


def _shown(value: object) -> object:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]}…"
    return value


def _differences(
    table: str, before: dict[int, Json], now: dict[int, Json]
) -> Iterator[tuple[str, str, Json]]:
    oldest = min(now, default=0)
    for key in sorted(now):
        if key not in before:
            yield table, "inserted", now[key]
        elif now[key] != before[key]:
            changed = {k: v for k, v in now[key].items() if v != before[key].get(k)}
            yield table, "changed", {"row": key, **changed}
    for key in sorted(before):
        if key not in now and key > oldest:
            yield table, "deleted", before[key]
