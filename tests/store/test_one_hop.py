"""SQLite's connection with one trip a statement behaves as aiosqlite's own does."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.store import Database
from bot.store.one_hop import OneHopConnection, connect


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[OneHopConnection]:
    """One with a table of numbers."""
    async with connect(str(tmp_path / "some.sqlite3"), isolation_level=None) as found:
        await found.cursor().execute("CREATE TABLE n (n INTEGER PRIMARY KEY)")
        yield found


async def test_a_statement_brings_its_rows_once(connection: OneHopConnection) -> None:
    cursor = connection.cursor()
    await cursor.executemany("INSERT INTO n VALUES (?)", [(n,) for n in range(3)])
    assert cursor.rowcount == 3
    assert cursor.description is None
    await cursor.execute("SELECT n FROM n ORDER BY n DESC")
    assert cursor.description is not None
    assert await cursor.fetchall() == [(2,), (1,), (0,)]
    assert await cursor.fetchall() == []


async def test_what_fails_leaves_the_connection_usable(connection: OneHopConnection) -> None:
    cursor = connection.cursor()
    await cursor.execute("INSERT INTO n VALUES (1)")
    assert cursor.lastrowid == 1
    with pytest.raises(sqlite3.IntegrityError):
        await cursor.execute("INSERT INTO n VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        await cursor.execute("nonsense")
    await cursor.execute("SELECT count(*) FROM n")
    assert await cursor.fetchall() == [(1,)]


async def test_a_rollback_undoes_and_is_nothing_where_there_is_nothing(
    connection: OneHopConnection,
) -> None:
    await connection.rollback()
    cursor = connection.cursor()
    await cursor.execute("BEGIN IMMEDIATE")
    await cursor.execute("INSERT INTO n VALUES (1)")
    await connection.rollback()
    await cursor.execute("SELECT count(*) FROM n")
    assert await cursor.fetchall() == [(0,)]


async def test_a_transaction_begins_with_its_first_statement(
    connection: OneHopConnection, tmp_path: Path
) -> None:
    cursor = connection.cursor()
    await cursor.execute("BEGIN IMMEDIATE")
    await connection.commit()
    assert not connection.in_transaction
    await cursor.execute("BEGIN IMMEDIATE")
    await cursor.execute("SELECT 1")
    async with connect(str(tmp_path / "some.sqlite3"), isolation_level=None, timeout=0) as other:
        blocked = other.cursor()
        await blocked.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await blocked.execute("INSERT INTO n VALUES (7)")
        await other.rollback()
        await connection.commit()
        await blocked.execute("BEGIN IMMEDIATE")
        await blocked.execute("INSERT INTO n VALUES (7)")
        await other.commit()
    await cursor.execute("BEGIN")
    await cursor.execute("SELECT n FROM n")
    assert await cursor.fetchall() == [(7,)]
    await connection.rollback()
    await cursor.execute("BEGIN IMMEDIATE")
    await cursor.execute("INSERT INTO n VALUES (8)")
    await connection.commit()
    assert not connection.in_transaction


async def test_writers_that_are_cancelled_write_nothing_and_hold_nobody_up(
    sqlite_url: str,
) -> None:
    """Cancelled at whatever statement: all or nothing, and the next one can write."""
    database = Database(sqlite_url)
    await database.open()
    insert = "INSERT INTO slots (workspace, account, job, slot, owner, lease_until) VALUES "

    async def write(number: int) -> None:
        async with database.write() as connection:
            for half in ("a", "b"):
                await connection.execute(text(f"{insert}('T', 'A', '{half}{number}', 0, 'o', 0)"))

    for number in range(20):
        running = asyncio.create_task(write(number))
        for _ in range(number):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await write(100)
    with pytest.raises(IntegrityError):
        await write(100)
    async with database.read() as connection:
        rows = await connection.execute(text("SELECT substr(job, 2) FROM slots"))
        written = [row[0] for row in rows]
    await database.close()
    assert written.count("100") == 2
    assert all(written.count(each) == 2 for each in written)
