"""Customers write, and people answer: threads, routes, replies, STOP, what waits."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from bot.app import App
from tests.app.conftest import World

pytestmark = pytest.mark.jobs

SECRET = "a-secret-of-twenty-letters"
THEM, US = "+61411111111", "+61422222222"


class Customer:
    """Somebody who texts, through ClickSend's webhook."""

    def __init__(self, world: World, base: str) -> None:
        self.world = world
        self.base = base
        self.sent = 0

    async def text(self, body: str, *, sender: str = THEM, to: str = US, **more: str) -> None:
        self.sent += 1
        values = {
            "message_id": f"IN{self.sent}",
            "from": sender,
            "to": to,
            "body": body,
            "timestamp": str(1_780_000_000 + self.sent),
            **more,
        }
        await self.push("inbound/sms", values)

    async def push(self, what: str, values: dict[str, str]) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            url = f"{self.base}/clicksend/webhooks/{SECRET}/{what}"
            assert (await http.post(url, data=values)).status_code == 200


@pytest.fixture
async def start(outside: World, stack: AsyncExitStack) -> Any:
    """Starts the bot with some settings; the customer who writes to it."""

    async def started(**settings: object) -> Customer:
        outside.settings = outside.settings.model_validate(
            {**outside.settings.model_dump(), "webhook_secret": SECRET, **settings}
        )
        app = await stack.enter_async_context(App(outside.settings))
        base = f"http://127.0.0.1:{app.port}"
        outside.ada.bot_url = outside.eve.bot_url = base
        return Customer(outside, base)

    return started


def texts(world: World) -> list[str]:
    return [each["text"] for each in world.slack.of("chat.postMessage")]


def pressed(message: dict[str, Any], action: str) -> dict[str, Any]:
    """A button of a message."""
    found = [
        element
        for block in message["blocks"]
        for element in block.get("elements", [])
        if str(element.get("action_id", "")).startswith(action)
    ]
    assert found, f"there is no {action}"
    first: dict[str, Any] = found[0]
    return first


async def settled(world: World, count: int) -> dict[str, Any]:
    """The last of so many messages."""
    return await world.slack.next("chat.postMessage", count)


async def reply_form(customer: Customer, head: dict[str, Any]) -> dict[str, Any]:
    world = customer.world
    before = len(world.slack.of("views.open"))
    await world.ada.press("inbox.reply", pressed(head, "inbox.reply")["value"])
    view: dict[str, Any] = (await world.slack.next("views.open", before + 1))["view"]
    return view


async def test_two_messages_share_a_thread_and_a_name(outside: World, start: Any) -> None:
    outside.clicksend.answers["search.contact_lists"] = {
        "total": 1,
        "data": [{"id": 5, "name": "Grace <!here>", "contact": THEM, "type": "contact"}],
    }
    customer = await start()
    await customer.text("First")
    await settled(outside, 2)
    await customer.text("Second")
    second = await settled(outside, 3)
    head = outside.slack.of("chat.postMessage")[0]
    first = outside.slack.of("chat.postMessage")[1]
    assert first["thread_ts"] == second["thread_ts"]
    assert "thread_ts" not in head
    assert "*Grace &lt;!here&gt;* (+61 411 111 111) wrote to +61 422 222 222" in head["text"]
    updated = await outside.slack.next("chat.update")
    assert "2 messages" in updated["text"]


async def test_a_strangers_text_mentions_nobody_and_links_nowhere(
    outside: World, start: Any
) -> None:
    customer = await start()
    await customer.text(
        "<!channel> <https://evil.example|your bank> <@U0ADA>\n*bold*\n" + "x" * 9000
    )
    message = await settled(outside, 2)
    said = json.dumps(message, ensure_ascii=False)
    assert "<!channel>" not in said
    assert "<https://evil" not in said
    assert "<@U0ADA>" not in said
    assert "&lt;!channel&gt;" in said
    assert all(len(block["text"]["text"]) <= 3000 for block in message["blocks"])
    assert all(block["text"]["verbatim"] for block in message["blocks"])


