"""Campaigns, and the lists they go to."""

import base64
from decimal import Decimal
from typing import Any

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.setup import click
from tests.sandbox.conftest import Api

MEDIA = "http://example.com/cat.gif"
BODIES: dict[str, dict[str, Any]] = {
    "sms": {"name": "News", "body": "Hi (First Name)", "from": "Harbour"},
    "mms": {"name": "News", "body": "Look", "subject": "Cat", "media_file": MEDIA},
    "email": {
        "name": "News",
        "subject": "News",
        "body": "<p>Hi</p>",
        "from_email_address_id": 2,
        "from_name": "Harbour",
    },
}
PRICES = {"sms": Decimal("0.154"), "mms": Decimal("0.660"), "email": Decimal("0.0022")}


@pytest.fixture
async def people(api: Api) -> int:
    """A list of two whom messages cost something."""
    made = await api.post("/lists", {"list_name": "Patients"})
    for number in (1, 2):
        body = {
            "phone_number": f"+6149157015{6 + number}",
            "email": f"p{number}@example.com",
            "first_name": f"P{number}",
        }
        await api.post(f"/lists/{made['list_id']}/contacts", body)
    return int(made["list_id"])


def _shown(kind: str, made: Any) -> Any:
    return made["data"] if kind == "email" else made


@pytest.mark.parametrize("kind", ["sms", "mms", "email"])
async def test_a_campaign_is_priced_charged_and_sent(
    api: Api, sandbox: ClickSendSandbox, people: int, kind: str
) -> None:
    sandbox.state.delay = 50.0
    body = {**BODIES[kind], "list_id": people}
    priced = await api.post(f"/{kind}-campaigns/price", body)
    assert (priced["total_count"], Decimal(priced["total_price"])) == (2, PRICES[kind])
    assert sandbox.state.balance == 100
    made = _shown(kind, await api.post(f"/{kind}-campaigns/send", body))
    assert made["status"] == "Queued"
    assert sandbox.state.balance == 100 - PRICES[kind]
    one = f"/{kind}-campaigns/{made[f'{kind}_campaign_id']}"
    sandbox.advance(51)
    assert (await api.get(one))["status"] == "Sent"
    sent = sandbox.outbox(kind if kind != "email" else "email_campaign")
    assert len(sent) == 2
    if kind == "sms":
        assert [each.body for each in sent] == ["Hi P1", "Hi P2"]
    await api.put(f"{one}/cancel", expect=404)
    await api.put(one, body, 404)


@pytest.mark.parametrize("kind", ["sms", "mms", "email"])
async def test_a_scheduled_campaign_is_changed_and_cancelled_and_its_price_comes_back(
    api: Api, sandbox: ClickSendSandbox, people: int, kind: str
) -> None:
    later = int(sandbox.state.now()) + 3600
    body = {**BODIES[kind], "list_id": people, "schedule": later}
    made = _shown(kind, await api.post(f"/{kind}-campaigns/send", body))
    assert made["status"] == "Scheduled"
    one = f"/{kind}-campaigns/{made[f'{kind}_campaign_id']}"
    assert (await api.put(one, {**body, "name": "Better"}))["name"] == "Better"
    assert sandbox.state.balance == 100 - PRICES[kind]
    names = [each["name"] for each in (await api.get(f"/{kind}-campaigns"))["data"]]
    assert names[0] == "Better"
    assert (await api.put(f"{one}/cancel"))["status"] == "Cancelled"
    assert sandbox.state.balance == 100
    await api.put(f"{one}/cancel", expect=404)
    sandbox.advance(4000)
    assert (await api.get(one))["status"] == "Cancelled"


async def test_a_change_too_dear_leaves_the_campaign_as_it_was(
    api: Api, sandbox: ClickSendSandbox, people: int
) -> None:
    later = int(sandbox.state.now()) + 3600
    body = {**BODIES["sms"], "list_id": people, "schedule": later}
    made = await api.post("/sms-campaigns/send", body)
    one = f"/sms-campaigns/{made['sms_campaign_id']}"
    sandbox.state.balance = Decimal("0.15")
    refused = await api.put(one, {**body, "body": "x" * 307}, 400)
    assert refused["response_code"] == "INSUFFICIENT_CREDIT"
    assert (await api.get(one))["body"] == body["body"]
    await api.put(one, {**body, "body": "x" * 160})
    sandbox.advance(3601)
    assert [each.body for each in sandbox.outbox("sms")] == ["x" * 160] * 2
    assert sandbox.state.balance == Decimal("0.15")


