"""The bot's own health: a job that is late, an outbox or a queue that grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.texts import Phrase, many, say

_NAME = "health"
_LATE = timedelta(minutes=10)
_OLD_NOTICE = timedelta(minutes=10)
_OLD_SEND = timedelta(minutes=5)


def look(sight: Sight) -> Sequence[Signal] | None:
    """Look at the jobs, the outbox and the queue of sends."""
    if sight.health is None:
        return None
    found = [
        _signal(
            f"job:{job}",
            say("The job “{job}” is late by {minutes}.", job=job, minutes=_minutes(late)),
        )
        for job, late in sight.health.late
        if late > _LATE
    ]
    count, oldest = sight.health.notices
    if oldest > _OLD_NOTICE:
        said = many(
            "{count:,} notice waits to be posted in Slack, and has for {minutes}.",
            "{count:,} notices wait to be posted in Slack, the oldest for {minutes}.",
            count,
            minutes=_minutes(oldest),
        )
        found.append(_signal("outbox", said))
    count, oldest = sight.health.sends
    if oldest > _OLD_SEND:
        said = many(
            "{count:,} send waits to be sent, and has for {minutes}.",
            "{count:,} sends wait to be sent, the oldest for {minutes}.",
            count,
            minutes=_minutes(oldest),
        )
        found.append(_signal("sends", said, severity=Severity.CRITICAL))
    return found


def _signal(key: str, text: str, *, severity: Severity = Severity.WARNING) -> Signal:
    return Signal(
        rule=_NAME,
        key=key,
        severity=severity,
        text=text,
        advice=say(
            "Whoever runs the bot should look at its log, and restart it when in doubt: no send "
            "is lost or repeated by that."
        ),
    )


def _minutes(passed: timedelta) -> str:
    return say("{minutes:,} minutes", minutes=int(passed.total_seconds() // 60))


RULE = Rule(
    name=_NAME,
    title=Phrase("The bot is not well"),
    summary=Phrase("a job of the bot is late, or its outbox or its queue grows"),
    look=look,
    policy=Policy(
        wait=timedelta(minutes=1),
        interval=timedelta(minutes=30),
        repeat=timedelta(hours=6),
        hold=timedelta(minutes=5),
    ),
)
