"""A second person's yes to what cannot be put back: asked for, given, refused, withdrawn, late."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.app import App
from bot.sandbox.slack.block_kit import problems
from bot.store import Database, Scope
from bot.store.calls import Call, CallState, add
from bot.store.tables import audit, calls
from tests.app.conftest import World
from tests.app.world import User

pytestmark = pytest.mark.jobs

BOTH = frozenset({"U0ADA", "U0EVE"})
Start = Callable[..., Awaitable[World]]


@pytest.fixture
async def bot(outside: World, stack: AsyncExitStack) -> Start:
    """Starts the bot with an approval channel, and Ada and Eve as admins."""

    async def start(**settings: object) -> World:
        asked = {"approval_channel": "C0BOSS", "bot_admins": BOTH, **settings}
        outside.settings = outside.settings.model_copy(update=asked)
        app = await stack.enter_async_context(App(outside.settings))
        outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
        return outside

    return start


async def posted(world: World, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait for a message, new or changed."""

    def found() -> list[dict[str, Any]]:
        calls = [*world.slack.of("chat.postMessage"), *world.slack.of("chat.update")]
        return [each for each in calls if wanted(each)]

    async with asyncio.timeout(10), world.slack.changed:
        await world.slack.changed.wait_for(lambda: bool(found()))
    return found()[0]


def says(text: str, channel: str = "") -> Callable[[dict[str, Any]], bool]:
    return lambda each: text in each["text"] and channel in {"", each["channel"]}


async def pressed(world: World, who: User, action_id: str, value: str) -> None:
    """Press a button of a message in the channel."""
    where = {"channel": {"id": "C0OPS"}, "response_url": f"{world.slack.url}/respond"}
    await who.press(action_id, value, **where)


async def requested(world: World, number: str = "428") -> str:
    """Ada wants a list deleted; the id of what she asks for."""
    await pressed(world, world.ada, "list.delete", number)
    request = await posted(world, says("needs a second yes", "C0BOSS"))
    (row,) = [each for each in request["blocks"] if each["type"] == "actions"]
    return str(row["elements"][0]["value"])


async def standing(world: World, call_id: str) -> tuple[str, list[str]]:
    """The state of a call, and what the audit trail says of it."""
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        state = await connection.scalar(select(calls.c.state).where(calls.c.id == call_id))
        rows = await connection.execute(
            select(audit.c.action, audit.c.actor)
            .where(audit.c.subject == call_id)
            .order_by(audit.c.id)
        )
        trail = [f"{action} by {actor}" for action, actor in rows]
    await database.close()
    return str(state), trail


async def test_a_list_is_deleted_after_a_second_yes_once(bot: Start) -> None:
    world = await bot()
    await pressed(world, world.ada, "list.delete", "428")
    waits = (await world.slack.next("respond"))["text"]
    assert "a second person is asked" in waits
    request = await posted(world, says("needs a second yes", "C0BOSS"))
    assert problems(request["blocks"], "message") == []
    shown = str(request["blocks"])
    assert "the list 428, " in shown
    assert "contacts" in shown
    assert '"list_id": 428' in shown
    assert "DELETE /lists/{list_id}" in shown
    assert "`lists.delete` of <@U0ADA>" in request["text"]
    call_id = next(
        e["value"] for b in request["blocks"] for e in b.get("elements", []) if "value" in e
    )

    await pressed(world, world.ada, "second.approve", call_id)
    own = await world.slack.next("respond", 2)
    assert "Your own request needs another person's yes" in own["text"]
    assert world.clicksend.of("lists.delete") == []
    await asyncio.gather(*(pressed(world, world.eve, "second.approve", call_id) for _ in range(10)))
    await world.clicksend.next("lists.delete")
    for channel in ("C0BOSS", "C0OPS"):
        await posted(world, says("was approved by <@U0EVE>, and is done", channel))
    assert len(world.clicksend.of("lists.delete")) == 1
    state, trail = await standing(world, call_id)
    assert state == CallState.DONE
    assert trail == [
        "lists.delete approval by U0ADA",
        "lists.delete approved by U0EVE",
        "lists.delete done by U0ADA",
    ]
    late = [each for each in world.slack.of("respond") if "decided before" in each["text"]]
    assert len(late) == 9


async def test_a_refusal_has_a_reason_and_changes_nothing(bot: Start) -> None:
    world = await bot()
    call_id = await requested(world)
    await pressed(world, world.eve, "second.refuse", call_id)
    form = (await world.slack.next("views.open"))["view"]
    empty = await world.eve.submit(form, why={"value": " "})
    assert empty.json()["response_action"] == "errors"
    answer = await world.eve.submit(form, why={"value": "<!channel> we need it"})
    assert answer.json() == {"response_action": "clear"}
    for channel in ("C0BOSS", "C0OPS"):
        told = await posted(world, says("was refused by <@U0EVE>", channel))
        assert "&lt;!channel&gt; we need it" in told["text"]
        assert "Nothing was changed." in told["text"]
    await pressed(world, world.eve, "second.approve", call_id)
    assert "decided before" in (await world.slack.next("respond", 2))["text"]
    assert world.clicksend.of("lists.delete") == []


