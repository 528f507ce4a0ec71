"""What the alert rules are shown: days of the account's zone, messages of the history."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.clicksend.operations.sms import SmsRecord
from bot.services.alerts.model import Group, Policy, Severity, Signal
from bot.services.alerts.routing import (
    ChannelSettings,
    Escalation,
    channel_of,
    mention_of,
    policy_of,
)
from bot.services.alerts.watch import message_of, outcome_of, spending_of
from bot.store.alerts import StoredRoute

SYDNEY = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 5, 6, 2, tzinfo=UTC)  # noon in Sydney
HOUR = timedelta(hours=1)


def test_days_begin_in_the_accounts_zone_and_a_day_with_gaps_is_not_known() -> None:
    midnight = datetime(2026, 5, 4, tzinfo=SYDNEY)
    whole = [(midnight + HOUR * n, Decimal(1)) for n in range(24)]
    gaps = [(midnight + timedelta(days=1) + HOUR * n, Decimal(1)) for n in range(10)]
    today = [(midnight + timedelta(days=2) + HOUR * n, Decimal(2)) for n in range(12)]
    found = spending_of([*whole, *gaps, *today], now=NOW, zone=SYDNEY)
    assert found.days == {date(2026, 5, 4): Decimal(24)}
    assert (found.today, found.so_far, found.part) == (date(2026, 5, 6), Decimal(24), 0.5)


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        ({"direction": "in", "status_code": "201"}, "inbound"),
        ({"direction": "out", "status": "WaitApproval", "status_code": "200"}, "waiting"),
        ({"status": "Sent", "status_code": 201}, "delivered"),
        ({"status": "Failed", "status_code": "301"}, "failed"),
        ({"status": "Cancelled", "status_code": "301"}, "sent"),
        ({"status": "Failed", "status_code": "300"}, "sent"),
        ({}, "sent"),
    ],
)
def test_the_history_says_what_became_of_a_message(record: dict[str, object], outcome: str) -> None:
    assert outcome_of(SmsRecord.model_validate(record)) == outcome


def test_what_is_kept_of_a_message_is_cut_to_size() -> None:
    record = SmsRecord.model_validate(
        {"status_code": "301", "error_text": "x" * 500, "from": "y" * 500, "carrier": "z" * 99}
    )
    kept = message_of(record, "M" * 99, NOW)
    assert [len(t) for t in (kept.message_id, kept.cause, kept.sender, kept.carrier)] == [
        64,
        128,
        64,
        64,
    ]


def group(severity: Severity = Severity.WARNING, **more: str) -> Group:
    signal = Signal(rule="failure_rate", key="k", severity=severity, text="t", **more)
    return Group(key=signal.group, episode=1, signals=(signal,), began_at=NOW, seen_at=NOW)


def route(channel: str, **more: str) -> StoredRoute:
    known = {"rule": "", "severity": "", "subaccount": "", "list_name": "", **more}
    return StoredRoute(**known, channel=channel, set_by="U", set_at=NOW)


def test_the_most_exact_route_counts() -> None:
    routes = [
        route("C0ALL"),
        route("C0BAD", severity="critical"),
        route("C0FAIL", rule="failure_rate"),
        route("C0LIST", rule="failure_rate", list_name="77"),
        route("C0SUB", subaccount="5"),
    ]
    assert channel_of(group(), routes, "C0OPS") == "C0FAIL"
    assert channel_of(group(list_name="77"), routes, "C0OPS") == "C0LIST"
    assert channel_of(group(), [], "C0OPS") == "C0OPS"
    assert channel_of(group(), routes[:2], "C0OPS") == "C0ALL"
    assert channel_of(group(Severity.CRITICAL), routes[:2], "C0OPS") == "C0BAD"
    assert channel_of(group(), [route("C0SUB", subaccount="5")], None) is None


def test_a_channel_changes_a_policy_but_repeats_nothing_that_is_told_once() -> None:
    settings = ChannelSettings(interval_minutes=7, repeat_hours=3, escalate_minutes=0)
    escalation = Escalation(minutes=15, loud=True)
    once = policy_of(Policy(repeat=None), settings, escalation)
    assert (once.interval, once.repeat, once.escalate) == (timedelta(minutes=7), None, ())
    often = policy_of(Policy(), ChannelSettings(repeat_hours=0), escalation)
    assert often.repeat is None
    assert often.escalate == (timedelta(minutes=15), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("mention", "shown"),
    [
        ("", ""),
        ("here", "<!here>"),
        ("channel", "<!channel>"),
        ("U0ADA", "<@U0ADA>"),
        ("S0OPS", "<!subteam^S0OPS>"),
    ],
)
def test_nobody_is_called_unless_it_is_set(mention: str, shown: str) -> None:
    assert mention_of(ChannelSettings(mention=mention)) == shown
