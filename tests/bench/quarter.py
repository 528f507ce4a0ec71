"""A simulated quarter of traffic with planted incidents: what is caught, how fast, how loudly.

The rules and the engine are the bot's own; the clock, the traffic, Slack and the people are made
up. People take an alert twenty minutes after they hear of it, in working hours only. Slack is down
for three hours once, and the state goes through JSON at every step, as over a restart.

What counts as a notification: a new message, a reminder that the channel shows, and each step of an
escalation, to one person. What does not: a message that changes, an answer in its thread (an end,
an alert that follows from it), which make no sound for who is not in that thread.

Run it with `python -m tests.bench.quarter`.
"""

import math
import random
import sys
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bot.services.alerts import engine
from bot.services.alerts.joining import active_of, leader_of, taken_of
from bot.services.alerts.model import Group, Kind, Policy
from bot.services.alerts.rules import RULES
from bot.services.alerts.rules.base import BalanceSeen, Health, Offer, Sight, Spending, Traffic
from bot.store.traffic import Counted

STEP = timedelta(minutes=10)
WARM_UP_DAYS = 28
CARRIERS = ("Telstra", "Optus", "Vodafone")
_PRICE = 0.07
_HEARD = frozenset({Kind.NOTIFY, Kind.REMIND, Kind.ESCALATE})
_SLACK_IS_DOWN = (timedelta(days=10, hours=9), timedelta(days=10, hours=12))


@dataclass(frozen=True)
class Incident:
    """Something planted: from when to when, counted from the beginning, and which rules see it."""

    name: str
    begin: timedelta
    end: timedelta
    rules: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """What is planted in how many days."""

    days: int
    outage: timedelta
    run_out: timedelta
    paid: timedelta
    revoked: timedelta
    dead_list: timedelta

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """What is to be caught."""
        hours = timedelta(hours=1)
        return (
            Incident(
                "carrier outage", self.outage, self.outage + 3 * hours, frozenset({"failure_rate"})
            ),
            Incident(
                "credit run-out on a holiday",
                self.run_out - timedelta(days=9),
                self.paid + 2 * hours,
                frozenset({"days_left", "low_credit"}),
            ),
            Incident("revoked key", self.revoked, self.revoked + 2 * hours, frozenset({"api"})),
            Incident(
                "campaign to dead numbers",
                self.dead_list,
                self.dead_list + 2 * hours,
                frozenset({"failure_rate", "spending"}),
            ),
        )


QUARTER = Plan(
    days=91,
    outage=timedelta(days=20, hours=14),
    run_out=timedelta(days=46, hours=12),
    paid=timedelta(days=48, hours=10),
    revoked=timedelta(days=60, hours=9, minutes=30),
    dead_list=timedelta(days=75, hours=11),
)
FORTNIGHT = Plan(
    days=19,
    outage=timedelta(days=2, hours=14),
    run_out=timedelta(days=12, hours=12),
    paid=timedelta(days=14, hours=10),
    revoked=timedelta(days=15, hours=9, minutes=30),
    dead_list=timedelta(days=16, hours=11),
)


@dataclass(frozen=True)
class Heard:
    """Something that people heard."""

    rule: str
    kind: Kind
    at: timedelta
    text: str


