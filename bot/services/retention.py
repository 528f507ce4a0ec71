"""What is deleted when its time is over, once a day; what still waits for somebody never is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.services.journal import BOT
from bot.store import Database, Scope, audit, calls, retention

_AT_ONCE = 500
_A_MONTH = timedelta(days=32)
"""Sends stay at least so long: the limits of a month count them."""
_NOTICES = (notices.SendChanged, notices.ApprovalChanged, notices.SendUnsettled)


class _Purge(Protocol):
    def __call__(
        self, connection: AsyncConnection, scope: Scope, *, before: datetime, limit: int
    ) -> Awaitable[int]: ...


class Retention:
    """Deletes in small transactions, so that nothing has to wait for long.

    Args:
        database: Where everything is.
        scope: Whose.
        days: For how many days it is kept (the setting RETENTION_DAYS).
        now: The clock.
    """

    def __init__(
        self, database: Database, scope: Scope, *, days: int, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._scope = scope
        self._kept = timedelta(days=days)
        self._now = now

    async def purge(self) -> dict[str, int]:
        """Delete everything whose time is over, and record it once.

        Returns:
            How much, by table; empty when there was nothing.
        """
        now = self._now()
        before = now - self._kept
        gone = await self._sends(min(before, now - _A_MONTH))
        for name, purge in (
            ("calls", calls.purge),
            ("receipts", retention.purge_receipts),
            ("notices", retention.purge_notices),
            ("audit", retention.purge_audit),
        ):
            gone[name] += await self._all(purge, before)
        found = {name: count for name, count in gone.items() if count}
        if found:
            await self._record(found, before)
        return found

    async def _sends(self, before: datetime) -> Counter[str]:
        """Sends, with what belongs to them."""
        gone: Counter[str] = Counter()
        while True:
            async with self._database.write() as connection:
                ids = await retention.purge_sends(
                    connection, self._scope, before=before, limit=_AT_ONCE
                )
                gone["sends"] += len(ids)
                gone["messages"] += await retention.purge_messages(connection, self._scope, ids)
                topics = [
                    notices.topic(kind(send_id=each)) or "" for each in ids for kind in _NOTICES
                ]
                gone["posts"] += await retention.purge_posts(connection, self._scope, topics)
            if len(ids) < _AT_ONCE:
                return gone

    async def _all(self, purge: _Purge, before: datetime) -> int:
        gone, batch = 0, _AT_ONCE
        while batch == _AT_ONCE:
            async with self._database.write() as connection:
                batch = await purge(connection, self._scope, before=before, limit=_AT_ONCE)
            gone += batch
        return gone

    async def _record(self, gone: dict[str, int], before: datetime) -> None:
        async with self._database.write() as connection:
            await audit.add(
                connection,
                self._scope,
                at=self._now(),
                actor=BOT,
                action="retention purged",
                subject="retention",
                detail={**gone, "before": before.isoformat(timespec="seconds")},
            )
