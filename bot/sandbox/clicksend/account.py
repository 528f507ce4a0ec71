"""The account, subaccounts, and the accounts of a reseller's clients."""

from __future__ import annotations

import secrets
from decimal import Decimal
from itertools import pairwise

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.callers import ACCESS, KEY, USER
from bot.sandbox.clicksend.fields import (
    Reader,
    email,
    flag_or,
    integer,
    one_of,
    optional_text,
    row,
    text,
)
from bot.sandbox.clicksend.paging import page
from bot.sandbox.clicksend.prices import CURRENCY
from bot.sandbox.clicksend.recipients import recipient
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.shelf import Stored
from bot.sandbox.clicksend.state import MICRO, State
from bot.sandbox.clicksend.wire import Answer, Json, RefusedError, Said, missing, refused

_COUNTRY_LETTERS = 2


def _country(fields: Json, name: str) -> str:
    found = text(fields, name)
    if len(found) != _COUNTRY_LETTERS or not found.isalpha():
        raise refused(f"The {name} field must be a two-letter country code.")
    return found.upper()


def _phone(fields: Json, name: str) -> str:
    read = recipient(text(fields, name), optional_text(fields, "country") or "AU")
    if read is None:
        raise refused(f"The {name} field is not a valid number.", "INVALID_RECIPIENT")
    return read[0]


_ACCOUNT: dict[str, Reader] = {
    "username": text,
    "password": text,
    "user_email": email,
    "user_phone": _phone,
    "user_first_name": text,
    "user_last_name": text,
    "account_name": text,
    "country": _country,
}
_SUBACCOUNT: dict[str, Reader] = {
    "api_username": text,
    "password": text,
    "email": email,
    "phone_number": _phone,
    "first_name": text,
    "last_name": text,
    **{f"access_{part}": flag_or(1) for part in ACCESS},
    "share_campaigns": flag_or(0),
    "notes": optional_text,
}


def _shown(found: Json) -> Json:
    """An account as the API describes one; the password is kept nowhere."""
    return {
        "user_id": found["user_id"],
        "username": found["username"],
        "user_email": found["user_email"],
        "active": found["active"],
        "banned": 0,
        "balance": f"{Decimal(found['balance']):.6f}",
        "user_phone": found["user_phone"],
        "reply_to": "originalemail",
        "delivery_to": None,
        "user_first_name": found["user_first_name"],
        "user_last_name": found["user_last_name"],
        "account": 0,
        "account_name": found["account_name"],
        "account_billing_email": found["user_email"],
        "account_billing_mobile": found["user_phone"],
        "country": found["country"],
        "default_country_sms": found["country"],
        "unsubscribe_mail": 0,
        "auto_recharge": 0,
        "auto_recharge_amount": "20.00",
        "low_credit_amount": found.get("low_credit_amount", "0.00"),
        "setting_unicode_sms": 0,
        "setting_beta": 0,
        "setting_email_sms_subject": 0,
        "setting_fix_sender_id": 0,
        "setting_sms_message_char_limit": 8,
        "old_dashboard": 0,
        "balance_commission": "0.000000",
        "timezone": "Australia/Sydney",
        "private_uploads": 0,
        "fax_quality": 0,
        "setting_sms_hide_your_number": 0,
        "setting_sms_hide_business_name": 0,
        "_currency": CURRENCY,
        "_subaccount": found["_subaccount"],
    }


def _subaccount_of(fields: Json, number: int) -> Json:
    return {
        "subaccount_id": number,
        "api_username": fields["username"],
        "email": fields["user_email"],
        "phone_number": fields["user_phone"],
        "first_name": fields["user_first_name"],
        "last_name": fields["user_last_name"],
        "api_key": _new_key(),
        **{f"access_{part}": 1 for part in ACCESS},
        "share_campaigns": 0,
        "notes": None,
    }


def _new_key() -> str:
    digits = secrets.token_hex(16).upper()
    return "-".join(digits[begin:end] for begin, end in pairwise((0, 8, 12, 16, 20, 32)))


def _get(state: State, call: Call) -> Answer:
    return _mine(state, call)


