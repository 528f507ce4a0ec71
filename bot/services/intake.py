"""Takes what ClickSend pushes: stored before it is acknowledged, what arrived together at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog

from bot.services.failure_watch import FailureWatch
from bot.services.inbox import Inbox
from bot.store import Database, Scope, kept
from bot.store.inbound import InboundMessage
from bot.store.receipts import StoredReceipt

Pushed: TypeAlias = StoredReceipt | InboundMessage
_log = structlog.get_logger(__name__)
_MOST_TOGETHER = 500
_NOTED = timedelta(minutes=1)
RECEIPTS, INBOUND = "pushed:receipts", "pushed:inbound"
"""Under these names it is kept when something was last pushed."""


class Intake:
    """Stores pushes in groups: one transaction for all that wait, each with its own outcome.

    Args:
        database: Where to.
        scope: Whose.
        receipts: Keeps receipts.
        inbox: Keeps messages.
        now: The clock.
        told: Called after each group: there may be something to post.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        receipts: FailureWatch,
        inbox: Inbox,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._receipts = receipts
        self._inbox = inbox
        self._now = now
        self._told = told
        self._waiting: list[tuple[Sequence[Pushed], asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._noted: dict[str, datetime] = {}

    async def take(self, pushed: Sequence[Pushed]) -> None:
        """Keep what one push brought; it is durable when this returns.

        Raises:
            SQLAlchemyError: It was not kept; the push must not be acknowledged.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((pushed, done))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all(), name="intake")
        await done

    async def arrived(self, token: str) -> None:
        """Keep that the test with this token came back to us."""
        async with self._database.write() as connection:
            await kept.put(connection, self._scope, f"test:{token}", "", at=self._now())

    async def _store_all(self) -> None:
        while self._waiting:
            group = self._waiting[:_MOST_TOGETHER]
            del self._waiting[:_MOST_TOGETHER]
            try:
                await self._store([each for pushed, _ in group for each in pushed])
            except Exception:  # noqa: BLE001 - one that cannot be stored must not take others along
                await self._store_singly(group)
            else:
                for _, done in group:
                    _settle(done, None)
            self._told()

    async def _store_singly(
        self, group: Sequence[tuple[Sequence[Pushed], asyncio.Future[None]]]
    ) -> None:
        for pushed, done in group:
            try:
                await self._store(pushed)
            except Exception as error:  # noqa: BLE001 - it is raised to whoever waits for it
                _settle(done, error)
            else:
                _settle(done, None)

    async def _store(self, pushed: Sequence[Pushed]) -> None:
        receipts = [each for each in pushed if isinstance(each, StoredReceipt)]
        messages = [each for each in pushed if isinstance(each, InboundMessage)]
        now = self._now()
        notes = [name for name, some in ((RECEIPTS, receipts), (INBOUND, messages)) if some]
        due = [name for name in notes if now - self._noted.get(name, now - _NOTED) >= _NOTED]
        async with self._database.write() as connection:
            if receipts:
                await self._receipts.store(connection, receipts)
            if messages:
                await self._inbox.store(connection, messages)
            for name in due:
                await kept.put(connection, self._scope, name, "", at=now)
        self._noted.update(dict.fromkeys(due, now))


def _settle(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():  # whoever waited has gone
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
