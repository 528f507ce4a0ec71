"""Reads what a report is made of, from ClickSend and from what the alert rules keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.clicksend import ClickSend, ClickSendError
from bot.clicksend.operations.account import GetUsage, Usage
from bot.services.account import AccountReader, Balance
from bot.services.alerts.rules.base import BalanceSeen
from bot.services.alerts.rules.days_left import of_account
from bot.services.alerts.watch import WHOLE_SINCE, spending_of
from bot.services.places import Country
from bot.services.reports import figures, histories
from bot.services.reports.figures import NAMES, Outlook, Report, Row
from bot.services.reports.histories import MOST, OTHERS, SMS
from bot.services.reports.period import Period
from bot.services.usage import CHANNELS, Month, Used, by_channel, by_subaccount
from bot.store import Database, Scope, kept, traffic
from bot.texts import Text, say

_log = structlog.get_logger(__name__)
_LEARNT = timedelta(days=63)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The rows of a period, and what to know of them."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...]


class ReportReader:
    """Makes reports.

    Args:
        clicksend: The client.
        account: The account.
        database: Where the SMS of the last nine weeks and the spending are kept.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._now = now

    async def read(self, period: Period) -> Report:
        """The report of a period.

        Channels and subaccounts of a month are what ClickSend itself counts (operation
        `account.usage`); those of days, and the countries, are sums over the histories.

        Raises:
            ClickSendError: The use or the SMS could not be read. What could not be read of the
                other channels is in the notes.
        """
        balance = await self._account.balance()
        now, before, used = await asyncio.gather(
            self._seen(period), self._seen(period.before), self._usage(period)
        )
        report = Report(
            period=period,
            currency=balance.currency,
            countries=figures.lines(_countries(now.rows), _countries(before.rows)),
            delivery=figures.delivery(now.rows),
            delivery_before=figures.delivery(before.rows),
            failures=figures.failures(now.rows),
            outlook=await self._outlook(balance),
            notes=tuple(dict.fromkeys((*now.notes, *before.notes))),
        )
        if period.month is None:
            return _of_rows(report, now.rows, before.rows, _user_names(used))
        return _of_usage(report, *used)

    async def _usage(self, period: Period) -> Sequence[Usage]:
        """The use of the month and of the one before; of days, the months they are in.

        Raises:
            ClickSendError: That of a month could not be read; that of days only has names.
        """
        ends = (period.last, period.before.first)
        months = list(dict.fromkeys(Month(day.year, day.month) for day in ends))
        reads = (self._clicksend.run(GetUsage(year=m.year, month=m.number)) for m in months)
        try:
            return await asyncio.gather(*reads)
        except ClickSendError:
            if period.month is not None:
                raise
            return ()

    async def _seen(self, period: Period) -> _Seen:
        until = min(period.end, self._now())
        if until <= period.start:
            return _Seen((), ())
        notes = []
        if until < period.end:
            notes.append(say("{period} is not over yet.", period=period.title))
        sms = await self._kept(period.start, until) or await histories.told(
            self._clicksend, SMS, period.start, until
        )
        notes += [_cut(SMS.name, period)] if sms.cut else []
        rows = [*sms.rows]
        for history in OTHERS:
            try:
                told = await histories.told(self._clicksend, history, period.start, until)
            except ClickSendError as error:
                _log.warning("a history could not be read", of=history.channel, problem=str(error))
                notes.append(
                    say("The {messages} could not be read, and are missing.", messages=history.name)
                )
                continue
            rows += told.rows
            notes += [_cut(history.name, period)] if told.cut else []
        return _Seen(tuple(rows), tuple(notes))

    async def _kept(self, since: datetime, until: datetime) -> histories.Told | None:
        """The SMS as the alert rules keep them; None when they do not keep all of that time."""
        async with self._database.read() as connection:
            oldest = await traffic.oldest(connection, self._scope)
            gap = await kept.get(connection, self._scope, WHOLE_SINCE)
            if oldest is None or oldest > since or (gap is not None and gap[1] > since):
                return None
            found = await traffic.priced(connection, self._scope, since=since, until=until)
        if any(each.known < each.count for each in found):
            return None  # kept by a version that did not keep prices
        return histories.Told(
            tuple(
                Row(
                    channel="sms",
                    subaccount=each.subaccount,
                    country=each.country,
                    outcome=each.outcome,
                    cause=each.cause,
                    count=each.count,
                    price=each.price,
                )
                for each in found
            )
        )

    async def _outlook(self, balance: Balance) -> Outlook:
        now = self._now()
        async with self._database.read() as connection:
            hours = await traffic.spent_by_hour(connection, self._scope, since=now - _LEARNT)
        spending = spending_of(hours, now=now, zone=self._account.zone or UTC)
        seen = BalanceSeen(
            amount=balance.amount,
            threshold=balance.low_credit,
            currency=balance.currency,
            account_name=balance.account_name,
        )
        return Outlook(left=balance.amount, forecast=of_account(seen, spending))


def _of_usage(report: Report, now: Usage, before: Usage) -> Report:
    return replace(
        report,
        channels=figures.lines(_named(by_channel(now)), _named(by_channel(before))),
        subaccounts=figures.lines(by_subaccount(now), by_subaccount(before)),
    )


def _of_rows(
    report: Report, now: Sequence[Row], before: Sequence[Row], names: Mapping[str, str]
) -> Report:
    def whose(row: Row) -> str | None:
        if not row.subaccount:
            return None
        return names.get(row.subaccount) or say("subaccount {number}", number=row.subaccount)

    return replace(
        report,
        channels=figures.lines(figures.by_channel(now), figures.by_channel(before)),
        subaccounts=figures.lines(figures.sums(now, whose), figures.sums(before, whose)),
    )


def _named(channels: Mapping[str, Used]) -> dict[Text, Used]:
    return {NAMES[key]: used for key, used in channels.items()}


def _user_names(used: Sequence[Usage]) -> dict[str, str]:
    rows = [row for usage in used for channel in CHANNELS for row in getattr(usage, channel)]
    return {str(row.subaccount_id): row.username for row in rows if row.username}


def _countries(rows: Sequence[Row]) -> dict[Country, Used]:
    return figures.sums(rows, lambda row: Country(row.country) if row.country else None)


def _cut(name: Text, period: Period) -> str:
    return say(
        "Of the {messages} of {period}, the newest {most:,} were read.",
        messages=name,
        period=period.title,
        most=MOST,
    )
