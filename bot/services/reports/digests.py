"""The reports that channels get by themselves: set in Slack, stored when due, posted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.services.reports.period import Digest, Period
from bot.store import Database, Scope, audit, digests, outbox
from bot.store.digests import StoredDigest


class Digests:
    """Which channel gets a report when.

    Args:
        database: Where that is kept.
        scope: Whose.
        now: The clock.
    """

    def __init__(self, database: Database, scope: Scope, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._scope = scope
        self._now = now

    async def of(self, channel: str) -> Digest | None:
        """What a channel gets; None: nothing."""
        async with self._database.read() as connection:
            kept = await digests.every(connection, self._scope)
        found = [each.settings for each in kept if each.channel == channel]
        return Digest.model_validate_json(found[0]) if found else None

    async def set(self, channel: str, digest: Digest | None, *, actor: str) -> None:
        """Set what a channel gets from now on; None: nothing any more."""
        now = self._now()
        async with self._database.write() as connection:
            if digest is None:
                await digests.drop(connection, self._scope, channel)
            else:
                settings = digest.model_dump_json()
                await digests.put(connection, self._scope, channel, settings, by=actor, at=now)
            await audit.add(
                connection,
                self._scope,
                at=now,
                actor=actor,
                place=channel,
                action="report settings_changed",
                subject=channel,
                detail={"every": digest.every if digest else "never"},
            )

    async def tick(self) -> bool:
        """Store a notice for each report that is due; after a pause only for the latest.

        Returns:
            Whether there is one.
        """
        async with self._database.write() as connection:
            kept = await digests.every(connection, self._scope)
            stored = [await self._due(connection, each) for each in kept]
        return any(stored)

    async def _due(self, connection: AsyncConnection, kept: StoredDigest) -> bool:
        digest = Digest.model_validate_json(kept.settings)
        due = digest.due(self._now())
        if due <= kept.told_until or not await digests.told(
            connection, self._scope, kept.channel, before=kept.told_until, until=due
        ):
            return False
        notice = _notice(digest.period(due), kept.channel, kept.set_by)
        return await self._store(connection, notice, f"{due:%Y-%m-%dT%H}")

    async def ask(self, channel: str, period: Period, *, by: str, name: str) -> None:
        """Have a channel get a report now.

        Args:
            channel: A Slack channel id.
            period: Of when.
            by: Who asked.
            name: What makes it the same wish when it comes again.
        """
        async with self._database.write() as connection:
            await self._store(connection, _notice(period, channel, by, asked=True), name)

    async def _store(
        self, connection: AsyncConnection, notice: notices.ReportDue, name: str
    ) -> bool:
        return await outbox.add(
            connection,
            self._scope,
            key=f"report:{notice.channel}:{name}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=self._now(),
        )


def _notice(period: Period, channel: str, by: str, *, asked: bool = False) -> notices.ReportDue:
    return notices.ReportDue(
        channel=channel,
        by=by,
        asked=asked,
        first=period.first,
        last=period.last,
        zone=str(period.zone),
        month=period.month is not None,
    )
