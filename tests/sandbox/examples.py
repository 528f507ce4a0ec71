"""The documented requests, with things that exist in place of the documentation's placeholders."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.sandbox.clicksend import ClickSendSandbox
from tests.sandbox.conftest import Api

OPERATIONS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "operations.json").read_text()
)
BY_ID = {each["id"]: each for each in OPERATIONS}
_ADDRESS = {
    "address_name": "John Doe",
    "address_line_1": "1 Wharf Street",
    "address_city": "Perth",
    "address_state": "WA",
    "address_postal_code": "11111",
    "address_country": "AU",
}
_PLACEHOLDERS: dict[str, Any] = {
    **_ADDRESS,
    "action": "URL",
    "action_address": "http://127.0.0.1:9/hook",
    "country": "AU",
    "currency": "AUD",
    "dedicated_number": "*",
    "disposition": "attachment",
    "email": "test1@test.com",
    "email_address": "test2@test.com",
    "fax_number": "+61261111111",
    "field_order": ["phone_number", "first_name"],
    "file_urls": ["http://example.com/front.pdf", "http://example.com/back.pdf"],
    "from": "+61411111111",
    "lang": "en-au",
    "match_type": 0,
    "media_file": "http://example.com/cat.gif",
    "number": "4111111111111111",
    "expiry_month": 5,
    "phone_number": "+61411111111",
    "to": "+61261111111",
    "user_email": "test3@test.com",
    "user_phone": "+61422222222",
    "voice": "female",
    "list_id": 428,
    "from_email_address_id": 2,
    "template_id_master": 57,
    "return_address_id": 4,
    "client_user_id": 24,
    "content": "Sm9obiBEb2UKMSBXaGFyZiBTdHJlZXQ=",
}
_NAMED = {
    "delivery_issues.create": {"type": "SMS", "email_address": "test1@test.com"},
    "account.send_verification": {"type": "sms"},
    "uploads.upload": {"convert": "mms"},
    "email.send": {"from": {"email_address_id": 2, "name": "Ada"}},
    "email.price": {"from": [{"email": "test1@test.com", "name": "Ada"}]},
    "own_numbers.request_verification": {"phone_number": "+61411111111"},
    "global_sending.agree": {"country_list_ids": [1]},
}
_QUERIES = {
    "search.contact_lists": {"q": "ellen"},
    **{
        each["id"]: {"filename": "export.csv"}
        for each in OPERATIONS
        if each["id"].endswith("export_history")
    },
}


def query_of(name: str) -> dict[str, str]:
    """The query an operation cannot do without."""
    return _QUERIES.get(name, {})


def filled(name: str, example: Any) -> Any:
    """A documented body with its placeholders filled, such as `"to": "to"`."""
    body = _filled(example)
    return {**body, **_NAMED.get(name, {})} if isinstance(body, dict) else body


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _value(name, each) for name, each in value.items()}


def _value(name: str, found: Any) -> Any:
    if isinstance(found, dict) or (
        isinstance(found, list) and found and isinstance(found[0], dict)
    ):
        return _filled(found)
    if name not in _PLACEHOLDERS or (name == "to" and str(found).startswith("+")):
        return None if name == "template_id" else found
    return _PLACEHOLDERS[name]


@dataclass(frozen=True)
class Want:
    """A value that is wanted for a placeholder of an operation's path."""

    api: Api
    sandbox: ClickSendSandbox
    name: str
    hole: str


async def place(api: Api, sandbox: ClickSendSandbox, name: str) -> dict[str, Any]:
    """Make what an operation's path names, and the values of its placeholders."""
    holes = re.findall(r"\{(\w+)\}", BY_ID[name]["path"])
    makers = _MAKERS_OF.get(name, {})
    placed: dict[str, Any] = {}
    for hole in holes:
        maker = makers.get(hole) or _MAKERS.get(hole) or _constant
        placed[hole] = await maker(Want(api, sandbox, name, hole))
    return placed


