"""`clicksend-slack migrate`: brings the database's tables to this version's revision."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot.settings import SettingsError, load
from bot.store import Database, DatabaseInUseError, SchemaError
from bot.store.schema import Schema, newer

_out = Console(highlight=False, markup=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def migrate(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
) -> None:
    """Bring the database's tables to the newest version, in one transaction, and stop.

    Several that are started together take turns. Exit code 2: nothing was changed.
    """
    try:
        url = load().database_url
        asyncio.run(_shown(url) if dry_run else _migrated(url))
    except SettingsError as error:
        _stop("The settings are not complete:", *(f"  {line}" for line in error.problems))
    except DatabaseInUseError as error:
        _stop(f"The database is in use: {error}.")
    except SchemaError as error:
        _stop(f"The database cannot be migrated: {error}.")
    except OSError as error:
        _stop(f"The database cannot be reached: {error}.")
    except DBAPIError as error:
        _stop(f"The database refuses, and nothing was changed: {error.orig}.")


async def _shown(url: str) -> None:
    database = Database(url)
    try:
        found = await database.schema()
    finally:
        await database.close()
    if found.newer:
        raise SchemaError(newer(found))
    _tell(found, "Would be done:")
    _out.print("Nothing was changed.")


async def _migrated(url: str) -> None:
    database = Database(url)
    try:
        await database.lock()
        before = await database.migrate()
    finally:
        await database.close()
    _tell(before, "Done:")
    _out.print("The tables are up to date.")


def _tell(before: Schema, title: str) -> None:
    _out.print(f"Current revision: {before.current or 'none'}. Target: {before.target}.")
    if before.missing:
        _out.print(title)
    for step in before.missing:
        _out.print(f"  {step.revision} {step.brings}")


def _stop(*lines: str) -> None:
    for line in lines:
        _errors.print(line)
    raise typer.Exit(2)
