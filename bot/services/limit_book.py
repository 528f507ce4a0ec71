"""The limits that were set, and what a send would exceed of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import limits
from bot.services.account import AccountReader
from bot.services.limits import EACH, WORKSPACE, Limit, Measure, Period, Spent, Wanted
from bot.store import Database, Scope, audit, ledger, rights
from bot.store.rights import StoredLimit
from bot.store.sends import Send

_PERIODS: tuple[Period, ...] = ("day", "month")


class LimitBook:
    """Keeps limits, and holds sends against them.

    Args:
        account: For the account's time zone, in which days and months begin.
        database: Where limits and sends are.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._database = database
        self._scope = scope
        self._now = now

    async def breaches(self, connection: AsyncConnection, send: Send) -> tuple[str, ...]:
        """The limits that forbid a send, each in words.

        Args:
            connection: The transaction in which it is confirmed.
            send: The draft.
        """
        rows = await rights.all_limits(connection, self._scope)
        if not rows:
            return ()
        now, zone = self._now(), self._account.zone or ZoneInfo("UTC")
        since = {period: limits.begins(period, now, zone) for period in _PERIODS}
        spent = await self._spent(connection, send, {row.subject for row in rows}, since)
        found = limits.check(
            [Limit(row.subject, Measure(row.measure), row.amount) for row in rows],
            Wanted(send.recipients, send.price or Decimal(0), send.actor, send.channel),
            lambda subject, period: spent[subject, period],
            now=now,
            zone=zone,
            currency=send.currency or "",
        )
        return tuple(breach.reason for breach in found)

    async def all(self) -> list[StoredLimit]:
        """Every limit."""
        async with self._database.read() as connection:
            return await rights.all_limits(connection, self._scope)

    async def set(self, limit: Limit, *, actor: str) -> None:
        """Set a limit, in the place of the one before."""
        row = StoredLimit(
            subject=limit.subject,
            measure=limit.measure,
            amount=limit.amount,
            set_by=actor,
            set_at=self._now(),
        )
        async with self._database.write() as connection:
            await rights.set_limit(connection, self._scope, row)
            await self._record(connection, f"limit {limit.measure} set", limit.subject, actor)

    async def lift(self, subject: str, measure: Measure, *, actor: str) -> bool:
        """Take a limit away; False when there was none."""
        async with self._database.write() as connection:
            gone = await rights.lift_limit(
                connection, self._scope, subject=subject, measure=measure
            )
            if gone:
                await self._record(connection, f"limit {measure} lifted", subject, actor)
        return gone

    async def _spent(
        self,
        connection: AsyncConnection,
        send: Send,
        subjects: Collection[str],
        since: dict[Period, datetime],
    ) -> dict[tuple[str, Period], Spent]:
        """What the subjects that matter for a send have spent, by day and by month."""
        found: dict[tuple[str, Period], Spent] = {}
        for subject in {WORKSPACE, send.actor, send.channel}:
            if subject not in subjects and not (subject == send.actor and EACH in subjects):
                continue
            for period in _PERIODS:
                sums = await ledger.spent(
                    connection,
                    self._scope,
                    since=since[period].astimezone(UTC),
                    actor=send.actor if subject == send.actor else None,
                    channel=send.channel if subject == send.channel else None,
                )
                found[subject, period] = Spent(*sums)
        return found

    async def _record(
        self, connection: AsyncConnection, action: str, subject: str, actor: str
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=actor,
            action=action,
            subject=subject,
            detail={},
        )
