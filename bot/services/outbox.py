"""Posts the stored notices: at least once, each until Slack takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.store import Database, Scope, conversations, inbound, outbox, posts, sends
from bot.store.outbox import Pending

_log = structlog.get_logger(__name__)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)


class Outbox:
    """The flusher of one process.

    Args:
        database: Where the notices are.
        scope: Whose.
        notifier: Who posts.
        owner: This process.
        lease: How long a process may take to post; then another one posts.
        now: The clock.
        kinds: The kinds of notices it posts; every one when empty.
        but: The kinds that another flusher posts, which a slow Slack must not hold up.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        notifier: notices.Notifier,
        *,
        owner: str,
        lease: timedelta,
        now: Callable[[], datetime],
        kinds: Collection[str] = (),
        but: Collection[str] = (),
    ) -> None:
        self._database = database
        self._scope = scope
        self._notifier = notifier
        self._owner = owner
        self._lease = lease
        self._now = now
        self._kinds, self._but = kinds, but
        self._flushing = asyncio.Lock()
        self._stopped = False

    def stop(self) -> None:
        """Begin no other notice: what waits is posted by whoever runs next."""
        self._stopped = True

    async def flush(self) -> int:
        """Post what is due.

        Returns:
            How many notices Slack took.
        """
        async with self._flushing:
            done = 0
            # One claim a notice: a bot that dies while it posts leaves one in doubt, and no lease
            # runs out while a notice waits behind others.
            while not self._stopped and (pending := await self._claim()):
                done += await self._post(pending)
            return done

    async def waiting(self, kind: str) -> int:
        """How many notices of a kind Slack has not taken yet."""
        async with self._database.read() as connection:
            return await outbox.waiting(connection, self._scope, kind=kind)

    async def _claim(self) -> Pending | None:
        now = self._now()

        async def claim(connection: AsyncConnection) -> Pending | None:
            return await outbox.claim_due(
                connection,
                self._scope,
                owner=self._owner,
                now=now,
                lease_until=now + self._lease,
                kinds=self._kinds,
                but=self._but,
            )

        return await self._database.unit(claim)

    async def _post(self, pending: Pending) -> bool:
        try:
            notice = notices.from_json(pending.payload)
            place = await self._notifier(notice, await self._known(notices.topic(notice)))
        except Exception as error:  # noqa: BLE001 - an alert is delayed, never dropped
            await self._postpone(pending, error)
            return False

        async def note(connection: AsyncConnection) -> None:
            await outbox.posted(connection, pending.id, at=self._now())
            if isinstance(notice, notices.MessagesArrived):
                await inbound.posted(connection, self._scope, notice.messages, at=self._now())
            if place:
                await self._remember(connection, notice, place)

        # As long as it is ours: forgotten, it would be said once more.
        await self._database.insist(note, seconds=self._lease.total_seconds())
        return True

    async def _known(self, topic: str | None) -> notices.Place | None:
        """Where the message of a topic stands."""
        if topic is None:
            return None
        async with self._database.read() as connection:
            return await posts.find(connection, self._scope, topic)

    async def _remember(
        self, connection: AsyncConnection, notice: notices.Notice, place: notices.Place
    ) -> None:
        topic = notices.topic(notice)
        if topic is None:
            return
        await posts.keep(connection, self._scope, topic, channel=place.channel, ts=place.ts)
        if isinstance(notice, notices.SendChanged):
            await sends.place(
                connection, self._scope, notice.send_id, channel=place.channel, ts=place.ts
            )
        if isinstance(notice, notices.ConversationChanged):
            await conversations.change(
                connection,
                self._scope,
                notice.conversation,
                {"channel": place.channel, "thread_ts": place.ts},
                round_=notice.round,
            )

    async def _postpone(self, pending: Pending, error: Exception) -> None:
        pause = min(_FIRST_PAUSE * 2 ** min(pending.attempts - 1, 10), _LONGEST_PAUSE)
        known = isinstance(error, notices.NotPostedError)
        log = _log.warning if known else _log.exception
        log("notice not posted", key=pending.key, attempts=pending.attempts, problem=str(error))
        async with self._database.write() as connection:
            await outbox.postpone(
                connection, pending.id, until=self._now() + pause, problem=str(error)[:500]
            )
