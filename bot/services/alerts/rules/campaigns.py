"""Campaigns: one that failed, did not begin, or waits for ClickSend's approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.alerts.model import Policy, Severity, Signal
from bot.services.alerts.rules.base import CampaignSeen, Rule, Sight
from bot.texts import Phrase, say

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
            found.append(_signal(campaign, "failed", Severity.CRITICAL))
        elif _status(campaign) in _NOT_BEGUN and late > _STALLED:
            said = say(
                "was due {ago} ago and is still “{status}”", ago=_ago(late), status=campaign.status
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
            say("waits for ClickSend's approval for {ago}", ago=_ago(sight.now - campaign.due)),
            Severity.WARNING,
            rule="wait_approval",
            advice=_REVIEW,
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
    what = say("1 message waits") if count == 1 else say("{count:,} messages wait", count=count)
    return (
        Signal(
            rule="messages_wait",
            key="messages",
            severity=Severity.WARNING,
            text=say(
                "{what} for ClickSend's approval, the oldest for {ago}.",
                what=what,
                ago=_ago(sight.now - since),
            ),
            advice=_REVIEW,
        ),
    )


def _signal(
    campaign: CampaignSeen,
    what: str,
    severity: Severity,
    *,
    rule: str = "campaign",
    advice: str = "",
) -> Signal:
    return Signal(
        rule=rule,
        key=campaign.id,
        severity=severity,
        text=say(
            "The campaign “{name}” ({id}) {what}.", name=campaign.name, id=campaign.id, what=what
        ),
        advice=advice or say("See `/clicksend campaign show {id}`.", id=campaign.id),
        list_name=campaign.list_name,
    )


def _ago(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004 - two hours
        return say("{minutes} minutes", minutes=minutes)
    hours = minutes // 60
    return (
        say("{hours} hours", hours=hours) if hours < 48 else say("{hours} days", hours=hours // 24)
    )


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
