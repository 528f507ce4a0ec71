"""The engines of a database, and how SQLite is to behave behind them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

WRITES: Final = "bot_write"
"""The execution option of a connection whose transactions write."""
_BUSY_SECONDS = 10.0


def asynchronous(url: str) -> AsyncEngine:
    """The engine of a database; a transaction writes where the connection has `WRITES`."""
    # An error's text goes to the log; what people wrote, and to whom, does not.
    engine = create_async_engine(
        url, pool_pre_ping=url.startswith("postgresql"), hide_parameters=True
    )
    if engine.dialect.name == "sqlite":
        _as_we_want_it(engine.sync_engine)
    return engine


def writing(url: URL) -> Engine:
    """The synchronous engine of a SQLite file, each of whose transactions writes."""
    # One connection, which waits nowhere but in its own thread.
    engine = create_engine(url.set(drivername="sqlite"), pool_size=1, hide_parameters=True)
    _as_we_want_it(engine)
    return engine.execution_options(**{WRITES: True})


def _as_we_want_it(engine: Engine) -> None:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, record: object) -> None:
    """Durable, patient, and with transactions begun by us rather than by the driver."""
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={int(_BUSY_SECONDS * 1000)}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
