"""Sender ids and delivery issues: what ClickSend's staff rejected or answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import ALPHA_TAG, Issue, Rule, Sight
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
            text=say("ClickSend rejected the alpha tag {tag}.", tag=each.name)
            if each.what == ALPHA_TAG
            else say("ClickSend rejected the number {number}.", number=each.name),
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
            text=f"{_news(each)}: {each.answer}" if each.answer else f"{_news(each)}.",
        )
        for each in sight.issues
        if each.answered_at is not None and sight.now - each.answered_at < _NEWS
    ]


def _news(issue: Issue) -> str:
    if issue.resolved:
        return say(
            "ClickSend resolved the delivery issue {issue} ({about})",
            issue=issue.id,
            about=issue.about,
        )
    return say(
        "ClickSend answered the delivery issue {issue} ({about})",
        issue=issue.id,
        about=issue.about,
    )


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
