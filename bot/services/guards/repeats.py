"""The same thing sent to the same person shortly before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.services.guards.findings import Finding, Level, named
from bot.texts import many, say

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


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
    said = {"numbers": named(again), "ago": ago(now - send.at)}
    if send.same_person:
        reason = say(
            "You sent this to {numbers} {ago}. Send it again only if it should arrive twice.",
            **said,
        )
        return Finding("duplicate", Level.WARN, reason, numbers=again)
    reason = say(
        "sent this to {numbers} {ago}. Send it again only if it should arrive twice.", **said
    )
    return Finding("duplicate", Level.WARN, reason, actor=send.actor, numbers=again)


def ago(passed: timedelta) -> str:
    """How long ago in words: `2 minutes ago`; a clock a little ahead counts as now."""
    if passed < _MINUTE:
        return say("less than a minute ago")
    if passed < _HOUR:
        return many("{count:,} minute ago", "{count:,} minutes ago", passed // _MINUTE)
    if passed < _DAY:
        return many("{count:,} hour ago", "{count:,} hours ago", passed // _HOUR)
    return many("{count:,} day ago", "{count:,} days ago", passed // _DAY)