def _mine(state: State, call: Call) -> Json:
    """The account of who asks."""
    subaccounts = state.shelf("subaccounts").rows
    mine = subaccounts.get(call.caller.subaccount_id) or {"api_username": USER, "api_key": KEY}
    fields: Json = {
        "user_id": 1,
        "username": call.caller.username if call.caller.broke else USER,
        "user_email": "demo@example.com",
        "active": 1,
        "balance": state.credit(call.caller),
        "user_phone": "+61411111111",
        "user_first_name": "Ada",
        "user_last_name": "Byron",
        "account_name": "Harbour Dental",
        "country": "AU",
        "low_credit_amount": f"{state.low_credit_amount:.2f}",
        "_subaccount": _visible(mine),
    }
    return _shown(fields)


def _open(state: State, shelf: str, fields: Json) -> Json:
    """Make an account that is not active yet."""
    _must_be_free(state, fields["username"])
    kept = {name: value for name, value in fields.items() if name != "password"}
    number = 126 + len(state.shelf("accounts").rows) + len(state.shelf("clients").rows)
    made: Json = {**kept, "active": 0, "balance": "0", "_subaccount": _subaccount_of(kept, number)}
    return state.shelf(shelf).add(made)


def _must_be_free(state: State, name: str, but: Json | None = None) -> None:
    accounts = [*state.shelf("accounts").all(), *state.shelf("clients").all()]
    taken = {each["username"] for each in accounts if each is not but}
    taken |= {each["api_username"] for each in state.shelf("subaccounts").all() if each is not but}
    if name in taken:
        raise refused("The username is taken.", "ALREADY_EXISTS")


def _create(state: State, call: Call) -> Answer:
    return _shown(_open(state, "accounts", row(call.body, _ACCOUNT)))


def _send_code(state: State, call: Call) -> Answer:
    """Send a code to a new account's phone; the sandbox writes it down in `notes`."""
    country, phone = _country(call.body, "country"), _phone(call.body, "user_phone")
    kind = one_of("sms", "call", "voice", "email")(call.body, "type")
    code = f"{secrets.randbelow(1_000_000):06d}"
    state.settings["activation"] = {"code": code, "phone": phone}
    state.note("activation code", to=phone, code=code)
    return {"user_phone": phone, "type": kind, "country": country}


def _verify(state: State, call: Call) -> Answer:
    sent = state.settings.get("activation")
    if sent is None or call.path["activation_token"] != sent["code"]:
        raise missing("The activation token is not valid.")
    del state.settings["activation"]
    waiting = [
        each for each in state.shelf("accounts").all() if each["user_phone"] == sent["phone"]
    ]
    if not waiting:
        return _activated(_mine(state, call))
    waiting[-1]["active"] = 1
    return _activated(_shown(waiting[-1]))


def _activated(shown: Json) -> Json:
    """The reference shows a subaccount with more fields here than anywhere else."""
    own = shown["_subaccount"]
    more = {"mobile": own["phone_number"], "user_id": shown["user_id"], "access_smpp": 0}
    return {**shown, "_subaccount": {**own, **more, "sms_deidentify_message": 0}}


def _forgot_username(state: State, call: Call) -> Answer:
    given = optional_text(call.body, "email") or optional_text(call.body, "phone_number")
    if not given:
        raise refused("One of email and phone_number is required.", "MISSING_REQUIRED_FIELDS")
    state.note("username reminder", to=given)
    return []


def _forgot_password(state: State, call: Call) -> Answer:
    name = text(call.body, "username")
    code = secrets.token_hex(8)
    state.settings["reset"] = code
    state.note("password reset", to=name, code=code)
    return []


def _reset_password(state: State, call: Call) -> Answer:
    number, code = integer(call.body, "subaccount_id"), text(call.body, "activation_token")
    text(call.body, "password")
    state.shelf("subaccounts").get(number)
    if code != state.settings.pop("reset", None):
        raise missing("The activation token is not valid.")
    return []


def _visible(found: Json) -> Json:
    return {name: value for name, value in found.items() if name != "password"}


def _create_subaccount(state: State, call: Call) -> Answer:
    fields = row(call.body, _SUBACCOUNT)
    _must_be_free(state, fields["api_username"])
    return state.shelf("subaccounts").add({**_visible(fields), "api_key": _new_key()})


def _update_subaccount(state: State, call: Call) -> Answer:
    found = state.shelf("subaccounts").get(call.number("subaccount_id"))
    fields = row({**found, "password": "kept", **call.body}, _SUBACCOUNT)
    _must_be_free(state, fields["api_username"], but=found)
    found.update(_visible(fields))
    return Said(dict(found), f"Subaccount #{found['subaccount_id']} has been updated.")