async def test_a_reply_is_priced_confirmed_sent_and_ticked_in_the_thread(
    outside: World, start: Any
) -> None:
    customer = await start()
    await customer.text("Is it there?")
    await settled(outside, 2)
    head = outside.slack.of("chat.postMessage")[0]
    view = await reply_form(customer, head)
    await outside.ada.submit(view, body={"value": "Yes, since nine"})
    review = (await outside.slack.next("views.update"))["view"]
    assert review["callback_id"] == "send.confirm"
    assert outside.clicksend.of("sms.send") == []
    await outside.ada.submit(review)
    result = await settled(outside, 3)
    assert result["thread_ts"] == outside.slack.of("chat.postMessage")[1]["thread_ts"]
    assert "SMS sent by <@U0ADA>" in result["text"]
    (sent,) = outside.clicksend.of("sms.send")
    assert (sent["messages"][0]["to"], sent["messages"][0]["from"]) == (THEM, US)
    receipt = {"message_id": "M0", "timestamp": "1780000100", "status_code": "201"}
    await customer.push("receipts/sms", receipt)
    async with asyncio.timeout(20):
        while not any("delivered" in each["text"] for each in outside.slack.of("chat.update")):
            await outside.slack.next("chat.update", len(outside.slack.of("chat.update")) + 1)


async def test_change_goes_back_to_the_reply_and_keeps_its_thread(
    outside: World, start: Any
) -> None:
    customer = await start()
    await customer.text("Hello?")
    await settled(outside, 2)
    view = await reply_form(customer, outside.slack.of("chat.postMessage")[0])
    await outside.ada.submit(view, body={"value": "Yes"})
    review = (await outside.slack.next("views.update"))["view"]
    whole = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await outside.ada.press("send.change", review["private_metadata"], view=whole)
    again = (await outside.slack.next("views.update", 2))["view"]
    assert again["callback_id"] == "inbox.form"
    await outside.ada.submit(again, body={"value": "Yes!"})
    second = (await outside.slack.next("views.update", 3))["view"]
    await outside.ada.submit(second)
    assert (await settled(outside, 3))["thread_ts"]


