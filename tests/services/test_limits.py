"""Limits: their words, and that nothing they forbid is ever allowed, in any order of events."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.services.limits import (
    EACH,
    WORKSPACE,
    Breach,
    Limit,
    Measure,
    Period,
    Spent,
    Wanted,
    begins,
    check,
    ends,
)

SYDNEY = ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 11, 24, 12, tzinfo=SYDNEY)
NOTHING = Spent(0, Decimal(0))


def send(messages: int = 1, money: str = "0", actor: str = "U0ADA") -> Wanted:
    return Wanted(messages, Decimal(money), actor, "C0OPS")


def limit(subject: str, measure: Measure, amount: str) -> Limit:
    return Limit(subject, measure, Decimal(amount))


def checked(
    limits: list[Limit], wanted: Wanted, spent: dict[tuple[str, Period], Spent] | None = None
) -> tuple[Breach, ...]:
    def so_far(subject: str, period: Period) -> Spent:
        return (spent or {}).get((subject, period), NOTHING)

    return check(limits, wanted, so_far, now=NOW, zone=SYDNEY, currency="AUD")


def test_without_limits_anything_may_be_sent() -> None:
    assert checked([], send(10**6, "1000000")) == ()


@pytest.mark.parametrize(
    ("one", "wanted", "spent", "reason"),
    [
        (
            limit(EACH, Measure.MESSAGES_DAY, "100.000000"),
            send(5),
            Spent(98, Decimal(7)),
            (
                "Your limit is 100 messages a day: 98 used, 2 left, and this send needs 5. It "
                "begins again on Wednesday 25 November at 00:00 (Australia/Sydney); until then, "
                "send less or ask an admin to raise the limit."
            ),
        ),
        (
            limit("U0ADA", Measure.MONEY_MONTH, "50"),
            send(5, "0.385"),
            Spent(98, Decimal("49.9")),
            (
                "Your limit is AUD 50.00 a month: AUD 49.90 used, AUD 0.10 left, and this send "
                "costs AUD 0.385. It begins again on Tuesday 1 December at 00:00 "
                "(Australia/Sydney); until then, send less or ask an admin to raise the limit."
            ),
        ),
        (
            limit(WORKSPACE, Measure.MESSAGES_MONTH, "10000"),
            send(1),
            Spent(12000, Decimal(0)),
            (
                "The workspace's limit is 10,000 messages a month: 12,000 used, 0 left, and this "
                "send needs 1. It begins again on Tuesday 1 December at 00:00 (Australia/Sydney); "
                "until then, send less or ask an admin to raise the limit."
            ),
        ),
        (
            limit("C0OPS", Measure.MONEY_DAY, "1"),
            send(1, "1.5"),
            NOTHING,
            (
                "This channel's limit is AUD 1.00 a day: AUD 0.00 used, AUD 1.00 left, and this "
                "send costs AUD 1.50. It begins again on Wednesday 25 November at 00:00 "
                "(Australia/Sydney); until then, send less or ask an admin to raise the limit."
            ),
        ),
        (
            limit(EACH, Measure.SEND_MONEY, "5"),
            send(1, "6.2"),
            NOTHING,
            (
                "Your limit for one send is AUD 5.00, and this one costs AUD 6.20. Make it "
                "smaller, or ask an admin to raise the limit."
            ),
        ),
        (
            limit(WORKSPACE, Measure.SEND_RECIPIENTS, "1000"),
            send(1001),
            NOTHING,
            (
                "The workspace's limit for one send is 1,000 recipients, and this one has 1,001. "
                "Make it smaller, or ask an admin to raise the limit."
            ),
        ),
        (
            limit("C0OPS", Measure.SEND_RECIPIENTS, "1"),
            send(2),
            NOTHING,
            (
                "This channel's limit for one send is 1 recipient, and this one has 2. Make it "
                "smaller, or ask an admin to raise the limit."
            ),
        ),
    ],
)
def test_a_breach_says_which_limit_what_is_left_and_when_it_begins_again(
    one: Limit, wanted: Wanted, spent: Spent, reason: str
) -> None:
    subject = wanted.actor if one.subject == EACH else one.subject
    so_far = {(subject, period): spent for period in ("day", "month")}
    (found,) = checked([one], wanted, so_far)  # type: ignore[arg-type]  # the keys are periods
    assert found.reason == reason


def test_exactly_the_limit_may_be_sent_and_a_little_more_may_not() -> None:
    one = limit(EACH, Measure.MONEY_DAY, "1")
    spent: dict[tuple[str, Period], Spent] = {("U0ADA", "day"): Spent(1, Decimal("0.9"))}
    assert checked([one], send(1, "0.1"), spent) == ()
    (found,) = checked([one], send(1, "0.100001"), spent)
    assert (found.used, found.left) == (Decimal("0.9"), Decimal("0.1"))


def test_a_person_s_own_limit_takes_the_place_of_everybody_s_for_what_it_counts() -> None:
    both = [limit(EACH, Measure.MESSAGES_DAY, "1"), limit("U0ADA", Measure.MESSAGES_DAY, "9")]
    assert checked(both, send(9)) == ()
    assert [each.limit for each in checked(both, send(10))] == [both[1]]
    assert [each.limit for each in checked(both, send(2, actor="U0BOB"))] == [both[0]]
    money = limit(EACH, Measure.MONEY_DAY, "1")
    assert [each.limit for each in checked([*both, money], send(1, "2"))] == [money]


def test_a_person_s_own_limit_does_not_lift_the_workspace_s_or_the_channel_s() -> None:
    limits = [
        limit("U0ADA", Measure.MESSAGES_DAY, "100"),
        limit(WORKSPACE, Measure.MESSAGES_DAY, "5"),
        limit("C0OPS", Measure.MESSAGES_DAY, "5"),
    ]
    assert [each.limit for each in checked(limits, send(6))] == limits[1:]


def test_limits_of_others_and_of_other_channels_do_not_count() -> None:
    others = [limit("U0BOB", Measure.MESSAGES_DAY, "0"), limit("C0DEV", Measure.MESSAGES_DAY, "0")]
    assert checked(others, send(6)) == ()


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_a_limit_that_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        limit(EACH, Measure.MONEY_DAY, amount)
    with pytest.raises(ValueError, match="0 or more"):
        send(1, amount)
    with pytest.raises(ValueError, match="0 or more"):
        send(-1)


@pytest.mark.parametrize(
    ("period", "now", "zone", "first", "after"),
    [
        ("day", "2026-11-24T12:00Z", "UTC", "2026-11-24T00:00+00:00", "2026-11-25T00:00+00:00"),
        ("month", "2026-12-31T12:00Z", "UTC", "2026-12-01T00:00+00:00", "2027-01-01T00:00+00:00"),
        # It is the first of December in Sydney already.
        (
            *("month", "2026-11-30T13:30Z", "Australia/Sydney"),
            *("2026-12-01T00:00+11:00", "2027-01-01T00:00+11:00"),
        ),
        # A day of 23 hours.
        (
            *("day", "2027-03-28T12:00Z", "Europe/Paris"),
            *("2027-03-28T00:00+01:00", "2027-03-29T00:00+02:00"),
        ),
        # A day whose midnight is skipped begins an hour later.
        (
            *("day", "2026-04-24T12:00Z", "Africa/Cairo"),
            *("2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00"),
        ),
    ],
)
def test_a_day_and_a_month_begin_at_midnight_there(
    period: Period, now: str, zone: str, first: str, after: str
) -> None:
    moment, where = datetime.fromisoformat(now), ZoneInfo(zone)
    assert begins(period, moment, where).astimezone(UTC) == datetime.fromisoformat(first)
    assert ends(period, moment, where).astimezone(UTC) == datetime.fromisoformat(after)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - made aware below
    st.sampled_from(["UTC", "Africa/Cairo", "America/Santiago", "Asia/Beirut", "Pacific/Apia"]),
    st.sampled_from(["day", "month"]),
)
def test_every_instant_is_in_the_period_that_is_running(
    moment: datetime, zone: str, period: Period
) -> None:
    now, where = moment.replace(tzinfo=UTC), ZoneInfo(zone)
    first, after = (each(period, now, where).astimezone(UTC) for each in (begins, ends))
    assert first <= now < after
    assert ends(period, first, where).astimezone(UTC) == after


PEOPLE, CHANNELS = ("U0ADA", "U0BOB"), ("C0OPS", "C0DEV")
AMOUNTS = st.decimals(0, 10, places=2)


@dataclass(frozen=True)
class Sent:
    at: datetime
    wanted: Wanted


class Ledger(RuleBasedStateMachine):
    """Sends come one after another, at any time, from anybody; what is allowed is recorded."""

    @initialize(
        limits=st.lists(
            st.builds(
                Limit,
                st.sampled_from([WORKSPACE, EACH, *PEOPLE, *CHANNELS]),
                st.sampled_from(Measure),
                AMOUNTS,
            ),
            max_size=8,
        ),
        zone=st.sampled_from(["UTC", "Australia/Sydney", "Europe/Paris"]),
    )
    def begin(self, limits: list[Limit], zone: str) -> None:
        self.limits, self.zone = limits, ZoneInfo(zone)
        self.now = datetime(2026, 3, 28, 12, tzinfo=UTC)
        self.sent: list[Sent] = []

    @rule(hours=st.sampled_from([0, 1, 5, 11, 24, 24 * 31]))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        wanted=st.builds(
            Wanted,
            st.integers(0, 4),
            AMOUNTS,
            st.sampled_from(PEOPLE),
            st.sampled_from(CHANNELS),
        )
    )
    def ask(self, wanted: Wanted) -> None:
        broken = check(self.limits, wanted, self.spent, now=self.now, zone=self.zone)
        with_it = [*self.sent, Sent(self.now, wanted)]
        if broken:
            assert any(self.exceeded(each, with_it) for each in self.limits)
            assert all(each.left >= 0 and each.reason for each in broken)
        else:
            self.sent = with_it

    def spent(self, subject: str, period: Period) -> Spent:
        since = begins(period, self.now, self.zone).astimezone(UTC)
        mine = [
            each.wanted
            for each in self.sent
            if each.at >= since and subject in {WORKSPACE, each.wanted.actor, each.wanted.channel}
        ]
        return Spent(sum(s.messages for s in mine), sum((s.money for s in mine), Decimal(0)))

    @invariant()
    def no_limit_is_exceeded(self) -> None:
        for each in getattr(self, "limits", []):
            assert not self.exceeded(each, self.sent)

    def exceeded(self, one: Limit, sent: list[Sent]) -> bool:
        """Said differently: all that was ever sent, summed by its date and whose it is."""
        sums: dict[tuple[str, str], Decimal] = {}
        for index, each in enumerate(sent):
            who = self.whose(one, each.wanted)
            if who is None:
                continue
            wall = each.at.astimezone(self.zone)
            when = {"day": f"{wall:%Y-%m-%d}", "month": f"{wall:%Y-%m}"}
            suffix = one.measure.value.rpartition("_")[2]
            key = (who, when.get(suffix, str(index)))
            money = "money" in one.measure.value
            amount = each.wanted.money if money else Decimal(each.wanted.messages)
            sums[key] = sums.get(key, Decimal(0)) + amount
        return any(total > one.amount for total in sums.values())

    def whose(self, one: Limit, wanted: Wanted) -> str | None:
        if one.subject == EACH:
            own = any(o.subject == wanted.actor and o.measure is one.measure for o in self.limits)
            return None if own else wanted.actor
        applies = one.subject in {WORKSPACE, wanted.actor, wanted.channel}
        return one.subject if applies else None


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=25)
