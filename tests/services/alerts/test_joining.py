"""What is told together with what: an alert that follows from a worse one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.services.alerts import engine
from bot.services.alerts.joining import active_of, leader_of, taken_of
from bot.services.alerts.model import Group, Policy, Severity, Signal
from bot.services.alerts.rules import spending

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
POLICY = Policy(wait=timedelta(0))


def group(rule: str, severity: Severity, *, subaccount: str = "", told: bool = True) -> Group:
    signal = Signal(rule=rule, key="k", severity=severity, text="t", subaccount=subaccount)
    seen = engine.observe(None, [signal], now=NOW, policy=POLICY)
    assert seen is not None
    made, (decision,) = engine.decide(seen, now=NOW, policy=POLICY)
    return engine.delivered(made, decision.number, shown=made, now=NOW) if told else made


LEADER = group("failure_rate", Severity.CRITICAL)
FOLLOWER = group("spending", Severity.WARNING, told=False)


def test_it_is_told_under_the_critical_alert_that_it_follows_from() -> None:
    assert leader_of(FOLLOWER, spending.RULE, [FOLLOWER, LEADER]) == LEADER


@pytest.mark.parametrize(
    "other",
    [
        group("failure_rate", Severity.WARNING),
        group("api", Severity.CRITICAL),
        group("failure_rate", Severity.CRITICAL, subaccount="5"),
        group("failure_rate", Severity.CRITICAL, told=False),
        engine.acknowledge(LEADER, by="U0ADA", now=NOW),
        LEADER.model_copy(update={"over_at": NOW}),
    ],
    ids=["warns", "another rule", "another subaccount", "nobody knows", "taken", "over"],
)
def test_it_is_told_by_itself_where_nobody_is_called_already(other: Group) -> None:
    assert leader_of(FOLLOWER, spending.RULE, [other]) is None


def test_what_is_as_bad_or_follows_from_nothing_is_told_by_itself() -> None:
    grave = group("spending", Severity.CRITICAL, told=False)
    assert leader_of(grave, spending.RULE, [LEADER]) is None
    assert leader_of(FOLLOWER, replace(spending.RULE, follows=frozenset()), [LEADER]) is None
    assert leader_of(group("spending", Severity.WARNING), spending.RULE, [LEADER]) is None


def test_taken_is_what_was_acknowledged_before_it_was_critical() -> None:
    warns = engine.acknowledge(group("days_left", Severity.WARNING), by="U0ADA", now=NOW)
    grave = engine.acknowledge(group("api", Severity.CRITICAL), by="U0ADA", now=NOW)
    untaken = group("card", Severity.INFO)
    live = [warns, grave, untaken, warns.model_copy(update={"key": "x", "over_at": NOW})]
    assert taken_of(live) == {("days_left", "k")}
    assert active_of(live) == {("days_left", "k"), ("api", "k"), ("card", "k")}
