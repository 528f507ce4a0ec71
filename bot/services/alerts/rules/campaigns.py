"""Campaigns: one that failed, did not begin, or waits for ClickSend's approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import CampaignSeen, Rule, Sight
from bot.texts import Phrase, many, say

_STALLED = timedelta(minutes=30)
_FORGOTTEN = timedelta(days=7)
APPROVAL = timedelta(hours=2)
"""How long a review may take before people hear of it."""
_REVIEW = Phrase("ClickSend's staff review it by hand. Ask their support when it is urgent.")
_FAILED = frozenset({"failed", "error", "rejected", "cancelledafterreview"})
_WAITING = frozenset({"waitapproval", "waitingapproval", "pendingapproval"})
_NOT_BEGUN = frozenset({"scheduled", "queued", "sending", "processing"})


def _status(campaign: CampaignSeen) -> str:
    return campaign.status.lower().replace(" ", "").replace("_", "").replace("-", "")


def stalled(sight: Sight) -> Sequence[Signal] | None:
    """Find campaigns that failed, or should have been sent half an hour ago and were not."""
    if sight.campaigns is None:
        return None
    found = []
    for campaign in sight.campaigns:
        late = sight.now - campaign.due if campaign.due else timedelta(0)
        if late > _FORGOTTEN:
            continue
        if _status(campaign) in _FAILED:
            said = say("The campaign {campaign} failed.", campaign=_named(campaign))
            found.append(_signal(campaign, said, Severity.CRITICAL))
        elif _status(campaign) in _NOT_BEGUN and late > _STALLED:
            said = say(
                "The campaign {campaign} was due {ago} ago and is still “{status}”.",
                campaign=_named(campaign),
                ago=_passed(late),
                status=campaign.status,
            )
            found.append(_signal(campaign, said, Severity.WARNING))
    return found


def waiting(sight: Sight) -> Sequence[Signal] | None:
    """Find campaigns that wait for ClickSend's approval for longer than two hours."""
    if sight.campaigns is None:
        return None
    return [
        _signal(
            campaign,
            say(
                "The campaign {campaign} waits for ClickSend's approval for {long}.",
                campaign=_named(campaign),
                long=_passed(sight.now - campaign.due),
            ),
            Severity.WARNING,
            rule="wait_approval",
            advice=str(_REVIEW),
        )
        for campaign in sight.campaigns
        if _status(campaign) in _WAITING
        and campaign.due is not None
        and APPROVAL < sight.now - campaign.due < _FORGOTTEN
    ]


def messages_waiting(sight: Sight) -> Sequence[Signal] | None:
    """Find messages that wait for ClickSend's approval for longer than two hours."""
    if sight.traffic is None:
        return None
    count, since = sight.traffic.waiting
    if since is None:
        return ()
    return (
        Signal(
            rule="messages_wait",
            key="messages",
            severity=Severity.WARNING,
            text=many(
                "{count:,} message waits for ClickSend's approval, the oldest for {long}.",
                "{count:,} messages wait for ClickSend's approval, the oldest for {long}.",
                count,
                long=_passed(sight.now - since),
            ),
            advice=str(_REVIEW),
        ),
    )


def _signal(
    campaign: CampaignSeen,
    text: str,
    severity: Severity,
    *,
    rule: str = "campaign",
    advice: str = "",
) -> Signal:
    return Signal(
        rule=rule,
        key=campaign.id,
        severity=severity,
        text=text,
        advice=advice or say("See `/clicksend campaign show {campaign}`.", campaign=campaign.id),
        list_name=campaign.list_name,
    )


def _named(campaign: CampaignSeen) -> str:
    return say("“{name}” ({id})", name=campaign.name, id=campaign.id)


def _passed(passed: timedelta) -> str:
    """How long, after `for` or before `ago`."""
    minutes = int(passed.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004 - two hours
        return say("{minutes} minutes", minutes=minutes)
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004 - two days
        return say("{hours} hours", hours=hours)
    return say("{passed_days} days", passed_days=hours // 24)


STALLED = Rule(
    name="campaign",
    title=Phrase("Campaign in trouble"),
    summary=Phrase("a campaign failed, or did not begin"),
    look=stalled,
    policy=Policy(wait=timedelta(0), repeat=None),
)
WAITING = Rule(
    name="wait_approval",
    title=Phrase("Waiting for approval"),
    summary=Phrase("a campaign waits for ClickSend's approval for more than two hours"),
    look=waiting,
    policy=Policy(wait=timedelta(0), repeat=timedelta(hours=12)),
)
MESSAGES = Rule(
    name="messages_wait",
    title=Phrase("Messages wait for approval"),
    summary=Phrase("messages wait for ClickSend's approval for more than two hours"),
    look=messages_waiting,
    policy=Policy(wait=timedelta(0), repeat=timedelta(hours=12)),
)
