"""Alerts on both databases: stored with their notices, told once, over restarts and outages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.services import notices
from bot.services.alerts import engine
from bot.services.alerts.book import Clerk
from bot.services.alerts.desk import Desk
from bot.services.alerts.model import NOISY, Group, Kind, Severity, Signal
from bot.services.alerts.routing import ChannelSettings, Escalation
from bot.services.alerts.rules import RULES
from bot.services.alerts.rules.base import (
    BalanceSeen,
    CampaignSeen,
    Sight,
    Spending,
    Traffic,
)
from bot.services.outbox import Outbox
from bot.store import Database, Scope, alerts
from bot.store.alerts import StoredAlert
from bot.store.traffic import Counted

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCOPE = Scope("T0OURS", "demo")
LEASE = timedelta(minutes=2)


@dataclass
class Stand:
    """A desk with an outbox and a Slack that takes notices or does not."""

    database: Database
    now: datetime = START
    down: bool = False
    posted: list[notices.Notice] = field(default_factory=list)
    said: list[Kind] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Put everything together anew, as another process does."""
        self.desk = Desk(
            self.database,
            SCOPE,
            rules=RULES,
            channel="C0OPS",
            escalation=Escalation(minutes=15, oncall=("U0ONE",)),
            ways=("webhook",),
            now=lambda: self.now,
        )
        self.clerk = Clerk(self.database, SCOPE, now=lambda: self.now)
        self.outbox = Outbox(
            self.database, SCOPE, self._post, owner="us", lease=LEASE, now=lambda: self.now
        )

    async def _post(
        self, notice: notices.Notice, place: notices.Place | None
    ) -> notices.Place | None:
        del place
        if self.down:
            raise notices.NotPostedError("Slack is down")
        self.posted.append(notice)
        if isinstance(notice, notices.AlertChanged):
            group = await self.desk.get(notice.alert)
            if group and group.open and group.open.number == notice.number:
                self.said.append(group.open.kind)
                await self.desk.delivered(notice.number, shown=group, channel="C0OPS", ts="1.1")
        return None

    @property
    def heard(self) -> list[Kind]:
        """What made a sound."""
        return [kind for kind in self.said if kind in NOISY]

    async def credit(self, amount: str) -> None:
        balance = BalanceSeen(
            amount=Decimal(amount), threshold=Decimal(20), currency="AUD", account_name="H"
        )
        await self.desk.look(Sight(now=self.now, balance=balance))
        await self.outbox.flush()

    async def campaigns(self, *ids: str) -> None:
        seen = tuple(
            CampaignSeen(id=each, name=each, status="Failed", due=self.now, list_name=each)
            for each in ids
        )
        await self.desk.look(Sight(now=self.now, campaigns=seen))
        await self.outbox.flush()

    async def wait(self, **passed: float) -> None:
        self.now += timedelta(**passed)
        await self.desk.tick()
        await self.outbox.flush()

    async def only(self) -> Group:
        (group,) = await self.desk.recent(limit=10)
        return group


@pytest.fixture
async def stand(database_url: str) -> AsyncIterator[Stand]:
    database = Database(database_url)
    await database.open()
    yield Stand(database)
    await database.close()


async def test_low_credit_is_told_once_a_crossing_over_restarts(stand: Stand) -> None:
    await stand.credit("12")
    stand.restart()
    await stand.credit("12")
    assert stand.said == [Kind.NOTIFY]
    await stand.credit("21")
    await stand.credit("12")
    assert stand.heard == [Kind.NOTIFY]
    await stand.credit("22")
    await stand.credit("30")
    assert stand.heard == [Kind.NOTIFY, Kind.RESOLVE]
    await stand.credit("19")
    assert stand.heard == [Kind.NOTIFY, Kind.RESOLVE, Kind.NOTIFY]
    assert (await stand.only()).episode == 2


