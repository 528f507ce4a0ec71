"""What is created is listed, read, changed and deleted, and then it is gone."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from tests.sandbox.conftest import Api

ADDRESS = {
    "address_name": "John Doe",
    "address_line_1": "1 Wharf Street",
    "address_line_2": "",
    "address_city": "Perth",
    "address_state": "WA",
    "address_postal_code": "6000",
    "address_country": "AU",
}
_RECEIPT_RULE = {
    "rule_name": "Mine",
    "match_type": 0,
    "action": "EMAIL_FIXED",
    "action_address": "test1@test.com",
    "enabled": 1,
}
_INBOUND_RULE = {**_RECEIPT_RULE, "dedicated_number": "*", "message_search_type": 0}
_PERSON = {"first_name": "Ada", "last_name": "Byron", "phone_number": "+61411111111"}


@dataclass(frozen=True)
class Family:
    """A kind of thing: where it is, what its number is called, and how it is made and changed."""

    path: str
    key: str
    made: dict[str, Any]
    changed: dict[str, Any]
    unreadable: bool = False
    kept: tuple[str, ...] = field(default=())


FAMILIES = {
    "lists": Family("/lists", "list_id", {"list_name": "Mine"}, {"list_name": "Ours"}),
    "contacts": Family(
        "/lists/428/contacts", "contact_id", {**_PERSON, "custom_1": "x"}, {"first_name": "Bob"}
    ),
    "sms templates": Family(
        "/sms/templates",
        "template_id",
        {"template_name": "Mine", "body": "Hi"},
        {"body": "Ho"},
        unreadable=True,
    ),
    "email templates": Family(
        "/email/templates",
        "template_id",
        {"template_name": "Mine", "template_id_master": 57},
        {"body": "<p>Hi</p>"},
    ),
    "stripped strings": Family(
        "/sms/email-sms-stripped-strings",
        "rule_id",
        {"strip_string": "--"},
        {"strip_string": "=="},
    ),
    "return addresses": Family(
        "/post/return-addresses", "return_address_id", ADDRESS, {"address_city": "Sydney"}
    ),
    "subaccounts": Family(
        "/subaccounts",
        "subaccount_id",
        {**_PERSON, "api_username": "sub", "password": "x", "email": "test1@test.com"},
        {"first_name": "Bob", "access_sms": 0},
        kept=("password",),
    ),
    "sms inbound rules": Family(
        "/automations/sms/inbound",
        "inbound_rule_id",
        {**_INBOUND_RULE, "message_search_term": "yes", "webhook_type": "json"},
        {"enabled": 0},
        kept=("match_type",),
    ),
    "fax inbound rules": Family(
        "/automations/fax/inbound",
        "inbound_rule_id",
        _INBOUND_RULE,
        {"rule_name": "Ours"},
        kept=("match_type", "message_search_type"),
    ),
    **{
        f"{kind} receipt rules": Family(
            f"/automations/{kind}/receipts", "receipt_rule_id", _RECEIPT_RULE, {"match_type": 1}
        )
        for kind in ("sms", "voice", "fax", "email")
    },
}


def _holds(found: dict[str, Any], wanted: dict[str, Any], but: tuple[str, ...] = ()) -> bool:
    return all(found[name] == value for name, value in wanted.items() if name not in but)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
async def test_what_is_made_is_listed_read_changed_and_deleted(family: Family, api: Api) -> None:
    made = await api.post(family.path, family.made)
    one = f"{family.path}/{made[family.key]}"
    assert _holds(made, family.made, family.kept)
    assert made[family.key] in await _listed(api, family)
    if not family.unreadable:
        assert _holds(await api.get(one), family.made, family.kept)

    changed = await api.put(one, {**family.made, **family.changed})
    assert _holds(changed, {**family.made, **family.changed}, family.kept)
    if not family.unreadable:
        assert _holds(await api.get(one), family.changed)

    await api.delete(one)
    assert made[family.key] not in await _listed(api, family)
    for gone in ("PUT", "DELETE") if family.unreadable else ("GET", "PUT", "DELETE"):
        body = {"json": family.made} if gone == "PUT" else {}
        answer = await api.call(gone, one, 404, **body)
        assert answer["response_code"] == "NOT_FOUND"
        assert answer["data"] is None


async def _listed(api: Api, family: Family) -> list[int]:
    found = await api.get(family.path, limit=100)
    return [each[family.key] for each in found["data"]]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
async def test_a_missing_field_is_a_400_that_names_it(family: Family, api: Api) -> None:
    answer = await api.post(family.path, {}, 400)
    assert answer["response_code"] == "MISSING_REQUIRED_FIELDS"
    assert any(name in answer["response_msg"] for name in family.made)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=list(FAMILIES))
async def test_a_field_of_the_wrong_type_is_a_400_with_a_number_as_code(
    family: Family, api: Api
) -> None:
    name = next(iter(family.made))
    answer = await api.post(family.path, {**family.made, name: {"a": 1}}, 400)
    assert answer["response_code"] == 400
    assert name in answer["response_msg"]


async def test_a_client_of_the_reseller_is_made_listed_changed_and_given_credit(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    body = {
        "username": "client",
        "password": "secret",
        "user_email": "test1@test.com",
        "user_phone": "+61411111111",
        "user_first_name": "Ada",
        "user_last_name": "Byron",
        "account_name": "Client",
        "country": "AU",
    }
    made = await api.post("/reseller/accounts", body)
    one = f"/reseller/accounts/{made['user_id']}"
    assert "password" not in made
    assert (await api.post("/reseller/accounts", body, 400))["response_code"] == "ALREADY_EXISTS"
    assert (await api.put(one, {**body, "account_name": "New"}))["account_name"] == "New"
    assert [each["account_name"] for each in (await api.get("/reseller/accounts"))["data"]] == [
        "New"
    ]

    transfer = {"client_user_id": made["user_id"], "balance": 40, "currency": "AUD"}
    assert (await api.put("/reseller/transfer-credit", transfer))["balance"] == "40.000000"
    assert str(sandbox.state.balance) == "60.000000"
    refused = await api.put("/reseller/transfer-credit", {**transfer, "balance": 61}, 400)
    assert refused["response_code"] == "INSUFFICIENT_CREDIT"
    assert (await api.get(one))["balance"] == "40.000000"


async def test_an_email_address_is_used_only_once_it_is_verified(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    made = await api.post("/email/addresses", {"email_address": "me@example.com"})
    number = made["email_address_id"]
    assert made["verified"] == 0
    mail = {
        "to": [{"email": "test2@test.com", "name": "Bob"}],
        "from": {"email_address_id": number, "name": "Me"},
        "subject": "Hi",
        "body": "<p>Hi</p>",
    }
    assert (await api.post("/email/send", mail, 400))["response_code"] == "INVALID_SENDER_ID"
    await api.put(f"/email/address-verify/{number}/send")
    code = sandbox.state.notes[-1]["code"]
    await api.put(f"/email/address-verify/{number}/verify/wrong", expect=404)
    assert (await api.put(f"/email/address-verify/{number}/verify/{code}"))["verified"] == 1
    assert (await api.post("/email/send", mail))["from_email_address_id"] == number
    assert await api.delete(f"/email/addresses/{number}") is None
    await api.get(f"/email/addresses/{number}", 404)


async def test_an_alpha_tag_waits_is_decided_and_can_be_deleted(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    sandbox.state.delay = 60.0
    made = await api.call("POST", "/alpha-tags", 201, json={"alpha_tag": "Harbour"})
    assert made["status"] == "PENDING"
    await api.call("POST", "/alpha-tags", 201, json={"alpha_tag": "Harbour99"})
    taken = await api.post("/alpha-tags", {"alpha_tag": "harbour"}, 400)
    assert taken["response_code"] == "ALREADY_EXISTS"
    await api.post("/alpha-tags", {"alpha_tag": "ab"}, 400)
    sandbox.advance(61)
    assert (await api.get(f"/alpha-tags/{made['id']}"))["status"] == "APPROVED"
    rejected = await api.get("/alpha-tags", **{"filter[status][0]": "REJECTED"})
    assert [each["alpha_tag"] for each in rejected["alpha_tags"]] == ["Harbour99"]
    assert await api.delete(f"/alpha-tags/{made['id']}", 204) is None
    await api.get(f"/alpha-tags/{made['id']}", 404)


async def test_an_own_number_is_verified_with_the_code_that_was_texted(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    phone = {"phone_number": "+61411111111", "country": "AU"}
    path = "/own-numbers/verifications"
    asked = await api.call("POST", path, 201, json={**phone, "label": "Desk"})
    one = f"/own-numbers/{asked['own_number_id']}"
    assert (await api.get(one))["status"] == "PENDING"
    assert "code" not in asked
    code = sandbox.state.notes[-1]["code"]
    wrong = "000000" if code != "000000" else "111111"
    verify = f"{path}/{asked['id']}/verify"
    failed = await api.post(verify, {**phone, "code": wrong})
    assert (failed["error_code"], failed["remaining_attempts"]) == ("INVALID_CODE", 2)
    assert (await api.post(verify, {**phone, "code": code}))["status"] == "APPROVED"
    renamed = await api.call("PATCH", one, json={"label": "Front desk"})
    assert (renamed["label"], renamed["status"]) == ("Front desk", "APPROVED")
    assert (await api.delete(one))["label"] == "Front desk"
    await api.get(one, 404)


async def test_a_code_for_an_own_number_expires(api: Api, sandbox: ClickSendSandbox) -> None:
    phone = {"phone_number": "+61411111111"}
    asked = await api.call("POST", "/own-numbers/verifications", 201, json=phone)
    code = sandbox.state.notes[-1]["code"]
    sandbox.advance(601)
    answer = await api.post(
        f"/own-numbers/verifications/{asked['id']}/verify", {**phone, "code": code}
    )
    assert (answer["status"], answer["error_code"]) == ("PENDING", "EXPIRED")


async def test_a_default_sender_is_made_listed_changed_and_deleted(api: Api) -> None:
    """Undocumented; the shapes are the vendor's newer SDK's."""
    path = "/senders/default-senders"
    strategy = {"sender_type": "alpha_tag", "sender_id": "Harbour", "note": "Ours"}
    body = {"country_code": "AU", "product_type": "SMS", "default_sender_strategies": [strategy]}
    made = await api.post(path, body)
    one = f"{path}/{made['id']}"
    assert [each["id"] for each in (await api.get(path))["data"]] == [made["id"]]
    changed = {"default_sender_strategies": [{**strategy, "sender_id": "Dental"}]}
    await api.call("PATCH", one, json=changed)
    assert (await api.get(one))["default_sender_strategies"][0]["sender_id"] == "Dental"
    await api.delete(one, 204)
    await api.get(one, 404)


async def test_a_delivery_issue_is_kept_with_one_of_the_documented_types(api: Api) -> None:
    body = {"type": "sms", "description": "Late", "email_address": "test1@test.com"}
    made = await api.post("/delivery-issues", body)
    assert made["type"] == "SMS"
    await api.post("/delivery-issues", {**body, "type": "PIGEON"}, 400)
    assert [each["issue_id"] for each in (await api.get("/delivery-issues"))["data"]] == [
        made["issue_id"]
    ]