async def test_only_who_asked_withdraws_and_only_approvers_decide(bot: Start) -> None:
    world = await bot(bot_admins=frozenset({"U0ADA"}))
    call_id = await requested(world)
    await pressed(world, world.eve, "second.approve", call_id)
    assert "the role *approver* is missing" in (await world.slack.next("respond", 2))["text"]
    await pressed(world, world.eve, "second.withdraw", call_id)
    assert "Only <@U0ADA> or an admin" in (await world.slack.next("respond", 3))["text"]
    await pressed(world, world.ada, "second.withdraw", call_id)
    await posted(world, says("was withdrawn by <@U0ADA>", "C0BOSS"))
    assert world.clicksend.of("lists.delete") == []


async def test_a_request_that_is_too_old_is_not_approved(bot: Start) -> None:
    world = await bot()
    call_id = await requested(world)
    database = Database(world.settings.database_url)
    async with database.write() as connection:
        late = datetime.now(UTC) - timedelta(seconds=1)
        await connection.execute(update(calls).values(expires_at=late))
    await database.close()
    await pressed(world, world.eve, "second.approve", call_id)
    assert "decided before, or is too old" in (await world.slack.next("respond", 2))["text"]
    assert world.clicksend.of("lists.delete") == []


async def test_a_lost_answer_is_told_to_both_and_not_repeated(bot: Start) -> None:
    world = await bot()
    call_id = await requested(world)
    world.clicksend.cut.add("lists.delete")
    await pressed(world, world.eve, "second.approve", call_id)
    for channel in ("C0BOSS", "C0OPS"):
        await posted(world, says("Nobody knows whether it was done", channel))
    await pressed(world, world.eve, "second.approve", call_id)
    assert "decided before" in (await world.slack.next("respond", 2))["text"]
    assert len(world.clicksend.of("lists.delete")) == 1


async def test_the_runner_and_cancelling_everything_wait_too(bot: Start) -> None:
    world = await bot()
    await world.ada.command("/clicksend", "api sms.delete_template")
    view = (await world.slack.next("views.open"))["view"]
    review = (await world.ada.submit(view, template_id={"value": "632"})).json()["view"]
    answer = (await world.ada.submit(review)).json()
    assert "a second person is asked" in str(answer)
    await posted(world, says("`sms.delete_template` of <@U0ADA> needs", "C0BOSS"))
    again = (await world.ada.submit(review)).json()
    assert "You said yes to this one before" in str(again)

    await pressed(world, world.ada, "scheduled.cancel_all", "")
    request = await posted(world, says("`sms.cancel_all` of <@U0ADA> needs", "C0BOSS"))
    assert "every scheduled SMS of the whole account" in json.dumps(request["blocks"])
    assert world.clicksend.of("sms.cancel_all") == []
    assert world.clicksend.of("sms.delete_template") == []


async def test_a_role_of_the_approval_channel_counts_where_it_is_pressed(bot: Start) -> None:
    world = await bot(bot_admins=frozenset({"U0ADA"}))
    boss = {"channel": {"id": "C0BOSS"}, "response_url": f"{world.slack.url}/respond"}
    await world.ada.command("/clicksend", "access grant <#C0BOSS|boss> approver")
    assert "approver" in (await world.slack.next("respond"))["text"]
    call_id = await requested(world)
    await pressed(world, world.eve, "second.approve", call_id)  # from another channel
    assert "the role *approver* is missing" in (await world.slack.next("respond", 3))["text"]
    await world.eve.press("second.refuse", call_id, **boss)
    form = (await world.slack.next("views.open"))["view"]
    await world.eve.submit(form, why={"value": "Not yet"})
    await posted(world, says("was refused by <@U0EVE>: Not yet", "C0BOSS"))
    assert world.clicksend.of("lists.delete") == []


async def test_what_a_killed_command_line_left_is_told_in_the_alert_channel(
    bot: Start, outside: World
) -> None:
    database, scope = Database(outside.settings.database_url), Scope("default", "demo")
    await database.open()
    now = datetime.now(UTC)
    lost = Call(
        id="c1",
        operation="lists.delete",
        payload='{"list_id": 428}',
        state=CallState.RUNNING,
        actor="cli:ada`<!channel>",
        created_at=now,
        updated_at=now,
        lease_until=now - timedelta(seconds=1),
        channel="cli:",
    )
    async with database.write() as connection:
        assert await add(connection, scope, lost)
    await database.close()
    world = await bot()
    told = await posted(world, says("`lists.delete`", "C0OPS"))
    assert "I do not try again by myself" in told["text"]


async def test_the_setting_turns_it_off(bot: Start) -> None:
    world = await bot(approval_to_destroy=False)
    await pressed(world, world.ada, "list.delete", "428")
    await world.clicksend.next("lists.delete")
    assert "is deleted" in (await world.slack.next("respond"))["text"]