async def test_the_seeded_campaigns_move_on_with_the_clock(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    assert (await api.get("/sms-campaigns/101"))["status"] == "Scheduled"
    sandbox.advance(8 * 86_400)
    assert (await api.get("/sms-campaigns/101"))["status"] == "Sent"
    assert next(c for c in sandbox.state.campaigns if c.number == 101).status == "Sent"


async def test_a_campaign_too_dear_is_refused_whole(
    api: Api, sandbox: ClickSendSandbox, people: int
) -> None:
    sandbox.state.balance = Decimal("0.1")
    answer = await api.post("/sms-campaigns/send", {**BODIES["sms"], "list_id": people}, 400)
    assert answer["response_code"] == "INSUFFICIENT_CREDIT"
    assert sandbox.state.balance == Decimal("0.1")
    assert (await api.get("/sms-campaigns"))["total"] == 2


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"list_id": 999}, 404),
        ({"body": "See smsu.io/xxxxx"}, 400),
        ({"url_to_shorten": "http://example.com"}, 400),
        ({"body": "See smsu.io/xxxxx", "url_to_shorten": "http://example.com"}, 200),
        ({"from": "much too long a name"}, 400),
        ({"schedule": "soon"}, 400),
        ({"name": ""}, 400),
    ],
)
async def test_an_sms_campaign_is_checked(
    api: Api, people: int, changed: dict[str, Any], status: int
) -> None:
    body = {**BODIES["sms"], "list_id": people, **changed}
    await api.post("/sms-campaigns/price", body, status)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [("mms", {"subject": "x" * 21}), ("mms", {"media_file": "cat"}), ("email", {"subject": ""})],
)
async def test_the_other_campaigns_are_too(
    api: Api, people: int, kind: str, changed: dict[str, str]
) -> None:
    body = {**BODIES[kind], "list_id": people, **changed}
    refused = await api.post(f"/{kind}-campaigns/price", body, 400)
    assert next(iter(changed)) in refused["response_msg"]


async def test_an_email_campaign_has_a_history_of_its_own(
    api: Api, sandbox: ClickSendSandbox, people: int
) -> None:
    made = await api.post("/email-campaigns/send", {**BODIES["email"], "list_id": people})
    sandbox.advance(1)
    one = f"/email-campaigns/{made['data']['email_campaign_id']}/history"
    history = await api.get(one)
    assert {each["to_address"] for each in history["data"]} == {"p1@example.com", "p2@example.com"}
    assert (await api.get(one, date_from=int(sandbox.state.now()) + 60))["total"] == 0
    exported = await api.client.get((await api.get(f"{one}/export"))["url"])
    assert len(exported.text.splitlines()) == 3


async def test_an_import_reads_the_uploaded_file(api: Api, sandbox: ClickSendSandbox) -> None:
    lines = "first_name,phone_number\nÄnne,+61491570157\nno number,\nBo,12\nCy,0491570159\n"
    content = base64.b64encode(lines.encode()).decode()
    upload = await api.post("/uploads", {"content": content, "convert": "csv"})
    order = ["first_name", "phone_number"]
    sandbox.state.delay = 30.0
    queued = await api.post("/lists/430/import", {"file_url": upload["_url"], "field_order": order})
    assert queued["ids"] == [queued["id"]]
    assert (await api.get("/lists/430"))["_contacts_count"] == 0
    sandbox.advance(31)
    found = (await api.get("/lists/430/contacts"))["data"]
    assert [(each["first_name"], each["phone_number"]) for each in found] == [
        ("Änne", "+61491570157"),
        ("Cy", "+61491570159"),
    ]
    assert sandbox.state.notes[-1]["skipped"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {"file_url": "http://example.com/a.csv", "field_order": ["email"]},
        {"field_order": ["email"]},
        {"file_url": "http://example.com/a.csv"},
    ],
)
async def test_an_import_of_nothing_is_a_400(
    api: Api, sandbox: ClickSendSandbox, body: dict[str, Any]
) -> None:
    await api.post("/lists/428/import", body, 400)
    await api.post("/lists/999/import", body, 404)
    assert sandbox.effects == []


async def test_duplicates_are_what_agrees_in_all_the_fields_named(api: Api, people: int) -> None:
    path = f"/lists/{people}"
    body = {"phone_number": "+61491570157", "first_name": "Other"}
    await api.post(f"{path}/contacts", body)
    both = {"fields": ["phone_number", "first_name"]}
    assert await api.put(f"{path}/remove-duplicates", both) == {"deleted": 0}
    assert await api.put(f"{path}/remove-duplicates", {"fields": ["phone_number"]}) == {
        "deleted": 1
    }
    await api.put(f"{path}/remove-duplicates", {"fields": ["shoe_size"]}, 400)


