"""Every operation that spends, from its price to its ending, and the wire saw it exactly once."""

from typing import Any

import pytest

from bot.clicksend import Effect, registry
from bot.sandbox.slack.block_kit import view_problems
from bot.services.channels import ACCEPTED, NO_ANSWER, channel_of, sends
from bot.services.sending import Outcome
from bot.store.sends import State
from commands import sent, unsettled
from commands.priced import review
from tests.services.pipeline import ADA, EVE, Pipeline
from tests.services.spends import ALL, Spend

_SMS = next(each for each in ALL if each.id == "sms.send")

each_spend = pytest.mark.parametrize("spend", ALL, ids=lambda spend: spend.id)
LISTED = tuple(spend for spend in ALL if spend.history)
each_listed = pytest.mark.parametrize("spend", LISTED, ids=lambda spend: spend.id)
# There is one number of a kind, and one campaign of an id.
REPEATABLE = tuple(
    spend for spend in LISTED if spend.id != "numbers.buy" and not spend.id.endswith("update")
)
EVERY_SPEND = sorted(
    each for each in registry.ids() if registry.operation(each).route.effect is Effect.SPEND
)


@pytest.mark.parametrize("operation_id", EVERY_SPEND)
def test_every_spend_has_a_channel(operation_id: str) -> None:
    assert sends(operation_id)
    channel = channel_of(operation_id)
    assert channel.operation is registry.operation(operation_id)
    assert 0 < len(channel.kind) <= 8
    assert channel.noun


def test_every_spend_is_tried_here() -> None:
    assert sorted(spend.id for spend in ALL) == EVERY_SPEND


@each_spend
async def test_it_is_sent_once_and_says_so(line: Pipeline, spend: Spend) -> None:
    spend.install(line.fake, line.clock.now)
    send_id = await line.sent(spend.operation)
    await line.worker.work()
    row, messages = await line.row(send_id), await line.messages(send_id)
    assert row.state is State.SENT
    assert row.reason is None
    assert [m.recipient for m in messages] == list(channel_of(spend.id).recipients(spend.operation))
    assert {m.status for m in messages} == {ACCEPTED}
    assert len(line.fake.of(spend.id)) == 1
    assert (await line.sending.confirm(send_id, actor=ADA)).outcome is Outcome.ALREADY
    said = sent.render(row, messages)
    assert said is not None
    assert str(channel_of(spend.id).traits.verb.done) in said.text
    assert "Retry" not in str(said.blocks)


@each_spend
async def test_the_review_shows_what_matters_and_offers_nothing_else(
    line: Pipeline, spend: Spend
) -> None:
    spend.install(line.fake, line.clock.now)
    draft = line.draft(spend.operation)
    quote = await line.sending.quote(draft)
    view = review(draft, quote).to_dict()
    traits = channel_of(spend.id).traits
    assert view_problems(view) == []
    assert view["submit"]["text"].startswith(str(traits.verb.do))
    assert ("*When*" in str(view)) == traits.can_wait
    assert ("*Balance after*" in str(view)) == traits.from_balance
    assert "AUD" in str(view)
    assert line.fake.of(spend.id) == []


@each_spend
async def test_a_refusal_charges_nothing(line: Pipeline, spend: Spend) -> None:
    spend.install(line.fake, line.clock.now)
    line.fake.statuses[spend.id] = 400
    send_id = await line.sent(spend.operation)
    row = await line.row(send_id)
    assert row.state is State.REFUSED
    said = sent.render(row, await line.messages(send_id))
    assert said is not None
    assert "Nothing was charged" in said.text
    assert len(line.fake.of(spend.id)) == 1
    assert await line.looked(hours=1) == 0


@each_listed
async def test_a_lost_answer_is_found_in_the_history(line: Pipeline, spend: Spend) -> None:
    spend.install(line.fake, line.clock.now)
    line.fake.cut.add(spend.id)
    send_id = await line.sent(spend.operation)
    assert (await line.row(send_id)).state is State.UNKNOWN
    assert await line.looked(seconds=5) == 1
    row = await line.row(send_id)
    assert row.state is State.RECONCILED
    assert "history shows" in str(row.reason)
    wanted = channel_of(spend.id).recipients(spend.operation)
    assert sorted(m.recipient for m in await line.messages(send_id)) == sorted(wanted)
    await line.worker.work()
    assert len(line.fake.of(spend.id)) == 1
    assert await line.looked(hours=1) == 0


@each_listed
async def test_a_history_that_is_late_is_waited_for(line: Pipeline, spend: Spend) -> None:
    spend.install(line.fake, line.clock.now)
    line.fake.cut.add(spend.id)
    send_id = await line.sent(spend.operation)
    found = line.fake.answers[spend.history]
    line.fake.answers[spend.history] = spend.shape()
    for _ in range(8):
        assert await line.looked(minutes=1) == 0
    assert (await line.row(send_id)).state is State.UNKNOWN
    line.fake.answers[spend.history] = found
    assert await line.looked(minutes=1, seconds=30) == 1
    assert (await line.row(send_id)).state is State.RECONCILED
    assert len(line.fake.of(spend.id)) == 1