async def test_an_alert_that_began_and_ended_while_slack_was_down_is_told_once(
    stand: Stand,
) -> None:
    stand.down = True
    await stand.credit("12")
    await stand.wait(hours=1)
    await stand.credit("50")
    stand.restart()
    stand.down = False
    await stand.wait(hours=1)
    assert stand.said == [Kind.NOTIFY]
    assert (await stand.only()).closed
    await stand.wait(days=2)
    assert stand.said == [Kind.NOTIFY]


async def test_a_backlog_is_told_under_one_summary(stand: Stand) -> None:
    stand.down = True
    await stand.campaigns(*(f"sms-{number}" for number in range(6)))
    await stand.wait(minutes=2)
    summaries = [g.open.under for g in await stand.desk.recent(limit=10) if g.open]
    assert len(summaries) == 6
    assert len(set(summaries)) == 1
    assert summaries[0] is not None
    assert len(await stand.desk.under(summaries[0])) == 6
    await stand.campaigns(*(f"sms-{number}" for number in range(7)))
    await stand.wait(minutes=2)
    assert len(await stand.desk.under(summaries[0])) == 7
    stand.down = False
    await stand.wait(minutes=10)
    told = [each for each in stand.posted if isinstance(each, notices.AlertSummary)]
    assert len(told) == 1


async def test_three_late_alerts_need_no_summary(stand: Stand) -> None:
    stand.down = True
    await stand.campaigns("sms-1", "sms-2", "sms-3")
    await stand.wait(minutes=5)
    assert all(g.open and g.open.under is None for g in await stand.desk.recent(limit=10))


async def test_a_critical_alert_that_nobody_takes_goes_to_who_is_on_call_and_then_out(
    stand: Stand,
) -> None:
    await stand.credit("0")
    await stand.wait(minutes=14)
    steps = [e for e in stand.posted if isinstance(e, notices.AlertEscalated)]
    assert steps == []
    await stand.wait(minutes=1)
    await stand.wait(minutes=15)
    await stand.wait(hours=9)
    steps = [e for e in stand.posted if isinstance(e, notices.AlertEscalated)]
    assert [(each.way, each.to) for each in steps] == [("dm", "U0ONE"), ("webhook", "")]


async def test_who_took_an_alert_is_called_by_name_when_it_becomes_worse_and_then_it_goes_out(
    stand: Stand,
) -> None:
    await stand.credit("12")
    await stand.desk.acknowledge((await stand.only()).id, by="U0ADA")
    await stand.wait(hours=2)
    assert not [e for e in stand.posted if isinstance(e, notices.AlertEscalated)]
    assert (await stand.only()).assigned_to == "U0ADA"
    await stand.credit("0")
    await stand.wait(minutes=16)
    assert stand.said[-1] is Kind.REMIND
    assert engine.calls_owner(await stand.only())
    steps = [e for e in stand.posted if isinstance(e, notices.AlertEscalated)]
    assert steps == []  # the reminder has called them by name
    await stand.wait(minutes=14)
    steps = [e for e in stand.posted if isinstance(e, notices.AlertEscalated)]
    assert [each.way for each in steps] == ["webhook"]


async def test_spending_that_follows_from_failures_is_told_in_their_thread(stand: Stand) -> None:
    failed = Counted(
        country="AU",
        carrier="Telstra",
        sender="H",
        cause="Unknown number",
        subaccount="",
        list_name="77",
        outcome="failed",
        count=60,
    )
    hour = timedelta(hours=1)
    seen = Traffic(recent=(failed,), usual=(), window=hour, span=28 * 24 * hour)
    await stand.desk.look(Sight(now=stand.now, traffic=seen))
    await stand.outbox.flush()
    (lead,) = await stand.desk.recent(limit=5)
    today = stand.now.date()
    days = {today - timedelta(days=n): Decimal(10) for n in range(1, 30)}
    balance = BalanceSeen(amount=Decimal(5_000), threshold=None, currency="AUD", account_name="H")
    spent = Spending(days=days, today=today, so_far=Decimal(90), part=0.5)
    stand.down = True
    await stand.desk.look(Sight(now=stand.now, balance=balance, spending=spent))
    for _ in range(3):
        await stand.wait(minutes=2)  # late, but in no summary
    following = next(g for g in await stand.desk.recent(limit=5) if g.rule == "spending")
    assert following.open is not None
    assert following.open.under == notices.alert_topic(lead.id, lead.episode)
    stand.down = False
    await stand.desk.acknowledge(lead.id, by="U0ADA")
    await stand.wait(minutes=10)
    assert stand.said.count(Kind.NOTIFY) == 2
    assert not [each for each in stand.posted if isinstance(each, notices.AlertSummary)]


