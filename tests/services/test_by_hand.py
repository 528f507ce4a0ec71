"""What may be run from Slack by hand; and a call that its process did not live to finish."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from slack_sdk.models.blocks import Block
from sqlalchemy import select

from bot.clicksend import ClickSend, Effect, Operation, Route, registry
from bot.clicksend.operations.sms import CancelAllSms, DeleteSmsTemplate
from bot.clicksend.requests import Part
from bot.sandbox.slack.block_kit import view_problems
from bot.services import api_rules, notices
from bot.services.by_hand import ByHand
from bot.services.rules import Rules
from bot.services.second_person import SecondPerson
from bot.store import Database, Scope, calls
from bot.store.calls import CallState
from bot.store.tables import audit
from bot.store.tables import notices as notice_rows
from commands.api_form import Typed, form
from commands.notice_text import call_lost

OPERATIONS = json.loads((Path(__file__).parents[1] / "data/operations.json").read_text())
IDS = {each["id"] for each in OPERATIONS}
LEASE = timedelta(minutes=3)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SCOPE = Scope("T0", "demo")


class Hidden(Part):
    """A part."""

    pin: SecretStr


class MustBeGiven(Operation[None]):
    """Take a secret."""

    route = Route("odd.must", "PUT", "/odd", Effect.WRITE)
    password: SecretStr


class MayBeGiven(Operation[None]):
    """Take a secret, or not."""

    route = Route("odd.may", "PUT", "/odd", Effect.WRITE)
    name: str
    password: SecretStr | None = None


class HidesOne(Operation[None]):
    """Take a part with a secret in it."""

    route = Route("odd.hides", "PUT", "/odd", Effect.WRITE)
    part: Hidden | None = None


@dataclass
class Clock:
    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time


@dataclass
class Desk:
    clock: Clock
    database: Database
    by_hand: ByHand

    async def actions(self) -> list[str]:
        async with self.database.read() as connection:
            rows = await connection.execute(select(audit.c.action).order_by(audit.c.id))
            return list(rows.scalars())


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """On both databases; ClickSend is not there."""
    clock, database = Clock(), Database(database_url)
    await database.open()
    async with ClickSend("http://127.0.0.1:9", "demo", SecretStr("key")) as clicksend:
        second = SecondPerson(
            database, SCOPE, rules=Rules(), lease=LEASE, now=clock, told=lambda: None
        )
        by_hand = ByHand(clicksend, database, SCOPE, second=second, now=clock, told=lambda: None)
        yield Desk(clock, database, by_hand)
    await database.close()


def test_the_table_of_what_is_kept_out_names_real_operations() -> None:
    assert set(api_rules.KEPT_OUT) <= IDS


def test_a_secret_that_must_be_given_or_hides_keeps_an_operation_out() -> None:
    assert "password" in str(api_rules.kept_out(MustBeGiven))
    assert "part" in str(api_rules.kept_out(HidesOne))
    assert api_rules.kept_out(MayBeGiven) is None


@pytest.mark.parametrize("name", registry.all_ids())
def test_a_spend_needs_the_pipeline_and_everything_else_a_form_that_slack_takes(name: str) -> None:
    cls = registry.operation(name)
    reason = api_rules.kept_out(cls)
    if cls.route.effect is Effect.SPEND:
        assert (reason is None) == (name not in api_rules.KEPT_OUT)
    if reason is None:
        view = form(Typed("id", name, "C0OPS"))
        assert all(isinstance(block, Block) for block in view.blocks or [])
        assert view_problems(view.to_dict()) == []
        assert len(view.to_dict()["private_metadata"]) < 3000


async def test_a_form_is_kept_once_and_its_yes_counts_once(desk: Desk) -> None:
    operation = DeleteSmsTemplate(template_id=7)
    assert await desk.by_hand.keep("c1", operation, actor="U0ADA")
    assert not await desk.by_hand.keep("c1", CancelAllSms(), actor="U0ADA")
    assert (await desk.by_hand.begin("c1", actor="U0EVE")).call is None
    first = await desk.by_hand.begin("c1", actor="U0ADA")
    second = await desk.by_hand.begin("c1", actor="U0ADA")
    assert first.call is not None
    assert first.call.operation == "sms.delete_template"
    assert (second.call, second.again) == (None, True)
    assert (await desk.by_hand.begin("c2", actor="U0ADA")).again is False
    assert await desk.actions() == ["sms.delete_template started"]


async def test_a_call_that_never_left_was_refused_and_changed_nothing(desk: Desk) -> None:
    await desk.by_hand.keep("c1", CancelAllSms(), actor="U0ADA")
    begun = await desk.by_hand.begin("c1", actor="U0ADA")
    assert begun.call is not None
    ended = await desk.by_hand.run(begun.call)
    assert ended.state is CallState.REFUSED
    assert "could not be reached" in ended.words
    assert await desk.actions() == ["sms.cancel_all started", "sms.cancel_all refused"]


async def test_a_process_that_stood_still_after_the_yes_does_not_call_late(desk: Desk) -> None:
    await desk.by_hand.keep("c1", CancelAllSms(), actor="U0ADA")
    begun = await desk.by_hand.begin("c1", actor="U0ADA")
    assert begun.call is not None
    desk.clock.time += timedelta(minutes=10)
    await desk.by_hand.recover()  # another one gave it up, and said to look before repeating it
    ended = await desk.by_hand.run(begun.call)
    assert (ended.state, "stood still" in ended.words) == (CallState.REFUSED, True)
    kept = await desk.by_hand.kept("c1")
    assert kept is not None
    assert kept[0].state is CallState.UNKNOWN


async def test_a_call_whose_process_died_is_unknown_and_told_once(desk: Desk) -> None:
    await desk.by_hand.keep("c1", CancelAllSms(), actor="U0ADA")
    await desk.by_hand.begin("c1", actor="U0ADA")
    await desk.by_hand.recover()
    assert await desk.actions() == ["sms.cancel_all started"], "its lease lasts longer than a call"
    desk.clock.time += timedelta(minutes=10)
    await desk.by_hand.recover()
    await desk.by_hand.recover()
    assert await desk.actions() == ["sms.cancel_all started", "sms.cancel_all unknown"]
    assert (await desk.by_hand.begin("c1", actor="U0ADA")).again
    async with desk.database.read() as connection:
        call = await calls.get(connection, SCOPE, "c1")
        (payload,) = (await connection.execute(select(notice_rows.c.payload))).scalars()
    assert call is not None
    assert call.state is CallState.UNKNOWN
    notice = notices.from_json(payload)
    assert isinstance(notice, notices.CallLost)
    assert "`sms.cancel_all`" in call_lost(notice).text
    assert "It may have taken effect" in call_lost(notice).text
