"""What a send in flight becomes when the process is asked to stop, and when it is killed."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from bot.store import Database, Scope, sends, tables
from tests.process.conftest import Outside

TO = "+61411111111"
SCOPE = Scope("default", "demo")
LANES = 8
"""How many sends one bot has in flight at most."""


async def reviewed(outside: Outside) -> dict[str, Any]:
    """Have Ada fill in an SMS and see its price; the review with its *Send*."""
    forms, reviews = len(outside.slack.of("views.open")), len(outside.slack.of("views.update"))
    await outside.ada.command("/sms", f"{TO} See you at nine")
    view = (await outside.slack.next("views.open", forms + 1))["view"]
    await outside.ada.submit(view, to={"value": TO}, body={"value": "See you at nine"})
    review: dict[str, Any] = (await outside.slack.next("views.update", reviews + 1))["view"]
    return review


async def in_flight(outside: Outside, count: int = 1) -> list[str]:
    """Have her say yes to some, whose answers ClickSend then holds back; the sends' ids."""
    reviews = [await reviewed(outside) for _ in range(count)]
    outside.clicksend.hold = asyncio.Event()
    for review in reviews:
        assert (await outside.ada.submit(review)).json() == {"response_action": "clear"}
    await outside.clicksend.next("sms.send", min(count, LANES))
    return [str(review["private_metadata"]) for review in reviews]


@asynccontextmanager
async def database(outside: Outside) -> AsyncIterator[Database]:
    """The database that a stopped bot left."""
    opened = Database(outside.settings["DATABASE_URL"])
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


async def state(outside: Outside, send_id: str) -> sends.State:
    async with database(outside) as opened, opened.read() as connection:
        found = await sends.get(connection, SCOPE, send_id)
    assert found is not None
    return found.state


async def told(outside: Outside) -> dict[str, Any]:
    """What was posted in the channel, once it was."""
    return await outside.slack.next("chat.postMessage")


async def test_sigterm_waits_for_the_answer_of_a_send(outside: Outside) -> None:
    bot = await outside.start()
    (send_id,) = await in_flight(outside)
    bot.signal(signal.SIGTERM)
    await bot.logged("stopping")
    assert outside.slack.of("chat.postMessage") == []
    assert outside.clicksend.hold is not None
    outside.clicksend.hold.set()

    assert await bot.ended() == 0
    assert await state(outside, send_id) is sends.State.SENT
    await outside.start()
    assert "SMS sent by <@U0ADA> to 1 recipient" in (await told(outside))["text"]
    assert len(outside.clicksend.of("sms.send")) == 1
    assert len(outside.slack.of("chat.postMessage")) == 1


async def test_what_still_waits_at_sigterm_is_sent_by_the_next_bot_once(outside: Outside) -> None:
    bot = await outside.start()
    ids = await in_flight(outside, LANES + 2)
    bot.signal(signal.SIGTERM)
    await bot.logged("stopping")
    assert outside.clicksend.hold is not None
    outside.clicksend.hold.set()
    assert await bot.ended() == 0
    states = [await state(outside, send_id) for send_id in ids]
    assert set(states) <= {sends.State.SENT, sends.State.QUEUED}
    assert states.count(sends.State.SENT) >= LANES

    await outside.start()
    await outside.slack.next("chat.postMessage", len(ids))
    sent = [body["messages"][0]["custom_string"] for body in outside.clicksend.of("sms.send")]
    assert len(sent) == len(set(sent)) == len(ids)
    assert len(outside.slack.of("chat.postMessage")) == len(ids)


async def test_a_send_that_was_killed_in_flight_is_unknown_and_not_sent_again(
    outside: Outside,
) -> None:
    bot = await outside.start()
    (send_id,) = await in_flight(outside)
    bot.signal(signal.SIGKILL)
    assert await bot.ended() == -signal.SIGKILL
    assert await state(outside, send_id) is sends.State.SENDING
    assert outside.clicksend.hold is not None
    outside.clicksend.hold.set()

    await its_lease_ends(outside)
    await outside.start()
    text = (await told(outside))["text"]
    assert "nobody knows yet whether it was sent" in text
    assert "I do not try again by myself" in text
    await outside.ada.command("/clicksend", "history")
    assert "outcome unknown" in str(await outside.slack.next("respond"))
    assert len(outside.clicksend.of("sms.send")) == 1


async def test_a_killed_send_is_left_alone_while_its_lease_lasts(outside: Outside) -> None:
    bot = await outside.start()
    (send_id,) = await in_flight(outside)
    bot.signal(signal.SIGKILL)
    await bot.ended()
    assert outside.clicksend.hold is not None
    outside.clicksend.hold.set()

    again = await outside.start()
    await outside.ada.command("/clicksend", "history")
    assert "being sent" in str(await outside.slack.next("respond"))
    again.signal(signal.SIGTERM)
    assert await again.ended() == 0
    assert await state(outside, send_id) is sends.State.SENDING
    assert len(outside.clicksend.of("sms.send")) == 1


async def its_lease_ends(outside: Outside) -> None:
    """Let the minutes of the dead owner's lease pass, which no test can wait for."""
    past = datetime(2020, 1, 1, tzinfo=UTC)
    async with database(outside) as opened, opened.write() as connection:
        moved = await connection.execute(update(tables.sends).values(lease_until=past))
    assert moved.rowcount == 1
