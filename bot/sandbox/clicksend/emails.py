"""Transactional email, the addresses it may come from, and the templates of email campaigns."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.exports import export
from bot.sandbox.clicksend.fields import email, integer, mistyped, objects, optional_text, text
from bot.sandbox.clicksend.paging import page, within
from bot.sandbox.clicksend.prices import CURRENCY, EMAIL_PRICE
from bot.sandbox.clicksend.recipients import TEST_EMAILS
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.sending import accept, schedule_of
from bot.sandbox.clicksend.shelf import Stored, hidden
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.wire import Answer, Json, missing, refused

_CATEGORIES = {1: "Newsletters", 2: "Alerts/Notifications", 3: "Offers", 4: "Birthday"}
_MASTERS = {1: (1, "Minty"), 11: (1, "Letterhead"), 24: (3, "Sale"), 57: (2, "Basic 2")}
_MASTERS |= {60: (4, "Candles")}
_MADE = 1_458_182_912


def _people(fields: Json, name: str) -> list[Json]:
    """A list of names and addresses; one that may be left out."""
    if fields.get(name) in (None, []):
        return []
    found = objects(fields, name)
    return [{"email": email(each, "email"), "name": optional_text(each, "name")} for each in found]


def _from(fields: Json) -> Json:
    """The sender; the reference shows an object once and a list once."""
    found: Any = fields.get("from")
    if isinstance(found, list) and found:
        found = found[0]
    if found is None:
        raise refused("The from field is required.", "MISSING_REQUIRED_FIELDS")
    if not isinstance(found, dict):
        raise mistyped("from", "an object")
    return found


def _address_id(state: State, sender: Json) -> int:
    """The allowed address it comes from, by id or by address."""
    rows = state.shelf("email_addresses").all()
    wanted = optional_text(sender, "email")
    for each in rows:
        if wanted and each["email_address"] == wanted and each["verified"]:
            return int(each["email_address_id"])
    number = integer(sender, "email_address_id")
    if not state.shelf("email_addresses").rows.get(number, {}).get("verified"):
        raise refused("The from field is not a verified email address.", "INVALID_SENDER_ID")
    return number


def _attachments(fields: Json) -> list[Json]:
    if fields.get("attachments") in (None, []):
        return []
    return [
        {
            "file_name": text(each, "filename"),
            "content_type": text(each, "type"),
            "content_disposition": optional_text(each, "disposition") or "attachment",
            "content_id": optional_text(each, "content_id"),
            "_attachment_file_url": f"http://example.com/files/{index}",
        }
        for index, each in enumerate(objects(fields, "attachments"), start=1)
        if text(each, "content")
    ]


def _draft(state: State, call: Call) -> Message:
    to = _people(call.body, "to")
    if not to:
        raise refused("The to field is required.", "MISSING_REQUIRED_FIELDS")
    copies = {name: _people(call.body, name) for name in ("cc", "bcc")}
    everyone = [*to, *copies["cc"], *copies["bcc"]]
    sender = _from(call.body)
    schedule = schedule_of(call.body)
    if schedule is None:
        raise refused("The schedule field is not a Unix timestamp.", "INVALID_SCHEDULE")
    charged = sum(each["email"] not in TEST_EMAILS for each in everyone)
    extra = {
        "from_email_address_id": _address_id(state, sender),
        "from_name": optional_text(sender, "name") or "",
        "to": to,
        **{name: people or None for name, people in copies.items()},
        "subject": optional_text(call.body, "subject") or "",
        "attachments": _attachments(call.body),
    }
    return Message(
        kind="email",
        id=state.new_id(),
        to=to[0]["email"],
        body=text(call.body, "body"),
        price=EMAIL_PRICE * len(everyone),
        charged=EMAIL_PRICE * charged,
        parts=len(everyone),
        custom_string=optional_text(call.body, "custom_string") or "",
        schedule=schedule,
        sent_at=state.now(),
        caller=call.caller,
        added=int(state.now()),
        extra=extra,
    )


def _shown(message: Message) -> Json:
    extra = message.extra
    return {
        "user_id": 1,
        "subaccount_id": message.caller.subaccount_id,
        "from_email_address_id": extra["from_email_address_id"],
        "from_name": extra["from_name"],
        "to": extra["to"],
        "cc": extra["cc"],
        "bcc": extra["bcc"],
        "subject": extra["subject"],
        "body": message.body,
        "body_plain_text": message.body,
        "schedule": message.schedule or message.added,
        "message_id": message.id,
        "status": message.status,
        "status_text": message.status_text or "Accepted for delivery",
        "soft_bounce_count": 0,
        "hard_bounce_count": 0,
        "price": f"{message.price:.4f}",
        "date_added": message.added,
        "custom_string": message.custom_string or None,
        "_attachments": extra["attachments"],
        "_currency": CURRENCY,
    }


def _send(state: State, call: Call) -> Answer:
    message = _draft(state, call)
    if call.caller.broke or message.charged > state.balance:
        raise refused("You have not enough credit.", "INSUFFICIENT_CREDIT")
    accept(state, message)
    return _shown(message)


def _price(state: State, call: Call) -> Answer:
    """A page with the one message, priced."""
    return page([_shown(_draft(state, call))], call)


def _records(state: State, call: Call) -> list[Json]:
    return within([_shown(each) for each in state.of("email")], call, "date_added")


def _history(state: State, call: Call) -> Answer:
    return page(_records(state, call), call)


def _exported(state: State, call: Call) -> Answer:
    return export(state, call, _records(state, call))


def _master(number: int) -> Json:
    name = _MASTERS[number][1]
    where = f"http://example.com/templates/{number}"
    thumbnail = {"small": f"{where}/small.jpg", "large": f"{where}/large.jpg"}
    return {
        "template_id_master": number,
        "template_name": name,
        "date_added": str(_MADE),
        "thumbnail": thumbnail,
    }


def _masters(_: State, call: Call) -> Answer:
    """The reference shows these lists bare, though they take page and limit."""
    shown: list[Any] = page([_master(number) for number in _MASTERS], call)["data"]
    return shown


def _one_master(_: State, call: Call) -> Answer:
    number = call.number("template_id")
    if number not in _MASTERS:
        raise missing("Template record not found.")
    return _master(number)


def _categories(_: State, call: Call) -> Answer:
    rows = [{"category_id": number, "name": name} for number, name in _CATEGORIES.items()]
    shown: list[Any] = page(rows, call)["data"]
    return shown


def _category(_: State, call: Call) -> Answer:
    number = call.number("category_id")
    if number not in _CATEGORIES:
        raise missing("Category record not found.")
    return {"category_id": number, "name": _CATEGORIES[number]}


def _in_category(_: State, call: Call) -> Answer:
    number = call.number("category_id")
    if number not in _CATEGORIES:
        raise missing("Category record not found.")
    mine = [each for each, (category, _) in _MASTERS.items() if category == number]
    rows = [{**_master(each), "category_id": number, "body": _html(each)} for each in mine]
    shown: list[Any] = page(rows, call)["data"]
    return shown


def _html(number: int) -> str:
    return f"<html><body><h1>{_MASTERS[number][1]}</h1></body></html>"


def _create_template(state: State, call: Call) -> Answer:
    name, master = text(call.body, "template_name"), integer(call.body, "template_id_master")
    if master not in _MASTERS:
        raise refused("The template_id_master is not a master template.")
    made: Json = {"template_id_master": master, "template_name": name, "body": _html(master)}
    return state.shelf("email_templates").add(made)


def _update_template(state: State, call: Call) -> Answer:
    found = state.shelf("email_templates").get(call.number("template_id"))
    found["body"] = text(call.body, "body")
    found["template_name"] = optional_text(call.body, "template_name") or found["template_name"]
    return dict(found)


def _public(found: Json) -> Json:
    return {name: value for name, value in found.items() if name != "code"}


def _addresses(state: State, call: Call) -> Answer:
    return page([_public(each) for each in state.shelf("email_addresses").all()], call)


def _create_address(state: State, call: Call) -> Answer:
    wanted = email(call.body, "email_address")
    if any(each["email_address"] == wanted for each in state.shelf("email_addresses").all()):
        raise refused("The email_address is already there.", "ALREADY_EXISTS")
    made: Json = {"email_address": wanted, "verified": 0, "date_added": str(int(state.now()))}
    return _public(state.shelf("email_addresses").add(made))


def _address(state: State, call: Call) -> Json:
    return state.shelf("email_addresses").get(call.number("email_address_id"))


def _get_address(state: State, call: Call) -> Answer:
    return _public(_address(state, call))


def _send_code(state: State, call: Call) -> Answer:
    """Send a code to the address; the sandbox writes it down in `notes`."""
    found = _address(state, call)
    found["code"] = secrets.token_hex(8)
    state.note("email address verification", to=found["email_address"], code=found["code"])
    return None


def _verify(state: State, call: Call) -> Answer:
    found = _address(state, call)
    if not found.get("code") or call.path["activation_token"] != found["code"]:
        raise missing("The activation token is not valid.")
    found["verified"] = 1
    del found["code"]
    return _public(found)


def _delete_address(state: State, call: Call) -> Answer:
    state.shelf("email_addresses").delete(call.number("email_address_id"))
    return None


Run = Callable[[State, Call], Answer]
_MASTER, _GROUPS = "/email/master-templates", "/email/master-templates-categories"
_TEMPLATES, _ALLOWED = "/email/templates", "/email/addresses"
_ONE_ALLOWED, _VERIFY = f"{_ALLOWED}/{{email_address_id}}", "/email/address-verify"
_SENT = "Transactional email queued for delivery."
_RESULT = "Here is your result."
_table: tuple[tuple[str, str, str, Run, str], ...] = (
    ("email.send", "POST", "/email/send", _send, _SENT),
    ("email.price", "POST", "/email/price", _price, _RESULT),
    ("email.history", "GET", "/email/history", _history, _RESULT),
    ("email.export_history", "GET", "/email/history/export", _exported, "Download your file here."),
    ("master_email_templates.list", "GET", _MASTER, _masters, "List of Email Master Templates"),
    (
        "master_email_templates.get",
        "GET",
        f"{_MASTER}/{{template_id}}",
        _one_master,
        "Here is your email template",
    ),
    (
        "master_email_templates.list_categories",
        "GET",
        _GROUPS,
        _categories,
        "List of Email Categories",
    ),
    (
        "master_email_templates.get_category",
        "GET",
        f"{_GROUPS}/{{category_id}}",
        _category,
        "List of Email Categories",
    ),
    (
        "master_email_templates.list_in_category",
        "GET",
        f"{_GROUPS}/{{category_id}}/master-templates",
        _in_category,
        "List of Email Templates By Category",
    ),
    (
        "email_templates.create",
        "POST",
        _TEMPLATES,
        _create_template,
        "New email template has been saved.",
    ),
    (
        "email_templates.update",
        "PUT",
        f"{_TEMPLATES}/{{template_id}}",
        _update_template,
        "Your email template has been updated.",
    ),
    ("email_addresses.list", "GET", _ALLOWED, _addresses, "Here are your email addresses"),
    (
        "email_addresses.create",
        "POST",
        _ALLOWED,
        _create_address,
        "Email address has been created.",
    ),
    ("email_addresses.get", "GET", _ONE_ALLOWED, _get_address, "Here is your email address."),
    ("email_addresses.delete", "DELETE", _ONE_ALLOWED, _delete_address, "Email address deleted."),
    (
        "email_addresses.send_verification",
        "PUT",
        f"{_VERIFY}/{{email_address_id}}/send",
        _send_code,
        "Verification email has been sent.",
    ),
    (
        "email_addresses.verify",
        "PUT",
        f"{_VERIFY}/{{email_address_id}}/verify/{{activation_token}}",
        _verify,
        "Email address verified.",
    ),
)
ROUTES = (
    *(Route(*each) for each in _table),
    *Stored(
        "email_templates",
        _TEMPLATES,
        "email_templates",
        {},
        {
            "list": "Here are your email templates.",
            "get": "Here is your email template.",
            "delete": "Your email template has been deleted.",
        },
        listed=hidden("body"),
    ).routes("template_id"),
)
