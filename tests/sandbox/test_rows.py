"""The rows that the page shows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.sandbox.rows import Rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bot.sqlite3"
    with closing(sqlite3.connect(path)) as writer:
        writer.executescript(
            "CREATE TABLE sends (id TEXT PRIMARY KEY, state TEXT, body BLOB);"
            "INSERT INTO sends VALUES ('old', 'sent', NULL);"
        )
    return path


@pytest.fixture
def reader(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def write(file: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(file)) as writer, writer:
        writer.execute(statement, values)


def test_what_is_written_changed_and_deleted_is_told_once(
    file: Path, reader: sqlite3.Connection
) -> None:
    rows = Rows(file)
    assert list(rows.changes(reader)) == []
    write(file, "INSERT INTO sends VALUES ('new', 'queued', x'0102')")
    new = {"id": "new", "state": "queued", "body": "2 bytes"}
    assert list(rows.changes(reader)) == [("sends", "inserted", new)]
    assert list(rows.changes(reader)) == []
    write(file, "UPDATE sends SET state = 'sent' WHERE id = 'new'")
    assert list(rows.changes(reader)) == [("sends", "changed", {"row": 2, "state": "sent"})]
    write(file, "DELETE FROM sends WHERE id = 'new'")
    assert [(what, row["id"]) for _, what, row in rows.changes(reader)] == [("deleted", "new")]


def test_a_long_value_is_cut_with_a_mark(file: Path, reader: sqlite3.Connection) -> None:
    rows = Rows(file)
    assert list(rows.changes(reader)) == []
    write(file, "INSERT INTO sends VALUES (?, 'queued', NULL)", "x" * 400)
    assert [row["id"] for _, _, row in rows.changes(reader)] == ["x" * 300 + "…"]
