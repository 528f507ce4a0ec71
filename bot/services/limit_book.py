"""The limits that were set, and what a send would exceed of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit, and how much of it is used.

    Attributes:
        limit: Which.
        used: Messages, or money in the account's currency, in the period that is running; None
            for a limit of one send.
        set_by: A Slack user id.
        set_at: When.
    """

    limit: Limit
    used: Decimal | None
    set_by: str
    set_at: datetime


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
            send: The draft, or what waits for another yes: it is not counted twice.
        """
        rows = await rights.all_limits(connection, self._scope)
        if not rows:
            return ()
        now, zone = self._now(), self._zone
        since = {period: limits.begins(period, now, zone) for period in _PERIODS}
        spent = await self._spent(connection, send, {row.subject for row in rows}, since)
        found = limits.check(
            [_limit(row) for row in rows],
            Wanted(send.recipients, send.price or Decimal(0), send.actor, send.channel),
            lambda subject, period: spent[subject, period],
            now=now,
            zone=zone,
            currency=send.currency or "",
        )
        return tuple(breach.reason for breach in found)

    async def standing(self, person: str) -> list[Standing]:
        """Every limit with what is used of it.

        Args:
            person: Whose use is counted where a limit is each person's own.
        """
        async with self._database.read() as connection:
            rows = await rights.all_limits(connection, self._scope)
            return [
                Standing(
                    _limit(row), await self._used(connection, row, person), row.set_by, row.set_at
                )
                for row in rows
            ]

    async def set(self, limit: Limit, *, actor: str, where: str = "") -> None:
        """Set a limit, in the place of the one before.

        Args:
            limit: Whose, of what, how much.
            actor: Who sets it, a Slack user id.
            where: The Slack channel in which they do, for the audit trail.
        """
        row = StoredLimit(
            subject=limit.subject,
            measure=limit.measure,
            amount=limit.amount,
            set_by=actor,
            set_at=self._now(),
        )
        async with self._database.write() as connection:
            await rights.set_limit(connection, self._scope, row)
            await self._record(connection, f"limit {limit.measure} set", row, where)

    async def lift(
        self, subject: str, measure: Measure | None, *, actor: str, where: str = ""
    ) -> list[StoredLimit]:
        """Take a limit away, or all limits of a subject.

        Args:
            subject: Whose.
            measure: Of what; None: of everything.
            actor: Who lifts it, a Slack user id.
            where: The Slack channel in which they do, for the audit trail.

        Returns:
            Those that were there.
        """
        lifted = []
        async with self._database.write() as connection:
            for row in await rights.all_limits(connection, self._scope):
                if row.subject != subject or measure not in {None, row.measure}:
                    continue
                if await rights.lift_limit(
                    connection, self._scope, subject=subject, measure=row.measure
                ):
                    by_them = replace(row, set_by=actor)
                    await self._record(connection, f"limit {row.measure} lifted", by_them, where)
                    lifted.append(row)
        return lifted

    @property
    def _zone(self) -> ZoneInfo:
        return self._account.zone or ZoneInfo("UTC")

    async def _used(
        self, connection: AsyncConnection, row: StoredLimit, person: str
    ) -> Decimal | None:
        measure = Measure(row.measure)
        if measure.period is None:
            return None
        subject = person if row.subject == EACH else row.subject
        is_channel, is_all = subject[:1] in {"C", "G"}, subject == WORKSPACE
        messages, money = await ledger.spent(
            connection,
            self._scope,
            since=limits.begins(measure.period, self._now(), self._zone).astimezone(UTC),
            actor=None if is_channel or is_all else subject,
            channel=subject if is_channel else None,
        )
        return money if measure.is_money else Decimal(messages)

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
                    # In a direct message the channel is the person: all they sent counts.
                    channel=subject if subject not in {WORKSPACE, send.actor} else None,
                    but=send.id,
                )
                found[subject, period] = Spent(*sums)
        return found

    async def _record(
        self, connection: AsyncConnection, action: str, row: StoredLimit, where: str
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
            actor=row.set_by,
            action=action,
            subject=row.subject,
            place=where,
            detail={"limit": format(row.amount.normalize(), "f")},
        )


def _limit(row: StoredLimit) -> Limit:
    return Limit(row.subject, Measure(row.measure), row.amount)
