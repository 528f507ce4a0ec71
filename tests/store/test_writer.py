"""SQLite's writer: each unit whole or not at all, durable before it is told."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from contextlib import closing
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Database
from bot.store.database import insert_new
from bot.store.tables import kept
from bot.store.writer import MOST, NotAUnitError

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
who: ContextVar[str] = ContextVar("who", default="nobody")
Unit = Callable[[AsyncConnection], Coroutine[Any, Any, str]]


def row(name: str) -> dict[str, object]:
    return {"workspace": "T1", "account": "demo", "name": name, "value": "x", "at": NOON}


def keeping(name: str, *, then: Exception | None = None) -> Unit:
    """A unit that keeps a row, and then raises what is wanted."""

    async def unit(connection: AsyncConnection) -> str:
        await connection.execute(insert(kept).values(**row(name)))
        if then is not None:
            raise then
        return name

    return unit


class Held:
    """A unit that stops in the thread until it is let go, so that others queue behind it."""

    def __init__(self) -> None:
        self._begun, self._go = threading.Event(), threading.Event()

    async def __call__(self, connection: AsyncConnection) -> str:
        await connection.execute(insert(kept).values(**row("held")))
        self._begun.set()
        assert self._go.wait(10)
        return "held"

    async def begun(self) -> None:
        assert await asyncio.to_thread(self._begun.wait, 10)

    def let_go(self) -> None:
        self._go.set()


@pytest.fixture
async def path(sqlite: Database, sqlite_url: str) -> Path:
    del sqlite
    return Path(str(make_url(sqlite_url).database))


@pytest.fixture
def commits(sqlite: Database) -> list[str]:
    """A line for each transaction of the writer that ended, and how."""
    ended: list[str] = []
    engine = writing(sqlite)
    event.listen(engine, "commit", lambda _: ended.append("commit"))
    event.listen(engine, "rollback", lambda _: ended.append("rollback"))
    return ended


def writing(database: Database) -> Engine:
    assert database._writer is not None
    return database._writer._engine


def stored(path: Path) -> set[str]:
    """What another process would find."""
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM kept")}


async def together(database: Database, *units: Unit) -> list[str | BaseException]:
    """Run units as one group: they queue while another one holds the thread."""
    held = Held()
    first = asyncio.create_task(database.unit(held))
    await held.begun()
    tasks = [asyncio.create_task(database.unit(unit)) for unit in units]
    await asyncio.sleep(0)
    held.let_go()
    await first
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_comes_together_is_committed_together(
    sqlite: Database, path: Path, commits: list[str]
) -> None:
    names = [f"n{number}" for number in range(20)]
    assert await together(sqlite, *map(keeping, names)) == names
    assert commits == ["commit", "commit"]  # the one that held the others back, and they
    assert stored(path) == {"held", *names}


async def test_more_than_a_group_holds_goes_in_several(
    sqlite: Database, path: Path, commits: list[str]
) -> None:
    names = [f"n{number}" for number in range(2 * MOST + 1)]
    assert await together(sqlite, *map(keeping, names)) == names
    assert len(commits) == 1 + 3
    assert stored(path) == {"held", *names}


async def test_each_is_durable_when_its_caller_hears_of_it(sqlite: Database, path: Path) -> None:
    missing: list[str] = []

    async def kept_and_seen(name: str) -> None:
        await sqlite.unit(keeping(name))
        missing.extend({name} - stored(path))

    await asyncio.gather(*(kept_and_seen(f"n{number}") for number in range(50)))
    assert missing == []
    assert len(stored(path)) == 50


async def test_one_that_fails_is_undone_alone(
    sqlite: Database, path: Path, commits: list[str]
) -> None:
    found = await together(
        sqlite, keeping("a"), keeping("b", then=LookupError("no")), keeping("a"), keeping("c")
    )
    assert [type(each) for each in found] == [str, LookupError, IntegrityError, str]
    assert stored(path) == {"held", "a", "c"}
    assert commits == ["commit", "commit"]


async def test_a_commit_that_fails_is_told_to_everyone(sqlite: Database, path: Path) -> None:
    def fails(_: object) -> None:
        raise OSError("the disk is gone")

    engine = writing(sqlite)
    held = Held()
    first = asyncio.create_task(sqlite.unit(held))
    await held.begun()
    both = [asyncio.create_task(sqlite.unit(keeping(name))) for name in ("a", "b")]
    await asyncio.sleep(0)
    event.listen(engine, "commit", fails)
    held.let_go()
    found = await asyncio.gather(first, *both, return_exceptions=True)
    assert [type(each) for each in found] == [OSError] * 3
    assert stored(path) == set()
    event.remove(engine, "commit", fails)
    assert await sqlite.unit(keeping("a")) == "a"
    assert stored(path) == {"a"}


@pytest.mark.parametrize("caught", [False, True])
async def test_where_sqlite_undoes_everything_nobody_is_told_otherwise(
    sqlite: Database, path: Path, *, caught: bool
) -> None:
    async def undone(connection: AsyncConnection) -> str:
        # As SQLite itself does when the disk is full, whether or not the unit minds the error.
        await connection.exec_driver_sql("ROLLBACK")
        if caught:
            return "undone"
        raise LookupError

    found = await together(sqlite, keeping("a"), undone, keeping("b"))
    assert all(isinstance(each, LookupError | sqlite3.OperationalError) for each in found), found
    assert stored(path) == {"held"}
    assert await sqlite.unit(keeping("c")) == "c"
    assert stored(path) == {"held", "c"}


async def test_a_unit_that_waits_for_something_else_is_none(sqlite: Database, path: Path) -> None:
    async def waits(connection: AsyncConnection) -> str:
        await connection.execute(insert(kept).values(**row("a")))
        await asyncio.sleep(0)
        return "never"

    found = await together(sqlite, waits, keeping("b"))
    assert [type(each) for each in found] == [NotAUnitError, str]
    assert stored(path) == {"held", "b"}


async def test_who_gives_up_before_its_turn_has_nothing_done(sqlite: Database, path: Path) -> None:
    held = Held()
    first = asyncio.create_task(sqlite.unit(held))
    await held.begun()
    given_up, other = (asyncio.create_task(sqlite.unit(keeping(name))) for name in ("a", "b"))
    await asyncio.sleep(0)
    given_up.cancel()
    held.let_go()
    assert await first == "held"
    assert await other == "b"
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert stored(path) == {"held", "b"}


async def test_who_gives_up_in_its_turn_has_it_done_as_a_whole(
    sqlite: Database, path: Path
) -> None:
    held = Held()
    given_up = asyncio.create_task(sqlite.unit(held))
    await held.begun()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    held.let_go()
    assert await sqlite.unit(keeping("b")) == "b"
    assert stored(path) == {"held", "b"}


async def test_a_file_that_another_process_holds_is_told_and_then_written(
    sqlite: Database, path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        event.listen(
            writing(sqlite), "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=20")
        )
        found = await asyncio.gather(
            *(sqlite.unit(keeping(name)) for name in ("a", "b")), return_exceptions=True
        )
        assert [type(each) for each in found] == [OperationalError] * 2
        other.execute("COMMIT")
    assert await sqlite.unit(keeping("a")) == "a"
    assert stored(path) == {"a"}


async def test_it_takes_turns_with_the_other_writers_of_the_process(
    sqlite: Database, path: Path
) -> None:
    async def written(name: str) -> None:
        async with sqlite.write() as connection:
            await asyncio.sleep(0)
            await insert_new(connection, kept, [row(name)], "name")

    await asyncio.gather(
        *(written(f"w{number}") for number in range(20)),
        *(sqlite.unit(keeping(f"u{number}")) for number in range(20)),
    )
    assert len(stored(path)) == 40


async def test_a_unit_is_done_for_whoever_asked_for_it(sqlite: Database) -> None:
    async def asked(name: str) -> str:
        who.set(name)

        async def unit(connection: AsyncConnection) -> str:
            del connection
            return who.get()

        return await sqlite.unit(unit)

    tasks = [asyncio.create_task(asked(name)) for name in ("ada", "eve", "bob")]
    assert await asyncio.gather(*tasks) == ["ada", "eve", "bob"]


async def test_what_waits_is_written_before_it_closes(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.open()
    tasks = [asyncio.create_task(database.unit(keeping(f"n{number}"))) for number in range(100)]
    await asyncio.sleep(0)
    await database.close()
    assert all(task.done() for task in tasks) or len(await asyncio.gather(*tasks)) == 100
    assert len(stored(Path(str(make_url(sqlite_url).database)))) == 100


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_comes_what_is_told_is_what_is_stored(
    sqlite: Database, path: Path, seed: int
) -> None:
    """Units that write, raise, clash and are cancelled, at random: the file agrees with all."""
    chance = random.Random(seed)
    told: set[str] = set()
    doubtful: set[str] = set()

    async def one(name: str) -> None:
        task = asyncio.create_task(
            sqlite.unit(keeping(name, then=LookupError() if chance.random() < 0.3 else None))
        )
        await asyncio.sleep(chance.random() * 0.01)
        if chance.random() < 0.3:
            task.cancel()
        try:
            told.add(await task)
        except (LookupError, IntegrityError):
            return
        except asyncio.CancelledError:
            doubtful.add(name)

    await asyncio.gather(*(one(f"n{chance.randrange(150)}") for _ in range(200)))
    found = stored(path)
    assert told <= found
    assert found <= told | doubtful


async def test_a_unit_has_the_statements_that_the_store_has(sqlite: Database) -> None:
    count = text("SELECT count(*) FROM kept")

    async def unit(connection: AsyncConnection) -> list[object]:
        await insert_new(connection, kept, [row(f"n{number}") for number in range(30)], "name")
        await connection.exec_driver_sql("DELETE FROM kept WHERE name = ?", ("n0",))
        scalars = list(await connection.scalars(select(kept.c.name).order_by(kept.c.name)))
        return [connection.dialect.name, await connection.scalar(count), scalars[0]]

    assert await sqlite.unit(unit) == ["sqlite", 29, "n1"]


async def test_on_every_database_a_unit_is_a_transaction(database: Database) -> None:
    assert await database.unit(keeping("a")) == "a"
    with pytest.raises(LookupError):
        await database.unit(keeping("b", then=LookupError()))
    async with database.read() as connection:
        found = (await connection.execute(kept.select())).mappings().all()
    assert [each["name"] for each in found] == ["a"]
