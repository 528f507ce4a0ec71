"""From every schema that was ever released to the newest one, with rows in every table."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Table,
    select,
    text,
)

from bot.store import Database, SchemaError, Scope, revisions, sends
from bot.store.sends import State
from tests.store.test_database import differences

VERSIONS = Path(__file__).parents[2] / "bot/store/migrations/versions"
RELEASED = sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
"""Every revision there is: each may be what somebody's bot has made."""
SCOPE = Scope("default", "demo")
MEANING = {
    ("sends", "state"): "sent",
    ("sends", "operation"): "sms.send",
    ("sends", "payload"): '{"messages": []}',
}
"""What must make sense to whoever reads it; all else may be anything of its kind."""


def filled(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Put two rows into every table; what stands in them then."""
    found = MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name != "alembic_version"]
    for number in (1, 2):
        for table in tables:
            connection.execute(table.insert().values(_row(table, number)))
    return {table.name: _rows(connection, table) for table in tables}


def _row(table: Table, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.columns:
        values[column.name] = _value(column, number)
        values[column.name] = MEANING.get((table.name, column.name), values[column.name])
    whose = {key: value for key, value in SCOPE.columns().items() if key in values}
    # Where whose they are is all that tells two rows apart, they are of two.
    alone = {each.name for each in table.primary_key.columns} <= {"workspace", "account"}
    return values if alone else values | whose


def _value(column: Column[Any], number: int) -> Any:
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, DateTime):
        return datetime(2026, 1, number)  # noqa: DTZ001 - slack_sdk's are naive
    if isinstance(column.type, Integer | BigInteger):
        return number
    return f"{column.name[:6]}{number}"


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)


def kept(connection: Connection, before: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What is not as it was, of the columns that are still there."""
    found = MetaData()
    found.reflect(connection)
    wrong = []
    for name, rows in before.items():
        columns = set(rows[0]) & set(found.tables[name].columns.keys())
        now = [{key: row[key] for key in columns} for row in _rows(connection, found.tables[name])]
        was = [{key: row[key] for key in columns} for row in rows]
        if sorted(map(str, map(sorted, map(dict.items, now)))) != sorted(
            map(str, map(sorted, map(dict.items, was)))
        ):
            wrong.append(f"{name}: {was} became {now}")
    return wrong


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    url: str = request.getfixturevalue(f"empty_{kind}_url")
    return url


@pytest.mark.parametrize("revision", RELEASED)
async def test_from_every_revision_to_the_newest_no_row_is_lost(
    empty_url: str, revision: str
) -> None:
    database = Database(empty_url)
    try:
        await database.migrate(revision)
        assert (await database.schema()).current == revision
        async with database.write() as connection:
            before = await connection.run_sync(filled)
        assert len(before) >= 7
        await database.migrate()
        async with database.read() as connection:
            assert await connection.run_sync(differences) == []
            assert await connection.run_sync(lambda sync: kept(sync, before)) == []
            send = await sends.get(connection, SCOPE, "id1")
            assert send is not None
            assert send.state is State.SENT
        assert (await database.schema()).is_current
    finally:
        await database.close()


def test_the_newest_revision_is_that_of_the_last_file() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    scripts = ScriptDirectory.from_config(config)
    chain = [script.revision for script in scripts.walk_revisions()]

    assert chain[::-1] == RELEASED
    assert revisions.newest() == scripts.get_current_head() == RELEASED[-1]


async def test_a_postgresql_that_is_behind_is_not_opened_and_not_changed(
    empty_postgres_url: str,
) -> None:
    database = Database(empty_postgres_url)
    try:
        await database.migrate(RELEASED[-2])
        with pytest.raises(SchemaError, match=f"at revision {RELEASED[-2]}, .*{RELEASED[-1]}; run"):
            await database.open()
        assert (await database.schema()).current == RELEASED[-2]
        await database.migrate()
        await database.open()
    finally:
        await database.close()


async def newer(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


async def test_an_old_replica_still_starts_on_newer_tables_in_the_midst_of_an_upgrade(
    postgres_url: str,
) -> None:
    database = Database(postgres_url)
    try:
        await newer(database)
        await database.open()
        assert (await database.schema()).newer
        with pytest.raises(SchemaError, match="made by a newer clicksend-slack"):
            await database.migrate()
    finally:
        await database.close()


async def test_a_file_of_a_newer_version_is_not_opened(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    try:
        await newer(database)
        with pytest.raises(SchemaError, match="revision 9999"):
            await database.open()
    finally:
        await database.close()


async def test_tables_in_use_are_not_waited_for_for_ever(
    empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.revisions._PATIENCE_SECONDS", 1)
    database = Database(empty_postgres_url)
    try:
        await database.migrate(RELEASED[0])
        async with database.write() as connection:
            await connection.execute(text("LOCK TABLE sends"))
            with pytest.raises(SchemaError, match="in use; nothing was changed"):
                async with asyncio.timeout(30):
                    await database.migrate()
        assert (await database.schema()).current == RELEASED[0]
    finally:
        await database.close()


async def test_to_look_at_a_file_that_is_not_there_makes_none(
    empty_sqlite_url: str, tmp_path: Path
) -> None:
    database = Database(empty_sqlite_url)
    found = await database.schema()
    assert (found.current, [step.revision for step in found.missing]) == (None, RELEASED)
    await database.close()
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


async def test_every_migration_has_a_sentence_that_says_what_it_brings(
    empty_sqlite_url: str,
) -> None:
    found = await Database(empty_sqlite_url).schema()
    assert all(step.brings for step in found.missing)
