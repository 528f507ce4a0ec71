"""Delivery failures: more of them than usual, by country, carrier, sender and cause."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.store.traffic import Counted
from bot.texts import Phrase, Text, figure, say

_NAME = "failure_rate"
_FEWEST = 8
_SIGMAS, _STILL_SIGMAS = 5.0, 2.5
_TIMES, _STILL_TIMES = 3.0, 1.8
_FLOOR, _CAUSE_FLOOR = 0.02, 0.005
_CRITICAL_SHARE, _CRITICAL_COUNT = 0.5, 50
_PRIOR = 20
_MOST = 3
_HANDFUL, _FEWEST_OF_FEW = 30, 3
_CHANCE, _WELL_KNOWN, _SMALL_CHANCE = 4e-5, 500, 1e-6
"""So seldom three of three, and three of four, fail by chance alone. Where much was sent before,
handfuls are looked at so often that they have to be rarer still: four of four."""
_ENDED = frozenset({"delivered", "failed"})
_CHANNELS: Mapping[str, Text] = {
    "voice": Phrase("voice calls"),
    "fax": Phrase("faxes"),
    "mms": "MMS",
}
_DIMENSIONS: Mapping[str, Callable[[Counted], str]] = {
    "carrier": lambda each: f"{each.carrier} ({each.country})" if each.carrier else "",
    "country": lambda each: each.country,
    "sender": lambda each: each.sender,
    "channel": lambda each: each.channel,
}
_CAUSE: Mapping[str, Callable[[Counted], str]] = {
    "cause": lambda each: each.cause if each.outcome == "failed" else ""
}
_NAMES = {"carrier": Phrase("carrier"), "country": Phrase("country"), "sender": Phrase("sender")}


def look(sight: Sight) -> Sequence[Signal] | None:
    """Compare the share of failures with what it is usually, wherever something stands out.

    Subaccounts and contact lists are groups of their own. Within one, what explains most failures
    is told first, and what it explains is not told again in another dimension. Where little is
    sent, a whole day is looked at.
    """
    traffic = sight.traffic
    if traffic is None:
        return None
    found: list[Signal] = []
    recent = [each for each in traffic.day or traffic.recent if each.outcome in _ENDED]
    usual = [each for each in traffic.usual if each.outcome in _ENDED]
    if traffic.day is not None:
        usual = _without(usual, recent)
    for whose in sorted({_whose(each) for each in recent}):
        found += _of_group(
            whose,
            [each for each in recent if _whose(each) == whose],
            [each for each in usual if each.subaccount == whose[0]],
            warned={key for rule, key in sight.active if rule == _NAME},
        )
    return found


def _without(usual: Sequence[Counted], recent: Sequence[Counted]) -> list[Counted]:
    """What is usual, without the day that is compared with it."""
    today = {replace(each, count=0): each.count for each in recent}
    left = [
        replace(each, count=max(0, each.count - today.get(replace(each, count=0), 0)))
        for each in usual
    ]
    return [each for each in left if each.count]


def _whose(each: Counted) -> tuple[str, str]:
    return (each.subaccount, each.list_name)


@dataclass(frozen=True, slots=True)
class _Part:
    """The messages of one carrier, country, sender, channel or cause.

    Attributes:
        name: The dimension.
        value: What they have in common.
        messages: What became of them; of a cause, beside it, everything that did arrive.
        expected: What share of them fails usually.
        before: How many there were before.
    """

    name: str
    value: str
    messages: Sequence[Counted]
    expected: float
    before: int

    @property
    def key(self) -> str:
        """What makes it the same at the next look."""
        return f"{self.name}:{self.value}"

    @property
    def failed(self) -> int:
        """How many failed."""
        return _failed(self.messages)

    @property
    def sent(self) -> int:
        """How many there are."""
        return _sent(self.messages)

    @property
    def share(self) -> float:
        """What share of them failed."""
        return self.failed / self.sent

    @property
    def sigmas(self) -> float:
        """How far above what is usual that is, in standard deviations."""
        mean = self.sent * self.expected
        return (self.failed - mean) / math.sqrt(mean * (1 - self.expected) + 1)

    def stands_out(self, *, still: bool) -> bool:
        """Whether people should hear of it; `still` when they have."""
        sigmas, times = (_STILL_SIGMAS, _STILL_TIMES) if still else (_SIGMAS, _TIMES)
        if self.share < min(times * self.expected, 0.9):
            return False
        if self.failed >= _FEWEST and self.sigmas >= sigmas:
            return True
        return self.name not in _CAUSE and self._is_most_of_a_handful(still=still)

    def _is_most_of_a_handful(self, *, still: bool) -> bool:
        few = self.failed >= _FEWEST_OF_FEW and self.sent <= _HANDFUL
        if not few or self.failed * 2 < self.sent:
            return False
        seldom = _SMALL_CHANCE if self.before >= _WELL_KNOWN else _CHANCE
        return still or _chance(self.failed, self.sent, self.expected) < seldom


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
        # A cause alone is told of only where nothing says whose messages it is.
        parts = _parts(left, usual, _DIMENSIONS), _parts(left, usual, _CAUSE)
        telling = ([p for p in each if p.stands_out(still=p.key in warned)] for each in parts)
        worst = max(next(filter(None, telling), []), key=lambda p: p.sigmas, default=None)
        if worst is None:
            break
        found.append(_signal(worst, whose))
        value_of = {**_DIMENSIONS, **_CAUSE}[worst.name]
        left = [each for each in left if value_of(each) != worst.value]
    return found


def _parts(
    recent: Sequence[Counted],
    usual: Sequence[Counted],
    dimensions: Mapping[str, Callable[[Counted], str]],
) -> Iterable[_Part]:
    for name, value_of in dimensions.items():
        floor = _CAUSE_FLOOR if name in _CAUSE else _FLOOR
        otherwise = floor if name in _CAUSE else _share(usual, floor)
        for value in sorted({value_of(each) for each in recent} - {""}):
            before = _of(usual, name, value)
            expected = max(floor, _share(before, otherwise))
            yield _Part(name, value, _of(recent, name, value), expected, _sent(before))


def _of(counted: Sequence[Counted], name: str, value: str) -> list[Counted]:
    if name in _CAUSE:
        return [each for each in counted if each.outcome != "failed" or each.cause == value]
    return [each for each in counted if _DIMENSIONS[name](each) == value]


def _chance(failed: int, sent: int, expected: float) -> float:
    """How probable it is that so many or more fail when nothing is wrong."""
    return sum(
        math.comb(sent, k) * expected**k * (1 - expected) ** (sent - k)
        for k in range(failed, sent + 1)
    )


def _signal(part: _Part, whose: tuple[str, str]) -> Signal:
    grave = part.share >= _CRITICAL_SHARE and part.failed >= _CRITICAL_COUNT
    return Signal(
        rule=_NAME,
        key=part.key,
        severity=Severity.CRITICAL if grave else Severity.WARNING,
        text=_text(part),
        facts=_causes(part.messages),
        advice=_advice(part.name),
        subaccount=whose[0],
        list_name=whose[1],
    )


def _text(part: _Part) -> str:
    share = _percent(part.share)
    about: dict[str, object] = {"share": share, "failed": part.failed, "sent": part.sent}
    about["usually"] = (
        say("usually it is {share}", share=_percent(part.expected))
        if part.before
        else say("nothing like it was sent before")
    )
    if part.name in _CAUSE:
        return say(
            "{share} of the messages failed with “{cause}” ({failed:,} of {sent:,}); {usually}.",
            cause=part.value,
            **about,
        )
    if part.name in _NAMES:
        return say(
            "{share} of the messages by {dimension} {value} were not delivered "
            "({failed:,} of {sent:,}); {usually}.",
            dimension=_NAMES[part.name],
            value=part.value,
            **about,
        )
    return say(
        "{share} of the {channel} were not delivered ({failed:,} of {sent:,}); {usually}.",
        channel=_CHANNELS[part.value],
        **about,
    )


def _causes(messages: Sequence[Counted]) -> tuple[Fact, ...]:
    """The most frequent cause; nothing of what comes without one."""
    causes = Counter[str]()
    for each in messages:
        if each.outcome == "failed" and not each.channel:
            causes[each.cause or say("no cause given")] += each.count
    return tuple(
        Fact(name=say("Cause"), value=f"{cause} ({figure(count)})")
        for cause, count in causes.most_common(1)
    )


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"  # noqa: PLR2004 - one in a hundred


def _advice(name: str) -> str:
    if name == "sender":
        return say("See whether that sender ID is registered where you send to.")
    return say(
        "Hold back what can wait; a delivery issue at ClickSend has their staff look at it. "
        "`/clicksend history failed` lists the messages."
    )


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
    summary=Phrase("more messages fail than usual, by country, carrier, sender or cause"),
    look=look,
    policy=Policy(
        wait=timedelta(0),
        interval=timedelta(minutes=30),
        repeat=timedelta(hours=12),
        hold=timedelta(hours=1),
    ),
)
