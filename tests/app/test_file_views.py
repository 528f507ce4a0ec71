"""Every look of an import and of a bulk send, with every name hostile, within Slack's limits."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.sandbox.slack.block_kit import problems, view_problems
from bot.services.csv_file import Row
from bot.services.csv_jobs import Report
from bot.services.csv_spec import BULK, IMPORT, Spec
from bot.store.bulk import Standing
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import Job, JobState
from bot.store.sends import State
from commands import csv_form, csv_views

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOSTILE = ["<!channel>", "*_~`x`~_*", "x" * 300, "\u202eתירבע", "👩‍👩‍👧‍👦", "a&<b>|", " "]


def spec(name: str, columns: int = 40) -> Spec:
    return Spec(
        file="F1",
        name=name,
        columns=tuple(f"{name}{i}" for i in range(columns)),
        fields={0: "phone_number"},
        list_name=name,
        template=f"{name} {{x|{name}}}" * 5,
        warnings=(name,) * 9,
        examples=tuple((name, name * 9, 2) for _ in range(3)),
    )


def report(kind: str, state: JobState, name: str, **changes: object) -> Report:
    job = Job(
        id="job1",
        kind=kind,
        state=state,
        actor="U0ADA",
        channel="C0OPS",
        spec="{}",
        created_at=NOW,
        updated_at=NOW,
        good=100_000,
        bad=7,
        price=Decimal("7000.12"),
        currency="AUD",
        reason=name * 20,
        confirmed_at=NOW if state in {JobState.RUNNING, JobState.DONE} else None,
    )
    sends = {each: Standing(3, 3_000, Decimal(1), Decimal(1)) for each in State}
    batches = dict.fromkeys(BatchState, 4)
    made = Report(job, spec(name), batches, sends if kind == BULK else {}, {"X": 2}, NOW, name)
    return made if not changes else Report(**{**vars_of(made), **changes})


def vars_of(made: Report) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__dataclass_fields__}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", [IMPORT, BULK])
@pytest.mark.parametrize("state", list(JobState))
def test_every_state_says_itself_and_mentions_nobody(kind: str, state: JobState, name: str) -> None:
    found = report(kind, state, name, repeats="")
    for message in (csv_views.render(found), csv_views.approval(found)):
        blocks = [block.to_dict() for block in message.blocks]
        assert problems(blocks, "message") == []
        assert message.text
        assert len(message.text) <= 4_000
        assert "<!channel>" not in json.dumps(blocks) + message.text


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", [IMPORT, BULK])
def test_forty_columns_of_any_name_fit_into_the_form(kind: str, name: str) -> None:
    rows = [Row(line, (name,) * 40) for line in range(2, 9)]
    view = csv_form.match(kind, "job1", spec(name), rows, problem=name).to_dict()
    assert view_problems(view) == []
    shown = [block for block in view["blocks"] if block["type"] == "section"]
    assert "<!channel>" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("states", "mark"),
    [
        ({State.SENT}, ":white_check_mark:"),
        ({State.SENT, State.UNKNOWN}, ":warning:"),
        ({State.SENT, State.QUEUED}, ":hourglass_flowing_sand:"),
        ({State.APPROVAL}, ":busts_in_silhouette:"),
    ],
)
def test_a_bulk_send_is_marked_by_how_it_stands(states: set[State], mark: str) -> None:
    sends = {each: Standing(1, 1_000, Decimal(1), Decimal(1)) for each in states}
    until = NOW if State.APPROVAL in states else None
    found = report(BULK, JobState.RUNNING, "x", sends=sends, approval=until)
    assert csv_views.render(found).text.startswith(mark)


def test_a_risen_price_is_asked_about_and_what_waits_can_be_stopped() -> None:
    done = Standing(1, 9, Decimal(1), Decimal(1))
    sends = {State.REPRICED: Standing(2, 2_000, Decimal(80), Decimal(80)), State.SENT: done}
    found = csv_views.render(report(BULK, JobState.RUNNING, "x", sends=sends, approval=None))
    names = [
        element["text"]["text"]
        for block in found.blocks
        for element in block.to_dict().get("elements", [])
    ]
    assert names == ["Send the rest for AUD 80.00", "Stop", "Rejected rows", "Result file"]
    ended = report(BULK, JobState.RUNNING, "x", sends={State.SENT: done})
    assert "Stop" not in str([block.to_dict() for block in csv_views.render(ended).blocks])
