"""Who runs the jobs: on PostgreSQL whoever holds an advisory lock, on SQLite the only bot there is.

The lock lives on a connection of its own. It is free as soon as its holder's process is gone, and
some seconds after its holder froze or was cut off: the server then ends the session, because the
holder asks something every second. Leadership saves work; that a job's fire happens once is left
to the claim of its slot, since two may believe for a moment that they lead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

_log = structlog.get_logger(__name__)
_LOCK = 0x636C69636C  # as good as any other; the one of migrations differs
_BEAT_SECONDS = 1.0
_SILENCE_SECONDS = 5
_AGAIN_SECONDS = 1.0


class Leadership:
    """Whether this process leads.

    Args:
        url: The database.
        beat: Seconds between two looks whether the lock is still ours.
    """

    def __init__(self, url: str, *, beat: float = _BEAT_SECONDS) -> None:
        shared = make_url(url).get_backend_name() == "postgresql"
        self._engine: AsyncEngine | None = _engine(url) if shared else None
        self._beat = beat
        self._leads = not shared

    @property
    def leads(self) -> bool:
        """Whether it is this process that runs the jobs."""
        return self._leads

    async def run(self, elected: Callable[[], None]) -> None:
        """Lead, or wait to; until cancelled, which hands over to whoever waits.

        Args:
            elected: Called whenever this process begins to lead.
        """
        if self._engine is None:
            elected()
            return
        try:
            while True:
                try:
                    async with self._engine.connect() as connection:
                        await self._hold(connection, elected)
                except (SQLAlchemyError, OSError, TimeoutError) as error:
                    # The database restarts, or is not reached: somebody else may lead meanwhile.
                    _log.warning("leadership is uncertain", problem=type(error).__name__)
                self._leads = False
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            self._leads = False
            await self._engine.dispose()

    async def _hold(self, connection: AsyncConnection, elected: Callable[[], None]) -> None:
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        self._leads = True
        _log.info("leading")
        elected()
        while True:
            await asyncio.sleep(self._beat)
            async with asyncio.timeout(_SILENCE_SECONDS):
                await connection.execute(text("SELECT 1"))


def _engine(url: str) -> AsyncEngine:
    """Connections that the server ends when nothing is heard of them."""
    silence = str(_SILENCE_SECONDS * 1000)
    settings = {
        "application_name": "clicksend-slack leader",
        "idle_session_timeout": silence,
        "tcp_keepalives_idle": "2",
        "tcp_keepalives_interval": "1",
        "tcp_keepalives_count": "3",
    }
    return create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"server_settings": settings},
    )
