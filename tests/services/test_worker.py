"""The worker's way up to the call: prices that rise or do not come, waiting, replacing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.decisions import OverLimitError
from bot.services.sending import Draft
from bot.store import Database
from bot.store.sends import CANCEL_ASKED, State
from bot.store.writer import Work
from tests.services.pipeline import ADA, Pipeline, money, page, pipeline
from tests.services.spends import ALL

TO, OLD = "+61411111111", "M-OLD"
SPENDS = {spend.id: spend for spend in ALL}


def sms(body: str = "Hi") -> SendSms:
    return SendSms(messages=(SmsMessage(to=TO, body=body),))


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[Pipeline]:
    """The pipeline on SQLite and on PostgreSQL."""
    async with pipeline(database_url) as found:
        yield found


async def test_a_risen_price_asks_and_a_fallen_one_does_not(both: Pipeline) -> None:
    risen = await both.confirmed(sms())
    both.fake.price = "0.1000"
    await both.worker.work()
    row = await both.row(risen)
    assert (row.state, row.price) == (State.REPRICED, money("0.1"))
    both.fake.price = "0.0500"
    assert await both.decisions.pay(risen, actor=ADA, price=money("0.1"))
    await both.worker.work()
    assert (await both.row(risen)).state is State.SENT
    assert len(both.fake.of("sms.send")) == 1


@pytest.mark.parametrize("status", [429, 500])
async def test_a_price_that_does_not_come_is_asked_for_again_for_ten_minutes(
    both: Pipeline, status: int
) -> None:
    send_id = await both.confirmed(sms())
    both.fake.statuses["sms.price"] = status
    await both.worker.work()
    row = await both.row(send_id)
    assert row.state is State.QUEUED
    assert "I try again for ten minutes" in str(row.reason)
    both.fake.statuses.clear()
    await both.worker.work()
    assert both.fake.of("sms.send") == []  # it pauses first
    both.clock.move(seconds=31)
    await both.worker.work()
    assert (await both.row(send_id)).state is State.SENT
    assert len(both.fake.of("sms.send")) == 1


async def test_after_ten_minutes_without_a_price_it_is_refused(line: Pipeline) -> None:
    send_id = await line.confirmed(sms())
    line.fake.statuses["sms.price"] = 400
    for _ in range(3):
        await line.worker.work()
        line.clock.move(minutes=6)
    row = await line.row(send_id)
    assert row.state is State.REFUSED
    assert str(row.reason).endswith("It was not sent.")
    assert line.fake.of("sms.send") == []


async def test_a_send_whose_hour_passed_while_it_waited_is_refused(line: Pipeline) -> None:
    soon = line.clock() + timedelta(minutes=30)
    message = SmsMessage(to=TO, body="Hi", schedule=soon)
    send_id = await line.confirmed(SendSms(messages=(message,)))
    line.clock.move(hours=1)
    await line.worker.work()
    row = await line.row(send_id)
    assert row.state is State.REFUSED
    assert "Its hour passed while it waited" in str(row.reason)
    assert line.fake.of("sms.send") == []


async def test_a_draft_whose_id_is_taken_by_another_is_not_offered(line: Pipeline) -> None:
    send_id = await line.confirmed(sms())
    again = await line.sending.quote(Draft(send_id, ADA, "C0OPS", sms(), "Hi"))
    assert again.problem == "This form was used before. Please start again."


async def test_a_form_that_arrives_twice_is_one_draft(line: Pipeline) -> None:
    draft = Draft("twice", ADA, "C0OPS", sms(), "Hi")
    assert (await line.sending.quote(draft)).problem is None
    assert (await line.sending.quote(draft)).problem is None
    other = await line.sending.quote(Draft("twice", ADA, "C0OPS", sms("Something else"), "x"))
    assert other.problem == "This form was used before. Please start again."


async def test_a_send_that_is_held_back_by_the_rate_waits_and_goes_once(line: Pipeline) -> None:
    send_id = await line.confirmed(sms())
    line.fake.statuses["sms.send"] = 429
    await line.worker.work()
    assert (await line.row(send_id)).state is State.QUEUED
    held = len(line.fake.of("sms.send"))
    line.fake.statuses.clear()
    line.clock.move(seconds=31)
    await line.worker.work()
    assert (await line.row(send_id)).state is State.SENT
    assert len(line.fake.of("sms.send")) == held + 1


async def test_a_rate_that_holds_it_back_for_ten_minutes_refuses_it(line: Pipeline) -> None:
    send_id = await line.confirmed(sms())
    line.fake.statuses["sms.send"] = 429
    line.clock.move(minutes=11)
    await line.worker.work()
    assert (await line.row(send_id)).state is State.REFUSED


async def test_a_list_that_grew_too_large_after_the_yes_is_refused(line: Pipeline) -> None:
    spend = SPENDS["sms_campaigns.send"]
    spend.install(line.fake, line.clock.now)
    send_id = await line.confirmed(spend.operation)
    line.fake.answers["sms_campaigns.price"] = {"total_count": 20_001, "total_price": "8.40"}
    await line.worker.work()
    row = await line.row(send_id)
    assert row.state is State.REFUSED
    assert "20,001 contacts" in str(row.reason)
    assert line.fake.of("sms_campaigns.send") == []


async def test_a_list_that_grew_after_the_yes_is_counted_anew(sqlite_url: str) -> None:
    spend = SPENDS["sms_campaigns.send"]
    async with pipeline(sqlite_url, approval_recipients=1_000) as line:
        spend.install(line.fake, line.clock.now)
        send_id = await line.confirmed(spend.operation)
        answer = {"total_count": 5_000, "total_price": "350.00"}
        line.fake.answers["sms_campaigns.price"] = answer
        await line.worker.work()
        row = await line.row(send_id)
        assert (row.state, row.recipients) == (State.REPRICED, 5_000)
        assert "It had 120 recipients then, and has 5,000 now." in str(row.reason)
        with pytest.raises(OverLimitError, match="5,000 recipients, more than 1,000"):
            await line.decisions.pay(send_id, actor=ADA, price=money("350"))


async def test_an_old_message_is_cancelled_once_and_then_the_new_one_sent(
    both: Pipeline,
) -> None:
    send_id = await both.sent(sms(), replaces=OLD)
    row = await both.row(send_id)
    assert (row.state, row.replaces) == (State.SENT, OLD + CANCEL_ASKED)
    names = [name for name, _ in both.fake.arrivals if name in {"sms.cancel", "sms.send"}]
    assert names == ["sms.cancel", "sms.send"]
    assert f"sms.send replaced {OLD}" in await both.trail()


async def test_a_cancellation_whose_answer_is_lost_is_looked_up(both: Pipeline) -> None:
    send_id = await both.confirmed(sms(), replaces=OLD)
    both.fake.cut.add("sms.cancel")
    await both.worker.work()
    assert (await both.row(send_id)).state is State.QUEUED
    assert both.fake.of("sms.send") == []
    both.fake.cut.clear()
    both.fake.statuses["sms.cancel"] = 404
    both.fake.answers["sms.history"] = page({"message_id": OLD, "status": "Cancelled"})
    both.clock.move(seconds=31)
    await both.worker.work()
    assert (await both.row(send_id)).state is State.SENT
    assert len(both.fake.of("sms.send")) == 1


@pytest.mark.parametrize("status", ["Cancelled", "Sent", None])
async def test_what_somebody_else_ended_is_not_sent_at_another_hour(
    line: Pipeline, status: str | None
) -> None:
    line.fake.statuses["sms.cancel"] = 404
    record: list[dict[str, Any]] = [{"message_id": OLD, "status": status}] if status else []
    line.fake.answers["sms.history"] = page(*record)
    send_id = await line.sent(sms(), replaces=OLD)
    row = await line.row(send_id)
    assert row.state is State.REFUSED
    assert "sent or cancelled already" in str(row.reason)
    assert line.fake.of("sms.send") == []


async def test_a_lost_cancellation_of_what_was_sent_meanwhile_sends_nothing(
    line: Pipeline,
) -> None:
    send_id = await line.confirmed(sms(), replaces=OLD)
    line.fake.cut.add("sms.cancel")
    await line.worker.work()
    line.fake.cut.clear()
    line.fake.statuses["sms.cancel"] = 404
    line.fake.answers["sms.history"] = page({"message_id": OLD, "status": "Sent"})
    line.clock.move(seconds=31)
    await line.worker.work()
    assert (await line.row(send_id)).state is State.REFUSED
    assert line.fake.of("sms.send") == []


async def test_a_refused_send_says_that_the_old_message_is_gone(line: Pipeline) -> None:
    line.fake.statuses["sms.send"] = 400
    send_id = await line.sent(sms(), replaces=OLD)
    assert "it was to replace is cancelled" in str((await line.row(send_id)).reason)


async def test_an_email_without_a_price_is_never_kept(line: Pipeline) -> None:
    spend = SPENDS["email.send"]
    spend.install(line.fake, line.clock.now)
    line.fake.answers["email.price"] = page({"price": None})
    draft = line.draft(spend.operation)
    with pytest.raises(Exception, match="gives no price for this email"):
        await line.sending.quote(draft)
    assert await line.sending.draft(draft.id) is None


class Away:
    """Lets the database fail at every so manieth write."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self._unit, self.fails = database.unit, 0
        monkeypatch.setattr(database, "unit", self)
        monkeypatch.setattr("bot.store.database._AGAIN_SECONDS", 0.01)

    async def __call__(self, work: Work[Any]) -> Any:
        if self.fails:
            self.fails -= 1
            raise ConnectionRefusedError
        return await self._unit(work)


async def test_an_outcome_is_written_down_though_the_database_was_away(
    line: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_id = await line.confirmed(sms())
    away = Away(line.database, monkeypatch)
    away_at_the_send(line, away)
    await line.worker.work()
    assert (away.fails, (await line.row(send_id)).state) == (0, State.SENT)
    assert len(line.fake.of("sms.send")) == 1


async def test_a_notice_is_posted_once_though_the_database_was_away(
    line: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.sent(sms())
    away, heard = Away(line.database, monkeypatch), line.heard

    async def post(notice: Any, place: Any) -> Any:
        away.fails = 2
        return await heard(notice, place)

    monkeypatch.setattr(line.outbox, "_notifier", post)
    before = len(heard.notices)
    assert await line.outbox.flush() == 1
    assert await line.outbox.flush() == 0
    assert (away.fails, len(heard.notices)) == (0, before + 1)


def away_at_the_send(line: Pipeline, away: Away) -> None:
    """Take the database away while ClickSend answers."""
    run = line.clicksend.run

    async def answered(operation: Any) -> Any:
        answer = await run(operation)
        away.fails = 2 if operation.route.id == "sms.send" else 0
        return answer

    line.clicksend.run = answered  # type: ignore[method-assign] # a fake of one call
