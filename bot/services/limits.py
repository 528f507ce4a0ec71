"""How much may be sent and spent: by the workspace, a person, a channel, and in one send.

`check` is pure and looks at one send. It holds only when nothing else is counted between the
reading of `spent` and the recording of the send: do both in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.services.money import amount as money
from bot.texts import clock, day, many, say, weekday

WORKSPACE = "*"
EACH = "each"

Period: TypeAlias = Literal["day", "month"]


class Measure(StrEnum):
    """What a limit counts."""

    MESSAGES_DAY = "messages_day"
    MESSAGES_MONTH = "messages_month"
    MONEY_DAY = "money_day"
    MONEY_MONTH = "money_month"
    SEND_MONEY = "send_money"
    SEND_RECIPIENTS = "send_recipients"

    @property
    def period(self) -> Period | None:
        """Over what it adds up; None: it looks at one send alone."""
        return _PERIODS.get(self)

    @property
    def is_money(self) -> bool:
        """Whether it counts money rather than messages."""
        return self in {Measure.MONEY_DAY, Measure.MONEY_MONTH, Measure.SEND_MONEY}


_PERIODS: dict[Measure, Period] = {
    Measure.MESSAGES_DAY: "day",
    Measure.MESSAGES_MONTH: "month",
    Measure.MONEY_DAY: "day",
    Measure.MONEY_MONTH: "month",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A most.

    Attributes:
        subject: Whose: `*` the whole workspace together, `each` every person for themselves, a
            person (U…, W…; it takes the place of `each` for them), or a channel (C…, G…).
        measure: What is counted.
        amount: Messages, or money in the account's currency.

    Raises:
        ValueError: The amount is negative or no number.
    """

    subject: str
    measure: Measure
    amount: Decimal

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount < 0:
            raise ValueError("a limit is a number of 0 or more")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a subject has sent in a period, in messages and in the account's currency."""

    messages: int
    money: Decimal


