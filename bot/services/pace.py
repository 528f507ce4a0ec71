"""How often to poll: seldom while pushes arrive, at the set pace otherwise. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_SELDOM = timedelta(minutes=5)
_TRUSTED = timedelta(hours=24)
_DOUBT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one list.

    Attributes:
        polled: When it was last read.
        pushed: When something of its kind was last pushed.
        missed: When polling last found something that no push had brought.
    """

    polled: datetime | None = None
    pushed: datetime | None = None
    missed: datetime | None = None


def interval(known: Known, usual: timedelta, now: datetime) -> timedelta:
    """The time between two looks.

    Pushes of the last day are trusted: then polling is the safety net, every five minutes. For an
    hour after polling found what no push had brought, they are not.

    Args:
        known: What is known of the list.
        usual: The set pace.
        now: The present.
    """
    if known.pushed is None or now - known.pushed > _TRUSTED:
        return usual
    if known.missed is not None and now - known.missed < _DOUBT:
        return usual
    return max(usual, _SELDOM)


def is_due(known: Known, usual: timedelta, now: datetime) -> bool:
    """Whether to look now; a fire that is a little early still counts."""
    if known.polled is None:
        return True
    return now - known.polled >= interval(known, usual, now) - usual / 2
