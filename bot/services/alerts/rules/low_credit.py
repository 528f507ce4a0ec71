"""Low credit: the balance is below the threshold, until it is a tenth above it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules import days_left
from bot.services.alerts.rules.base import Rule, Sight
from bot.services.money import amount
from bot.texts import Phrase, say

_NAME, _KEY = "low_credit", "balance"
_RECOVERY = Decimal("1.10")


def look(sight: Sight) -> Sequence[Signal] | None:
    """Look at the balance, with hysteresis: one that wavers around the threshold alerts once.

    Whoever has just heard that the credit lasts less than two days is not told that it is low; that
    nothing is left is said by the same alert then.
    """
    balance = sight.balance
    if balance is None:
        return None
    if balance.threshold is None or balance.threshold <= 0:
        return ()
    low = balance.amount < balance.threshold
    told = (_NAME, _KEY) in sight.active
    still = told and balance.amount < balance.threshold * _RECOVERY
    if not (low or still):
        return ()
    if not told and days_left.is_told_of(sight):
        return ()
    left = amount(balance.amount, balance.currency)
    limit = amount(balance.threshold, balance.currency)
    values = {"account": balance.account_name, "left": left, "limit": limit}
    return (
        Signal(
            rule=_NAME,
            key=_KEY,
            severity=Severity.CRITICAL if balance.amount <= 0 else Severity.WARNING,
            text=say("{account} has {left} left, below {limit}.", **values)
            if low
            else say("{account} has {left} left, hardly above {limit}.", **values),
            facts=(Fact(name=say("Left"), value=left), Fact(name=say("Threshold"), value=limit)),
            advice=say("When it is used up, messages are refused."),
            recharge=True,
        ),
    )


RULE = Rule(
    name=_NAME,
    title=Phrase("Low credit"),
    summary=Phrase("the balance is below the threshold"),
    look=look,
    # Once when it falls below; again only after it has recovered.
    policy=Policy(wait=timedelta(0), interval=timedelta(0), repeat=None, hold=timedelta(0)),
)