async def test_a_template_fills_the_form(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("Hello?")
    await settled(outside, 2)
    view = await reply_form(customer, outside.slack.of("chat.postMessage")[0])
    whole = {"id": "V0FORM", **view, "state": {"values": {"body": {"b": {"value": "Hi."}}}}}
    offered = await outside.ada.interact(
        type="block_suggestion", action_id="inbox.template", value="awesome template 2", view=whole
    )
    (option,) = offered.json()["options"]
    action = {"type": "external_select", "action_id": "inbox.template", "selected_option": option}
    await outside.ada.interact(type="block_actions", actions=[action], view=whole)
    filled = (await outside.slack.next("views.update"))["view"]
    assert "Hi.\\nThis is my second sample template." in json.dumps(filled)


async def test_who_may_not_send_may_not_reply(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("Hello?")
    await settled(outside, 2)
    head = outside.slack.of("chat.postMessage")[0]
    await outside.eve.press("inbox.reply", pressed(head, "inbox.reply")["value"])
    refusal = await settled(outside, 3)
    assert "You may not send" in refusal["text"]
    assert outside.slack.of("views.open") == []


async def test_stop_is_shown_and_nothing_can_be_sent_until_start(
    outside: World, start: Any
) -> None:
    customer = await start()
    await customer.text("  stop.  ")
    message = await settled(outside, 2)
    assert "Asked for no more messages" in message["text"]
    assert "They said STOP" in outside.slack.of("chat.postMessage")[0]["text"]
    await outside.ada.command("/sms", f"{THEM} hello")
    view = (await outside.slack.next("views.open"))["view"]
    await outside.ada.submit(view, to={"value": THEM}, body={"value": "hello"})
    again = (await outside.slack.next("views.update"))["view"]
    assert "has opted out of your messages" in str(again)
    await customer.text("START")
    await settled(outside, 3)
    await outside.ada.submit(again, to={"value": THEM}, body={"value": "hello"})
    review = (await outside.slack.next("views.update", 2))["view"]
    assert review["callback_id"] == "send.confirm"


async def test_a_stop_between_price_and_yes_stops_the_send(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("Hello?")
    await settled(outside, 2)
    view = await reply_form(customer, outside.slack.of("chat.postMessage")[0])
    await outside.ada.submit(view, body={"value": "Yes"})
    review = (await outside.slack.next("views.update"))["view"]
    await customer.text("STOP")
    answer = (await outside.ada.submit(review)).json()
    assert "opted out" in str(answer["view"])
    assert outside.clicksend.of("sms.send") == []


async def test_the_list_shows_who_waits_and_an_answer_takes_them_off(
    outside: World, start: Any
) -> None:
    customer = await start()
    await customer.text("One", sender="+61433333333")
    await customer.text("Two", sender=THEM)
    await settled(outside, 4)
    await outside.ada.command("/clicksend", "inbox")
    listed = (await outside.slack.next("respond"))["text"].splitlines()
    assert listed[0] == "2 conversations wait for an answer"
    assert "+61 433 333 333" in listed[1]
    assert "open the thread" in listed[1]
    head = next(
        each for each in outside.slack.of("chat.postMessage") if "433 333 333" in each["text"]
    )
    view = await reply_form(customer, head)
    await outside.ada.submit(view, body={"value": "Yes"})
    await outside.ada.submit((await outside.slack.next("views.update"))["view"])
    await settled(outside, 5)
    await outside.ada.command("/clicksend", "inbox")
    listed = (await outside.slack.next("respond", 2))["text"].splitlines()
    assert listed[0] == "1 conversation waits for an answer"
    assert "+61 411 111 111" in listed[1]


async def test_a_long_list_has_pages(outside: World, start: Any) -> None:
    customer = await start()
    for number in range(12):
        await customer.text("Hi", sender=f"+614111111{number:02d}")
    await outside.ada.command("/clicksend", "inbox")
    async with asyncio.timeout(20):
        while "12 conversations" not in (await outside.slack.next("respond"))["text"]:
            outside.slack.calls[:] = [c for c in outside.slack.calls if c[0] != "respond"]
            await outside.ada.command("/clicksend", "inbox")
    first = await outside.slack.next("respond")
    page = pressed(first, "inbox.page")
    count = len(outside.slack.of("respond"))
    url = f"{outside.slack.url}/respond"
    await outside.ada.press(page["action_id"], page["value"], response_url=url)
    second = await outside.slack.next("respond", count + 1)
    assert second["text"].count("hourglass") == 2
    assert "Page 2 of 2" in str(second["blocks"])


async def test_a_closed_conversation_opens_a_new_thread(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("One")
    first = await settled(outside, 2)
    head = outside.slack.of("chat.postMessage")[0]
    close = pressed(head, "inbox.more:close")
    await outside.ada.press(close["action_id"], close["value"])
    closed = await outside.slack.next("chat.update")
    assert "Closed" in closed["text"]
    await customer.text("Two")
    second = await settled(outside, 4)
    assert second["thread_ts"] != first["thread_ts"]


async def test_taking_it_and_snoozing_it_are_shown(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("One")
    await settled(outside, 2)
    menu = pressed(outside.slack.of("chat.postMessage")[0], "inbox.more:")
    talk = pressed(outside.slack.of("chat.postMessage")[0], "inbox.reply")["value"]
    for number, (what, said) in enumerate(
        [("take", "<@U0ADA> takes care of it"), ("tomorrow", "Put off until"), ("hour", "Put off")]
    ):
        action = {
            "type": "overflow",
            "action_id": menu["action_id"],
            "selected_option": {"value": f"{what}:{talk}"},
        }
        await outside.ada.interact(type="block_actions", actions=[action])
        assert said in (await outside.slack.next("chat.update", number + 1))["text"]
    await outside.ada.command("/clicksend", "inbox")
    assert "Nobody waits" in (await outside.slack.next("respond"))["text"]
    await customer.text("Still there?")
    await settled(outside, 3)
    await outside.ada.command("/clicksend", "inbox")
    assert "1 conversation waits" in (await outside.slack.next("respond", 2))["text"]


async def test_routes_by_keyword_number_and_list(outside: World, start: Any) -> None:
    outside.clicksend.answers["contacts.list"] = {
        "total": 1,
        "last_page": 1,
        "data": [{"contact_id": 1, "list_id": 428, "phone_number": "+61444444444"}],
    }
    customer = await start(inbox_channel="C0INBOX")
    for number, typed in enumerate(
        [
            "keyword help <#C0HELP|help>",
            f"number {US} <#C0LINE|line>",
            "list 428 <#C0VIP|vip>",
        ]
    ):
        await outside.ada.command("/clicksend", f"inbox route {typed}")
        said = (await outside.slack.next("respond", number + 1))["text"]
        assert "from now on belong in <#C0" in said
    await customer.text("Help! It burns")
    await customer.text("Hello", sender="+61433333333")
    await customer.text("Hello", sender="+61444444444", to="+447777777777")
    await customer.text("Hello", sender="+14055555555", to="+447777777777")
    await settled(outside, 8)
    heads = {
        each["channel"]: each["text"]
        for each in outside.slack.of("chat.postMessage")
        if "thread_ts" not in each
    }
    assert "411 111 111" in heads["C0HELP"]
    assert "433 333 333" in heads["C0LINE"]
    assert "444 444 444" in heads["C0VIP"]
    assert "405-555-5555" in heads["C0INBOX"]


async def test_only_admins_set_routes_and_nonsense_changes_nothing(
    outside: World, start: Any
) -> None:
    await start()
    await outside.eve.command("/clicksend", f"inbox route number {US} <#C0LINE|line>")
    assert "Nothing changed" in (await outside.slack.next("respond"))["text"]
    await outside.ada.command("/clicksend", "inbox route number banana <#C0LINE|line>")
    assert "That is no route" in (await outside.slack.next("respond", 2))["text"]
    await outside.ada.command("/clicksend", "inbox route")
    assert "There is no route" in (await outside.slack.next("respond", 3))["text"]


async def test_slack_being_down_delays_and_drops_nothing(outside: World) -> None:
    outside.settings = outside.settings.model_validate(
        {**outside.settings.model_dump(), "webhook_secret": SECRET, "inbox_watch_seconds": 1}
    )
    message = {
        "message_id": "POLL1",
        "from": THEM,
        "to": US,
        "body": "Hi",
        "timestamp": 1_780_000_000,
    }
    outside.clicksend.answers["sms.inbound"] = {
        "total": 1,
        "current_page": 1,
        "last_page": 1,
        "data": [message],
    }
    outside.slack.errors["chat.postMessage"] = "internal_error"
    async with App(outside.settings):
        await outside.clicksend.next("sms.inbound", 2)
        await outside.slack.next("chat.postMessage")
    assert outside.clicksend.of("sms.mark_inbound_message_read") == []
    tried = len(outside.slack.of("chat.postMessage"))
    outside.slack.errors.clear()
    async with App(outside.settings):
        await settled(outside, tried + 2)
        await outside.clicksend.next("sms.mark_inbound_message_read")
    posted = texts(outside)[tried:]
    assert len(posted) == 2
    async with App(outside.settings):
        await outside.clicksend.next("sms.inbound", len(outside.clicksend.of("sms.inbound")) + 2)
    assert texts(outside)[tried:] == posted


async def test_pictures_and_faxes_come_as_files_in_the_thread(outside: World, start: Any) -> None:
    outside.clicksend.files = {"/picture": b"\x89PNG\r\n\x1a\n...", "/fax": b"%PDF-1.7 ..."}
    customer = await start()
    base = outside.settings.clicksend_base_url
    await customer.text("Look", media_file=f"{base}/picture")
    shared = await outside.slack.next("files.completeUploadExternal")
    assert shared["thread_ts"] == (await settled(outside, 2))["thread_ts"]
    assert shared["files"][0]["title"] == "picture-1.png"
    fax = {"message_id": "FAX1", "from": THEM, "to": "+61261111111", "file_url": f"{base}/fax"}
    await customer.push("inbound/fax", fax)
    shared = await outside.slack.next("files.completeUploadExternal", 2)
    assert shared["files"][0]["title"] == "fax-1.pdf"
    assert b"%PDF-1.7 ..." in outside.slack.uploads.values()
    assert any("A fax came in" in text for text in texts(outside))


async def test_a_picture_from_inside_our_own_network_is_not_fetched(
    outside: World, start: Any
) -> None:
    customer = await start()
    await customer.text("", media_file="https://10.0.0.1/secret.png")
    lost = await settled(outside, 3)
    assert "could not be fetched" in lost["text"]
    assert "10.0.0.1" not in str(lost)


async def test_a_pressed_key_is_noted_in_a_thread(outside: World, start: Any) -> None:
    customer = await start()
    values = {"message_id": "V7", "digits": "2", "status_code": "201", "timestamp": "1780000000"}
    await customer.push("receipts/voice", values)
    message = await settled(outside, 2)
    assert "Pressed a key during the call" in message["text"]
    assert ">2" in message["text"]


async def test_earlier_messages_are_shown_both_ways(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("Is it there?")
    await settled(outside, 2)
    head = outside.slack.of("chat.postMessage")[0]
    await outside.ada.submit(await reply_form(customer, head), body={"value": "Yes, at nine"})
    await outside.ada.submit((await outside.slack.next("views.update"))["view"])
    await settled(outside, 3)
    talk = pressed(head, "inbox.reply")["value"]
    await outside.ada.press("inbox.more:x", f"history:{talk}")
    shown = str((await outside.slack.next("views.open", 2))["view"])
    assert "Is it there?" in shown
    assert "Yes, at nine" in shown


async def say(world: World, text: str, head: dict[str, Any], thread: str, **more: str) -> None:
    event = {
        "type": "message",
        "user": "U0ADA",
        "channel": head["channel"],
        "thread_ts": thread,
        "ts": "9.9",
        "text": text,
        **more,
    }
    body = {"type": "event_callback", "event_id": f"Ev{text}{more}", "event": event}
    await world.ada.send(json.dumps({"team_id": "T0SANDBOX", **body}), kind="application/json")


async def test_a_message_with_the_prefix_is_sent_after_a_yes_and_a_note_never(
    outside: World, start: Any
) -> None:
    customer = await start(inbox_reply_prefix="!sms")
    await customer.text("Is it there?")
    thread = (await settled(outside, 2))["thread_ts"]
    head = outside.slack.of("chat.postMessage")[0]
    await say(outside, "he is always so impatient", head, thread)
    await say(outside, "!sms", head, thread)
    await say(outside, "!sms not in a thread of a customer", head, "1.2")
    await say(outside, "!sms Yes &amp; no", head, thread, user="U0EVE")
    refusal = await outside.slack.next("chat.postEphemeral")
    assert "You may not send" in refusal["text"]
    await say(outside, "!sms Yes &amp; no", head, thread)
    offer = await outside.slack.next("chat.postEphemeral", 2)
    assert (offer["user"], offer["thread_ts"]) == ("U0ADA", thread)
    assert "for AUD 0.077?" in offer["text"]
    assert outside.clicksend.of("sms.send") == []
    yes, url = pressed(offer, "inbox.send"), f"{outside.slack.url}/respond"
    for _ in range(3):
        await outside.ada.press(yes["action_id"], yes["value"], response_url=url)
    assert "on its way" in (await outside.slack.next("respond"))["text"]
    assert (await settled(outside, 3))["thread_ts"] == thread
    (sent,) = outside.clicksend.of("sms.send")
    assert sent["messages"][0]["body"] == "Yes & no"
    assert len(outside.slack.of("chat.postEphemeral")) == 2


async def test_without_the_setting_no_message_is_looked_at(outside: World, start: Any) -> None:
    customer = await start()
    await customer.text("Is it there?")
    thread = (await settled(outside, 2))["thread_ts"]
    await say(outside, "!sms Yes", outside.slack.of("chat.postMessage")[0], thread)
    await outside.ada.command("/clicksend", "inbox")
    await outside.slack.next("respond")
    assert outside.slack.of("chat.postEphemeral") == []
    assert outside.clicksend.of("sms.price") == []