async def test_a_snoozed_alert_is_silent_and_told_again_when_it_wakes(stand: Stand) -> None:
    await stand.credit("12")
    group = await stand.only()
    until = stand.now + timedelta(hours=1)
    await stand.desk.act(
        group.id,
        lambda each: engine.snooze(each, until=until, by="U0ADA"),
        actor="U0ADA",
        what="snoozed",
    )
    await stand.outbox.flush()
    await stand.credit("0")
    assert stand.said == [Kind.NOTIFY, Kind.UPDATE, Kind.UPDATE]
    await stand.wait(hours=1)
    assert stand.said[-1] is Kind.REMIND


async def test_a_channel_decides_how_loud_its_alerts_are_and_a_route_which_it_gets(
    stand: Stand,
) -> None:
    await stand.clerk.set_route(
        "C0LIST", rule="campaign", severity="warning", subaccount="", list_name="sms-1", actor="U"
    )
    wanted = ChannelSettings(escalate_minutes=1, oncall=("U0TWO",))
    await stand.clerk.set_settings("C0LIST", wanted, actor="U0ADA")
    await stand.campaigns("sms-1", "sms-2")
    book = await stand.clerk.book()
    where = {
        group.list_name: stand.desk.channel_of(group, book)
        for group in await stand.desk.recent(limit=10)
    }
    assert where == {"sms-1": "C0LIST", "sms-2": "C0OPS"}
    await stand.wait(minutes=1)
    steps = [e.to for e in stand.posted if isinstance(e, notices.AlertEscalated)]
    assert steps == ["U0TWO"]
    gone = await stand.clerk.drop_route(
        rule="campaign", severity="warning", subaccount="", list_name="sms-1", actor="U"
    )
    assert gone
    assert (await stand.clerk.book()).routes == ()


async def test_only_who_read_the_newest_version_changes_an_alert(stand: Stand) -> None:
    stored = StoredAlert(
        id="a" * 16, rule="api", state="{}", version=3, live=True, changed_at=START
    )
    async with stand.database.write() as connection:
        assert await alerts.keep(connection, SCOPE, stored, before=None)
        assert not await alerts.keep(connection, SCOPE, stored, before=2)
        assert not await alerts.keep(connection, SCOPE, stored, before=None)
        assert await alerts.keep(connection, SCOPE, stored, before=3)


async def test_what_a_look_could_not_read_ends_no_alert(stand: Stand) -> None:
    await stand.credit("12")
    await stand.desk.look(Sight(now=stand.now))
    assert not (await stand.only()).is_over


def test_a_group_of_signals_is_one_message_that_grows_silently() -> None:
    def signals(*keys: str) -> list[Signal]:
        return [Signal(rule="api", key=k, severity=Severity.WARNING, text=k) for k in keys]

    policy = RULES["api"].policy
    group = engine.observe(None, signals("a"), now=START, policy=policy)
    assert group is not None
    later = START + policy.wait
    group, (first,) = engine.decide(group, now=later, policy=policy)
    group = engine.delivered(group, first.number, shown=group, now=later)
    grown = engine.observe(group, signals("a", "b"), now=later, policy=policy)
    assert grown is not None
    later += policy.interval
    _, (second,) = engine.decide(grown, now=later, policy=policy)
    assert (first.kind, second.kind) == (Kind.NOTIFY, Kind.UPDATE)
