"""What an alert is told together with: pure functions over the groups that are live."""

from __future__ import annotations

from collections.abc import Iterable

from bot.services.alerts.model import Group, Kind, Severity
from bot.services.alerts.rules.base import Rule


def taken_of(live: Iterable[Group]) -> frozenset[tuple[str, str]]:
    """What somebody has acknowledged before it was critical, as rule and key (`Sight.taken`)."""
    return frozenset(
        (group.rule, signal.key)
        for group in live
        if not group.is_over and group.acknowledged_by and group.peak is not Severity.CRITICAL
        for signal in group.signals
    )


def active_of(live: Iterable[Group]) -> frozenset[tuple[str, str]]:
    """What is wrong already, as rule and key (`Sight.active`)."""
    return frozenset((g.rule, s.key) for g in live if not g.is_over for s in g.signals)


def leader_of(group: Group, rule: Rule, live: Iterable[Group]) -> Group | None:
    """The alert in whose thread a new one is told: what brings it about, and people know already.

    Args:
        group: A group with a decision that is open.
        rule: Its rule.
        live: The groups that are live.

    Returns:
        A critical alert that nobody has taken, of a rule that this one follows from; None when
        there is none, or when this one is as bad.
    """
    new = group.open is not None and group.open.kind is Kind.NOTIFY and not group.open.under
    if not new or not rule.follows or group.severity is Severity.CRITICAL:
        return None
    leading = (
        other
        for other in live
        if other.rule in rule.follows
        and other.subaccount == group.subaccount
        and other.severity is Severity.CRITICAL
        and other.announced
        and not (other.is_over or other.is_acknowledged)
    )
    return max(leading, key=lambda other: other.began_at, default=None)
