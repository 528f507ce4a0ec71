"""`clicksend-slack api` beside a bot, without one, and killed: each send once, none lost."""

import asyncio
import getpass
import json
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Any

from sqlalchemy import select

from bot.store import Database
from bot.store.sends import State
from bot.store.tables import audit, sends
from tests.process.conftest import Outside
from tests.process.running import COMMAND
from tests.process.test_stopping import TO, its_lease_ends

ME = f"cli:{getpass.getuser()}"
SEND = ("sms.send", "--messages", json.dumps({"to": TO, "body": "See you at nine"}), "--yes")


async def launched(outside: Outside, *words: str, **more: str) -> Process:
    """Start the command, with the bot's settings but for Slack's."""
    settings = {k: v for k, v in (outside.settings | more).items() if not k.startswith("SLACK")}
    return await asyncio.create_subprocess_exec(
        *COMMAND,
        "api",
        *words,
        env=settings,
        cwd=outside.folder,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )


async def ended(process: Process) -> tuple[int | None, dict[str, Any], str]:
    """Its exit code, the JSON that it printed, and what it said beside."""
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, json.loads(output) if output else {}, errors.decode()


async def rows(outside: Outside, url: str = "") -> list[tuple[State, str]]:
    """The sends there are, with who made them."""
    database = Database(url or outside.settings["DATABASE_URL"])
    async with database.read() as connection:
        found = await connection.execute(select(sends.c.state, sends.c.actor))
        read = [(State(state), actor) for state, actor in found]
    await database.close()
    return read


async def trail(outside: Outside) -> list[tuple[str, str]]:
    database = Database(outside.settings["DATABASE_URL"])
    async with database.read() as connection:
        found = await connection.execute(select(audit.c.action, audit.c.actor).order_by(audit.c.id))
        read = [(action, actor) for action, actor in found]
    await database.close()
    return read


async def became(outside: Outside, state: State) -> None:
    """Wait until the one send is in a state."""
    async with asyncio.timeout(30):
        while [each for each, _ in await rows(outside)] != [state]:  # noqa: ASYNC110 - not our process
            await asyncio.sleep(0.05)


async def arrived(outside: Outside, operation: str) -> None:
    """Wait until ClickSend was asked for it."""
    fake = outside.clicksend
    async with asyncio.timeout(60), fake.changed:
        await fake.changed.wait_for(lambda: bool(fake.of(operation)))


async def posted(outside: Outside, text: str) -> dict[str, Any]:
    """Wait for a message in Slack."""
    slack = outside.slack

    def found() -> list[dict[str, Any]]:
        calls = [*slack.of("chat.postMessage"), *slack.of("chat.update")]
        return [each for each in calls if text in each["text"]]

    async with asyncio.timeout(30), slack.changed:
        await slack.changed.wait_for(lambda: bool(found()))
    return found()[0]


async def test_without_a_bot_it_sends_by_itself_and_the_next_bot_tells(outside: Outside) -> None:
    outside.clicksend.answers_sends.set()
    code, printed, errors = await ended(await launched(outside, *SEND))
    assert (code, errors) == (0, "")
    assert printed["state"] == "sent"
    assert printed["messages"][0]["status"] == "SUCCESS"
    assert await rows(outside) == [(State.SENT, ME)]
    assert await trail(outside) == [("sms.send queued", ME), ("sms.send sent", "bot")]
    gone = await ended(await launched(outside, "lists.delete", "--list-id", "428", "--yes"))
    assert gone[0] == 0
    assert (await trail(outside))[2:] == [("lists.delete started", ME), ("lists.delete done", ME)]

    await outside.start()
    told = await posted(outside, "SMS sent by")
    assert told["channel"] == "C0OPS"
    assert f"`{getpass.getuser()}` (command line)" in told["text"]
    assert len(outside.clicksend.of("sms.send")) == 1


async def test_a_bot_that_lives_sends_it_and_the_outcome_is_waited_for(outside: Outside) -> None:
    await outside.start()
    process = await launched(outside, *SEND)
    await arrived(outside, "sms.send")
    assert process.returncode is None
    outside.clicksend.answers_sends.set()
    code, printed, errors = await ended(process)
    assert (code, printed["state"], errors) == (0, "sent", "")
    await posted(outside, "SMS sent by")
    assert len(outside.clicksend.of("sms.send")) == 1


async def test_killed_while_a_bot_sends_it_changes_nothing(outside: Outside) -> None:
    await outside.start()
    process = await launched(outside, *SEND)
    await arrived(outside, "sms.send")
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    outside.clicksend.answers_sends.set()
    await became(outside, State.SENT)
    assert len(outside.clicksend.of("sms.send")) == 1


async def test_killed_between_the_claim_and_the_answer_it_is_unknown_and_never_repeated(
    outside: Outside,
) -> None:
    process = await launched(outside, *SEND)
    await arrived(outside, "sms.send")
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    assert await rows(outside) == [(State.SENDING, ME)]
    outside.clicksend.answers_sends.set()
    await its_lease_ends(outside)
    await outside.start()
    told = await posted(outside, "nobody knows yet whether it was sent")
    assert told["channel"] == "C0OPS"
    code, _, errors = await ended(await launched(outside, *SEND))
    assert code == 1
    assert "Warning: You sent this to" in errors
    assert len(outside.clicksend.of("sms.send")) == 1


async def test_interrupted_while_it_waits_it_is_withdrawn(outside: Outside) -> None:
    """Something holds the lock, and does not send: as a bot that is just stopping."""
    holder = Database(outside.settings["DATABASE_URL"])
    await holder.open()
    process = await launched(outside, *SEND)
    await became(outside, State.QUEUED)
    process.send_signal(signal.SIGINT)
    code, _, errors = await ended(process)
    await holder.close()
    assert code == 1
    assert "withdrawn: nothing was sent or charged" in errors
    assert await rows(outside) == [(State.UNDONE, ME)]
    assert outside.clicksend.of("sms.send") == []


async def test_killed_while_it_waits_the_next_bot_sends_it_once(outside: Outside) -> None:
    holder = Database(outside.settings["DATABASE_URL"])
    await holder.open()
    process = await launched(outside, *SEND)
    await became(outside, State.QUEUED)
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    await holder.close()
    outside.clicksend.answers_sends.set()
    await outside.start()
    await became(outside, State.SENT)
    assert len(outside.clicksend.of("sms.send")) == 1


async def test_a_deletion_that_was_killed_is_written_down(outside: Outside) -> None:
    outside.clicksend.hold, outside.clicksend.hold_only = asyncio.Event(), "lists.delete"
    process = await launched(outside, "lists.delete", "--list-id", "428", "--yes")
    await arrived(outside, "lists.delete")
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    outside.clicksend.hold.set()
    assert await trail(outside) == [("lists.delete started", ME)]


async def test_on_postgresql_it_is_sent_where_no_bot_takes_it(
    outside: Outside, empty_postgres_url: str
) -> None:
    outside.settings["DATABASE_URL"] = empty_postgres_url
    code, _, errors = await ended(await launched(outside, *SEND))
    assert code == 2
    assert "clicksend-slack migrate" in errors
    database = Database(outside.settings["DATABASE_URL"])
    await database.migrate()
    await database.close()
    outside.clicksend.answers_sends.set()
    code, printed, errors = await ended(await launched(outside, *SEND))
    assert (code, printed["state"], errors) == (0, "sent", "")
    assert len(outside.clicksend.of("sms.send")) == 1
