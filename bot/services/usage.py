"""The use of a month: what each channel and subaccount sent, and what it cost."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from bot.clicksend import ClickSend
from bot.clicksend.operations.account import GetUsage, Usage, UsageRow, UsageTotal
from bot.texts import say

CHANNELS = ("sms", "mms", "voice", "fax", "email", "post")
_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})", re.ASCII)
_FIRST_YEAR = 2010


class MonthError(ValueError):
    """What was typed is not a month whose use can be read; the text says why."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str, *, today: datetime) -> Self:
        """The month somebody typed; the current one when they typed nothing.

        Args:
            text: `YYYY-MM`, or empty.
            today: Now, in the person's time zone.

        Raises:
            MonthError: It is no month, or one that has not begun.
        """
        current = cls(today.year, today.month)
        if not text.strip():
            return current
        found = _MONTH.fullmatch(text.strip())
        month = cls(int(found["year"]), int(found["month"])) if found else None
        if month is None or not 1 <= month.number <= 12:  # noqa: PLR2004 - months of a year
            raise MonthError(
                say("that is no month. Type it as YYYY-MM, such as {month}", month=current)
            )
        if month > current:
            raise MonthError(
                say(
                    "{month} has not begun. The newest month is {newest}",
                    month=month,
                    newest=current,
                )
            )
        if month.year < _FIRST_YEAR:
            raise MonthError(
                say(
                    "{month} is before ClickSend's time. The newest month is {newest}",
                    month=month,
                    newest=current,
                )
            )
        return month

    @property
    def before(self) -> Self:
        """The month before."""
        last_year = type(self)(self.year - 1, 12)
        return last_year if self.number == 1 else type(self)(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


@dataclass(frozen=True, slots=True)
class Used:
    """How many messages, and what they cost in the account's currency."""

    count: int = 0
    price: Decimal = Decimal(0)

    def __add__(self, other: Used) -> Used:
        return Used(self.count + other.count, self.price + other.price)


@dataclass(frozen=True, slots=True)
class MonthReport:
    """The use of a month, and of the month before for comparison."""

    month: Month
    channels: dict[str, Used]
    subaccounts: dict[str, Used]
    total: Used
    previous_total: Used


async def month_report(clicksend: ClickSend, month: Month) -> MonthReport:
    """Read a month and the one before (operation `account.usage`).

    Raises:
        ClickSendError: One of them could not be read.
    """
    this, last = await asyncio.gather(
        *(
            clicksend.run(GetUsage(year=each.year, month=each.number))
            for each in (month, month.before)
        )
    )
    channels = by_channel(this)
    return MonthReport(
        month,
        channels,
        by_subaccount(this),
        sum(channels.values(), Used()),
        sum(by_channel(last).values(), Used()),
    )


def by_channel(usage: Usage) -> dict[str, Used]:
    """The use of each channel that was used: ClickSend's total, or the sum of its rows."""
    found = {}
    for channel in CHANNELS:
        total: UsageTotal | None = getattr(usage, f"{channel}_total")
        rows: tuple[UsageRow, ...] = getattr(usage, channel)
        used = _used(total.count, total.price) if total else sum(map(_row, rows), Used())
        if used.count or used.price:
            found[channel] = used
    return found


def by_subaccount(usage: Usage) -> dict[str, Used]:
    """The use of each subaccount over all channels, the dearest first."""
    sums: defaultdict[str, Used] = defaultdict(Used)
    for channel in CHANNELS:
        for row in getattr(usage, channel):
            sums[row.username or say("subaccount {number}", number=row.subaccount_id)] += _row(row)
    return dict(sorted(sums.items(), key=lambda item: (-item[1].price, item[0])))


def change(now: Decimal, before: Decimal) -> str:
    """A change in words: `+12 %`, `-3 %`, `no change`, or `nothing the month before`."""
    if not before:
        return say("nothing the month before") if now else say("no change")
    percent = risen(now, before)
    return f"{percent:+} %" if percent else say("no change")


def risen(now: Decimal, before: Decimal) -> Decimal:
    """A change in whole per cent of what was before, which is not 0."""
    return ((now - before) / before * 100).quantize(Decimal(1))


def _row(row: UsageRow) -> Used:
    return _used(row.total_count, row.total_price)


def _used(count: int | None, price: Decimal | None) -> Used:
    return Used(count or 0, price or Decimal(0))