@dataclass(frozen=True, slots=True)
class Wanted:
    """A send that is asked for.

    Attributes:
        messages: How many people get one.
        money: Its price, in the account's currency.
        actor: Who sends, a Slack user id.
        channel: Where it is asked for, a Slack channel id.

    Raises:
        ValueError: One of the numbers is negative or no number.
    """

    messages: int
    money: Decimal
    actor: str
    channel: str

    def __post_init__(self) -> None:
        if self.messages < 0 or not self.money.is_finite() or self.money < 0:
            raise ValueError("a send has a number of messages and a price of 0 or more")


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that forbids a send.

    Attributes:
        limit: Which.
        used: Already, in the period; 0 for a limit of one send.
        left: What remains, never below 0.
        resets: When the period ends; None for a limit of one send.
        reason: All that in words, plain text, and what to do.
    """

    limit: Limit
    used: Decimal
    left: Decimal
    resets: datetime | None
    reason: str


def check(
    limits: Iterable[Limit],
    send: Wanted,
    spent: Callable[[str, Period], Spent],
    *,
    now: datetime,
    zone: ZoneInfo,
    currency: str = "",
) -> tuple[Breach, ...]:
    """Which limits a send would break.

    Args:
        limits: All there are.
        send: What is asked for.
        spent: What the workspace (`*`), a person or a channel has sent in the period that is
            running, since `begins`.
        now: The time, aware.
        zone: Whose midnight begins a day and a month.
        currency: ISO 4217, for the words.

    Returns:
        One breach a limit, in the order of the limits; none: it may be sent.
    """
    known = tuple(limits)
    own = {limit.measure for limit in known if limit.subject == send.actor}
    found = (
        _breach(limit, send, spent, now=now, zone=zone, currency=currency)
        for limit in known
        if _applies(limit, send, own)
    )
    return tuple(breach for breach in found if breach is not None)


def begins(period: Period, now: datetime, zone: ZoneInfo) -> datetime:
    """When the day or the month that is running began: the first instant of its first date."""
    today = now.astimezone(zone).date()
    first = today if period == "day" else today.replace(day=1)
    return datetime.combine(first, time.min, zone)


def ends(period: Period, now: datetime, zone: ZoneInfo) -> datetime:
    """When the next day or month begins."""
    first = begins(period, now, zone).date()
    if period == "day":
        following = first + timedelta(days=1)
    else:
        following = (first + timedelta(days=31)).replace(day=1)
    return datetime.combine(following, time.min, zone)


def _applies(limit: Limit, send: Wanted, own: set[Measure]) -> bool:
    if limit.subject == EACH:
        return limit.measure not in own
    return limit.subject in {WORKSPACE, send.actor, send.channel}


def _breach(
    limit: Limit,
    send: Wanted,
    spent: Callable[[str, Period], Spent],
    *,
    now: datetime,
    zone: ZoneInfo,
    currency: str,
) -> Breach | None:
    period = limit.measure.period
    wanted = send.money if limit.measure.is_money else Decimal(send.messages)
    if period is None:
        if wanted <= limit.amount:
            return None
        return Breach(limit, Decimal(0), limit.amount, None, _one_send(limit, wanted, currency))
    subject = send.actor if limit.subject == EACH else limit.subject
    before = spent(subject, period)
    used = before.money if limit.measure.is_money else Decimal(before.messages)
    if used + wanted <= limit.amount:
        return None
    left, resets = max(limit.amount - used, Decimal(0)), ends(period, now, zone)
    return Breach(limit, used, left, resets, _in_period(limit, wanted, used, resets, currency))


def _one_send(limit: Limit, wanted: Decimal, currency: str) -> str:
    if limit.measure.is_money:
        return say(
            "{limit} for one send is {most}, and this one costs {costs}. "
            "Make it smaller, or ask an admin to raise the limit.",
            limit=_whose(limit),
            most=money(limit.amount, currency),
            costs=money(wanted, currency),
        )
    return many(
        "{limit} for one send is {count:,} recipient, and this one has {has:,}. "
        "Make it smaller, or ask an admin to raise the limit.",
        "{limit} for one send is {count:,} recipients, and this one has {has:,}. "
        "Make it smaller, or ask an admin to raise the limit.",
        int(limit.amount),
        limit=_whose(limit),
        has=int(wanted),
    )


def _in_period(
    limit: Limit, wanted: Decimal, used: Decimal, resets: datetime, currency: str
) -> str:
    left = max(limit.amount - used, Decimal(0))
    if limit.measure.is_money:
        said = _of_money(limit, wanted, used, left, currency)
    else:
        said = _of_messages(limit, wanted, used, left)
    again = say(
        "It begins again on {weekday} {day} at {time} ({zone}); until then, send less or ask an "
        "admin to raise the limit.",
        weekday=weekday(resets),
        day=day(resets, year=False),
        time=clock(resets),
        zone=resets.tzinfo,
    )
    return f"{said} {again}"


def _of_money(limit: Limit, wanted: Decimal, used: Decimal, left: Decimal, currency: str) -> str:
    facts = {
        "limit": _whose(limit),
        "most": money(limit.amount, currency),
        "used": money(used, currency),
        "left": money(left, currency),
        "costs": money(wanted, currency),
    }
    if limit.measure.period == "day":
        return say(
            "{limit} is {most} a day: {used} used, {left} left, and this send costs {costs}.",
            **facts,
        )
    return say(
        "{limit} is {most} a month: {used} used, {left} left, and this send costs {costs}.",
        **facts,
    )


def _of_messages(limit: Limit, wanted: Decimal, used: Decimal, left: Decimal) -> str:
    most, needs = int(limit.amount), int(wanted)
    facts = {"limit": _whose(limit), "used": int(used), "left": int(left), "needs": needs}
    if limit.measure.period == "day":
        return many(
            "{limit} is {count:,} message a day: {used:,} used, {left:,} left, and this send "
            "needs {needs:,}.",
            "{limit} is {count:,} messages a day: {used:,} used, {left:,} left, and this send "
            "needs {needs:,}.",
            most,
            **facts,
        )
    return many(
        "{limit} is {count:,} message a month: {used:,} used, {left:,} left, and this send "
        "needs {needs:,}.",
        "{limit} is {count:,} messages a month: {used:,} used, {left:,} left, and this send "
        "needs {needs:,}.",
        most,
        **facts,
    )


def _whose(limit: Limit) -> str:
    if limit.subject == WORKSPACE:
        return say("The workspace's limit")
    return say("This channel's limit") if limit.subject[:1] in {"C", "G"} else say("Your limit")
