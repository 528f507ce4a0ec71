"""SQLite's writer: units of work, one after the other in one thread, committed in groups.

A unit is a coroutine function that awaits nothing but the connection it is handed. Over the stock
`sqlite3` driver such an await never waits, so that a whole unit is one call in the thread, where
aiosqlite goes there and back several times a statement. What has come together is committed
together, once, with each unit in a savepoint of its own; a unit's caller hears of it only then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import (
        CoreExecuteOptionsParameter,
        _CoreAnyExecuteParams,
        _DBAPIAnyExecuteParams,
    )

T = TypeVar("T")
Work: TypeAlias = Callable[[AsyncConnection], Coroutine[Any, Any, T]]
MOST: Final = 64
"""Units in one group: a bound for how long all other writers wait."""


class NotAUnitError(Exception):
    """A unit of work waited for something else than its connection; nothing of it was written."""


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """Work that waits for its group, with the context of who asked for it."""

    work: Work[Any]
    context: Context
    done: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Failed:
    """How a unit ended that raised."""

    error: Exception


class _Here(AsyncConnection):
    """A connection of the thread it is used in: a statement is done before `execute` returns.

    Whatever else an `AsyncConnection` can do would wait, and raises.
    """

    __slots__ = ()

    async def execute(
        self,
        statement: Executable,
        parameters: _CoreAnyExecuteParams | None = None,
        *,
        execution_options: CoreExecuteOptionsParameter | None = None,
    ) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters, execution_options=execution_options)

    async def exec_driver_sql(
        self,
        statement: str,
        parameters: _DBAPIAnyExecuteParams | None = None,
        execution_options: CoreExecuteOptionsParameter | None = None,
    ) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(
            statement, parameters, execution_options=execution_options
        )

    @property
    def _connection(self) -> Connection:
        if self.sync_connection is None:
            raise RuntimeError("the connection is closed")
        return self.sync_connection


class Writer:
    """The thread that writes, of one SQLite file.

    Args:
        engine: Over the synchronous driver; each of its transactions writes.
        beside: The asynchronous engine of the same file, whose connections units think they have.
        turn: Held while a group is written, as by every other writer of this process.
    """

    def __init__(self, engine: Engine, beside: AsyncEngine, turn: asyncio.Lock) -> None:
        self._engine = engine
        self._beside = beside
        self._turn = turn
        self._waiting: deque[_Unit] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    async def run(self, work: Work[T]) -> T:
        """Do a unit of work: durable when this returns, undone as a whole when it raises.

        Who is cancelled while it waits for its group has it not done; later, it is done as a whole.

        Args:
            work: Awaits nothing but what it does with its connection.

        Raises:
            NotAUnitError: It waited for something else.
            SQLAlchemyError: The database refused, or the commit of the group failed.
        """
        loop = asyncio.get_running_loop()
        unit = _Unit(work, copy_context(), loop.create_future())
        self._waiting.append(unit)
        if self._pump is None or self._pump.done():
            self._pump = loop.create_task(self._drain(), name="sqlite writer")
        done: T = await unit.done
        return done

    async def close(self) -> None:
        """Write what waits, and let the thread and its connection go."""
        while self._pump is not None and not self._pump.done():
            await asyncio.wait({self._pump})
        self._thread.shutdown()
        self._engine.dispose()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            async with self._turn:
                group = self._group()
                try:
                    ended = await loop.run_in_executor(self._thread, self._written, group)
                except Exception as error:  # noqa: BLE001 - nothing is committed: all are told
                    ended = [_Failed(error)] * len(group)
            for unit, end in zip(group, ended, strict=True):
                _settle(unit.done, end)

    def _group(self) -> list[_Unit]:
        """Take those that come first, without whoever gave up."""
        found: list[_Unit] = []
        while self._waiting and len(found) < MOST:
            unit = self._waiting.popleft()
            if not unit.done.done():
                found.append(unit)
        return found

    def _written(self, group: Sequence[_Unit]) -> list[object]:
        """Write a group, in the thread; when this returns, it is durable."""
        if not group:
            return []
        with self._engine.begin() as connection:
            return [self._end(connection, unit) for unit in group]

    def _end(self, connection: Connection, unit: _Unit) -> object:
        """Do one unit in its savepoint.

        Returns:
            What it returned, or what it raised.

        Raises:
            Exception: The unit's, where SQLite has undone the whole transaction with it (a full
                disk, a failed read), so that the group is lost.
        """
        driver = connection.connection.driver_connection
        if driver is None:
            raise RuntimeError("the connection is closed")
        driver.execute("SAVEPOINT unit")
        try:
            found = unit.context.run(_driven, unit.work, _Here(self._beside, connection))
        except Exception as error:
            if not driver.in_transaction:
                raise
            driver.execute("ROLLBACK TO unit")
            found = _Failed(error)
        driver.execute("RELEASE unit")
        return found


def _driven(work: Work[Any], connection: AsyncConnection) -> object:
    """Run a unit to its end, which it reaches without a stop."""
    steps = work(connection)
    try:
        steps.send(None)
    except StopIteration as end:
        return end.value
    steps.close()
    raise NotAUnitError(f"{work} waited for something else than its connection")


def _settle(done: asyncio.Future[Any], end: object) -> None:
    if done.done():  # its caller was cancelled meanwhile
        return
    if isinstance(end, _Failed):
        done.set_exception(end.error)
    else:
        done.set_result(end)
