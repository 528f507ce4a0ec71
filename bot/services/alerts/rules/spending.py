"""Spending faster than usual: today costs far more than days like this do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from bot.services.alerts.forecast import fit
from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.services.money import total
from bot.texts import Phrase, say, weekday

_NAME = "spending"
_TIMES, _STILL_TIMES = 2.5, 1.8
_SIGMAS, _STILL_SIGMAS = 5.0, 3.0
_LEARNT_DAYS = 7
_CENT = Decimal("0.01")


def look(sight: Sight) -> Sequence[Signal] | None:
    """Compare today with what is expected of the whole of it: bursts within a day are usual."""
    balance, spending = sight.balance, sight.spending
    if balance is None or spending is None:
        return None
    model = fit({day: float(spent) for day, spent in spending.days.items()})
    if model is None or len(spending.days) < _LEARNT_DAYS:
        return ()
    warned = any(rule == _NAME for rule, _ in sight.active)
    times, sigmas = (_STILL_TIMES, _STILL_SIGMAS) if warned else (_TIMES, _SIGMAS)
    usual = model.expected(spending.today)
    so_far = float(spending.so_far)
    if so_far < usual * times or so_far < usual + sigmas * model.noise:
        return ()
    expected = total(Decimal(usual).quantize(_CENT), balance.currency)
    spent = total(spending.so_far, balance.currency)
    return (
        Signal(
            rule=_NAME,
            key=spending.today.isoformat(),
            severity=Severity.WARNING,
            text=say(
                "{spent} were spent today, and a whole {weekday} costs about {expected}.",
                spent=spent,
                weekday=weekday(spending.today),
                expected=expected,
            ),
            facts=(Fact(name=say("Today"), value=spent), Fact(name=say("Usual"), value=expected)),
            advice=say("If nobody expects that, look at `/clicksend usage` and the campaigns."),
        ),
    )


RULE = Rule(
    name=_NAME,
    title=Phrase("Spending faster than usual"),
    summary=Phrase("today costs far more than days like this do"),
    look=look,
    policy=Policy(
        wait=timedelta(0), interval=timedelta(hours=1), repeat=None, hold=timedelta(hours=2)
    ),
    # A campaign to dead numbers costs more than a day, and is told of for its failures.
    follows=frozenset({"failure_rate"}),
)
