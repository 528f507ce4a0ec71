"""What is looked at again between a yes and the send: by who approves, who pays, and the worker."""

import asyncio
from collections.abc import AsyncIterator
from datetime import time
from typing import Any

import pytest

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.decisions import AskAgainError, OverLimitError
from bot.services.guards import QuietHours
from bot.services.sending import Outcome
from bot.store import opt_outs
from bot.store.deliveries import Delivery, note
from bot.store.sends import Send, State
from tests.services.pipeline import ADA, EVE, SCOPE, Pipeline, pipeline

TO, OTHER = "+61411111111", "+61422222222"


def sms(*to: str, body: str = "Hi") -> SendSms:
    return SendSms(messages=tuple(SmsMessage(to=each, body=body) for each in to or (TO,)))


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[Pipeline]:
    """On both databases; everything needs approval, and at night nobody is written to."""
    night = QuietHours(time(20), time(8))
    async with pipeline(database_url, approval_recipients=0, quiet=night) as found:
        yield found


@pytest.fixture
async def line(sqlite_url: str) -> AsyncIterator[Pipeline]:
    """Nothing needs approval."""
    async with pipeline(sqlite_url) as found:
        yield found


async def asked(line: Pipeline, operation: SendSms | None = None, **more: Any) -> str:
    """Ada asks for approval; the send's id."""
    draft = line.draft(operation or sms(), **more)
    assert (await line.sending.quote(draft)).problem is None
    answer = await line.sending.confirm(draft.id, actor=ADA)
    assert answer.outcome is Outcome.APPROVAL
    return draft.id


async def said_stop(line: Pipeline, number: str = TO) -> None:
    async with line.database.write() as connection:
        await opt_outs.note(connection, SCOPE, number, out=True, at=line.clock())


async def test_quiet_hours_that_began_since_are_named_and_need_a_knowing_yes(
    both: Pipeline,
) -> None:
    send_id = await asked(both)  # at noon in Sydney
    both.clock.move(hours=10)
    with pytest.raises(AskAgainError, match="quiet hours"):
        await both.decisions.approve(send_id, actor=EVE)
    assert (await both.row(send_id)).state is State.APPROVAL
    approved = await both.decisions.approve(send_id, actor=EVE, knowing=["quiet-hours"])
    assert approved is not None
    assert (approved.state, approved.confirmed_at) == (State.QUEUED, both.clock())


async def test_what_the_first_person_knew_is_not_asked_again(both: Pipeline) -> None:
    both.clock.move(hours=10)
    send_id = await asked(both)
    assert (await both.row(send_id)).rule is not None
    assert await both.decisions.approve(send_id, actor=EVE)


async def test_the_same_sent_since_is_named_by_each_newer_one(both: Pipeline) -> None:
    first = await asked(both)
    both.clock.move(minutes=1)
    second = await asked(both)
    with pytest.raises(AskAgainError):
        await both.decisions.approve(first, actor=EVE)
    seen = both.clock()
    both.clock.move(seconds=1)
    knowing = {"knowing": ["duplicate"], "since": seen}
    assert await both.decisions.approve(first, actor=EVE, **knowing)
    # The second was asked for knowing of the first, but that one has been approved since.
    with pytest.raises(AskAgainError):
        await both.decisions.approve(second, actor=EVE)


async def test_a_stop_or_an_empty_balance_since_forbids_the_approval(both: Pipeline) -> None:
    send_id = await asked(both, sms(TO, OTHER))
    both.fake.balance = "0.01"
    both.clock.move(seconds=30)
    with pytest.raises(OverLimitError, match="does not cover it"):
        await both.decisions.approve(send_id, actor=EVE)
    both.fake.balance = "500.00"
    both.clock.move(seconds=30)
    await said_stop(both)
    with pytest.raises(OverLimitError, match="opted out"):
        await both.decisions.approve(send_id, actor=EVE)
    assert (await both.row(send_id)).state is State.APPROVAL
    assert both.fake.of("sms.send") == []


async def test_two_approvers_at_once_are_one_yes(both: Pipeline) -> None:
    send_id = await asked(both)
    answers = await asyncio.gather(*(both.decisions.approve(send_id, actor=EVE) for _ in range(10)))
    assert sum(isinstance(answer, Send) for answer in answers) == 1


async def test_a_stop_after_the_yes_reaches_the_worker_before_the_call(line: Pipeline) -> None:
    send_id = await line.confirmed(sms(TO, OTHER))
    await said_stop(line)
    await line.worker.work()
    row = await line.row(send_id)
    assert row.state is State.REFUSED
    assert "+61 411 111 111 has opted out" in str(row.reason)
    assert "went to nobody" in str(row.reason)
    assert line.fake.of("sms.send") == []


async def test_who_pays_a_risen_price_is_told_of_the_same_sent_since(line: Pipeline) -> None:
    risen = await line.confirmed(sms())
    line.fake.price = "0.1000"
    await line.worker.work()
    assert (await line.row(risen)).state is State.REPRICED
    line.clock.move(minutes=1)
    await line.sent(sms())
    with pytest.raises(AskAgainError):
        await line.decisions.pay(risen, actor=ADA)
    line.clock.move(seconds=1)
    assert await line.decisions.pay(risen, actor=ADA)
    await said_stop(line)
    await line.worker.work()
    assert (await line.row(risen)).state is State.REFUSED


async def failed(line: Pipeline) -> str:
    """A send of two that arrived at one of them."""
    send_id = await line.sent(sms(TO, OTHER))
    async with line.database.write() as connection:
        await note(
            connection,
            SCOPE,
            kind="sms",
            message_id="M0",
            delivery=Delivery.FAILED,
            text="switched off",
        )
    line.clock.move(hours=1)
    return send_id


async def retrying(line: Pipeline, send_id: str, to: str = TO) -> str:
    draft = line.draft(sms(to), previous=send_id)
    assert (await line.sending.quote(draft)).problem is None
    return draft.id


async def test_what_failed_is_tried_again_once(line: Pipeline) -> None:
    send_id = await failed(line)
    drafts = [await retrying(line, send_id) for _ in range(5)]
    answers = await asyncio.gather(*(line.sending.confirm(each, actor=ADA) for each in drafts))
    outcomes = [answer.outcome for answer in answers]
    assert outcomes.count(Outcome.QUEUED) == 1
    late = [answer for answer in answers if answer.outcome is Outcome.SETTLED]
    assert len(late) + outcomes.count(Outcome.DUPLICATE) == 4
    assert await line.decisions.undo(drafts[outcomes.index(Outcome.QUEUED)], actor=ADA)
    messages = {each.recipient: each.retry for each in await line.messages(send_id)}
    assert messages == {TO: None, OTHER: None}, "what was undone can be tried again"


async def test_a_retry_that_was_made_says_by_whom(line: Pipeline) -> None:
    send_id = await failed(line)
    first, second = await retrying(line, send_id), await retrying(line, send_id)
    assert (await line.sending.confirm(first, actor=ADA)).outcome is Outcome.QUEUED
    again = await line.sending.confirm(second, actor=ADA)
    if again.outcome is Outcome.DUPLICATE:  # it is named first, and the next yes is in spite of it
        again = await line.sending.confirm(second, actor=ADA)
    assert (again.outcome, again.by) == (Outcome.SETTLED, ADA)
    messages = {each.recipient: each.retry for each in await line.messages(send_id)}
    assert messages == {TO: first, OTHER: None}