@dataclass
class World:
    """The account and everything around it."""

    plan: Plan
    number: random.Random
    start: datetime = datetime(2026, 9, 7, tzinfo=UTC)
    balance: float = 0.0
    today: float = 0.0
    days: dict[date, Decimal] = field(default_factory=dict)
    recent: deque[list[Counted]] = field(default_factory=lambda: deque(maxlen=6))
    usual: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for back in range(WARM_UP_DAYS, 0, -1):
            day = self.start - timedelta(days=back)
            steps = [day + STEP * each for each in range(144)]
            counts = [self._usual(at) for at in steps]
            for each in counts:
                self._note(each)
            spent = sum(_sum(each) for each in counts) * _PRICE
            self.days[day.date()] = Decimal(str(round(spent, 2)))
        # Enough until the holiday: what the days before it will cost, drawn from the same habits.
        self.balance = self._cost_until(self.plan.run_out)

    def step(self, passed: timedelta) -> list[Counted]:
        """What is sent in ten minutes, and what becomes of it."""
        now = self.start + passed
        if now.date() not in self.days and passed and now.hour == 0 and now.minute == 0:
            self.days[(now - STEP).date()] = Decimal(str(round(self.today, 2)))
            self.today = 0.0
        if passed == self.plan.paid:
            self.balance += 20_000.0
        sent = self._incidents(passed, self._usual(now))
        if self.balance <= 0:
            return []  # everything is refused
        cost = min(self.balance, _sum(sent) * _PRICE)
        self.balance -= cost
        self.today += cost
        self.recent.append(sent)
        self._note(sent)
        return sent

    def _usual(self, at: datetime) -> list[Counted]:
        """A working day's curve, quiet nights and weekends, two in a hundred fail."""
        day = 1.0 if at.weekday() < 5 else 0.25
        hour = max(0.05, math.sin((at.hour - 5) / 14 * math.pi)) if 5 <= at.hour <= 19 else 0.05
        found = []
        for share, carrier in zip((12, 8, 5), CARRIERS, strict=True):
            sent = _poisson(self.number, share * day * hour)
            failed = sum(self.number.random() < 0.02 for _ in range(sent))
            found += _split(sent, failed, carrier, "Unknown number", "")
        inbound = _poisson(self.number, 1.5 * day * hour)
        return [*found, *([_counted("inbound", inbound, "", "", "")] if inbound else [])]

    def _incidents(self, passed: timedelta, sent: list[Counted]) -> list[Counted]:
        plan, hour = self.plan, timedelta(hours=1)
        if plan.outage <= passed < plan.outage + 3 * hour:
            sent = [_outage(each) if each.carrier == "Optus" else each for each in sent]
        if plan.dead_list <= passed < plan.dead_list + hour:
            sent = [*sent, *_split(250, 170, "Telstra", "Unknown number", "77")]
        healthy = passed.days % 14 == 4 and passed - timedelta(days=passed.days) == 10 * hour
        if healthy:  # a campaign that is fine
            sent = [*sent, *_split(600, 14, "Telstra", "Unknown number", "12")]
        return sent

    def _cost_until(self, end: timedelta) -> float:
        steps = [STEP * each for each in range(int(end / STEP))]
        sent = (self._incidents(passed, self._usual(self.start + passed)) for passed in steps)
        return sum(map(_sum, sent)) * _PRICE

    def _note(self, sent: Iterable[Counted]) -> None:
        for each in sent:
            self.usual[_names(each)] += each.count

    def sight(self, passed: timedelta, *, credit: bool) -> Sight:
        """What the bot sees: nothing of the account while its key is revoked."""
        now = self.start + passed
        revoked = self.plan.revoked <= passed < self.plan.revoked + timedelta(hours=1)
        health = Health(late=(), notices=(0, timedelta(0)), sends=(0, timedelta(0)))
        if revoked:
            return Sight(now=now, calls={"Unauthorized": 12}, health=health)
        recent = Counter[tuple[str, ...]]()
        for bucket in self.recent:
            for each in bucket:
                recent[_names(each)] += each.count
        usual = self.usual - recent
        traffic = Traffic(
            recent=_counts(recent),
            usual=_counts(usual),
            window=timedelta(hours=1),
            span=timedelta(days=WARM_UP_DAYS) + passed,
        )
        balance = BalanceSeen(
            amount=Decimal(str(round(self.balance, 2))),
            threshold=Decimal(50),
            currency="AUD",
            account_name="Harbour",
        )
        spending = Spending(
            days={d: v for d, v in self.days.items() if (now.date() - d).days <= 63},
            today=now.date(),
            so_far=Decimal(str(round(self.today, 2))),
            part=(now.hour * 60 + now.minute) / 1_440,
            offers=(Offer("1", Decimal(500)), Offer("2", Decimal(5_000))),
        )
        seen = Sight(now=now, traffic=traffic, calls={"ok": 30}, health=health)
        return replace(seen, balance=balance, spending=spending) if credit else seen


class Office:
    """The bot's rules and engine, a Slack that may be down, and the people."""

    def __init__(self, plan: Plan, world: World) -> None:
        self._plan = plan
        self._world = world
        self._kept: dict[str, str] = {}
        self._take_at: dict[str, datetime] = {}
        self.heard: list[Heard] = []
        self.resolved = 0

    def look(self, passed: timedelta, *, credit: bool) -> None:
        """One step of everything."""
        now = self._world.start + passed
        groups = {key: Group.model_validate_json(text) for key, text in self._kept.items()}
        live = [group for group in groups.values() if not group.closed]
        sight = self._world.sight(passed, credit=credit)
        sight = replace(sight, active=active_of(live), taken=taken_of(live))
        for rule in RULES.values():
            found = rule.look(sight)
            if found is None:
                continue
            keys = {each.group for each in found} | {
                k for k, g in groups.items() if g.rule == rule.name
            }
            for key in sorted(keys):
                signals = [each for each in found if each.group == key]
                after = engine.observe(
                    groups.get(key), signals, now=now, policy=_policy(rule.policy)
                )
                if after is not None:
                    groups[key] = after
        for key in list(groups):
            groups[key] = self._tell(groups[key], passed, list(groups.values()))
            self._kept[key] = groups[key].model_dump_json()

    def _tell(self, group: Group, passed: timedelta, live: list[Group]) -> Group:
        now = self._world.start + passed
        takes = self._take_at.get(group.key)
        if takes and now >= takes and _at_work(now, self._plan, passed):
            del self._take_at[group.key]
            group = engine.acknowledge(group, by="U0ADA", now=now)
        rule = RULES[group.rule]
        group, decisions = engine.decide(group, now=now, policy=_policy(rule.policy))
        if leader := leader_of(group, rule, live):
            group = engine.put_under(group, leader.id)
        for decision in decisions:
            if decision.kind is Kind.ESCALATE:
                self._hear(group, decision.kind, passed)
        down, up = _SLACK_IS_DOWN
        if group.open is None or down <= passed < up:
            return group
        kind = group.open.kind
        if kind in _HEARD and not group.open.under:
            self._hear(group, kind, passed)
            self._take_at.setdefault(group.key, now + timedelta(minutes=20))
        self.resolved += kind is Kind.RESOLVE
        return engine.delivered(group, group.open.number, shown=group, now=now)

    def _hear(self, group: Group, kind: Kind, passed: timedelta) -> None:
        text = " | ".join(signal.text for signal in group.signals)
        self.heard.append(Heard(group.rule, kind, passed, text))


