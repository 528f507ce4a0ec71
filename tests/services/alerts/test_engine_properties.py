"""The engine over months: whatever happens around it, people hear of everything, and once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from bot.services.alerts import engine
from bot.services.alerts.model import NOISY, Decision, Group, Kind, Policy, Severity, Signal

START = datetime(2026, 1, 5, tzinfo=UTC)
POLICY = Policy(
    wait=timedelta(minutes=2),
    interval=timedelta(minutes=30),
    repeat=timedelta(hours=6),
    hold=timedelta(minutes=10),
    escalate=(timedelta(minutes=20), timedelta(minutes=40)),
)
RULES = ("low_credit", "delivery_failures")
KEYS = ("au", "nz")


@dataclass
class Shelf:
    """The database: JSON by key, changed only by who knows the newest version."""

    rows: dict[str, str] = field(default_factory=dict)

    def read(self, key: str) -> Group | None:
        return Group.model_validate_json(self.rows[key]) if key in self.rows else None

    def write(self, group: Group, *, before: int | None) -> bool:
        kept = self.read(group.key)
        if (kept.version if kept else None) != before:
            return False
        self.rows[group.key] = group.model_dump_json()
        return True


@dataclass(frozen=True)
class Heard:
    """Something people heard in the channel."""

    key: str
    episode: int
    kind: Kind
    at: datetime
    over: bool


def _id(group: Group) -> tuple[str, int]:
    return group.key, group.episode


class Months(RuleBasedStateMachine):
    """Looks, ticks, acts, outages, restarts and second leaders in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.shelf = Shelf()
        self.slack_is_up = True
        self.outbox: list[tuple[str, Decision]] = []
        self.heard: list[Heard] = []
        self.escalated: list[tuple[str, int, int]] = []
        self.named: set[tuple[str, int]] = set()
        self.read: dict[str, Group] = {}
        self.lasted: set[tuple[str, int]] = set()
        self.hushed: set[tuple[str, int]] = set()
        self.stale: dict[str, Group | None] = {}

    @rule(minutes=st.integers(1, 60))
    def minutes_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(
        name=st.sampled_from(RULES),
        found=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(Severity)),
    )
    def a_look(self, name: str, found: dict[str, Severity]) -> None:
        key = Signal(rule=name, key="", severity=Severity.INFO, text="").group
        before = self.shelf.read(key)
        signals = [
            Signal(rule=name, key=k, severity=s, text=f"{k} is wrong") for k, s in found.items()
        ]
        after = engine.observe(before, signals, now=self.now, policy=POLICY)
        if after is None:
            return
        self._commit(before, after)
        if after.is_snoozed(self.now):
            self.hushed.add((key, after.episode))
        if signals and after.seen_at - after.began_at >= POLICY.wait:
            self.lasted.add((key, after.episode))

    @rule(
        name=st.sampled_from(RULES),
        looks=st.lists(
            st.tuples(
                st.integers(1, 15),
                st.dictionaries(st.sampled_from(KEYS), st.sampled_from(Severity)),
            ),
            min_size=3,
            max_size=8,
        ),
    )
    def a_busy_hour(self, name: str, looks: list[tuple[int, dict[str, Severity]]]) -> None:
        for minutes, found in looks:
            self.now += timedelta(minutes=minutes)
            self.a_look(name, found)
            self.a_tick()
            self.the_outbox_is_flushed()

    @rule()
    def a_tick(self) -> None:
        for key in list(self.shelf.rows):
            self._decide(self.shelf.read(key))
        for group in self._groups():
            self._is_escalated_in_time(group)

    def _is_escalated_in_time(self, group: Group) -> None:
        """After a look at the clock every step that is due was taken, whatever Slack does."""
        worse = group.worse_at or group.began_at
        quiet = group.is_over or group.is_acknowledged or group.is_snoozed(self.now)
        if quiet or group.severity is not Severity.CRITICAL:
            return
        due = sum(self.now >= worse + POLICY.wait + after for after in POLICY.escalate)
        if due <= 1 and group.steps >= due:
            return
        # One step a look: a bot that slept for a day takes the others at its next looks.
        taken = {step for key, episode, step in self.escalated if (key, episode) == _id(group)}
        by_name = {0} if _id(group) in self.named else set()
        assert taken | by_name == set(range(group.steps))
        assert group.steps >= 1

    @rule(name=st.sampled_from(RULES))
    def another_leader_reads(self, name: str) -> None:
        key = Signal(rule=name, key="", severity=Severity.INFO, text="").group
        self.stale[key] = self.shelf.read(key)

    @precondition(lambda self: self.stale)
    @rule()
    def another_leader_decides_on_what_it_read(self) -> None:
        for group in self.stale.values():
            self._decide(group)
        self.stale.clear()

    @rule()
    def slack_goes_down(self) -> None:
        self.slack_is_up = False

    @rule()
    def slack_comes_back(self) -> None:
        self.slack_is_up = True

    @rule()
    def the_outbox_is_flushed(self) -> None:
        if not self.slack_is_up:
            return
        for key, decision in self.outbox:
            self._deliver(key, decision, again=False)
            self._deliver(key, decision, again=True)  # at least once: the second changes nothing
        self.outbox.clear()

    @rule(name=st.sampled_from(RULES))
    def a_bot_reads_what_it_is_to_post(self, name: str) -> None:
        key = Signal(rule=name, key="", severity=Severity.INFO, text="").group
        if key in self.shelf.rows:
            self.read[key] = Group.model_validate_json(self.shelf.rows[key])

    @precondition(lambda self: self.read and self.slack_is_up)
    @rule()
    def what_was_read_is_posted_after_it_has_changed(self) -> None:
        for key, decision in list(self.outbox):
            shown = self.read.get(key)
            if shown and shown.open and shown.open.number == decision.number:
                self._deliver(key, decision, again=False, shown=shown)
                self.outbox.remove((key, decision))
        self.read.clear()

    @rule(name=st.sampled_from(RULES))
    def somebody_acknowledges(self, name: str) -> None:
        self._act(name, lambda group: engine.acknowledge(group, by="U0ADA", now=self.now))

    @rule(name=st.sampled_from(RULES))
    def somebody_is_put_on_it(self, name: str) -> None:
        self._act(name, lambda group: engine.assign(group, to="U0EVE"))

    @rule(name=st.sampled_from(RULES), hours=st.integers(1, 30))
    def somebody_snoozes(self, name: str, hours: int) -> None:
        until = self.now + timedelta(hours=hours)
        self._act(name, lambda group: engine.snooze(group, until=until, by="U0ADA"))
        self.hushed |= {(g.key, g.episode) for g in self._groups() if g.is_snoozed(self.now)}

    @rule(name=st.sampled_from(RULES))
    def somebody_wakes_it(self, name: str) -> None:
        self._act(name, engine.unsnooze)

    def _act(self, name: str, change: Callable[[Group], Group]) -> None:
        key = Signal(rule=name, key="", severity=Severity.INFO, text="").group
        before = self.shelf.read(key)
        if before is not None:
            self._commit(before, change(before))

    def _groups(self) -> list[Group]:
        return [Group.model_validate_json(text) for text in self.shelf.rows.values()]

    def _commit(self, before: Group | None, after: Group) -> bool:
        if before is not None and after.version == before.version:
            return True
        return self.shelf.write(after, before=before.version if before else None)

    def _decide(self, group: Group | None) -> None:
        if group is None:
            return
        after, decisions = engine.decide(group, now=self.now, policy=POLICY)
        if not decisions or not self._commit(group, after):
            return
        for decision in decisions:
            if decision.kind is Kind.ESCALATE:
                self.escalated.append((after.key, decision.episode, decision.step))
            else:
                if decision.kind is Kind.REMIND and engine.calls_owner(after):
                    self.named.add((after.key, decision.episode))
                self.outbox.append((after.key, decision))

    def _deliver(
        self, key: str, decision: Decision, *, again: bool, shown: Group | None = None
    ) -> None:
        group = self.shelf.read(key)
        assert group is not None
        if group.open is None or group.open.number != decision.number:
            return
        assert not again, "a delivered decision is still open"
        shown = shown or group
        after = engine.delivered(group, decision.number, shown=shown, now=self.now)
        assert self._commit(group, after)
        if decision.kind in NOISY:
            self.heard.append(Heard(key, shown.episode, decision.kind, self.now, shown.is_over))

    @invariant()
    def no_two_notifications_of_a_group_inside_its_interval(self) -> None:
        last: dict[str, datetime] = {}
        for heard in self.heard:
            if heard.key in last:
                assert heard.at - last[heard.key] >= POLICY.interval
            last[heard.key] = heard.at

    @invariant()
    def nothing_is_heard_of_an_episode_after_people_heard_that_it_is_over(self) -> None:
        over: set[tuple[str, int]] = set()
        for heard in self.heard:
            assert (heard.key, heard.episode) not in over
            if heard.over:
                over.add((heard.key, heard.episode))

    @invariant()
    def an_episode_is_announced_once_and_each_step_of_its_escalation_taken_once(self) -> None:
        announced = [(h.key, h.episode) for h in self.heard if h.kind is Kind.NOTIFY]
        assert len(announced) == len(set(announced))
        assert len(self.escalated) == len(set(self.escalated))

    @invariant()
    def one_decision_of_an_episode_is_open_at_a_time(self) -> None:
        waiting = [(key, decision.episode) for key, decision in self.outbox]
        assert len(waiting) == len(set(waiting))

    def teardown(self) -> None:
        """Once everything works for two days, nothing that lasted is unheard, nothing is open."""
        self.slack_is_up = True
        for _ in range(96):
            self.now += timedelta(minutes=30)
            self.a_tick()
            self.the_outbox_is_flushed()
        announced = {(h.key, h.episode) for h in self.heard if h.kind is Kind.NOTIFY}
        assert self.lasted - self.hushed <= announced
        for group in self._groups():
            assert group.open is None
            assert group.closed or not group.is_over
            assert group.said == group.print or not group.announced


Months.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_nothing_is_lost_or_said_twice_over_months = Months.TestCase
