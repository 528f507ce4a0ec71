"""The statements of a yes by raw `sqlite3` alone: what no code around them can go below."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import SecretStr
from sqlalchemy import Engine, event

from bot.clicksend import ClickSend
from bot.services.account import AccountReader
from bot.services.checks import Checks
from bot.services.drafts import Outcome
from bot.services.journal import Journal
from bot.services.limit_book import LimitBook
from bot.services.permissions import Permissions
from bot.services.rules import Rules
from bot.services.sending import Sending
from bot.store import Database, Scope

Statement: TypeAlias = tuple[str, Any]
TOGETHER = 32
"""Yeses in a transaction: as many as the load has connections."""


class _NoGroups:
    """Nobody is in a user group."""

    async def groups_of(self, user: str) -> frozenset[str]:
        del user
        return frozenset()


def _now() -> datetime:
    return datetime.now(UTC)


async def recorded(url: str, scope: Scope, count: int, *, actor: str) -> list[list[Statement]]:
    """Say yes to the drafts `d0` and on, by the bot's own code.

    Args:
        url: A database of its own, with so many drafts.
        scope: Whose they are.
        count: How many.
        actor: Who drafted them, an admin by the settings.

    Returns:
        What each yes had the database do.
    """
    found: list[list[Statement]] = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("BEGIN"):
            found.append([])
        else:
            found[-1].append((statement, parameters))

    database = Database(url)
    async with ClickSend("http://127.0.0.1:9/v3", "demo", SecretStr("key")) as clicksend:
        sending = _sending(clicksend, database, scope)
        access = Permissions(
            database,
            scope,
            _NoGroups(),
            admins=frozenset({actor}),
            senders=frozenset(),
            now=_now,
        )
        event.listen(Engine, "before_cursor_execute", note)
        try:
            for number in range(count):
                answer = await sending.confirm(f"d{number}", actor=actor, access=access)
                if answer.outcome is not Outcome.QUEUED:
                    raise ValueError(answer)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
            await database.close()
    return found


def _sending(clicksend: ClickSend, database: Database, scope: Scope) -> Sending:
    account, rules = AccountReader(clicksend, now=_now), Rules()
    return Sending(
        clicksend,
        account,
        database,
        scope,
        checks=Checks(clicksend, account, database, scope, rules=rules, now=_now),
        limits=LimitBook(account, database, scope, now=_now),
        journal=Journal(scope, now=_now),
        rules=rules,
        now=_now,
        wake=lambda: None,
    )


def rate(path: Path, units: Sequence[Sequence[Statement]]) -> float:
    """Yeses a second by the driver alone, committed in groups as durably as by the bot.

    Args:
        path: A SQLite file with their drafts.
        units: What each has the database do.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").close()
        connection.execute("PRAGMA synchronous=FULL").close()
        before = connection.total_changes
        started = time.perf_counter()
        for first in range(0, len(units), TOGETHER):
            connection.execute("BEGIN IMMEDIATE")
            for unit in units[first : first + TOGETHER]:
                connection.execute("SAVEPOINT unit")
                for statement, parameters in unit:
                    connection.execute(statement, parameters).fetchall()
                connection.execute("RELEASE unit")
            connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        changed = connection.total_changes - before
    if changed != 2 * len(units):  # the row and its audit record
        raise ValueError(f"{changed} rows were written for {len(units)} yeses")
    return len(units) / seconds
