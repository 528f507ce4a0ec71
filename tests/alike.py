"""Statements compiled once a run, not once a test.

Every test has a database of its own, and so an engine, which would compile each statement anew.
What is compiled is kept by dialect; dialects of one kind and version compile alike, so here they
are equal, and all engines keep it in one place.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import LRUCache

_MOST = 5_000


class _Alike:
    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class Sqlite(_Alike, SQLiteDialect_aiosqlite):
    """SQLite's dialect; any two are equal."""

    supports_statement_cache = True


class Postgresql(_Alike, PGDialect_asyncpg):
    """PostgreSQL's dialect; any two are equal."""

    supports_statement_cache = True


def register() -> None:
    """Take these for every engine that is made from now on."""
    registry.register("sqlite.aiosqlite", __name__, Sqlite.__name__)
    registry.register("postgresql.asyncpg", __name__, Postgresql.__name__)


compiling_once: Any = partial(
    create_async_engine, execution_options={"compiled_cache": LRUCache[Any, Any](_MOST)}
)
"""`create_async_engine`, with what was compiled before."""