async def test_a_contact_is_copied_and_transferred(api: Api, people: int) -> None:
    (first, second) = (await api.get(f"/lists/{people}/contacts"))["data"]
    copied = await api.put(f"/lists/{people}/contacts/{first['contact_id']}/copy/429")
    assert (copied["list_id"], copied["_list_name"]) == (429, "Staff")
    assert copied["contact_id"] != first["contact_id"]
    path = f"/lists/{people}/contacts/{second['contact_id']}"
    moved = await api.put(f"{path}/transfer/429")
    assert (moved["contact_id"], moved["list_id"]) == (second["contact_id"], 429)
    await api.get(path, 404)
    assert (await api.get(f"/lists/{people}"))["_contacts_count"] == 1
    await api.put(f"/lists/{people}/contacts/{first['contact_id']}/copy/999", expect=404)


async def test_a_deleted_list_takes_its_contacts_with_it(api: Api, people: int) -> None:
    (first, _) = (await api.get(f"/lists/{people}/contacts"))["data"]
    await api.delete(f"/lists/{people}")
    await api.get(f"/lists/{people}/contacts", 404)
    assert (await api.get("/search/contacts-lists", q="p1"))["data"] == []
    await api.get(f"/lists/428/contacts/{first['contact_id']}", 404)


async def test_contacts_changed_after_a_time_are_listed_alone(
    api: Api, sandbox: ClickSendSandbox, people: int
) -> None:
    (first, _) = (await api.get(f"/lists/{people}/contacts"))["data"]
    since = int(sandbox.state.now())
    sandbox.advance(60)
    await api.put(f"/lists/{people}/contacts/{first['contact_id']}", {"last_name": "New"})
    found = await api.get(f"/lists/{people}/contacts", updated_after=since)
    assert [each["last_name"] for each in found["data"]] == ["New"]


async def test_the_search_finds_contacts_and_lists(api: Api) -> None:
    found = (await api.get("/search/contacts-lists", q="stO"))["data"]
    assert [(each["type"], each["name"]) for each in found] == [
        ("contact", "Bob Stone"),
        ("list", "Customers"),
    ]
    await api.get("/search/contacts-lists", 400)


async def test_the_price_shows_what_one_of_them_would_read(api: Api, people: int) -> None:
    body = {**BODIES["sms"], "body": "Hi (First Name)(Cust. 1)", "list_id": people}
    assert (await api.post("/sms-campaigns/price", body))["data"]["body"] == "Hi P1"


async def test_opens_and_clicks_are_counted_once_it_is_sent(
    api: Api, sandbox: ClickSendSandbox, people: int
) -> None:
    sandbox.state.delay = 5.0
    body = {**BODIES["email"], "list_id": people}
    number = (await api.post("/email-campaigns/send", body))["data"]["email_campaign_id"]
    assert (await api.get(f"/email-campaigns/{number}"))["open_count"] == 0
    sandbox.advance(6)
    sent = await api.get(f"/email-campaigns/{number}")
    assert (sent["send_count"], sent["open_count"], sent["click_count"]) == (2, 2, 1)
    mails = (await api.get(f"/email-campaigns/{number}/history"))["data"]
    assert sorted(each["open_count"] for each in mails) == [0, 2]


async def test_clicks_on_a_campaigns_link_are_the_campaigns(
    api: Api, sandbox: ClickSendSandbox, people: int
) -> None:
    linked = {"body": "See smsu.io/xxxxx", "url_to_shorten": "https://example.com"}
    body = {**BODIES["sms"], **linked, "list_id": people}
    number = (await api.post("/sms-campaigns/send", body))["sms_campaign_id"]
    sandbox.advance(1)
    await api.get("/sms/history")
    first = sandbox.state.campaigns[-1].messages[0]
    for _ in range(2):
        click(sandbox.state, first.id)
    where = f"/short-url/statistics/sms_campaign/{number}"
    (found,) = await api.get(where)
    assert found["links"] == {
        "total": 2,
        "opened_unique": 1,
        "opened_total": 2,
        "unopened": 1,
    }
    tracked = await api.get(f"/short-url/tracking/{found['long_url_id']}")
    assert [each["open_count"] for each in tracked["data"]] == [2]
    await api.get("/short-url/statistics/sms_campaign/100", 404)
