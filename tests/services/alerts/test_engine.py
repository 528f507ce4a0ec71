"""The engine, case by case, where the properties seldom look."""

from datetime import UTC, datetime, timedelta

from bot.services.alerts import engine
from bot.services.alerts.model import Group, Kind, Policy, Severity, Signal

START = datetime(2026, 1, 5, tzinfo=UTC)
POLICY = Policy(
    wait=timedelta(minutes=2), interval=timedelta(minutes=30), hold=timedelta(minutes=1)
)
WRONG = [Signal(rule="api", key="errors", severity=Severity.WARNING, text="calls fail")]


def seen(group: Group | None, minute: float, *, wrong: bool) -> Group:
    now = START + timedelta(minutes=minute)
    found = engine.observe(group, WRONG if wrong else [], now=now, policy=POLICY)
    assert found is not None
    return found


def told(group: Group, minute: float) -> tuple[Group, list[Kind]]:
    now = START + timedelta(minutes=minute)
    group, made = engine.decide(group, now=now, policy=POLICY)
    for decision in made:
        group = engine.delivered(group, decision.number, shown=group, now=now)
    return group, [decision.kind for decision in made]


def over_once() -> Group:
    """A group that was told of at minute 2, and whose end was told at minute 40."""
    group, kinds = told(seen(seen(None, 0, wrong=True), 2, wrong=True), 2)
    assert kinds == [Kind.NOTIFY]
    group = seen(seen(group, 3, wrong=False), 5, wrong=False)
    group, kinds = told(group, 40)
    assert kinds == [Kind.RESOLVE]
    return group


def test_an_episode_that_lasted_inside_the_interval_is_told_when_the_interval_ends() -> None:
    group = seen(seen(over_once(), 41, wrong=True), 45, wrong=True)
    group, kinds = told(group, 45)
    assert kinds == []
    group = seen(seen(group, 46, wrong=False), 48, wrong=False)
    assert group.is_over
    group, kinds = told(group, 69)
    assert kinds == []
    group, kinds = told(group, 70)
    assert kinds == [Kind.NOTIFY]
    assert group.closed
    assert told(group, 500)[1] == []


def test_what_is_gone_before_people_were_to_hear_of_it_is_never_told() -> None:
    group = seen(seen(over_once(), 41, wrong=True), 42, wrong=False)
    group = seen(group, 44, wrong=False)
    assert group.closed
    assert told(group, 500)[1] == []


def test_what_went_wrong_again_while_its_end_was_read_is_a_new_episode() -> None:
    group, _ = told(seen(seen(None, 0, wrong=True), 2, wrong=True), 2)
    shown = seen(seen(group, 3, wrong=False), 5, wrong=False)
    now = START + timedelta(minutes=40)
    group, (end,) = engine.decide(shown, now=now, policy=POLICY)
    again = seen(group, 40, wrong=True)
    after = engine.delivered(again, end.number, shown=group, now=now)
    assert (after.episode, after.announced, after.is_over) == (2, False, False)
    after = seen(after, 75, wrong=True)
    assert told(after, 75)[1] == [Kind.NOTIFY]


def test_an_acknowledgement_that_the_message_does_not_show_yet_changes_it_at_once() -> None:
    group, _ = told(seen(seen(None, 0, wrong=True), 2, wrong=True), 2)
    now = START + timedelta(minutes=3)
    group = engine.acknowledge(group, by="U0ADA", now=now)
    group, kinds = told(group, 3)
    assert kinds == [Kind.UPDATE]
    assert told(group, 4)[1] == []
