"""The rules, each on what it may see: when it speaks, when it stays silent, when it cannot tell."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.alerts.forecast import Forecast
from bot.services.alerts.model import Severity, Signal
from bot.services.alerts.rules import (
    RULES,
    calls,
    campaigns,
    days_left,
    failures,
    health,
    inbound,
    low_credit,
    senders,
    spending,
)
from bot.services.alerts.rules.base import (
    BalanceSeen,
    CampaignSeen,
    CardSeen,
    Health,
    Issue,
    Offer,
    Reviewed,
    Sight,
    Spending,
    Traffic,
)
from bot.store.traffic import Counted

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
NONE = timedelta(0)
AMOUNTS = st.decimals(0, 1000, places=2)


def balance(amount: str = "100", threshold: str | None = "20") -> BalanceSeen:
    limit = Decimal(threshold) if threshold else None
    return BalanceSeen(
        amount=Decimal(amount), threshold=limit, currency="AUD", account_name="Harbour"
    )


def spent(per_day: str = "10", days: int = 40, so_far: str = "3") -> Spending:
    today = NOW.date()
    return Spending(
        days={today - timedelta(days=n): Decimal(per_day) for n in range(1, days + 1)},
        today=today,
        so_far=Decimal(so_far),
        part=0.5,
        offers=(Offer("1", Decimal(20)), Offer("2", Decimal(400)), Offer("3", Decimal(900))),
    )


def counted(outcome: str, count: int, **more: str) -> Counted:
    known = {"country": "AU", "carrier": "Telstra", "sender": "Harbour", "cause": ""}
    return Counted(
        **{**known, "subaccount": "", "list_name": "", **more}, outcome=outcome, count=count
    )


def traffic(*recent: Counted, usual: tuple[Counted, ...] = ()) -> Traffic:
    return Traffic(recent=recent, usual=usual, window=timedelta(hours=1), span=timedelta(days=28))


USUAL = (
    *(counted("delivered", 9_800, carrier=each) for each in ("Telstra", "Optus", "Vodafone")),
    *(counted("failed", 200, carrier=each) for each in ("Telstra", "Optus", "Vodafone")),
)


def heard(found: object) -> list[Signal]:
    assert isinstance(found, list | tuple)
    return list(found)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_that_saw_nothing_cannot_tell_and_changes_nothing(name: str) -> None:
    assert RULES[name].look(Sight(now=NOW)) is None


@given(st.lists(AMOUNTS, max_size=40), st.decimals(1, 500, places=2))
def test_low_credit_holds_until_a_tenth_above_the_threshold(
    balances: list[Decimal], threshold: Decimal
) -> None:
    active = frozenset[tuple[str, str]]()
    for left in balances:
        seen = replace(balance(), amount=left, threshold=threshold)
        found = heard(low_credit.look(Sight(now=NOW, active=active, balance=seen)))
        if left < threshold:
            assert found
        if left >= threshold * Decimal("1.1"):
            assert not found
        if active and not found:
            assert left >= threshold * Decimal("1.1")
        active = frozenset((each.rule, each.key) for each in found)


def test_low_credit_says_what_is_left_and_is_critical_once_nothing_is() -> None:
    (found,) = heard(low_credit.look(Sight(now=NOW, balance=balance("12"))))
    assert "AUD 12.00 left, below AUD 20.00" in found.text
    assert found.severity is Severity.WARNING
    (found,) = heard(low_credit.look(Sight(now=NOW, balance=balance("-1"))))
    assert found.severity is Severity.CRITICAL


def test_without_a_threshold_low_credit_is_off() -> None:
    assert heard(low_credit.look(Sight(now=NOW, balance=balance("0", None)))) == []


def test_days_left_warns_before_a_slow_payment_and_names_a_package_for_a_month() -> None:
    calm = Sight(now=NOW, balance=balance("200"), spending=spent())
    assert heard(days_left.look(calm)) == []
    (found,) = heard(days_left.look(replace(calm, balance=balance("38"))))
    assert "lasts about 4 days more" in found.text
    assert "Package 2 for AUD 400.00 lasts about 40 days more" in found.advice
    assert found.severity is Severity.WARNING
    (found,) = heard(days_left.look(replace(calm, balance=balance("12"))))
    assert found.severity is Severity.CRITICAL


def test_days_left_leaves_the_loud_word_to_low_credit() -> None:
    low = frozenset({("low_credit", "balance")})
    sight = Sight(now=NOW, active=low, balance=balance("12"), spending=spent())
    assert heard(days_left.look(sight))[0].severity is Severity.WARNING


def test_whoever_took_the_warning_is_called_again_only_when_nothing_is_left() -> None:
    it = frozenset({("days_left", "balance")})
    sight = Sight(now=NOW, active=it, taken=it, balance=balance("12"), spending=spent())
    assert heard(days_left.look(sight))[0].severity is Severity.WARNING
    nothing = replace(sight, balance=balance("0"))
    assert heard(days_left.look(nothing))[0].severity is Severity.CRITICAL
    untaken = replace(sight, taken=frozenset())
    assert heard(days_left.look(untaken))[0].severity is Severity.CRITICAL


def test_low_credit_is_not_said_again_to_whoever_heard_that_it_lasts_two_days() -> None:
    told = frozenset({("days_left", "balance")})
    sight = Sight(now=NOW, active=told, balance=balance("12"), spending=spent())
    assert heard(low_credit.look(sight)) == []
    assert any(fact.name == "Below" for fact in heard(days_left.look(sight))[0].facts)
    nothing = replace(sight, balance=balance("0"))
    assert heard(low_credit.look(nothing)) == []
    (found,) = heard(days_left.look(nothing))
    assert (found.severity, found.text) == (
        Severity.CRITICAL,
        "Harbour has AUD 0.00 left: messages are refused.",
    )
    untold = replace(sight, active=frozenset())
    assert len(heard(low_credit.look(untold))) == 1
    both = replace(sight, active=told | {("low_credit", "balance")})
    assert len(heard(low_credit.look(both))) == 1
    lasting = replace(sight, balance=balance("19"), spending=spent("1"))
    assert len(heard(low_credit.look(lasting))) == 1


def test_an_account_that_is_new_is_not_forecast() -> None:
    sight = Sight(now=NOW, balance=balance("1"), spending=spent(days=2))
    assert heard(days_left.look(sight)) == []
    assert heard(spending.look(sight)) == []


def test_spending_speaks_when_today_costs_far_more_than_a_whole_day_like_it() -> None:
    sight = Sight(now=NOW, balance=balance(), spending=spent(so_far="24"))
    assert heard(spending.look(sight)) == []
    (found,) = heard(spending.look(replace(sight, spending=spent(so_far="31"))))
    assert "AUD 31.00 were spent today" in found.text
    assert "about AUD 10.00" in found.text


def test_a_carriers_outage_is_one_signal_that_names_carrier_and_cause() -> None:
    sight = Sight(
        now=NOW,
        traffic=traffic(
            counted("failed", 60, carrier="Optus", cause="Network error"),
            counted("delivered", 20, carrier="Optus"),
            counted("delivered", 95, carrier="Telstra"),
            counted("failed", 2, carrier="Telstra", cause="Unknown number"),
            usual=USUAL,
        ),
    )
    (found,) = heard(failures.look(sight))
    assert found.key == "carrier:Optus (AU)"
    assert "75% of the messages by carrier Optus (AU)" in found.text
    assert found.facts[0].value == "Network error (60)"
    assert found.severity is Severity.CRITICAL


def test_a_few_failures_and_the_usual_share_are_not_told() -> None:
    few = traffic(counted("failed", 5), counted("delivered", 100), usual=USUAL)
    assert heard(failures.look(Sight(now=NOW, traffic=few))) == []
    usual = traffic(counted("failed", 25), counted("delivered", 900), usual=USUAL)
    assert heard(failures.look(Sight(now=NOW, traffic=usual))) == []


@pytest.mark.parametrize(
    ("failed", "sent", "told"),
    [(1, 1, False), (2, 2, False), (3, 3, True), (3, 4, True), (3, 5, False), (9, 12, True)],
)
@pytest.mark.parametrize("window", ["hour", "day"])
def test_most_of_a_handful_is_heard_of_without_anything_to_compare(
    failed: int, sent: int, *, told: bool, window: str
) -> None:
    recent = (counted("failed", failed, cause="Unknown"), counted("delivered", sent - failed))
    seen = traffic(*recent) if window == "hour" else replace(traffic(), day=recent)
    found = heard(failures.look(Sight(now=NOW, traffic=seen)))
    assert [each.severity for each in found] == ([Severity.WARNING] if told else [])
    if told:
        assert f"({failed} of {sent}); nothing like it was sent before" in found[0].text
        active = frozenset({("failure_rate", found[0].key)})
        assert heard(failures.look(Sight(now=NOW, active=active, traffic=seen)))


@pytest.mark.parametrize(("failed", "sent", "told"), [(3, 3, False), (4, 8, False), (4, 4, True)])
def test_where_much_was_sent_before_a_handful_must_be_rarer(
    failed: int, sent: int, *, told: bool
) -> None:
    seen = traffic(counted("failed", failed), counted("delivered", sent - failed), usual=USUAL)
    assert bool(heard(failures.look(Sight(now=NOW, traffic=seen)))) is told


def test_a_day_is_compared_with_the_days_before_it_and_not_with_itself() -> None:
    day = (counted("failed", 3, cause="Unknown number"),)
    before = (counted("failed", 3, cause="Unknown number"), counted("delivered", 40))
    seen = replace(traffic(usual=before), day=day)
    (found,) = heard(failures.look(Sight(now=NOW, traffic=seen)))
    assert "usually it is 2%" in found.text
    often = (counted("failed", 23, cause="Unknown number"), counted("delivered", 20))
    seen = replace(traffic(usual=often), day=day)
    assert heard(failures.look(Sight(now=NOW, traffic=seen))) == []


@pytest.mark.parametrize(
    ("channel", "words"), [("fax", "the faxes"), ("voice", "the voice calls"), ("mms", "the MMS")]
)
def test_calls_faxes_and_mms_have_a_rate_of_their_own(channel: str, words: str) -> None:
    nothing = {"country": "", "carrier": "", "sender": ""}
    usual = (
        replace(counted("delivered", 90, **nothing), channel=channel),
        replace(counted("failed", 10, **nothing), channel=channel),
    )
    seen = traffic(
        replace(counted("failed", 9, **nothing), channel=channel), usual=(*USUAL, *usual)
    )
    (found,) = heard(failures.look(Sight(now=NOW, traffic=seen)))
    assert f"100% of {words} were not delivered (9 of 9); usually it is 9%" in found.text
    assert found.facts == ()


def test_a_cause_is_told_of_where_it_is_spread_over_everything() -> None:
    def sent(carrier: str) -> tuple[Counted, ...]:
        return (
            counted("delivered", 235, carrier=carrier, country="", sender=""),
            counted("failed", 5, carrier=carrier, cause="Spam filter", country="", sender=""),
            counted("failed", 5, carrier=carrier, cause="Unknown", country="", sender=""),
        )

    carriers = ("Telstra", "Optus", "Vodafone", "Three")
    before = tuple(replace(each, country="", sender="", cause="Unknown") for each in USUAL)
    recent = tuple(each for carrier in carriers for each in sent(carrier))
    (found,) = heard(failures.look(Sight(now=NOW, traffic=traffic(*recent, usual=before))))
    assert found.key == "cause:Spam filter"
    assert "of the messages failed with “Spam filter” (20 of 960); usually it is 0.5%" in found.text


def test_failures_of_a_list_and_of_a_subaccount_are_groups_of_their_own() -> None:
    sight = Sight(
        now=NOW,
        traffic=traffic(
            counted("failed", 40, list_name="77", cause="Unknown number"),
            counted("failed", 40, subaccount="5", cause="Unknown number"),
            usual=USUAL,
        ),
    )
    found = heard(failures.look(sight))
    assert {(each.subaccount, each.list_name) for each in found} == {("", "77"), ("5", "")}


def test_a_failure_goes_on_until_it_is_well_below_what_began_it() -> None:
    seen = traffic(counted("failed", 10), counted("delivered", 190), usual=USUAL)
    quiet = Sight(now=NOW, traffic=seen)
    assert heard(failures.look(quiet)) == []
    warned = replace(quiet, active=frozenset({("failure_rate", "carrier:Telstra (AU)")}))
    assert [each.key for each in heard(failures.look(warned))] == ["carrier:Telstra (AU)"]


@pytest.mark.parametrize(
    ("status", "late", "severity"),
    [
        ("Failed", timedelta(minutes=1), Severity.CRITICAL),
        ("Cancelled After Review", timedelta(hours=1), Severity.CRITICAL),
        ("Scheduled", timedelta(minutes=40), Severity.WARNING),
        ("Scheduled", timedelta(minutes=20), None),
        ("Sent", timedelta(hours=2), None),
        ("Cancelled", timedelta(hours=2), None),
        ("Failed", timedelta(days=8), None),
    ],
)
def test_a_campaign_is_told_of_when_it_failed_or_did_not_begin(
    status: str, late: timedelta, severity: Severity | None
) -> None:
    one = CampaignSeen(id="sms-1", name="Spring", status=status, due=NOW - late)
    found = heard(campaigns.stalled(Sight(now=NOW, campaigns=(one,))))
    assert [each.severity for each in found] == ([severity] if severity else [])


def test_what_waits_for_approval_for_long_is_told() -> None:
    due = NOW - timedelta(hours=3)
    one = CampaignSeen(id="sms-1", name="Spring", status="WaitApproval", due=due)
    (found,) = heard(campaigns.waiting(Sight(now=NOW, campaigns=(one,))))
    assert "waits for ClickSend's approval for 3 hours" in found.text
    soon = replace(one, due=NOW - timedelta(hours=1))
    assert heard(campaigns.waiting(Sight(now=NOW, campaigns=(soon,)))) == []
    seen = replace(traffic(), waiting=(4, due))
    (found,) = heard(campaigns.messages_waiting(Sight(now=NOW, traffic=seen)))
    assert "4 messages wait" in found.text


def test_a_flood_of_inbound_messages_names_who_sends_them() -> None:
    usual = (counted("inbound", 6_720),)
    seen = replace(traffic(counted("inbound", 59), usual=usual), senders=(("+61411111111", 55),))
    assert heard(inbound.look(Sight(now=NOW, traffic=seen))) == []
    seen = replace(seen, recent=(counted("inbound", 70),))
    (found,) = heard(inbound.look(Sight(now=NOW, traffic=seen)))
    assert "70 messages came in within 60 minutes; usually it is 10" in found.text
    assert found.facts[0].value == "+61411111111 (55)"


def test_rejected_senders_and_answered_issues_are_told() -> None:
    reviewed = (Reviewed("alpha tag", "Harbour", "REJECTED"), Reviewed("number", "X", "APPROVED"))
    (found,) = heard(senders.rejected(Sight(now=NOW, reviewed=reviewed)))
    assert "rejected the alpha tag Harbour" in found.text
    day = timedelta(days=1)
    issues = (
        Issue("7", "no receipts", "Mended.", resolved=False, answered_at=NOW - day),
        Issue("8", "old", "Mended.", resolved=True, answered_at=NOW - 3 * day),
        Issue("9", "new", "", resolved=False, answered_at=None),
    )
    (found,) = heard(senders.answered(Sight(now=NOW, issues=issues)))
    assert found.text == "ClickSend answered the delivery issue 7 (no receipts): Mended."


@pytest.mark.parametrize(
    ("seen", "keys"),
    [
        ({"ok": 40}, []),
        ({"ok": 3, "Unauthorized": 4}, ["key"]),
        ({"ok": 40, "Unauthorized": 4}, []),
        ({"ok": 4, "ServerError": 6}, ["errors"]),
        ({"NoAnswer": 4}, []),
        ({"RateLimited": 50, "BadRequest": 20}, []),
    ],
)
def test_calls_that_fail_and_a_key_that_is_revoked_are_told(
    seen: dict[str, int], keys: list[str]
) -> None:
    assert [each.key for each in heard(calls.look(Sight(now=NOW, calls=seen)))] == keys


def test_without_a_call_nobody_can_tell_how_calls_end() -> None:
    assert calls.look(Sight(now=NOW, calls={})) is None


def test_the_bot_tells_of_itself() -> None:
    well = Health(late=(("outbox", timedelta(seconds=20)),), notices=(3, NONE), sends=(0, NONE))
    assert heard(health.look(Sight(now=NOW, health=well))) == []
    ill = Health(
        late=(("outbox", timedelta(minutes=11)),),
        notices=(30, timedelta(minutes=12)),
        sends=(2, timedelta(minutes=6)),
    )
    found = heard(health.look(Sight(now=NOW, health=ill)))
    assert [each.key for each in found] == ["job:outbox", "outbox", "sends"]


@pytest.mark.parametrize(
    ("month", "year", "severity", "said"),
    [
        (None, None, None, ""),
        (6, 2026, None, ""),
        (5, 2026, Severity.INFO, "The card that ends in 1111 expires at the end of 05/2026."),
        (4, 2026, Severity.WARNING, "The card that ends in 1111 expired at the end of 04/2026."),
        (12, 2025, Severity.WARNING, "The card that ends in 1111 expired at the end of 12/2025."),
    ],
)
def test_a_card_is_told_of_before_it_expires_and_when_it_has(
    month: int | None, year: int | None, severity: Severity | None, said: str
) -> None:
    seen = CardSeen(ending="1111", month=month, year=year)
    found = RULES["card"].look(Sight(now=datetime(2026, 5, 10, tzinfo=UTC), card=seen))
    assert found is not None
    assert [(each.severity, each.text) for each in found] == ([(severity, said)] if said else [])


def test_every_rule_has_words_of_its_own() -> None:
    assert len({rule.title for rule in RULES.values()}) == len(RULES)
    assert all(name == rule.name and rule.summary for name, rule in RULES.items())


def test_a_day_without_a_look_is_left_out_rather_than_read_as_nothing_spent() -> None:
    number = random.Random(1)
    days = {date(2026, 4, 1) + timedelta(days=n): number.uniform(8, 12) for n in range(40)}
    del days[date(2026, 4, 20)]
    whole = spent()
    seen = replace(whole, days={day: Decimal(str(round(v, 2))) for day, v in days.items()})
    found = days_left.of_account(balance("100"), replace(seen, today=date(2026, 5, 11)))
    assert found is not None
    assert 8 < found.days < 12


def test_a_forecast_that_is_certain_to_the_day_names_that_day_once() -> None:
    assert days_left.lasting(Forecast(4.0, 3.9, 4.2, 3.5)) == "about 4 days more"
    assert days_left.lasting(Forecast(9.0, 7.0, 12.0, 1.0)) == (
        "about 9 days more, between 7 and 12 days"
    )
