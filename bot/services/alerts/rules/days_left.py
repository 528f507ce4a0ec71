"""Days of credit left: warned early enough for a payment that takes its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from bot.services.alerts.forecast import Forecast, forecast
from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules.base import BalanceSeen, Offer, Rule, Sight, Spending
from bot.services.money import amount, total
from bot.texts import Phrase, day, many, say

_NAME, _KEY = "days_left", "balance"
_PAYMENT_DAYS = 5
"""A bank transfer over a weekend."""
_CRITICAL_DAYS = 2
_MARGIN = 2
_GOOD_FOR_DAYS = 30
_CENT = Decimal("0.01")


def look(sight: Sight) -> Sequence[Signal] | None:
    """Look how long the credit lasts, and whether that is too short for a slow payment."""
    balance, spending = sight.balance, sight.spending
    if balance is None or spending is None:
        return None
    found = of_account(balance, spending)
    if found is None:
        return ()
    warned = (_NAME, _KEY) in sight.active
    soon = found.low < _PAYMENT_DAYS or (warned and found.low < _PAYMENT_DAYS + _MARGIN)
    # Whoever took the warning knows the day; that nothing is left, everybody is told.
    urgent = balance.amount <= 0 or (_is_short(found) and (_NAME, _KEY) not in sight.taken)
    # Once the balance is below its threshold, that alert is the louder one.
    urgent = urgent and ("low_credit", _KEY) not in sight.active
    return (_signal(sight.now, balance, spending, found, urgent=urgent),) if soon else ()


def is_told_of(sight: Sight) -> bool:
    """Whether there is an alert that says that the credit is used up within two days, or is."""
    if sight.balance is None or sight.spending is None or (_NAME, _KEY) not in sight.active:
        return False
    found = of_account(sight.balance, sight.spending)
    return found is not None and _is_short(found)


def _is_short(found: Forecast) -> bool:
    return found.days < _CRITICAL_DAYS


def of_account(balance: BalanceSeen, spending: Spending) -> Forecast | None:
    """How long the balance lasts; None when there is too little to learn from."""
    days = {day: float(spent) for day, spent in spending.days.items()}
    left = float(max(balance.amount, Decimal(0)))
    return forecast(days, left, today=spending.today, left_of_today=1 - spending.part)


def recommended(offers: Sequence[Offer], per_day: Decimal) -> Offer | None:
    """The smallest package that lasts a month at this pace; the largest when none does."""
    by_price = sorted(offers, key=lambda offer: offer.price)
    enough = [offer for offer in by_price if offer.price >= per_day * _GOOD_FOR_DAYS]
    return next(iter(enough or by_price[-1:]), None)


def _signal(
    now: datetime, balance: BalanceSeen, spending: Spending, found: Forecast, *, urgent: bool
) -> Signal:
    per_day = Decimal(found.per_day).quantize(_CENT)
    offer = recommended(spending.offers, per_day)
    advice = say(
        "A bank transfer may take {payment_days} days: pay now.", payment_days=_PAYMENT_DAYS
    )
    if offer and per_day:
        buy = say(
            "Package {number} for {price} lasts about {days} more.",
            number=offer.number,
            price=amount(offer.price, balance.currency),
            days=_days(float(offer.price / per_day)),
        )
        advice = f"{advice} {buy}"
    until = now + timedelta(days=min(found.days, 3650))
    return Signal(
        rule=_NAME,
        key=_KEY,
        severity=Severity.CRITICAL if urgent else Severity.WARNING,
        text=_text(balance, found),
        facts=(
            Fact(name=say("Left"), value=amount(balance.amount, balance.currency)),
            Fact(
                name=say("A day"),
                value=say("about {amount}", amount=total(per_day, balance.currency)),
            ),
            Fact(name=say("Used up about"), value=day(until, weekday=True, year=False)),
            *_below(balance),
        ),
        advice=advice,
        recharge=True,
    )


def _text(balance: BalanceSeen, found: Forecast) -> str:
    if balance.amount <= 0:
        left = amount(balance.amount, balance.currency)
        return say(
            "{account} has {left} left: messages are refused.",
            account=balance.account_name,
            left=left,
        )
    return say(
        "The credit of {account} lasts {lasting}.",
        account=balance.account_name,
        lasting=lasting(found),
    )


def _below(balance: BalanceSeen) -> tuple[Fact, ...]:
    """That the balance is below its threshold, which `low_credit` does not say a second time."""
    if balance.threshold is None or balance.amount >= balance.threshold:
        return ()
    return (Fact(name=say("Below"), value=amount(balance.threshold, balance.currency)),)


def lasting(found: Forecast) -> str:
    """How long it lasts, with its uncertainty, as `about 9 days more, between 7 and 12 days`.

    Without it where both ends are the same number of days.
    """
    days, low, high = _days(found.days), round(found.low), round(found.high)
    if found.high >= _GOOD_FOR_DAYS * 3:
        return say("about {days} more, between {low} and many", days=days, low=low)
    if low == high:
        return say("about {days} more", days=days)
    return say("about {days} more, between {low} and {high} days", days=days, low=low, high=high)


def _days(days: float) -> str:
    if days < 1:
        return say("less than a day")
    return many("{count} day", "{count} days", round(days))


RULE = Rule(
    name=_NAME,
    title=Phrase("Credit runs out"),
    summary=Phrase("the credit will be used up before a slow payment arrives"),
    look=look,
    policy=Policy(
        wait=timedelta(0),
        interval=timedelta(hours=6),
        repeat=None,
        hold=timedelta(hours=1),
    ),
)
