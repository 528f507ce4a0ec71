"""Opening, migrating, locking and the bulk insert."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from bot.store import Database, DatabaseInUseError, Scope
from bot.store.database import insert_new
from bot.store.tables import metadata, receipts

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SECOND_BOT = """
import asyncio, sys
from bot.store import Database, DatabaseInUseError

async def main():
    database = Database(sys.argv[1])
    try:
        await database.open()
    except DatabaseInUseError as error:
        print("refused:", error)
    else:
        await database.close()
        print("opened")

asyncio.run(main())
"""


def second_bot(url: str) -> str:
    """What another process meets when it opens this database."""
    done = subprocess.run(
        [sys.executable, "-c", SECOND_BOT, url],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return done.stdout


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _texts(index: Any) -> dict[str, str]:
    """What an index is limited to: texts are compared, not the objects that hold them."""
    return {name: str(value) for name, value in (index.get("dialect_options") or {}).items()}


def described(connection: Connection) -> dict[str, Any]:
    """The tables as the database tells of them, and the revision."""
    found = inspect(connection)
    shape: dict[str, Any] = {
        name: [
            [{**column, "type": str(column["type"])} for column in found.get_columns(name)],
            found.get_pk_constraint(name),
            [{**index, "dialect_options": _texts(index)} for index in found.get_indexes(name)],
            found.get_unique_constraints(name),
        ]
        for name in sorted(found.get_table_names())
    }
    return {**shape, "revision": MigrationContext.configure(connection).get_current_heads()}


async def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(names) == {*metadata.tables, "alembic_version"}


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    async with database.read() as connection:
        before = await connection.run_sync(described)
    await database.migrate()
    async with database.read() as connection:
        assert await connection.run_sync(described) == before


async def test_every_row_and_every_key_begins_with_the_scope() -> None:
    # Slack's own installations have no account, and are told apart by team and enterprise.
    before = {"slack_installations", "slack_bots", "oauth_states", "workspaces"}
    for table in (each for each in metadata.tables.values() if each.name not in before):
        if table.name == "channel_accounts":  # which account it is, is what it says
            assert [each.name for each in table.primary_key.columns] == ["workspace", "channel"]
            continue
        assert {"workspace", "account"} <= set(table.columns.keys()), table.name
        keys = [i.columns for i in table.indexes if i.unique]
        keys += [c.columns for c in table.constraints if type(c).__name__ == "UniqueConstraint"]
        if "id" not in table.primary_key.columns or len(table.primary_key.columns) > 1:
            keys.append(table.primary_key.columns)
        for key in keys:
            assert [column.name for column in key][:2] == ["workspace", "account"], table.name


async def test_replicas_that_start_together_migrate_once(empty_postgres_url: str) -> None:
    replicas = [Database(empty_postgres_url) for _ in range(4)]
    try:
        await asyncio.gather(*(replica.migrate() for replica in replicas))
        async with replicas[0].read() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await asyncio.gather(*(replica.close() for replica in replicas))


async def test_sqlite_is_durable_and_patient(sqlite: Database) -> None:
    async def pragma(name: str) -> object:
        return (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()

    for opened in (sqlite.read, sqlite.write):
        async with opened() as connection:
            assert await pragma("journal_mode") == "wal"
            assert await pragma("synchronous") == 2  # FULL
            assert await pragma("busy_timeout") == 10_000
            assert await pragma("foreign_keys") == 1


async def test_a_second_bot_on_the_file_is_refused(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.open()
    answer = await asyncio.to_thread(second_bot, sqlite_url)
    assert "refused: another clicksend-slack is running on" in answer
    with pytest.raises(DatabaseInUseError, match="DATABASE_URL"):
        await Database(sqlite_url).open()
    await database.close()
    assert await asyncio.to_thread(second_bot, sqlite_url) == "opened\n"


async def test_a_hundred_writers_of_one_sqlite_bot_take_their_turns(sqlite: Database) -> None:
    turns = []

    async def write(number: int) -> None:
        async with sqlite.write() as connection:
            turns.append(number)
            await connection.execute(text("SELECT 1"))

    await asyncio.gather(*(write(number) for number in range(100)))
    assert turns == list(range(100))


async def test_several_bots_share_a_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    await database.open()
    assert await asyncio.to_thread(second_bot, postgres_url) == "opened\n"
    await database.close()


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/not/there/yet.sqlite3")
    await database.open()
    assert await database.ready()
    await database.close()


async def test_what_was_written_is_there_after_reopening(database_url: str, scope: Scope) -> None:
    for count in (1, 0):
        database = Database(database_url)
        await database.open()
        async with database.write() as connection:
            assert len(await insert_new(connection, receipts, [row(scope, 1)], "id")) == count
        await database.close()


def row(scope: Scope, number: int, text: str = "first") -> dict[str, Any]:
    return {
        **scope.columns(),
        "kind": "sms",
        "message_id": f"M-{number}",
        "at": NOON,
        "status_code": "301",
        "status_text": text,
        "stored_at": NOON,
    }


async def count_of(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count(receipts.c.id)))).scalar_one())


async def test_a_write_that_raises_is_undone(database: Database, scope: Scope) -> None:
    async def write_and_fail() -> None:
        async with database.write() as connection:
            await insert_new(connection, receipts, [row(scope, 1)], "id")
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    assert await count_of(database) == 0


async def test_many_rows_with_duplicates_go_in_once(database: Database, scope: Scope) -> None:
    first = [row(scope, n) for n in range(1_200)]
    again = [row(scope, n, "second") for n in range(700, 2_500)]
    within = [row(scope, n, "third") for n in range(2_400, 2_600)]
    async with database.write() as connection:
        assert len(await insert_new(connection, receipts, [*first, *first], "message_id")) == 1_200
    async with database.write() as connection:
        new = await insert_new(connection, receipts, [*again, *within], "message_id", "status_text")
    assert {r["message_id"] for r in new} == {f"M-{n}" for n in range(1_200, 2_600)}
    assert len(new) == 1_400
    assert {r["status_text"] for r in new} == {"second", "third"}
    assert await count_of(database) == 2_600


async def test_no_rows_are_no_statement(database: Database) -> None:
    async with database.write() as connection:
        assert await insert_new(connection, receipts, [], "id") == []


async def test_an_error_of_another_kind_is_not_swallowed(database: Database, scope: Scope) -> None:
    broken = {**row(scope, 1), "message_id": None}
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await insert_new(connection, receipts, [broken], "id")
    assert await count_of(database) == 0
