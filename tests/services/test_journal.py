"""Each move is audited once, in its own transaction, and told once however often it changes."""

from collections.abc import AsyncIterator

import pytest

from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services import notices
from bot.services.journal import BOT, Journal
from bot.store.sends import State
from tests.services.pipeline import ADA, EVE, SCOPE, Pipeline, pipeline

SMS = SendSms(messages=(SmsMessage(to="+61411111111", body="Hi"),))


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[Pipeline]:
    """The pipeline on SQLite and on PostgreSQL."""
    async with pipeline(database_url) as found:
        yield found


async def test_every_move_of_a_send_is_in_the_trail_once(both: Pipeline) -> None:
    await both.sent(SMS)
    assert await both.trail() == ["sms.send queued", "sms.send sent"]


async def test_a_move_that_is_not_made_leaves_no_trace(both: Pipeline) -> None:
    send_id = await both.sent(SMS)
    before = await both.trail()
    assert await both.decisions.undo(send_id, actor=ADA) is None
    assert await both.decisions.drop(send_id, actor=EVE) is None
    assert await both.trail() == before


async def test_a_transaction_that_breaks_takes_its_records_with_it(both: Pipeline) -> None:
    send_id = await both.confirmed(SMS)
    journal, before = Journal(SCOPE, now=both.clock), await both.trail()

    async def broken() -> None:
        async with both.database.write() as connection:
            await journal.move(connection, send_id, frm={State.QUEUED}, to=State.UNDONE, actor=ADA)
            raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError):
        await broken()
    assert (await both.row(send_id)).state is State.QUEUED
    assert await both.trail() == before
    assert await both.told() == []


async def test_many_notices_of_one_moment_are_one(both: Pipeline) -> None:
    send_id = await both.confirmed(SMS)
    journal = Journal(SCOPE, now=both.clock)
    async with both.database.write() as connection:
        for _ in range(5):
            await journal.tell(connection, notices.SendChanged(send_id=send_id))
    assert await both.told() == ["send_changed"]
    assert await both.told() == []


async def test_what_the_bot_did_is_told_as_its_own(both: Pipeline) -> None:
    send_id = await both.confirmed(SMS)
    row, journal = await both.row(send_id), Journal(SCOPE, now=both.clock)
    async with both.database.write() as connection:
        await journal.record(connection, row, actor=BOT, what="looked at")
    assert (await both.trail())[-1] == "sms.send looked at"
