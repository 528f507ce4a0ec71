"""Sender ids and delivery issues: what ClickSend's staff rejected or answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.texts import Phrase, say

_NEWS = timedelta(days=2)


def rejected(sight: Sight) -> Sequence[Signal] | None:
    """Find numbers and alpha tags that ClickSend rejected."""
    if sight.reviewed is None:
        return None
    return [
        Signal(
            rule="sender_rejected",
            key=f"{each.what}:{each.name}",
            severity=Severity.WARNING,
            text=say("ClickSend rejected the {what} {name}.", what=each.what, name=each.name),
            advice=say(
                "Messages from it may be refused or not arrive. The dashboard says why; ask "
                "for it again, or send from another."
            ),
        )
        for each in sight.reviewed
        if each.status.upper() == "REJECTED"
    ]


def answered(sight: Sight) -> Sequence[Signal] | None:
    """Find delivery issues that ClickSend's staff answered in the last two days."""
    if sight.issues is None:
        return None
    return [
        Signal(
            rule="issue_answered",
            key=each.id,
            severity=Severity.INFO,
            text=say(
                "ClickSend {value} the delivery issue {id} ({about}){value2}",
                value="resolved" if each.resolved else "answered",
                id=each.id,
                about=each.about,
                value2=f": {each.answer}" if each.answer else ".",
            ),
        )
        for each in sight.issues
        if each.answered_at is not None and sight.now - each.answered_at < _NEWS
    ]


REJECTED = Rule(
    name="sender_rejected",
    title=Phrase("Sender rejected"),
    summary=Phrase("ClickSend rejected a number or an alpha tag"),
    look=rejected,
    policy=Policy(wait=timedelta(0), repeat=None),
)
ANSWERED = Rule(
    name="issue_answered",
    title=Phrase("Delivery issue answered"),
    summary=Phrase("ClickSend's staff answered a delivery issue"),
    look=answered,
    policy=Policy(wait=timedelta(0), repeat=None),
)