async def before(api: Api, sandbox: ClickSendSandbox, name: str, body: Any) -> Any:
    """Make what an operation's body names; the body."""
    if name == "reseller.transfer_credit":
        return {**body, "client_user_id": (await _client(api))["user_id"]}
    if name == "lists.import_contacts":
        upload = {"content": "KzYxNDExMTExMTExLEFkYQ==", "convert": "csv"}
        return {**body, "file_url": (await api.post("/uploads", upload))["_url"]}
    if name == "account.verify_forgot_password":
        await api.put("/forgot-password", {"username": "demo"})
        code = sandbox.state.notes[-1]["code"]
        return {**body, "subaccount_id": 1, "activation_token": code}
    if name == "own_numbers.verify":
        code = sandbox.state.notes[-1]["code"]
        return {**body, "code": code, "phone_number": "+61411111111"}
    for write in _WRITES.get(name, ()):
        await run_example(api, sandbox, write)
    if name == "account.usage":
        now = {**filled("email.send", BY_ID["email.send"]["request_example"]), "schedule": 0}
        await api.post("/email/send", now)
    if name == "fax.send":
        return {**body, "file_url": "http://example.com/letter.pdf"}
    return body


_WRITES = {
    "account.usage": ("sms.send", "voice.send", "fax.send", "letters.send"),
    "alpha_tags.list": ("alpha_tags.create",),
    "delivery_issues.list": ("delivery_issues.create",),
    "email.history": ("email.send",),
    "email_receipt_rules.list": ("email_receipt_rules.create",),
    "email_templates.list": ("email_templates.create",),
    "email_to_sms.list_allowed_addresses": ("email_to_sms.create_allowed_address",),
    "email_to_sms.list_stripped_strings": ("email_to_sms.create_stripped_string",),
    "fax.receipts": ("fax.send",),
    "fax_inbound_rules.list": ("fax_inbound_rules.create",),
    "letters.history": ("letters.send",),
    "mms.history": ("mms.send",),
    "numbers.list": ("numbers.buy",),
    "own_numbers.list": ("own_numbers.request_verification",),
    "postcards.history": ("postcards.send",),
    "reseller.list": ("reseller.create",),
    "sms.inbound": ("sms.create_test_inbound",),
    "sms.receipts": ("sms.send",),
    "statistics.voice": ("voice.send",),
    "voice.history": ("voice.send",),
    "voice.receipts": ("voice.send",),
}
"""What has to be there for a list to show something."""


async def run_example(api: Api, sandbox: ClickSendSandbox, name: str) -> Any:
    """Make an operation's documented request; its data, or its whole body."""
    operation = BY_ID[name]
    placed = await place(api, sandbox, name)
    body = filled(name, operation["request_example"] or {})
    if isinstance(body, dict) and body.get("file_url") == "file_url":
        body["file_url"] = "http://example.com/letter.pdf"
    body = await before(api, sandbox, name, body)
    path = operation["path"].format(**placed)
    sent = {} if operation["method"] in ("GET", "DELETE") else {"json": body}
    response = await api.client.request(
        operation["method"], f"{api.url}/v3{path}", params=query_of(name), **sent
    )
    assert response.is_success, response.text
    whole = response.json() if response.content else None
    return whole["data"] if isinstance(whole, dict) and "http_code" in whole else whole


async def _constant(want: Want) -> Any:
    return _CONSTANTS[want.hole]


_CONSTANTS = {
    "list_id": 428,
    "from_list_id": 428,
    "to_list_id": 429,
    "opt_out_list_id": 430,
    "contact_id": 552_786,
    "package_id": 1,
    "category_id": 1,
    "country": "AU",
    "email_address_id": 2,
    "return_address_id": 4,
    "dedicated_number": "+61555010000",
    "transaction_id": "cb726c65-1c65-47fa-aea2-3ded9ed57557",
    "template_id": 1,
}
_RULE = {
    "rule_name": "Rule",
    "match_type": 0,
    "dedicated_number": "*",
    "action": "POLL",
    "action_address": "",
    "enabled": 1,
}


async def _today(want: Want) -> Any:
    return getattr(datetime.now(UTC), want.hole)


