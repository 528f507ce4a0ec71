"""The revision of the tables: which it is, which it should be, and how it gets there."""

from __future__ import annotations

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

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
    return _at(MigrationContext.configure(connection).get_current_revision())


def look_at_nothing() -> Schema:
    """What is said of a database that is not there yet."""
    return _at(None)


def _at(current: str | None) -> Schema:
    scripts = ScriptDirectory.from_config(_config())
    target = str(scripts.get_current_head())
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        return Schema(current, target, newer=True)
    steps = scripts.iterate_revisions(target, current or "base")
    missing = tuple(Step(step.revision, (step.doc or "").rstrip(".")) for step in steps)
    return Schema(current, target, missing[::-1])


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
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    return config
