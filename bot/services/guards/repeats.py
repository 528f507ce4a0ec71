"""The same thing sent to the same person shortly before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.guards.findings import Finding, Level, named
from bot.texts import say

_MINUTE = timedelta(minutes=1)
_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (_MINUTE, "minute"))


@dataclass(frozen=True, slots=True)
class Earlier:
    """A send with the same content.

    Attributes:
        actor: Who sent it, a Slack user id.
        at: When, aware.
        numbers: To whom, E.164.
        same_person: Whether the one who sends now sent it.
    """

    actor: str
    at: datetime
    numbers: tuple[str, ...]
    same_person: bool


def duplicates(numbers: Sequence[str], earlier: Sequence[Earlier], now: datetime) -> list[Finding]:
    """Whether somebody already got this.

    Args:
        numbers: E.164.
        earlier: Sends of the same content in the last minutes.
        now: The time, aware.

    Returns:
        The latest first: one finding an earlier send, each recipient named in the latest only.
    """
    left = list(dict.fromkeys(numbers))
    found = []
    for send in sorted(earlier, key=lambda each: each.at, reverse=True):
        got = frozenset(send.numbers)
        again = tuple(number for number in left if number in got)
        if again:
            found.append(_finding(send, again, now))
            left = [number for number in left if number not in got]
    return found


def _finding(send: Earlier, again: tuple[str, ...], now: datetime) -> Finding:
    reason = say(
        "sent this to {named} {ago}. Send it again only if it should arrive twice.",
        named=named(again),
        ago=ago(now - send.at),
    )
    return Finding(
        "duplicate",
        Level.WARN,
        say("You {reason}", reason=reason) if send.same_person else reason,
        actor=None if send.same_person else send.actor,
        numbers=again,
    )


def ago(passed: timedelta) -> str:
    """How long ago in words: `2 minutes ago`; a clock a little ahead counts as now."""
    if passed < _MINUTE:
        return say("less than a minute ago")
    unit, name = next(each for each in _UNITS if passed >= each[0])
    many = passed // unit
    return say("{many:,} {name}{value} ago", many=many, name=name, value="" if many == 1 else "s")
