"""After the yes: undone, approved, refused, repriced, found again, settled by a person."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.app import App
from bot.sandbox.slack.block_kit import problems
from bot.store import Database, Scope, audit, sends
from bot.store.sends import State
from tests.app.conftest import World
from tests.app.world import User

pytestmark = pytest.mark.jobs

TO, BODY = "+61411111111", "See you at nine"
SCOPE = Scope("default", "demo")


@pytest.fixture
async def bot(outside: World, stack: AsyncExitStack) -> Any:
    """Starts the bot with some settings."""

    async def start(**settings: object) -> World:
        outside.settings = outside.settings.model_copy(update=settings)
        app = await stack.enter_async_context(App(outside.settings))
        outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
        return outside

    return start


async def reviewed(world: World, to: str = TO, body: str = BODY) -> dict[str, Any]:
    """Fill the form in, and wait for the review."""
    opened, updated = len(world.slack.of("views.open")), len(world.slack.of("views.update"))
    await world.ada.command("/sms", "")
    view = (await world.slack.next("views.open", opened + 1))["view"]
    await world.ada.submit(view, to={"value": to}, body={"value": body})
    review: dict[str, Any] = (await world.slack.next("views.update", updated + 1))["view"]
    return review


async def state_of(world: World, send_id: str) -> sends.Send:
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        send = await sends.get(connection, SCOPE, send_id)
    await database.close()
    assert send is not None
    return send


async def trail(world: World) -> list[str]:
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        found = await audit.search(connection, SCOPE, limit=100)
    await database.close()
    return [record.action for record in reversed(found)]


async def test_a_send_can_be_undone_while_it_is_held(bot: Any) -> None:
    world = await bot(undo_seconds=600)
    review = await reviewed(world)
    assert (await world.ada.submit(review)).json() == {"response_action": "clear"}
    posted = await world.slack.next("chat.postMessage")
    assert "SMS of <@U0ADA> goes out at" in posted["text"]
    draft = review["private_metadata"]

    await world.eve.press("send.undo", draft)
    assert "Only <@U0ADA> or an admin" in (await world.slack.next("chat.postMessage", 2))["text"]
    await world.ada.press("send.undo", draft)
    changed = await world.slack.next("chat.update")
    assert "was undone by <@U0ADA>" in changed["text"]
    assert "Nothing was sent or charged." in changed["text"]
    assert world.clicksend.of("sms.send") == []
    await world.ada.press("send.undo", draft)
    assert "Too late" in (await world.slack.next("chat.postMessage", 3))["text"]
    assert await trail(world) == ["sms.send queued", "sms.send undone"]


async def test_a_held_send_goes_when_its_time_is_over(bot: Any) -> None:
    world = await bot(undo_seconds=1)
    await world.ada.submit(await reviewed(world))
    await world.clicksend.next("sms.send")
    changed = await world.slack.next("chat.update")
    assert "SMS sent by <@U0ADA>" in changed["text"]


async def test_a_second_person_approves_once(bot: Any) -> None:
    world = await bot(
        approval_above_recipients=1,
        bot_admins=frozenset({"U0ADA", "U0EVE"}),
        approval_channel="C0BOSS",
    )
    review = await reviewed(world, to=f"{TO}, +61422222222")
    assert review["submit"]["text"] == "Ask for approval"
    assert "2 recipients, more than 1" in str(review)
    answer = (await world.ada.submit(review)).json()
    assert "A second person is asked" in str(answer["view"])
    texts = [(await world.slack.next("chat.postMessage", n)) for n in (1, 2)]
    (request,) = [each for each in texts if each["channel"] == "C0BOSS"]
    assert "needs a second yes" in request["text"]
    assert BODY in request["text"]
    assert "+61 411 111 111, +61 422 222 222" in request["text"]
    assert "AUD 0.154" in request["text"]
    draft = review["private_metadata"]

    await world.ada.press("approval.approve", draft)
    own = await world.slack.next("chat.postMessage", 3)
    assert "Your own request needs another person's yes" in own["text"]
    await asyncio.gather(*(world.eve.press("approval.approve", draft) for _ in range(10)))
    await world.clicksend.next("sms.send")
    await _until(world, lambda call: "approved by <@U0EVE>, to 2 recipients" in call["text"])
    assert len(world.clicksend.of("sms.send")) == 1
    assert await trail(world) == ["sms.send approval", "sms.send queued", "sms.send sent"]


async def test_a_refusal_has_a_reason_and_sends_nothing(bot: Any) -> None:
    world = await bot(approval_above_recipients=0, bot_admins=frozenset({"U0ADA", "U0EVE"}))
    review = await reviewed(world)
    await world.ada.submit(review)
    await world.slack.next("chat.postMessage", 2)
    await world.eve.press("approval.refuse", review["private_metadata"])
    form = (await world.slack.next("views.open", 2))["view"]
    assert (await world.eve.submit(form, why={"value": " "})).json()["errors"]["why"]
    await world.eve.submit(form, why={"value": "Wrong <!here> price"})
    await _until(world, lambda call: "Wrong &lt;!here&gt; price" in call["text"])
    assert world.clicksend.of("sms.send") == []
    await world.eve.press("approval.approve", review["private_metadata"])
    assert "decided before" in (await world.slack.next("chat.postMessage", 3))["text"]


async def test_a_risen_price_asks_again(bot: Any) -> None:
    world = await bot()
    review = await reviewed(world)
    world.clicksend.price = "0.0900"
    await world.ada.submit(review)
    asked = await world.slack.next("chat.postMessage")
    assert "the price rose" in asked["text"]
    assert "It was AUD 0.077 when you said yes, and is AUD 0.09 now." in asked["text"]
    assert "Send for AUD 0.09" in str(asked["blocks"])
    assert world.clicksend.of("sms.send") == []
    pay = next(
        button
        for block in asked["blocks"]
        for button in block.get("elements", [])
        if button.get("action_id") == "send.pay"
    )
    await asyncio.gather(*(world.ada.press("send.pay", pay["value"]) for _ in range(5)))
    await world.clicksend.next("sms.send")
    await _until(world, lambda call: "SMS sent by" in call["text"])
    assert len(world.clicksend.of("sms.send")) == 1


async def test_a_small_rise_of_the_price_is_let_through(bot: Any) -> None:
    world = await bot()
    review = await reviewed(world)
    world.clicksend.price = "0.0800"
    await world.ada.submit(review)
    assert "SMS sent by" in (await world.slack.next("chat.postMessage"))["text"]


async def test_what_came_up_since_the_price_was_seen_asks_again(bot: Any) -> None:
    world = await bot()
    first, second = await reviewed(world), await reviewed(world)
    await world.ada.submit(first)
    await world.slack.next("chat.postMessage")
    answer = (await world.ada.submit(second)).json()
    assert answer["response_action"] == "update"
    assert "Nothing was sent yet." in str(answer["view"])
    assert "You sent this" in str(answer["view"])
    assert answer["view"]["submit"]["text"] == "Send anyway"
    assert len(world.clicksend.of("sms.send")) == 1
    assert (await world.ada.submit(answer["view"])).json() == {"response_action": "clear"}
    await world.clicksend.next("sms.send", 2)


async def test_a_duplicate_is_named_in_the_review(bot: Any) -> None:
    world = await bot()
    await world.ada.submit(await reviewed(world))
    await world.slack.next("chat.postMessage")
    review = await reviewed(world)
    assert review["submit"]["text"] == "Send anyway"
    assert "You sent this" in str(review["blocks"])
    other = await reviewed(world, body="Something else")
    assert other["submit"]["text"] == "Send"


async def test_a_lost_answer_is_found_in_the_history(bot: Any) -> None:
    world = await bot()
    review = await reviewed(world)
    world.clicksend.cut.add("sms.send")
    world.clicksend.answers["sms.history"] = found_in_history(f"cs-{review['private_metadata']}-0")
    await world.ada.submit(review)
    await _until(world, lambda call: "its history shows that it was sent" in call["text"])
    send = await state_of(world, review["private_metadata"])
    assert send.state is State.RECONCILED
    assert len(world.clicksend.of("sms.send")) == 1


def found_in_history(*references: str) -> dict[str, Any]:
    return {
        "current_page": 1,
        "last_page": 1,
        "data": [
            {
                "message_id": f"M{index}",
                "to": TO,
                "status": "Sent",
                "custom_string": reference,
                "message_price": "0.0770",
            }
            for index, reference in enumerate(references)
        ],
    }


async def _until(world: World, said: Any) -> dict[str, Any]:
    """Wait for a message, posted or changed, that says something."""

    def heard() -> list[dict[str, Any]]:
        calls = [*world.slack.of("chat.postMessage"), *world.slack.of("chat.update")]
        return [call for call in calls if said(call)]

    async with asyncio.timeout(15), world.slack.changed:
        await world.slack.changed.wait_for(heard)
    return heard()[0]


async def test_slow_work_of_a_draft_that_is_gone_is_harmless(bot: Any) -> None:
    world = await bot()
    view = {"callback_id": "send.confirm", "private_metadata": "nothing", "blocks": []}
    answer = (await world.ada.submit(view)).json()
    assert "This form is too old" in json.dumps(answer)
    for action in ("send.undo", "send.pay", "send.drop", "send.retry", "approval.approve"):
        assert (await world.ada.press(action, "nothing")).status_code == 200


async def test_what_came_up_before_the_second_yes_is_named_and_needs_another(bot: Any) -> None:
    world = await bot(
        approval_above_recipients=1,
        bot_admins=frozenset({"U0ADA", "U0EVE"}),
        approval_channel="C0BOSS",
    )
    review = await reviewed(world, to=f"{TO}, +61422222222")
    await world.ada.submit(review)
    draft = review["private_metadata"]
    await world.eve.submit(await _reviewed_by(world, world.eve, TO))
    await world.clicksend.next("sms.send")
    await _until(world, lambda call: "SMS sent by <@U0EVE>" in call["text"])

    where = {"channel": {"id": "C0BOSS"}, "response_url": f"{world.slack.url}/respond"}
    await world.eve.press("approval.approve", draft, **where)
    against = await world.slack.next("respond")
    assert "This came up since it was asked for." in against["text"]
    assert "sent this to +61 411 111 111" in against["text"]
    assert problems(against["blocks"], "message") == []
    anyway = against["blocks"][-1]["elements"][0]
    assert anyway["text"]["text"] == "Approve anyway"
    assert len(world.clicksend.of("sms.send")) == 1
    await asyncio.gather(
        *(world.eve.press(anyway["action_id"], anyway["value"], **where) for _ in range(5))
    )
    await world.clicksend.next("sms.send", 2)
    await _until(world, lambda call: "approved by <@U0EVE>, to 2 recipients" in call["text"])
    assert len(world.clicksend.of("sms.send")) == 2


async def _reviewed_by(world: World, user: User, to: str) -> dict[str, Any]:
    opened, updated = len(world.slack.of("views.open")), len(world.slack.of("views.update"))
    await user.command("/sms", "")
    view = (await world.slack.next("views.open", opened + 1))["view"]
    await user.submit(view, to={"value": to}, body={"value": BODY})
    review: dict[str, Any] = (await world.slack.next("views.update", updated + 1))["view"]
    return review


async def test_what_failed_is_retried_once_and_says_by_whom(bot: Any) -> None:
    world = await bot(bot_admins=frozenset({"U0ADA", "U0EVE"}))
    review = await reviewed(world, to=f"{TO}, +61422222222")
    world.clicksend.refused["+61422222222"] = "THROTTLED"
    await world.ada.submit(review)
    posted = await world.slack.next("chat.postMessage")
    retry = posted["blocks"][-1]["elements"][0]
    assert retry["text"]["text"] == "Retry failed (1 recipient)"
    world.clicksend.refused.clear()

    async def pressed(user: User) -> dict[str, Any]:
        updated = len(world.slack.of("views.update"))
        await user.press("send.retry", retry["value"])
        view: dict[str, Any] = (await world.slack.next("views.update", updated + 1))["view"]
        return view

    first, second = await pressed(world.ada), await pressed(world.eve)
    assert (await world.ada.submit(first)).json() == {"response_action": "clear"}
    await world.clicksend.next("sms.send", 2)
    await _until(world, lambda call: "THROTTLED, tried again" in call["text"])
    late = (await world.eve.submit(second)).json()
    if late["view"]["callback_id"] == "send.confirm":  # the same text, sent since: once more
        late = (await world.eve.submit(late["view"])).json()
    assert "tried again for these already" in str(late)
    assert "That was <@U0ADA>." in str(late)
    async with asyncio.timeout(10):
        # It is kept a moment after it was posted, and nothing else tells.
        while (await state_of(world, first["private_metadata"])).message_ts is None:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.05)
    before = len(world.slack.of("chat.postMessage"))
    await world.eve.press("send.retry", retry["value"])
    told = await world.slack.next("chat.postMessage", before + 1)
    assert "<@U0ADA> has tried it again already, see <https://example.slack.com" in told["text"]
    assert len(world.clicksend.of("sms.send")) == 2
