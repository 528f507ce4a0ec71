"""App Home: at once from what is known, ClickSend asked seldom, by what somebody may do."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from bot.app import App
from tests.app.conftest import World
from tests.app.world import User

TO, WEBHOOK = "+61411111111", "a-secret-of-twenty-letters"


@pytest.fixture(autouse=True)
def month(outside: World) -> None:
    outside.clicksend.answers["account.usage"] = {
        "sms": [],
        "sms_total": {"count": 1200, "price": "90.00"},
        "fax_total": {"count": 3, "price": "1.50"},
        "fax": [],
    }


async def home(world: World, user: User | None = None, count: int | None = None) -> dict[str, Any]:
    """What somebody's Home is, once it is read; others' may be published meanwhile."""
    who = user or world.ada

    def theirs() -> list[dict[str, Any]]:
        return [each for each in world.slack.of("views.publish") if each["user_id"] == who.id]

    wanted = len(theirs()) + (count or 1)
    await who.event(type="app_home_opened", tab="home", channel="D0ADA")
    while len(theirs()) < wanted:
        await world.slack.next("views.publish", len(world.slack.of("views.publish")) + 1)
    view: dict[str, Any] = theirs()[wanted - 1]["view"]
    return view


def press(view: dict[str, Any], action: str) -> dict[str, Any]:
    found = [
        each
        for block in view["blocks"]
        for each in block.get("elements", [])
        if str(each.get("action_id", "")).startswith(action)
    ]
    assert found, f"there is no {action}"
    first: dict[str, Any] = found[0]
    return first


async def sent(world: World, text: str = "Hello", **typed: dict[str, Any]) -> None:
    opened, updated = (len(world.slack.of(f"views.{each}")) for each in ("open", "update"))
    await world.ada.command("/sms", f"{TO} {text}")
    view = (await world.slack.next("views.open", opened + 1))["view"]
    await world.ada.submit(view, to={"value": TO}, body={"value": text}, **typed)
    review = (await world.slack.next("views.update", updated + 1))["view"]
    await world.ada.submit(review)
    if "words" not in typed:
        await world.slack.next("chat.postMessage")


async def test_it_shows_at_once_and_then_what_clicksend_says(world: World) -> None:
    world.clicksend.hold = asyncio.Event()
    first = await home(world)
    assert "Reading it from ClickSend" in str(first)
    assert "Nothing yet." in str(first)
    world.clicksend.hold.set()
    whole = str((await world.slack.next("views.publish", 2))["view"])
    assert "AUD 100.00" in whole
    assert "Harbour &lt;!channel&gt; &amp; Sons" in whole
    assert "1,203" in whole
    assert "AUD 91.50" in whole
    assert "SMS   ████████████████████ 90.00" in whole
    assert "Fax   █                    1.50" in whole
    assert "3 for AUD 1.50" in whole  # the chart again, in words


async def test_however_many_look_clicksend_is_asked_once(world: World) -> None:
    await home(world, count=2)
    looks = [
        each.event(type="app_home_opened", tab="home")
        for each in (world.ada, world.eve)
        for _ in range(5)
    ]
    await asyncio.gather(*looks)
    await world.slack.next("views.publish", 12)
    assert len(world.slack.of("views.publish")) == 12
    assert len(world.clicksend.of("account.usage")) == 2  # this month and the one before
    assert len(world.clicksend.of("account.get")) <= 2  # the watch over the credit reads it, too


async def test_after_a_restart_it_still_knows(outside: World) -> None:
    async with App(outside.settings) as app:
        outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
        await home(outside, count=2)
    async with App(outside.settings) as app:
        outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
        assert "AUD 100.00" in str(await home(outside))
    assert len(outside.clicksend.of("account.usage")) == 2
    assert len(outside.clicksend.of("account.get")) <= 3  # each bot's watch reads it once, too


async def test_a_clicksend_in_trouble_is_said_and_left_alone(world: World) -> None:
    world.clicksend.statuses["account.usage"] = 401  # what only Home reads
    await home(world, count=2)
    asked = len(world.clicksend.of("account.usage"))
    whole = str(await home(world, count=2))
    assert "could not be read now" in whole
    assert "does not accept the bot's username and API key" in whole
    assert asked > 0
    assert len(world.clicksend.of("account.usage")) == asked


async def test_another_tab_is_left_alone(world: World) -> None:
    await world.ada.event(type="app_home_opened", tab="messages")
    await home(world, count=2)
    assert len(world.slack.of("views.publish")) == 2


async def test_a_viewer_looks_and_cannot_send(world: World) -> None:
    view = await home(world, world.eve, count=2)
    assert "AUD 100.00" in str(view)  # `/balance` tells everybody, too
    assert "Ask <@U0ADA>" in str(view)
    assert "home.send" not in str(view)
    await world.eve.press("home.send:sms", "sms", view=view)
    assert "Ask <@U0ADA>" in (await world.slack.next("chat.postMessage"))["text"]
    assert world.slack.of("views.open") == []


async def test_each_form_opens_from_it(world: World) -> None:
    view = await home(world, count=2)
    for number, kind in enumerate(("sms", "mms", "voice", "fax", "email"), 1):
        button = press(view, f"home.send:{kind}")
        await world.ada.press(button["action_id"], button["value"], view=view)
        opened = (await world.slack.next("views.open", number))["view"]
        assert opened["callback_id"] == f"{kind}.form"
        assert '"channel": "U0ADA"' in opened["private_metadata"]
    await world.ada.press("home.send:nothing", "nothing", view=view)
    for number, what in enumerate(("scheduled", "history"), 1):
        await world.ada.press(f"home.go:{what}", what, view=view)
        assert (await world.slack.next("chat.postMessage", number))["channel"] == "D0ADA"


async def test_my_sends_and_what_waits_are_there(world: World) -> None:
    await sent(world, "Hello <!channel> *bold*")
    await sent(world, "Later", words={"value": "tomorrow 9am"})
    await world.slack.next("chat.postMessage", 2)
    whole = str(await home(world, count=2))
    assert "Hello &lt;!channel&gt;" in whole
    assert "sent" in whole
    assert "<!channel>" not in whole
    assert "Nothing that was sent from here waits" not in whole
    assert whole.count("Later") == 2  # in what waits, and in what was sent
    assert "Later" in str(await home(world, world.eve))
    assert "Nothing yet." in str(await home(world, world.eve))


async def test_settings_are_kept_and_used(world: World) -> None:
    await world.ada.command("/clicksend", "settings")
    form = (await world.slack.next("views.open"))["view"]
    assert "As in Slack" in str(form)
    zone = {"value": "America/New_York", "text": {"type": "plain_text", "text": "New York"}}
    typed = {
        "settings.zone": {"selected_option": zone},
        "settings.from": {"value": "Harbour"},
        "settings.lang": {"selected_option": {"value": "de-de"}},
        "settings.notify": {"selected_options": [{"value": "approvals"}]},
    }
    wrong = await world.ada.submit(form, **{**typed, "settings.from": {"value": "much too long!"}})
    assert list(wrong.json()["errors"]) == ["settings.from"]
    nowhere = {"selected_option": {"value": "Mars/Base", "text": zone["text"]}}
    wrong = await world.ada.submit(form, **{**typed, "settings.zone": nowhere})
    assert list(wrong.json()["errors"]) == ["settings.zone"]
    assert (await world.ada.submit(form, **typed)).json() == {"response_action": "clear"}

    await world.ada.command("/clicksend", "settings")
    kept = (await world.slack.next("views.open", 2))["view"]
    assert "New York (America)" in str(kept)
    await world.ada.command("/sms", f"{TO} Hello")
    sms = (await world.slack.next("views.open", 3))["view"]
    assert "'initial_value': 'Harbour'" in str(sms)
    await world.ada.command("/clicksend", f"voice send {TO} Hallo")
    voice = (await world.slack.next("views.open", 4))["view"]
    assert "voice:de-de" in str([block.get("block_id") for block in voice["blocks"]])

    before = len(world.slack.of("views.update"))
    hour = {"words": {"value": "2027-01-05 09:00"}}
    await world.ada.submit(sms, to={"value": TO}, body={"value": "Hello"}, **hour)
    review = str((await world.slack.next("views.update", before + 1))["view"])
    assert "Tue 05 Jan 2027, 09:00 (New York)" in review
    assert "(New York)" in str(await home(world, count=1))
    assert "(New York)" not in str(await home(world, world.eve, count=1))


async def test_settings_are_taken_back(world: World) -> None:
    form: dict[str, Any] = {"callback_id": "settings.form", "blocks": [], "type": "modal"}
    await world.ada.submit(form, **{"settings.from": {"value": "Harbour"}})
    none = {"selected_option": {"value": "-"}}
    await world.ada.submit(form, **{"settings.zone": none, "settings.lang": none})
    await world.ada.command("/clicksend", f"voice send {TO} Hello")
    await world.ada.command("/sms", f"{TO} Hello")
    opened = str((await world.slack.next("views.open", 2))["view"])
    assert "Harbour" not in opened


@pytest.mark.parametrize(
    ("typed", "first"),
    [("syd", "Australia/Sydney"), ("new york", "America/New_York"), ("", "Africa/Abidjan")],
)
async def test_time_zones_are_found_by_city(world: World, typed: str, first: str) -> None:
    answer = await world.ada.interact(
        type="block_suggestion", action_id="settings.zone", block_id="settings.zone", value=typed
    )
    values = [each["value"] for each in answer.json()["options"]]
    assert values[:2] == ["-", first]
    assert len(values) <= 100


async def running(world: World, stack: AsyncExitStack, **settings: object) -> str:
    """The bot with some settings; where it listens."""
    given = {**world.settings.model_dump(), "webhook_secret": WEBHOOK, **settings}
    world.settings = world.settings.model_validate(given)
    app = await stack.enter_async_context(App(world.settings))
    world.ada.bot_url = world.eve.bot_url = f"http://127.0.0.1:{app.port}"
    return world.ada.bot_url


async def told(world: World, user: User, *what: str) -> None:
    """Somebody asks to be told of something."""
    form: dict[str, Any] = {"callback_id": "settings.form", "blocks": [], "type": "modal"}
    ticked = [{"value": each} for each in what]
    await user.submit(form, **{"settings.notify": {"selected_options": ticked}})
    await world.slack.next("views.publish")


async def test_open_approvals_are_there_for_who_may_decide(
    outside: World, stack: AsyncExitStack
) -> None:
    world = outside
    admins = frozenset({"U0ADA", "U0EVE"})
    await running(
        world, stack, approval_above_recipients=0, approval_channel="C0BOSS", bot_admins=admins
    )
    world.slack.locales["U0EVE"] = "de-DE"
    for user in (world.ada, world.eve):
        await told(world, user, "approvals")
    await sent(world, "Fire <!here> drill")
    await world.slack.next("chat.postMessage", 3)  # the send's, the request, the DM
    posted = world.slack.of("chat.postMessage")
    (alert,) = [each for each in posted if each["channel"] == "D0ADA"]  # not to who asks for it
    assert "SMS von <@U0ADA> wartet auf ein zweites Ja. <" in alert["text"]
    (request,) = [each for each in posted if each["channel"] == "C0BOSS"]
    assert "SMS of <@U0ADA> needs a second yes until" in request["text"]
    assert "Waits for your yes" not in str(await home(world))
    view = await home(world, world.eve)
    assert "Wartet auf dein Ja" in str(view)
    assert "Fire &lt;!here&gt; drill" in str(view)
    button = press(view, "approval.approve")
    await world.eve.press(button["action_id"], button["value"], view=view)
    await world.clicksend.next("sms.send")
    assert "Wartet auf dein Ja" not in str(await home(world, world.eve))


async def test_a_role_of_a_channel_is_nobodys_in_home(
    outside: World, stack: AsyncExitStack
) -> None:
    world = outside
    admins = frozenset({"U0ADA"})
    await running(
        world, stack, approval_above_recipients=0, approval_channel="C0BOSS", bot_admins=admins
    )
    await told(world, world.eve, "approvals")
    await world.ada.command("/clicksend", "access grant <#C0OPS|ops> approver")
    assert "approver" in (await world.slack.next("respond"))["text"]
    await sent(world)
    await world.slack.next("chat.postMessage", 2)  # the send's and the request
    request = next(p for p in world.slack.of("chat.postMessage") if "second yes" in str(p))
    value = press({"blocks": request["blocks"]}, "approval.approve")["value"]
    view = await home(world, world.eve)
    assert "Waits for your yes" not in str(view)
    await world.eve.press("approval.approve", value, view=view)
    await world.eve.press("approval.refuse", value, view=view)
    await world.slack.next("chat.postMessage", 4)
    refusals = [p for p in world.slack.of("chat.postMessage") if p["channel"] == "D0ADA"]
    assert ["the role *approver* is missing" in each["text"] for each in refusals] == [True, True]
    assert world.clicksend.of("sms.send") == []
    await world.eve.press("approval.approve", value, channel={"id": "C0OPS"})
    await world.clicksend.next("sms.send")


async def test_who_asked_for_it_is_told_what_did_not_arrive(
    outside: World, stack: AsyncExitStack
) -> None:
    world = outside
    base = await running(world, stack)
    await told(world, world.ada, "failures")
    await sent(world)
    receipt = {
        "message_id": "M0",
        "timestamp": "1780000000",
        "status_code": "301",
        "status_text": "Failed",
        "error_text": "Handset <!channel> off",
        "message_type": "sms",
    }
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        url = f"{base}/clicksend/webhooks/{WEBHOOK}/receipts/sms"
        assert (await http.post(url, data=receipt)).status_code == 200
    async with asyncio.timeout(20), world.slack.changed:
        await world.slack.changed.wait_for(lambda: "was not delivered" in str(world.slack.calls))
    (mine,) = [each for each in world.slack.of("chat.postMessage") if each["channel"] == "D0ADA"]
    assert "The SMS was not delivered" in mine["text"]
    assert "<!channel>" not in str(mine)
    assert "1 not delivered" in str(await home(world))


async def test_unread_replies_are_there_with_their_threads(
    outside: World, stack: AsyncExitStack
) -> None:
    base = await running(outside, stack, inbox_reply_prefix="!sms")
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        values = {"message_id": "IN1", "from": TO, "to": "+61422222222", "body": "Hello?"}
        url = f"{base}/clicksend/webhooks/{WEBHOOK}/inbound/sms"
        await http.post(url, data={**values, "timestamp": "1780000001"})
    head = await outside.slack.next("chat.postMessage")
    reply = await outside.slack.next("chat.postMessage", 2)
    view = await home(outside, count=2)
    assert "+61 411 111 111" in str(view)
    assert "|open the thread>" in str(view)
    button = press(view, "home.go:inbox")
    await outside.ada.press(button["action_id"], button["value"], view=view)
    assert "waits for an answer" in (await outside.slack.next("chat.postMessage", 3))["text"]

    # A mention in the customer's thread is a command to the bot, and nothing for the customer.
    here = {"channel": head["channel"], "thread_ts": reply["thread_ts"]}
    await outside.ada.mention("<@U0BOT> balance", **here)
    await outside.ada.event(type="message", text="<@U0BOT> balance", ts="5.1", **here)
    await outside.ada.mention("<@U0BOT> sms send +61422222222 Hi", **here)
    await outside.slack.next("chat.postEphemeral", 2)
    said = str(outside.slack.of("chat.postEphemeral"))
    assert "AUD 100.00 left" in said
    assert "Open the form" in said
    assert outside.clicksend.of("sms.price") == outside.clicksend.of("sms.send") == []
