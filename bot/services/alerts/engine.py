"""The alert engine: what was found and the time go in, decisions come out; no I/O.

The model is Prometheus Alertmanager: what is wrong is observed again and again, and what people
were told is kept with it, so that each step compares the two. A decision stays open until it was
delivered, and only one is open at a time: after a restart, a change of the leader or an outage of
Slack, the same comparison goes on. A group is

- observed: an episode begins, goes on, or is over once nothing was found for a while;
- decided on: told when it has lasted, reminded of, updated, resolved, escalated;
- delivered: what the message says now is noted, and with it what need not be said again.

A new episode begins only when people know, or need not know, that the last one is over; until
then the old one goes on, in its message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.services.alerts.model import NOISY, PHONE, Decision, Group, Kind, Policy, Signal


def observe(
    group: Group | None, signals: Sequence[Signal], *, now: datetime, policy: Policy
) -> Group | None:
    """Take in what a look has found.

    Args:
        group: As it was; None when it has never been wrong.
        signals: What is wrong with it now, all of one group; nothing when nothing is.
        now: When it was looked.
        policy: How it is told of.

    Returns:
        The group as it is now; None when it has never been wrong.
    """
    if not signals:
        return None if group is None else _absent(group, now, policy)
    kept = tuple(sorted({signal.key: signal for signal in signals}.values(), key=lambda s: s.key))
    if group is None:
        first = Group(key=kept[0].group, episode=1, signals=kept, began_at=now, seen_at=now)
        return _graver(first, now)
    if group.closed:
        return _again(group, kept, now)
    seen = _changed(group, signals=kept, seen_at=now, absent_since=None, over_at=None)
    return _graver(seen, now)


def _graver(group: Group, now: datetime) -> Group:
    """Note when a group is worse than it has been in this episode."""
    if group.worse_at is not None and group.severity.rank <= group.peak.rank:
        return group
    return group.model_copy(update={"peak": group.severity, "worse_at": now})


def _again(group: Group, signals: tuple[Signal, ...], now: datetime) -> Group:
    """A new episode; a snooze, and when people last heard of it, outlive the old one."""
    new = Group(
        key=group.key,
        episode=group.episode + 1,
        signals=signals,
        began_at=now,
        seen_at=now,
        noisy_at=group.noisy_at,
        number=group.number,
        snoozed_until=group.snoozed_until,
        snoozed_by=group.snoozed_by,
        version=group.version + 1,
    )
    return _graver(new, now)


def _absent(group: Group, now: datetime, policy: Policy) -> Group:
    if group.is_over:
        return group
    since = group.absent_since or now
    if now - since < policy.hold:
        return group if group.absent_since else _changed(group, absent_since=since)
    unknown = not group.announced and group.open is None
    blip = _is_blip(group, policy)
    return _changed(
        group,
        absent_since=since,
        over_at=now,
        closed=unknown and (blip or group.is_snoozed(now)),
    )


def _is_blip(group: Group, policy: Policy) -> bool:
    """Whether it was gone before people were to hear of it."""
    return group.seen_at - group.began_at < policy.wait


def decide(group: Group, *, now: datetime, policy: Policy) -> tuple[Group, tuple[Decision, ...]]:
    """What is to be told now.

    Returns:
        The group with the decisions in it, and the new ones: at most one about the message, which
        then is open, and at most one step of the escalation, which depends on nothing else.
    """
    made: list[Decision] = []
    if _escalates(group, now, policy):
        step = _decision(group, Kind.ESCALATE, now, step=group.steps)
        group = _changed(group, number=step.number, steps=group.steps + 1)
        made.append(step)
    kind = None if group.open else _due(group, now, policy)
    if kind is not None:
        decision = _decision(group, kind, now)
        # A reminder calls whoever is on it by name: the first step is taken with it.
        calls = kind is Kind.REMIND and bool(policy.escalate) and calls_owner(group)
        steps = max(group.steps, 1) if calls else group.steps
        group = _changed(group, number=decision.number, open=decision, steps=steps)
        made.append(decision)
    return group, tuple(made)


def _decision(group: Group, kind: Kind, now: datetime, *, step: int = 0) -> Decision:
    return Decision(number=group.number + 1, kind=kind, episode=group.episode, at=now, step=step)


def _due(group: Group, now: datetime, policy: Policy) -> Kind | None:
    if group.closed:
        return Kind.UPDATE if group.announced and group.said is None else None
    may_sound = not group.is_snoozed(now) and (
        group.noisy_at is None or now >= group.noisy_at + policy.interval
    )
    if not group.announced:
        present = group.absent_since is None or not _is_blip(group, policy)
        lasted = present and now >= group.began_at + policy.wait
        return Kind.NOTIFY if may_sound and (lasted or group.is_over) else None
    if group.is_over:
        if group.is_snoozed(now):
            return Kind.UPDATE
        return Kind.RESOLVE if may_sound else _update(group, now, policy)
    if may_sound and _reminds(group, now, policy):
        return Kind.REMIND
    return _update(group, now, policy)


def _update(group: Group, now: datetime, policy: Policy) -> Kind | None:
    """What people did is shown at once, what changed by itself once an interval."""
    if group.said is None:
        return Kind.UPDATE
    calm = group.said_at is None or now >= group.said_at + policy.interval
    return Kind.UPDATE if calm and not group.is_over and group.said != group.print else None


def _reminds(group: Group, now: datetime, policy: Policy) -> bool:
    if group.is_acknowledged or group.noisy_at is None:
        return False
    worse = group.severity.rank > group.said_severity.rank
    woken = group.snoozed_until is not None and group.noisy_at < group.snoozed_until <= now
    again = policy.repeat is not None and now >= group.noisy_at + policy.repeat
    return worse or woken or again


def calls_owner(group: Group) -> bool:
    """Whether a reminder mentions who is on it: it is bad again, or worse than when they took it.

    Whoever holds the phone on call is on it, too, but nobody who can be mentioned.
    """
    return bool(group.assigned_to) and group.assigned_to != PHONE and not group.is_acknowledged


def _escalates(group: Group, now: datetime, policy: Policy) -> bool:
    if group.is_over or group.is_acknowledged or group.is_snoozed(now):
        return False
    if group.severity.rank < policy.escalates_from.rank or group.steps >= len(policy.escalate):
        return False
    since = group.worse_at or group.began_at
    return now >= since + policy.wait + policy.escalate[group.steps]


def delivered(group: Group, number: int, *, shown: Group, now: datetime) -> Group:
    """Note that a decision was delivered; one that is not open any more changes nothing.

    Args:
        group: As it is now.
        number: The decision's.
        shown: The group as the message shows it, which may be older.
        now: The time.
    """
    done = group.open
    if done is None or done.number != number:
        return group
    noisy_at = now if done.kind in NOISY else group.noisy_at
    if shown.is_over and not group.is_over:  # it went wrong again while people read that it is over
        return _again(_changed(group, open=None, noisy_at=noisy_at), group.signals, now)
    return _changed(
        group,
        open=None,
        announced=True,
        closed=shown.is_over and (done.kind is not Kind.UPDATE or _ends_quietly(group, now)),
        noisy_at=noisy_at,
        said=shown.print if group.version == shown.version else _print_of(group, shown),
        said_at=now,
        said_keys=shown.keys,
        said_severity=max(shown.severity, group.said_severity, key=lambda s: s.rank),
    )


def _ends_quietly(group: Group, now: datetime) -> bool:
    """Whether a silent change is enough to say that it is over."""
    return group.is_snoozed(now) or group.closed


def _print_of(group: Group, shown: Group) -> str | None:
    """What the message says; None when somebody did something that it does not show yet."""
    return None if _by_people(group) != _by_people(shown) else shown.print


def _by_people(group: Group) -> tuple[object, ...]:
    return (group.acknowledged_by, group.assigned_to, group.snoozed_until)


def acknowledge(group: Group, *, by: str, now: datetime) -> Group:
    """Somebody has taken it: no reminder and no escalation, unless it becomes worse."""
    return _changed(
        group,
        acknowledged_by=by,
        acknowledged_at=now,
        acknowledged_as=group.severity,
        assigned_to=group.assigned_to or by,
        said=None,
    )


def assign(group: Group, *, to: str) -> Group:
    """Somebody is to be on it; it stays unacknowledged until they, or another, say so."""
    return _changed(group, assigned_to=to, said=None)


def snooze(group: Group, *, until: datetime, by: str) -> Group:
    """Nobody wants to hear of it until then."""
    return _changed(group, snoozed_until=until, snoozed_by=by, said=None)


def unsnooze(group: Group) -> Group:
    """Somebody wants to hear of it again."""
    return _changed(group, snoozed_until=None, snoozed_by=None, said=None)


def lay_aside(group: Group, *, now: datetime) -> Group:
    """Say nothing more of it: what is still wrong at the next look is a new episode."""
    over = {"absent_since": group.absent_since or now, "over_at": group.over_at or now}
    return _changed(group, **over, announced=False, closed=True, open=None)


def put_under(group: Group, summary: str) -> Group:
    """Tell it in the thread of a summary, as there was too much to tell."""
    if group.open is None:
        return group
    return _changed(group, open=group.open.model_copy(update={"under": summary}))


def _changed(group: Group, **values: object) -> Group:
    return group.model_copy(update={**values, "version": group.version + 1})
