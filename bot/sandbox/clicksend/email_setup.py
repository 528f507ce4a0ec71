"""The addresses that email may come from, and the templates of email campaigns."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import email, integer, optional_text, text
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.shelf import Stored, hidden
from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Answer, Json, missing, refused

_CATEGORIES = {1: "Newsletters", 2: "Alerts/Notifications", 3: "Offers", 4: "Birthday"}
_MASTERS = {1: (1, "Minty"), 11: (1, "Letterhead"), 24: (3, "Sale"), 57: (2, "Basic 2")}
_MASTERS |= {60: (4, "Candles")}
_MADE = 1_458_182_912


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
_TABLE: tuple[tuple[str, str, str, Run, str], ...] = (
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
    *(Route(*each) for each in _TABLE),
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