def _delete_subaccount(state: State, call: Call) -> Answer:
    number = call.number("subaccount_id")
    if number in (call.caller.subaccount_id, 1):
        raise RefusedError(403, "FORBIDDEN", "This subaccount cannot be deleted.")
    state.shelf("subaccounts").delete(number)
    return Said(data=True, text=f"Subaccount #{number} has been deleted")


def _regenerate(state: State, call: Call) -> Answer:
    found = state.shelf("subaccounts").get(call.number("subaccount_id"))
    found["api_key"] = _new_key()
    return {"api_key": found["api_key"]}


def _clients(state: State, call: Call) -> Answer:
    return page([_shown(each) for each in state.shelf("clients").all()], call)


def _create_client(state: State, call: Call) -> Answer:
    return _shown(_open(state, "clients", row(call.body, _ACCOUNT)))


def _get_client(state: State, call: Call) -> Answer:
    return _shown(state.shelf("clients").get(call.number("client_user_id")))


def _update_client(state: State, call: Call) -> Answer:
    found = state.shelf("clients").get(call.number("client_user_id"))
    fields = row({**found, "password": "kept", **call.body}, _ACCOUNT)
    _must_be_free(state, fields["username"], but=found)
    found.update(_visible(fields))
    return _shown(found)


def _transfer(state: State, call: Call) -> Answer:
    """Give credit to a client: it leaves the own balance."""
    client = state.shelf("clients").get(integer(call.body, "client_user_id"))
    amount = Decimal(str(integer(call.body, "balance")))
    text(call.body, "currency")
    if amount <= 0:
        raise refused("The balance field must be more than 0.")
    if amount > state.credit(call.caller):
        raise refused("You have not enough credit.", "INSUFFICIENT_CREDIT")
    state.charge(amount)
    client["balance"] = str((Decimal(client["balance"]) + amount).quantize(MICRO))
    return _shown(client)


_SUB, _CLIENT = "/subaccounts", "/reseller/accounts"
_ONE_SUB, _ONE_CLIENT = f"{_SUB}/{{subaccount_id}}", f"{_CLIENT}/{{client_user_id}}"
_MAIL = "An email notification has been sent."
ROUTES = (
    Route("account.create", "POST", "/account", _create, "Successfully created an account."),
    Route("account.get", "GET", "/account", _get, "Here's your account"),
    Route(
        "account.send_verification", "PUT", "/account-verify/send", _send_code, "Verification sent."
    ),
    Route(
        "account.verify",
        "PUT",
        "/account-verify/verify/{activation_token}",
        _verify,
        "You're account has been verified.",
    ),
    Route("account.forgot_username", "PUT", "/forgot-username", _forgot_username, _MAIL),
    Route("account.forgot_password", "PUT", "/forgot-password", _forgot_password, _MAIL),
    Route(
        "account.verify_forgot_password",
        "PUT",
        "/forgot-password/verify",
        _reset_password,
        "Your password has been updated.",
    ),
    *Stored(
        "subaccounts", _SUB, "subaccounts", {}, {"list": "SUCCESS", "get": "Here are your data."}
    ).routes("subaccount_id"),
    Route("subaccounts.create", "POST", _SUB, _create_subaccount, "New account has been created."),
    Route("subaccounts.update", "PUT", _ONE_SUB, _update_subaccount),
    Route("subaccounts.delete", "DELETE", _ONE_SUB, _delete_subaccount),
    Route(
        "subaccounts.regenerate_api_key",
        "PUT",
        f"{_ONE_SUB}/regen-api-key",
        _regenerate,
        "Your API Key has been regenerated.",
    ),
    Route("reseller.list", "GET", _CLIENT, _clients),
    Route("reseller.create", "POST", _CLIENT, _create_client, "New reseller has been added."),
    Route("reseller.get", "GET", _ONE_CLIENT, _get_client),
    Route(
        "reseller.update", "PUT", _ONE_CLIENT, _update_client, "Reseller account has been updated."
    ),
    Route(
        "reseller.transfer_credit",
        "PUT",
        "/reseller/transfer-credit",
        _transfer,
        "Your balance has been successfully transferred.",
    ),
)
