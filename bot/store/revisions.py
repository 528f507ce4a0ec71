"""The revision of the tables: which it is, which it should be, and how it gets there.

Tables that are up to date, as those of nearly every start are, are seen to be so without Alembic:
to import it and to read every migration takes 0.15 s and 10 MiB.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, column, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

_STEPS = Path(__file__).with_name("migrations") / "versions"

_MIGRATION_LOCK = 0x636C69636B
_PATIENCE_SECONDS = 10
_LOCK_NOT_AVAILABLE = "55P03"


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its revision, and what it brings."""

    revision: str
    brings: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Where the tables are, and what is missing.

    Attributes:
        current: Their revision; None where there are none.
        target: The revision of this version of the bot.
        missing: The steps from the one to the other.
        newer: Whether they were made by a newer version, which this one does not know.
    """

    current: str | None
    target: str
    missing: tuple[Step, ...] = ()
    newer: bool = False

    @property
    def is_current(self) -> bool:
        """Whether they are at this version's revision."""
        return self.current == self.target


class SchemaError(Exception):
    """The tables are not those of this version; the text says which they are, and what to do."""


def look(connection: Connection) -> Schema:
    """Where the tables are; nothing is changed."""
    if not inspect(connection).has_table("alembic_version"):
        return _at(None)
    return _at(
        connection.scalar(select(column("version_num")).select_from(table("alembic_version")))
    )


def look_at_nothing() -> Schema:
    """What is said of a database that is not there yet."""
    return _at(None)


def newest() -> str:
    """The revision of this version: a migration's file is named after its own, in their order."""
    return max(path.name for path in _STEPS.glob("[0-9]*.py")).partition("_")[0]


def _at(current: str | None) -> Schema:
    if current == newest():
        return Schema(current, current)
    from bot.store import steps  # noqa: PLC0415 - see above

    return steps.missing_from(current)


def upgrade(connection: Connection, to: str = "head") -> Schema:
    """Bring the tables to a revision, within the transaction of the connection.

    On PostgreSQL one does it at a time, the others wait; and a table that is in use is waited for
    no longer than ten seconds, as everybody else would have to wait behind us.

    Returns:
        Where they were before.

    Raises:
        SchemaError: They are of a newer version, or in use.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE_SECONDS}s'"))
    try:
        before = look(connection)
        if before.newer:
            raise SchemaError(newer(before))
        if not (before.is_current and to == "head"):
            from bot.store import steps  # noqa: PLC0415 - see above

            steps.take(connection, to)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise SchemaError(
                "the tables are in use; nothing was changed: run it again in a quieter minute"
            ) from None
        raise
    return before


def behind(schema: Schema) -> str:
    """What is said of tables that a migration is missing from."""
    return (
        f"its tables are at revision {schema.current or 'none'}, and this version needs "
        f"{schema.target}; run clicksend-slack migrate first (--dry-run shows what it would do)"
    )


def newer(schema: Schema) -> str:
    """What is said of tables of a newer version."""
    return (
        f"its tables are at revision {schema.current}, which this version (up to {schema.target}) "
        "does not know: they were made by a newer clicksend-slack; run that one"
    )
