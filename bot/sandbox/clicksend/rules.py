"""Automations: rules for inbound messages and receipts, and what they do when they fire."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.callers import USER, Caller
from bot.sandbox.clicksend.channels import SMS
from bot.sandbox.clicksend.contact_rows import contact
from bot.sandbox.clicksend.fields import (
    Reader,
    flag,
    integer,
    integer_or,
    one_of,
    optional,
    optional_text,
    text,
    text_or,
)
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.sending import batch
from bot.sandbox.clicksend.shelf import Stored
from bot.sandbox.clicksend.state import Inbound, Receipt, State
from bot.sandbox.clicksend.webhooks import push
from bot.sandbox.clicksend.wire import Data, Json, RefusedError

_FORMS = one_of("post", "get", "json")
_ACTIONS = (
    "AUTO_REPLY",
    "EMAIL_USER",
    "EMAIL_FIXED",
    "URL",
    "SMS",
    "POLL",
    "GROUP_SMS",
    "MOVE_CONTACT",
    "CREATE_CONTACT",
    "CREATE_CONTACT_PLUS_EMAIL",
    "CREATE_CONTACT_PLUS_NAME_EMAIL",
    "CREATE_CONTACT_PLUS_NAME",
    "SMPP",
    "NONE",
)
_action = one_of(*_ACTIONS)
_NEEDS_ADDRESS = frozenset(_ACTIONS) - {"POLL", "NONE", "EMAIL_USER", "SMPP", "AUTO_REPLY"}


def _address(fields: Json, name: str) -> str:
    """An address, which only some actions need."""
    return text(fields, name) if fields.get("action") in _NEEDS_ADDRESS else _any(fields, name)


def _any(fields: Json, name: str) -> str:
    return optional_text(fields, name) or ""


_RECEIPT: dict[str, Reader] = {
    "rule_name": text,
    "match_type": integer,
    "action": _action,
    "action_address": _address,
    "enabled": flag,
}
_FAX: dict[str, Reader] = {
    "dedicated_number": text,
    "rule_name": text,
    "action": _action,
    "action_address": _address,
    "enabled": flag,
}
_SMS: dict[str, Reader] = {
    "dedicated_number": text,
    "rule_name": text,
    "message_search_type": integer_or(0),
    "message_search_term": text_or(""),
    "action": _action,
    "action_address": _address,
    "body": optional_text,
    "webhook_type": optional(_FORMS),
    "enabled": flag,
}


def _texts(listed: str, created: str, got: str, updated: str, deleted: str) -> dict[str, str]:
    return {"list": listed, "create": created, "get": got, "update": updated, "delete": deleted}


_RECEIPT_RULES: tuple[tuple[str, Data, str, str], ...] = (
    ("sms", [], "Your rule incoming sms receipt", "Your new SMS receipt has been added."),
    ("voice", [], "Your rule incoming voice receipt", "Your new voice receipt has been added."),
    ("fax", None, "Your rule incoming fax receipt", "Your new Fax receipt has been added."),
    ("email", True, "Your rule email receipt", "Automation email receipt rule has been created."),
)
ROUTES: tuple[Route, ...] = (
    *Stored(
        "sms_inbound_rules",
        "/automations/sms/inbound",
        "sms_inbound",
        _SMS,
        _texts(
            "Your list of inbound rules.",
            "Your record has been added.",
            "Your inbound rule.",
            "Your record has been updated.",
            "Your record has been deleted.",
        ),
    ).routes("inbound_rule_id"),
    *Stored(
        "fax_inbound_rules",
        "/automations/fax/inbound",
        "fax_inbound",
        _FAX,
        _texts(
            "Your inbound fax.",
            "New rule has been added.",
            "Your inbound fax.",
            "Your inbound fax.",
            "Your fax inbound rule has been deleted.",
        ),
        constant={"user_id": 1},
    ).routes("inbound_rule_id"),
    *(
        route
        for kind, gone, name, created in _RECEIPT_RULES
        for route in Stored(
            f"{kind}_receipt_rules",
            f"/automations/{kind}/receipts",
            f"{kind}_receipts",
            _RECEIPT,
            _texts(
                f"Your list of rules: {kind} receipts.",
                created,
                f"{name}.",
                f"{name} has been updated.",
                f"{name} has been deleted.",
            ),
            gone=gone,
        ).routes("receipt_rule_id")
    ),
)


def on_receipt(state: State, receipt: Receipt) -> None:
    """Fire the rules for a receipt that arrived; MMS has those of SMS."""
    kind = "sms" if receipt.kind == "mms" else receipt.kind
    for rule in _enabled(state, f"{kind}_receipts"):
        if rule["action"] == "POLL":
            receipt.polled = True
        elif rule["action"] == "URL":
            push(state, rule["action_address"], "post", _pushed_receipt(receipt))
        else:
            state.note(rule["action"], to=rule["action_address"], receipt=receipt.record)


def on_inbound(state: State, inbound: Inbound) -> None:
    """Fire the rules for a message that came in."""
    for rule in _enabled(state, "sms_inbound"):
        if _applies(rule, inbound.record):
            _INBOUND.get(rule["action"], _noted)(state, rule, inbound)


def on_fax(state: State, record: Json) -> None:
    """Fire the rules for a fax that came in."""
    for rule in _enabled(state, "fax_inbound"):
        if rule["dedicated_number"] not in ("*", record["to"]):
            continue
        if rule["action"] == "URL":
            push(state, rule["action_address"], "post", record)
        else:
            state.note(rule["action"], to=rule["action_address"], fax=record)


def _enabled(state: State, shelf: str) -> list[Json]:
    return [rule for rule in state.shelf(shelf).all() if rule["enabled"]]


def _applies(rule: Json, record: Json) -> bool:
    number = rule["dedicated_number"]
    if number not in ("*", record["to"]):
        return False
    term = str(rule["message_search_term"] or "").casefold()
    body = str(record["body"]).casefold()
    tests = (True, body.startswith(term), term in body, term not in body)
    kind = int(rule["message_search_type"])
    return tests[kind] if 0 <= kind < len(tests) else True


def _pushed_receipt(receipt: Receipt) -> Json:
    """Some values come under several keys, as they do from the real one."""
    record = receipt.record
    failed = record["error_code"] is not None
    return {
        **{name: value for name, value in record.items() if name != "_message_type"},
        "message_type": receipt.kind,
        "status": "Undelivered" if failed else "Delivered",
        "messageid": record["message_id"],
        "customstring": record["custom_string"],
        "user_id": 1,
    }


def _poll(_: State, __: Json, inbound: Inbound) -> None:
    inbound.polled = True


def _webhook(state: State, rule: Json, inbound: Inbound) -> None:
    record = inbound.record
    doubled = {
        "message": record["body"],
        "sms": record["from"],
        "messageid": record["message_id"],
        "originalmessage": record["original_body"],
        "originalmessageid": record["original_message_id"],
        "customstring": record["custom_string"],
        "user_id": 1,
        "subaccount_id": 1,
    }
    form = rule.get("webhook_type") or "post"
    push(state, rule["action_address"], form, {**record, **doubled})


def _auto_reply(state: State, rule: Json, inbound: Inbound) -> None:
    body = rule.get("body") or rule["action_address"]
    _send(state, [{"to": inbound.record["from"], "body": body}])


def _forward(state: State, rule: Json, inbound: Inbound) -> None:
    _send(state, [{"to": rule["action_address"], "body": inbound.record["body"]}])


def _to_list(state: State, rule: Json, inbound: Inbound) -> None:
    _send(state, [{"list_id": rule["action_address"], "body": inbound.record["body"]}])


def _send(state: State, messages: list[Json]) -> None:
    """What a rule sends itself is charged like anything else; what it cannot send is noted."""
    try:
        batch(state, Call("sms.send", Caller(USER), {}, {}, {}), SMS, messages, send=True)
    except RefusedError as refusal:
        state.note(f"the rule's message was refused: {refusal.text}", messages=messages)


def _keep_contact(state: State, rule: Json, inbound: Inbound) -> None:
    """Make the sender a contact of the list, or move the contact there."""
    number, shelf = rule["action_address"], state.shelf("contacts")
    if not number.isdecimal() or int(number) not in state.shelf("lists").rows:
        state.note(f"{rule['action']}: no such list", to=number)
        return
    mine = [each for each in shelf.all() if each["phone_number"] == inbound.record["from"]]
    if rule["action"] == "MOVE_CONTACT":
        for each in mine:
            each["list_id"] = int(number)
    elif not any(each["list_id"] == int(number) for each in mine):
        phone = {"phone_number": inbound.record["from"]}
        shelf.add(contact(phone, int(number), int(state.now())))
    if "EMAIL" in rule["action"]:
        _noted(state, rule, inbound)


def _noted(state: State, rule: Json, inbound: Inbound) -> None:
    state.note(rule["action"], to=rule["action_address"], message=inbound.record)


_INBOUND: dict[str, Callable[[State, Json, Inbound], None]] = {
    "POLL": _poll,
    "URL": _webhook,
    "AUTO_REPLY": _auto_reply,
    "SMS": _forward,
    "GROUP_SMS": _to_list,
    **{action: _keep_contact for action in _ACTIONS if "CONTACT" in action},
}
