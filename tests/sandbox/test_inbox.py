"""What comes back, the rules that fire, and the webhooks they send."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.webhooks import is_loopback
from bot.sandbox.serving import serve
from tests.sandbox.conftest import Api

ELLEN = "+61411111111"


@dataclass
class Listener:
    """A web server that is called by webhooks."""

    url: str = ""
    status: int = 200
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            values = await request.json()
        else:
            values = {**request.query, **await request.post()}
        async with self.changed:
            self.calls.append((request.method, request.content_type, values))
            self.changed.notify_all()
        return web.Response(status=self.status)

    async def next(self, count: int = 1) -> tuple[str, str, dict[str, Any]]:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.calls) >= count)
        return self.calls[count - 1]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    async with serve(made.answer) as made.url:
        yield made


async def _rule(api: Api, action: str, address: str = "", **more: Any) -> Any:
    body = {
        "dedicated_number": "*",
        "rule_name": "Rule",
        "message_search_type": 0,
        "message_search_term": "",
        "action": action,
        "action_address": address,
        "enabled": 1,
        **more,
    }
    return await api.post("/automations/sms/inbound", body)


async def _without_rules(api: Api) -> None:
    for each in (await api.get("/automations/sms/inbound"))["data"]:
        await api.delete(f"/automations/sms/inbound/{each['inbound_rule_id']}")


async def test_an_answer_names_the_message_it_answers(api: Api) -> None:
    message = {"to": ELLEN, "body": "Coming?", "custom_string": "r1", "from": "+61433333333"}
    sent = await api.post("/sms/send", {"messages": [message]})
    number = sent["messages"][0]["message_id"]
    made = await api.control("POST", "text", {"from": ELLEN, "body": "Yes please"})
    (listed,) = (await api.get("/sms/inbound"))["data"]
    assert listed == made
    assert (listed["original_message_id"], listed["original_body"]) == (number, "Coming?")
    assert (listed["custom_string"], listed["_keyword"]) == ("r1", "yes")
    assert listed["to"] == "+61433333333"
    assert await api.get(f"/sms/inbound/{number}") == made


async def test_an_answer_to_nobodys_message_comes_to_the_shared_number(
    sandbox: ClickSendSandbox,
) -> None:
    made = sandbox.text_in("+61491570156", "Hello?")
    assert (made["to"], made["original_message_id"]) == ("+61422222222", None)
    with pytest.raises(ValueError, match="not valid"):
        sandbox.text_in("12", "Hello?")


async def test_without_a_poll_rule_nothing_can_be_polled(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    await _without_rules(api)
    for each in (await api.get("/automations/sms/receipts"))["data"]:
        await api.delete(f"/automations/sms/receipts/{each['receipt_rule_id']}")
    await api.post("/sms/send", {"messages": [{"to": ELLEN, "body": "Hi"}]})
    sandbox.text_in(ELLEN, "Hello")
    assert (await api.get("/sms/inbound"))["data"] == []
    assert (await api.get("/sms/receipts"))["data"] == []
    await _rule(api, "POLL")
    sandbox.text_in(ELLEN, "Hello again")
    assert [each["body"] for each in (await api.get("/sms/inbound"))["data"]] == ["Hello again"]


async def test_what_is_marked_read_is_listed_no_more_and_what_came_later_is(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    first = sandbox.text_in(ELLEN, "One")
    sandbox.state.ahead += 10
    sandbox.text_in(ELLEN, "Two")
    third = sandbox.text_in(ELLEN, "Three")
    await api.put("/sms/inbound-read", {"date_before": first["timestamp"]})
    await api.put(f"/sms/inbound-read/{third['message_id']}")
    assert [each["body"] for each in (await api.get("/sms/inbound"))["data"]] == ["Two"]
    await api.put("/sms/inbound-read/NO-SUCH", expect=404)
    await api.put("/sms/inbound-read")
    assert (await api.get("/sms/inbound"))["data"] == []


@pytest.mark.parametrize("kind", ["sms", "mms", "voice", "fax"])
async def test_receipts_of_every_channel_are_marked_read(api: Api, kind: str) -> None:
    message = {"to": "+61491570156", "body": "Hi", "subject": "Hi"}
    shared = {"media_file": "http://example.com/a.gif", "file_url": "http://example.com/a.pdf"}
    await api.post(f"/{kind}/send", {"messages": [message], **shared})
    assert len((await api.get(f"/{kind}/receipts"))["data"]) == 1
    await api.put(f"/{kind}/receipts-read")
    assert (await api.get(f"/{kind}/receipts"))["data"] == []


@pytest.mark.parametrize(
    ("kind", "term", "body", "fires"),
    [
        (0, "", "anything", True),
        (1, "YES", "yes, please", True),
        (1, "yes", "oh yes", False),
        (2, "yes", "oh YES", True),
        (2, "yes", "no", False),
        (3, "yes", "no", True),
        (3, "yes", "oh yes", False),
    ],
)
async def test_a_rule_fires_by_its_search(
    api: Api, sandbox: ClickSendSandbox, kind: int, term: str, body: str, *, fires: bool
) -> None:
    await _without_rules(api)
    await _rule(api, "POLL", message_search_type=kind, message_search_term=term)
    sandbox.text_in(ELLEN, body)
    assert bool((await api.get("/sms/inbound"))["data"]) is fires


async def test_a_rule_fires_for_its_own_number_and_only_while_enabled(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    await _without_rules(api)
    made = await _rule(api, "POLL", dedicated_number="+61433333333")
    sandbox.text_in(ELLEN, "Elsewhere", "+61444444444")
    sandbox.text_in(ELLEN, "Here", "+61433333333")
    await api.put(f"/automations/sms/inbound/{made['inbound_rule_id']}", {"enabled": 0})
    sandbox.text_in(ELLEN, "Late", "+61433333333")
    assert [each["body"] for each in (await api.get("/sms/inbound"))["data"]] == ["Here"]


async def test_an_auto_reply_is_sent_and_forwards_go_to_numbers_and_lists(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    await _rule(api, "AUTO_REPLY", body="We are closed.")
    await _rule(api, "SMS", "+61433333333")
    await _rule(api, "GROUP_SMS", "428")
    sandbox.text_in("+61491570156", "Hello?")
    sent = [(each.to, each.body) for each in sandbox.outbox("sms")]
    assert sent[0] == ("+61491570156", "We are closed.")
    assert sent[1] == ("+61433333333", "Hello?")
    assert [to for to, _ in sent[2:]] == ["+61411111111", "+61422222222", "+447777777777"]


async def test_rules_make_and_move_contacts_and_note_their_emails(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    await _rule(api, "CREATE_CONTACT_PLUS_EMAIL", "429")
    await _rule(api, "EMAIL_FIXED", "test1@test.com")
    sandbox.text_in("+61491570156", "Hello")
    sandbox.text_in("+61491570156", "Hello again")
    found = await api.get("/lists/429/contacts", q="phone_number:+61491570156")
    assert found["total"] == 1
    assert [note["what"] for note in sandbox.state.notes].count("EMAIL_FIXED") == 2
    await _without_rules(api)
    await _rule(api, "MOVE_CONTACT", "428")
    sandbox.text_in("+61491570156", "Move me")
    assert (await api.get("/lists/428"))["_contacts_count"] == 4


@pytest.mark.parametrize(
    ("form", "method", "content_type"),
    [
        ("post", "POST", "application/x-www-form-urlencoded"),
        ("get", "GET", "application/octet-stream"),
        ("json", "POST", "application/json"),
    ],
)
async def test_a_webhook_carries_the_message_in_the_form_asked_for(
    api: Api, listener: Listener, form: str, method: str, content_type: str
) -> None:
    await _rule(api, "URL", f"{listener.url}/in/secret", webhook_type=form)
    made = await api.control("POST", "text", {"from": ELLEN, "body": "Grüße & <b>"})
    assert (await listener.next())[:2] == (method, content_type)
    values = listener.calls[0][2]
    assert values["body"] == values["message"] == "Grüße & <b>"
    assert values["from"] == values["sms"] == ELLEN
    assert values["message_id"] == made["message_id"]


async def test_a_webhook_that_is_not_answered_200_comes_again_after_ten_minutes_ten_times(
    api: Api, sandbox: ClickSendSandbox, listener: Listener
) -> None:
    listener.status = 503
    await _rule(api, "URL", listener.url)
    sandbox.text_in(ELLEN, "Hello")
    for count in range(1, 11):
        await listener.next(count)
        await asyncio.gather(*sandbox._tasks)
        sandbox.state.ahead += 601
    assert not sandbox.state.hooks[0].open
    assert (sandbox.state.hooks[0].attempts, len(listener.calls)) == (10, 10)


async def test_a_receipt_rule_pushes_what_became_of_a_message(api: Api, listener: Listener) -> None:
    rule = {"rule_name": "Push", "match_type": 0, "action": "URL", "enabled": 1}
    await api.post("/automations/sms/receipts", {**rule, "action_address": listener.url})
    message = {"to": "+61411111199", "body": "Hi", "custom_string": "r9"}
    sent = await api.post("/sms/send", {"messages": [message]})
    values = (await listener.next())[2]
    assert values["message_id"] == values["messageid"] == sent["messages"][0]["message_id"]
    assert (values["status"], values["status_code"]) == ("Undelivered", "301")
    assert values["custom_string"] == values["customstring"] == "r9"


@pytest.mark.parametrize("kind", ["voice", "fax", "email"])
async def test_each_channel_has_receipt_rules_of_its_own(
    api: Api, listener: Listener, kind: str
) -> None:
    rule = {"rule_name": "Push", "match_type": 0, "action": "URL", "enabled": 1}
    path = f"/automations/{kind}/receipts"
    await api.post(path, {**rule, "action_address": listener.url})
    if kind == "email":
        sender = {"email_address_id": 2, "name": "Me"}
        email = {"to": [{"email": "test1@test.com"}], "from": sender, "body": "Hi"}
        number = (await api.post("/email/send", email))["message_id"]
    else:
        message = {"to": "+61491570156", "body": "Hi"}
        shared = {"messages": [message], "file_url": "http://example.com/a.pdf"}
        number = (await api.post(f"/{kind}/send", shared))["messages"][0]["message_id"]
    values = (await listener.next())[2]
    assert (values["message_id"], values["message_type"]) == (number, kind)
    assert values["status"] == "Delivered"


async def test_a_fax_that_comes_in_fires_its_rules(
    api: Api, sandbox: ClickSendSandbox, listener: Listener
) -> None:
    rule = {"dedicated_number": "*", "rule_name": "In", "action": "URL", "enabled": 1}
    await api.post("/automations/fax/inbound", {**rule, "action_address": listener.url})
    elsewhere = {**rule, "dedicated_number": "+61262222222", "action": "EMAIL_FIXED"}
    await api.post("/automations/fax/inbound", {**elsewhere, "action_address": "test1@test.com"})
    made = await api.control("POST", "fax", {"from": "+61255501234"})
    values = (await listener.next())[2]
    assert (values["from"], values["message_id"]) == ("+61255501234", made["message_id"])
    assert sandbox.state.notes == []


async def test_who_is_asked_to_press_a_key_presses_one(api: Api) -> None:
    asked = {"to": "+61491570156", "body": "Press 1", "require_input": 1}
    messages = [asked, {**asked, "require_input": 0}]
    await api.post("/voice/send", {"messages": messages})
    receipts = (await api.get("/voice/receipts"))["data"]
    assert [each["digits"] for each in receipts] == ["1", None]
    history = (await api.get("/voice/history"))["data"]
    assert [each["digits"] for each in history] == [None, "1"]


async def test_webhooks_reach_this_machine_only(api: Api, sandbox: ClickSendSandbox) -> None:
    await _rule(api, "URL", "http://example.com/hook")
    sandbox.text_in(ELLEN, "Hello")
    assert sandbox.state.hooks == []
    assert "loopback" in sandbox.state.notes[-1]["what"]


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:80/x", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://[::1]:80/", True),
        ("https://127.0.0.1", True),
        ("http://127.0.0.1.example.com", False),
        ("http://example.com#127.0.0.1", False),
        ("http://user@example.com", False),
        ("http://localhost@example.com", False),
        ("ftp://127.0.0.1", False),
        ("http://[", False),
        ("http://127.0.0.1:x", False),
        ("http://0.0.0.0", False),
        ("", False),
    ],
)
def test_what_is_a_loopback_address(url: str, *, loopback: bool) -> None:
    assert is_loopback(url) is loopback


async def test_who_answers_stop_is_on_the_opt_out_list_and_can_be_removed_from_others(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    sandbox.text_in(ELLEN, "Stop")
    sandbox.text_in(ELLEN, "STOP")
    assert (await api.get("/lists/430"))["_contacts_count"] == 1
    path = "/lists/428/remove-opted-out-contacts/430"
    assert await api.put(path) == {"deleted": 1}
    assert await api.put(path) == {"deleted": 0}
    assert (await api.get("/lists/428"))["_contacts_count"] == 2


async def test_test_messages_and_test_receipts_are_forwarded(api: Api, listener: Listener) -> None:
    made = await api.post("/sms/inbound", {"url": listener.url})
    assert (await listener.next())[2]["message_id"] == made["message_id"]
    made = await api.post("/sms/receipts", {"url": listener.url})
    assert (await listener.next(2))[2]["message_id"] == made["message_id"]
    assert (await api.get(f"/sms/receipts/{made['message_id']}"))["status_code"] == "201"
    await api.post("/sms/receipts", {"url": "nowhere"}, 400)