async def _rule(want: Want) -> Any:
    path = BY_ID[want.name]["path"].rpartition("/")[0]
    return (await want.api.post(path, _RULE))[want.hole]


async def _stripped(want: Want) -> Any:
    return (await want.api.post("/sms/email-sms-stripped-strings", {"strip_string": "--"}))[
        "rule_id"
    ]


async def _template(want: Want) -> Any:
    body = {"template_name": "Spring", "template_id_master": 57}
    return (await want.api.post("/email/templates", body))["template_id"]


async def _master(_: Want) -> Any:
    return 57


async def _campaign(want: Want) -> Any:
    kind = want.name.partition("_")[0]
    body = filled("", BY_ID[f"{kind}_campaigns.send"]["request_example"])
    later = 0 if "history" in want.name else int(want.sandbox.state.now()) + 3600
    made = await want.api.post(f"/{kind}-campaigns/send", {**body, "schedule": later})
    return (made.get("data") or made)[want.hole]


async def _client(api: Api) -> Any:
    example = {**filled("", BY_ID["reseller.create"]["request_example"]), "username": "client"}
    return await api.post("/reseller/accounts", example)


async def _client_id(want: Want) -> Any:
    return (await _client(want.api))["user_id"]


async def _subaccount(want: Want) -> Any:
    example = filled("", BY_ID["subaccounts.create"]["request_example"])
    made = await want.api.post("/subaccounts", {**example, "api_username": "sub"})
    return made["subaccount_id"]


async def _tag(want: Want) -> Any:
    return (await want.api.call("POST", "/alpha-tags", 201, json={"alpha_tag": "Harbour"}))["id"]


async def _verification(want: Want) -> Any:
    body = {"phone_number": "+61411111111", "country": "AU"}
    made = await want.api.call("POST", "/own-numbers/verifications", 201, json=body)
    return made["own_number_id" if want.hole == "own_number_id" else "id"]


async def _message(want: Want) -> Any:
    """A scheduled message to cancel, or one that has its receipt."""
    family, _, verb = want.name.partition(".")
    later = int(want.sandbox.state.now()) + 3600 if verb == "cancel" else 0
    if verb == "mark_inbound_message_read":
        return want.sandbox.text_in("+61411111111", "Thanks")["message_id"]
    if family in ("letters", "postcards"):
        body = filled("", BY_ID[f"{family}.send"]["request_example"])
        body["recipients"][0]["schedule"] = later
        body["file_url"] = "http://example.com/letter.pdf"
        return (await want.api.post(f"/post/{family}/send", body))["recipients"][0]["message_id"]
    message = {"to": "+61411111111", "body": "Hi", "schedule": later}
    url = "http://example.com/letter.pdf"
    made = await want.api.post(f"/{family}/send", {"messages": [message], "file_url": url})
    want.sandbox.advance(0)
    return made["messages"][0]["message_id"]


async def _account_token(want: Want) -> Any:
    body = {"country": "AU", "user_phone": "+61411111111", "type": "sms"}
    await want.api.put("/account-verify/send", body)
    return want.sandbox.state.notes[-1]["code"]


async def _email_token(want: Want) -> Any:
    await want.api.put("/email/address-verify/2/send")
    return want.sandbox.state.notes[-1]["code"]


_MAKERS: dict[str, Any] = {
    "year": _today,
    "month": _today,
    "receipt_rule_id": _rule,
    "inbound_rule_id": _rule,
    "rule_id": _stripped,
    "sms_campaign_id": _campaign,
    "mms_campaign_id": _campaign,
    "email_campaign_id": _campaign,
    "client_user_id": _client_id,
    "subaccount_id": _subaccount,
    "alpha_tag_id": _tag,
    "own_number_id": _verification,
    "verification_id": _verification,
    "message_id": _message,
}
_MAKERS_OF: dict[str, dict[str, Any]] = {
    "master_email_templates.get": {"template_id": _master},
    "email_templates.get": {"template_id": _template},
    "email_templates.update": {"template_id": _template},
    "email_templates.delete": {"template_id": _template},
    "account.verify": {"activation_token": _account_token},
    "email_addresses.verify": {"activation_token": _email_token},
}
