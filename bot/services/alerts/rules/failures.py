"""Delivery failures: more of them than usual, by country, carrier, sender and cause."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta

from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.store.traffic import Counted
from bot.texts import Phrase, figure, say

_NAME = "failure_rate"
_FEWEST = 8
_SIGMAS, _STILL_SIGMAS = 5.0, 2.5
_TIMES, _STILL_TIMES = 3.0, 1.8
_FLOOR = 0.02
_CRITICAL_SHARE, _CRITICAL_COUNT = 0.5, 50
_PRIOR = 20
_MOST = 3
_DIMENSIONS: Mapping[str, Callable[[Counted], str]] = {
    "carrier": lambda each: f"{each.carrier} ({each.country})" if each.carrier else "",
    "country": lambda each: each.country,
    "sender": lambda each: each.sender,
}
_NAMES = {"carrier": Phrase("carrier"), "country": Phrase("country"), "sender": Phrase("sender")}


def look(sight: Sight) -> Sequence[Signal] | None:
    """Compare the share of failures with what it is usually, wherever something stands out.

    Subaccounts and contact lists are groups of their own. Within one, what explains most failures
    is told first, and what it explains is not told again in another dimension.
    """
    if sight.traffic is None:
        return None
    found: list[Signal] = []
    recent = [each for each in sight.traffic.recent if each.outcome in {"delivered", "failed"}]
    usual = [each for each in sight.traffic.usual if each.outcome in {"delivered", "failed"}]
    for whose in sorted({_whose(each) for each in recent}):
        found += _of_group(
            whose,
            [each for each in recent if _whose(each) == whose],
            [each for each in usual if each.subaccount == whose[0]],
            warned={key for rule, key in sight.active if rule == _NAME},
        )
    return found


def _whose(each: Counted) -> tuple[str, str]:
    return (each.subaccount, each.list_name)


def _of_group(
    whose: tuple[str, str],
    recent: Sequence[Counted],
    usual: Sequence[Counted],
    *,
    warned: set[str],
) -> list[Signal]:
    found: list[Signal] = []
    left = list(recent)
    for _ in range(_MOST):
        worst = max(_standing_out(left, usual, warned), key=lambda each: each[0], default=None)
        if worst is None:
            break
        _, name, value, signal = worst
        found.append(signal(whose))
        left = [each for each in left if _DIMENSIONS[name](each) != value]
    return found


def _standing_out(
    recent: Sequence[Counted], usual: Sequence[Counted], warned: set[str]
) -> Iterable[tuple[float, str, str, Callable[[tuple[str, str]], Signal]]]:
    overall = _share(usual, _FLOOR)
    for name, value_of in _DIMENSIONS.items():
        for value in sorted({value_of(each) for each in recent} - {""}):
            of_it = [each for each in recent if value_of(each) == value]
            failed, sent = _failed(of_it), _sent(of_it)
            before = [each for each in usual if value_of(each) == value]
            expected = max(_FLOOR, _share(before, overall))
            still = f"{name}:{value}" in warned
            sigmas, times = (_STILL_SIGMAS, _STILL_TIMES) if still else (_SIGMAS, _TIMES)
            score = (failed - sent * expected) / math.sqrt(sent * expected * (1 - expected) + 1)
            share = failed / sent
            if failed >= _FEWEST and score >= sigmas and share >= min(times * expected, 0.9):
                yield score, name, value, _maker(name, value, of_it, share, expected)


def _maker(
    name: str, value: str, of_it: Sequence[Counted], share: float, expected: float
) -> Callable[[tuple[str, str]], Signal]:
    failed, sent = _failed(of_it), _sent(of_it)
    causes = Counter[str]()
    for each in of_it:
        if each.outcome == "failed":
            causes[each.cause or say("no cause given")] += each.count
    cause, count = causes.most_common(1)[0]

    def make(whose: tuple[str, str]) -> Signal:
        grave = share >= _CRITICAL_SHARE and failed >= _CRITICAL_COUNT
        return Signal(
            rule=_NAME,
            key=f"{name}:{value}",
            severity=Severity.CRITICAL if grave else Severity.WARNING,
            text=say(
                "{share:.0%} of the messages by {dimension} {value} were not delivered "
                "({failed:,} of {sent:,}); usually it is {expected:.0%}.",
                share=share,
                dimension=_NAMES[name],
                value=value,
                failed=failed,
                sent=sent,
                expected=expected,
            ),
            facts=(Fact(name=say("Cause"), value=f"{cause} ({figure(count)})"),),
            advice=_advice(name),
            subaccount=whose[0],
            list_name=whose[1],
        )

    return make


def _advice(name: str) -> str:
    if name == "sender":
        return say("See whether that sender ID is registered where you send to.")
    return say("Hold back what can wait; a delivery issue at ClickSend has their staff look at it.")


def _failed(counted: Iterable[Counted]) -> int:
    return sum(each.count for each in counted if each.outcome == "failed")


def _sent(counted: Iterable[Counted]) -> int:
    return sum(each.count for each in counted)


def _share(counted: Sequence[Counted], otherwise: float) -> float:
    """The share of failures, drawn to another where there is little to learn from."""
    return (_failed(counted) + _PRIOR * otherwise) / (_sent(counted) + _PRIOR)


RULE = Rule(
    name=_NAME,
    title=Phrase("More failed deliveries than usual"),
    summary=Phrase("more messages fail than usual, by country, carrier or sender"),
    look=look,
    policy=Policy(
        wait=timedelta(0),
        interval=timedelta(minutes=30),
        repeat=timedelta(hours=12),
        hold=timedelta(hours=1),
    ),
)
