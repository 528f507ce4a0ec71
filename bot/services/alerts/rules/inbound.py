"""Inbound flood: far more messages come in than usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.store.traffic import Counted
from bot.texts import Phrase, figure, say

_NAME, _KEY = "inbound_flood", "inbound"
_FEWEST = 60
_TIMES, _STILL_TIMES = 6.0, 2.0


def look(sight: Sight) -> Sequence[Signal] | None:
    """Compare how many messages came in with how many usually do in as long a time."""
    traffic = sight.traffic
    if traffic is None:
        return None
    came = _inbound(traffic.recent)
    usual = _inbound(traffic.usual) * (traffic.window / traffic.span)
    times = _STILL_TIMES if (_NAME, _KEY) in sight.active else _TIMES
    if came < _FEWEST or came < usual * times:
        return ()
    busiest = ", ".join(f"{sender} ({figure(count)})" for sender, count in traffic.senders[:3])
    minutes = int(traffic.window.total_seconds() // 60)
    return (
        Signal(
            rule=_NAME,
            key=_KEY,
            severity=Severity.WARNING,
            text=say(
                "{came:,} messages came in within {minutes} minutes; usually it is {usual:,.0f}.",
                came=came,
                minutes=minutes,
                usual=usual,
            ),
            facts=(Fact(name=say("Busiest"), value=busiest),) if busiest else (),
            advice=say("It may be an answer to a campaign, a loop with another bot, or abuse."),
        ),
    )


def _inbound(counted: Sequence[Counted]) -> int:
    return sum(each.count for each in counted if each.outcome == "inbound")


RULE = Rule(
    name=_NAME,
    title=Phrase("Flood of inbound messages"),
    summary=Phrase("far more messages come in than usual"),
    look=look,
    policy=Policy(
        wait=timedelta(0), interval=timedelta(minutes=30), repeat=None, hold=timedelta(hours=1)
    ),
)