@pytest.mark.parametrize("spend", REPEATABLE, ids=lambda spend: spend.id)
async def test_what_is_there_twice_is_evidence_for_a_person(line: Pipeline, spend: Spend) -> None:
    spend.install(line.fake, line.clock.now, kept=2)
    line.fake.cut.add(spend.id)
    send_id = await line.sent(spend.operation)
    assert await line.looked(seconds=5) == 1
    row = await line.row(send_id)
    assert row.state is State.UNKNOWN
    assert row.asked_at is not None
    said = unsettled.render(row, await line.messages(send_id))
    assert "Found more than once" in said.text
    assert len(line.fake.of(spend.id)) == 1


async def _asked(line: Pipeline, spend: Spend) -> str:
    """Lose the answer, find nothing for as long as the bot is patient, and ask a person."""
    spend.install(line.fake, line.clock.now, kept=0)
    line.fake.cut.add(spend.id)
    send_id = await line.sent(spend.operation)
    if channel_of(spend.id).traits.is_listed:
        assert await line.looked(seconds=5) == 0
        assert await line.looked(minutes=5) == 0
        assert "send_unsettled" not in await line.told()
    assert await line.looked(minutes=10) == 1
    assert "send_unsettled" in await line.told()
    assert await line.looked(minutes=10) == 0
    line.fake.cut.clear()
    row = await line.row(send_id)
    assert row.state is State.UNKNOWN
    said = unsettled.render(row, await line.messages(send_id))
    verb = channel_of(spend.id).traits.verb
    assert f"whether it was {verb.done}" in said.text
    for button in (f"It was {verb.done}", f"{verb.do} it again", "Drop it"):
        assert button in str(said.blocks[-1].to_dict())
    return send_id


@each_spend
async def test_a_person_says_that_it_was_sent(line: Pipeline, spend: Spend) -> None:
    send_id = await _asked(line, spend)
    assert await line.decisions.was_sent(send_id, actor=EVE)
    assert await line.decisions.drop(send_id, actor=EVE) is None
    row, messages = await line.row(send_id), await line.messages(send_id)
    assert row.state is State.RECONCILED
    said = sent.render(row, messages)
    assert said is not None
    assert "Retry" not in str(said.blocks)
    await line.worker.work()
    assert len(line.fake.of(spend.id)) == 1


@each_spend
async def test_a_person_drops_it(line: Pipeline, spend: Spend) -> None:
    send_id = await _asked(line, spend)
    assert await line.decisions.drop(send_id, actor=EVE)
    assert await line.decisions.was_sent(send_id, actor=EVE) is None
    assert (await line.row(send_id)).state is State.DROPPED
    await line.worker.work()
    assert len(line.fake.of(spend.id)) == 1


@each_spend
async def test_a_person_sends_it_again_with_a_price_and_a_yes(line: Pipeline, spend: Spend) -> None:
    send_id = await _asked(line, spend)
    channel, row = channel_of(spend.id), await line.row(send_id)
    kept = await line.sending.draft(send_id)
    assert kept is not None
    missing = unsettled.missing(row, kept[1], await line.messages(send_id))
    assert sorted(missing) == sorted(channel.recipients(spend.operation))
    again = channel.only(kept[1], missing)
    second = await line.sent(again, previous=send_id)
    assert (await line.row(send_id)).state is State.DROPPED
    assert (await line.row(second)).state is State.SENT
    assert len(line.fake.of(spend.id)) == 2
    assert await line.decisions.was_sent(send_id, actor=EVE) is None


async def test_a_repetition_that_was_changed_in_its_form_still_settles_what_it_repeats(
    line: Pipeline,
) -> None:
    spend = _SMS
    send_id = await _asked(line, spend)
    first = line.draft(spend.operation, previous=send_id)
    await line.sending.quote(first)
    await line.confirmed(spend.operation, previous=first.id)
    assert (await line.row(send_id)).state is State.DROPPED


async def test_a_changed_repetition_does_not_go_once_somebody_says_that_it_was_sent(
    line: Pipeline,
) -> None:
    spend = _SMS
    send_id = await _asked(line, spend)
    first = line.draft(spend.operation, previous=send_id)
    second = line.draft(spend.operation, previous=first.id)
    await line.sending.quote(first)
    await line.sending.quote(second)
    line.clock.move(seconds=1)
    assert await line.decisions.was_sent(send_id, actor=EVE)
    answer = await line.sending.confirm(second.id, actor=ADA)
    assert answer.outcome is Outcome.SETTLED


async def test_what_a_person_settled_long_ago_can_be_retried_for_those_it_failed_for(
    line: Pipeline,
) -> None:
    spend = _SMS
    send_id = await _asked(line, spend)
    assert await line.decisions.was_sent(send_id, actor=EVE)
    line.clock.move(hours=1)
    again = await line.confirmed(spend.operation, previous=send_id)
    assert (await line.row(again)).state is State.QUEUED
    assert (await line.row(send_id)).state is State.RECONCILED


@each_spend
async def test_an_answer_that_says_nothing_is_no_success(line: Pipeline, spend: Spend) -> None:
    spend.install(line.fake, line.clock.now)
    empty: Any = {"messages": [], "recipients": []}
    line.fake.answers[spend.id] = empty
    send_id = await line.sent(spend.operation)
    row = await line.row(send_id)
    assert row.state is State.UNKNOWN
    assert {m.status for m in await line.messages(send_id)} <= {NO_ANSWER}