@dataclass(frozen=True)
class Caught:
    """How an incident was caught."""

    incident: Incident
    first: Heard | None
    in_channel: int
    direct: int
    after: timedelta | None


@dataclass(frozen=True)
class Result:
    """What the simulation came to."""

    caught: tuple[Caught, ...]
    elsewhere: tuple[Heard, ...]
    resolved: int
    ran_out: timedelta | None


def simulate(plan: Plan, *, seed: int = 20260907) -> Result:
    """Play it."""
    world = World(plan, random.Random(seed))
    office = Office(plan, world)
    ran_out = None
    for number in range(int(timedelta(days=plan.days) / STEP)):
        passed = STEP * number
        world.step(passed)
        if world.balance <= 0 and ran_out is None:
            ran_out = passed
        office.look(passed, credit=number % 3 == 0)
    of = {heard: _incident(plan, heard) for heard in office.heard}
    caught = []
    for incident in plan.incidents:
        mine = [heard for heard in office.heard if of[heard] == incident]
        begin = ran_out if "low_credit" in incident.rules else incident.begin
        first = mine[0] if mine else None
        after = first.at - begin if first and begin is not None else None
        direct = sum(heard.kind is Kind.ESCALATE for heard in mine)
        caught.append(Caught(incident, first, len(mine) - direct, direct, after))
    elsewhere = tuple(heard for heard in office.heard if of[heard] is None)
    return Result(tuple(caught), elsewhere, office.resolved, ran_out)


def _incident(plan: Plan, heard: Heard) -> Incident | None:
    fitting = (i for i in plan.incidents if heard.rule in i.rules and i.begin <= heard.at <= i.end)
    return next(fitting, None)


def _policy(policy: Policy) -> Policy:
    return replace(policy, escalate=(timedelta(minutes=30),))


def _at_work(now: datetime, plan: Plan, passed: timedelta) -> bool:
    holiday = plan.run_out - timedelta(days=3) <= passed < plan.paid
    return not holiday and now.weekday() < 5 and 9 <= now.hour < 17


def _outage(each: Counted) -> Counted:
    return (
        replace(each, outcome="failed", cause="Network error")
        if each.outcome == "delivered"
        else each
    )


def _split(sent: int, failed: int, carrier: str, cause: str, list_name: str) -> list[Counted]:
    found = [
        _counted("delivered", sent - failed, carrier, "", list_name),
        _counted("failed", failed, carrier, cause, list_name),
    ]
    return [each for each in found if each.count]


def _counted(outcome: str, count: int, carrier: str, cause: str, list_name: str) -> Counted:
    return Counted(
        country="AU",
        carrier=carrier,
        sender="Harbour",
        cause=cause,
        subaccount="",
        list_name=list_name,
        outcome=outcome,
        count=count,
    )


def _names(each: Counted) -> tuple[str, ...]:
    return (each.outcome, each.carrier, each.cause, each.list_name)


def _counts(counted: Counter[tuple[str, ...]]) -> tuple[Counted, ...]:
    return tuple(
        _counted(outcome, count, carrier, cause, list_name)
        for (outcome, carrier, cause, list_name), count in counted.items()
    )


def _sum(sent: Iterable[Counted]) -> int:
    return sum(each.count for each in sent if each.outcome != "inbound")


def _poisson(number: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, number.random()
    while product > limit:
        count, product = count + 1, product * number.random()
    return count


def main() -> None:
    """Print the table."""
    result = simulate(QUARTER)
    out = sys.stdout.write
    out(f"{QUARTER.days} days, {len(result.caught)} planted incidents\n")
    for each in result.caught:
        when = "not caught"
        if each.after is not None:
            hours = each.after / timedelta(hours=1)
            when = (
                f"{-hours / 24:.1f} days before" if hours < 0 else f"{hours * 60:.0f} minutes after"
            )
        heard = f"{each.in_channel} in the channel, {each.direct} to who is on call"
        out(f"  {each.incident.name:<28} {when:>18}   {heard}\n")
    channel = sum(each.in_channel for each in result.caught) / len(result.caught)
    direct = sum(each.direct for each in result.caught) / len(result.caught)
    most = max(each.in_channel + each.direct for each in result.caught)
    out(
        f"  an incident: {channel:.2f} in the channel, {direct:.2f} to who is on call; "
        f"{most} at most\n"
    )
    out(
        f"  about anything else: {len(result.elsewhere)}; ends told in threads: {result.resolved}\n"
    )
    for heard in result.elsewhere:
        out(f"    {heard.at} {heard.kind} {heard.rule}: {heard.text}\n")


if __name__ == "__main__":
    main()
