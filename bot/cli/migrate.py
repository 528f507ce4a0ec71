"""`clicksend-slack migrate`: brings the database's tables to this version's revision."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot.store import Database, DatabaseInUseError, SchemaError
from bot.store.revisions import Schema, newer

_out = Console(highlight=False, markup=False, soft_wrap=True)


class CannotMigrateError(Exception):
    """Nothing was changed; the text says why."""


async def shown(url: str) -> None:
    """Say what would be done.

    Raises:
        CannotMigrateError: The database is not reached, or of a newer version.
    """
    async with _opened(url) as database:
        found = await database.schema()
        if found.newer:
            raise SchemaError(newer(found))
    _tell(found, "Would be done:")
    _out.print("Nothing was changed.")


async def migrated(url: str) -> None:
    """Do it, and say what was done.

    Raises:
        CannotMigrateError: The database is not reached, of a newer version, or in use.
    """
    async with _opened(url) as database:
        await database.lock()
        before = await database.migrate()
    _tell(before, "Done:")
    _out.print("The tables are up to date.")


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    except DatabaseInUseError as error:
        raise CannotMigrateError(f"The database is in use: {error}.") from None
    except SchemaError as error:
        raise CannotMigrateError(f"The database cannot be migrated: {error}.") from None
    except OSError as error:
        raise CannotMigrateError(f"The database cannot be reached: {error}.") from None
    except DBAPIError as error:
        raise CannotMigrateError(
            f"The database refuses, and nothing was changed: {error.orig}."
        ) from None
    finally:
        await database.close()


def _tell(before: Schema, title: str) -> None:
    _out.print(f"Current revision: {before.current or 'none'}. Target: {before.target}.")
    if before.missing:
        _out.print(title)
    for step in before.missing:
        _out.print(f"  {step.revision} {step.brings}")
