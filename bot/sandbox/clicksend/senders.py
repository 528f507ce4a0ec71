"""Alpha tags, own numbers, default senders: the newer style, with ISO times and UUIDs.

The sandbox approves a new alpha tag after its delay; one that ends in 99 it rejects.
"""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import UTC, datetime

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import objects, one_of, optional, optional_text, text
from bot.sandbox.clicksend.paging import offset_page
from bot.sandbox.clicksend.recipients import recipient
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Answer, Json, Plain, missing, refused

_ACCOUNT = "85edb794-ee6d-4a38-9f63-c5fa8acf0d79"
_OWNER = {"account_id": _ACCOUNT, "workspace_id": _ACCOUNT, "user_id": _ACCOUNT}
_TAG = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9&_.+ -]{3,11}")
_REASONS = one_of(
    "Sole Trader Name",
    "Company Name",
    "Partnership Name",
    "Registered Trust Name",
    "Co-Operative Name",
    "Indigenous Corporation Name",
    "Registered Organisation Name",
    "Personal Name",
    "Trademark",
    "Government Agency or Entity",
    "Product or Service Name",
    "Acronym/Initialism",
    "Contraction of Name",
    "Third Party",
)
_VALID, _ATTEMPTS, _DIGITS, _LONGEST_LABEL = 600, 3, 6, 20
_TYPES = one_of("alpha_tag", "own_number", "longcode", "shortcode", "tollfree", "10DLC")


def _iso(stamp: float) -> str:
    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _times(state: State) -> Json:
    now = _iso(state.now())
    return {"created_timestamp": now, "updated_timestamp": now}


def _find(state: State, kind: str, number: str) -> Json:
    for each in state.senders[kind]:
        if each["id"] == number.lower():
            return each
    raise missing("Record not found.")


def review(state: State) -> None:
    """Decide about alpha tags that have waited long enough."""
    for tag in state.senders.get("alpha_tags", ()):
        waited = datetime.fromisoformat(tag["created_timestamp"]).timestamp() + state.delay
        if tag["status"] == "PENDING" and waited <= state.now():
            tag["status"] = "REJECTED" if tag["alpha_tag"].endswith("99") else "APPROVED"
            tag["updated_timestamp"] = _iso(state.now())


def _create_tag(state: State, call: Call) -> Answer:
    name = text(call.body, "alpha_tag")
    reason = optional(_REASONS)(call.body, "reason")
    if not _TAG.fullmatch(name):
        raise refused("The alpha_tag field must have 3 to 11 letters, digits or signs.")
    if any(each["alpha_tag"].lower() == name.lower() for each in state.senders["alpha_tags"]):
        raise refused("The alpha_tag is already there.", "ALREADY_EXISTS")
    made: Json = {"id": str(uuid.uuid4()), **_OWNER, "alpha_tag": name, "status": "PENDING"}
    made |= {"reason": reason, **_times(state)}
    state.senders["alpha_tags"].append(made)
    return Plain(made, 201)


def _list_tags(state: State, call: Call) -> Answer:
    return offset_page(state.senders["alpha_tags"], call, "alpha_tags")


def _get_tag(state: State, call: Call) -> Answer:
    return Plain(_find(state, "alpha_tags", call.path["alpha_tag_id"]))


def _delete_tag(state: State, call: Call) -> Answer:
    found = _find(state, "alpha_tags", call.path["alpha_tag_id"])
    state.senders["alpha_tags"].remove(found)
    return Plain(None)


def _label(fields: Json) -> str | None:
    found = optional_text(fields, "label")
    if found is not None and not 1 <= len(found) <= _LONGEST_LABEL:
        raise refused(f"The label field must have 1 to {_LONGEST_LABEL} characters.")
    return found


def _list_numbers(state: State, call: Call) -> Answer:
    return offset_page(state.senders["own_numbers"], call, "own_numbers")


def _get_number(state: State, call: Call) -> Answer:
    return Plain(_find(state, "own_numbers", call.path["own_number_id"]))


def _update_number(state: State, call: Call) -> Answer:
    found = _find(state, "own_numbers", call.path["own_number_id"])
    found["label"] = _label(call.body) or found["label"]
    found["updated_timestamp"] = _iso(state.now())
    return Plain(found)


def _delete_number(state: State, call: Call) -> Answer:
    found = _find(state, "own_numbers", call.path["own_number_id"])
    state.senders["own_numbers"].remove(found)
    return Plain(found)


def _phone(fields: Json) -> tuple[str, str]:
    read = recipient(text(fields, "phone_number"), optional_text(fields, "country") or "AU")
    if read is None:
        raise refused("The phone_number field is not a valid number.", "INVALID_RECIPIENT")
    return read


def _request(state: State, call: Call) -> Answer:
    """Text a code to the number; the sandbox writes it down in `notes`."""
    phone, country = _phone(call.body)
    label = _label(call.body)
    numbers = state.senders["own_numbers"]
    own = next((each for each in numbers if each["phone_number"] == phone), None)
    if own is None:
        own = {"id": str(uuid.uuid4()), **_OWNER, "phone_number": phone, "country": country}
        own |= {"label": label, "status": "PENDING", "verified_timestamp": None, **_times(state)}
        numbers.append(own)
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    made: Json = {"id": str(uuid.uuid4()), "own_number_id": own["id"], "status": "PENDING"}
    made |= {"expires": state.now() + _VALID, "remaining_attempts": _ATTEMPTS, "code": code}
    made |= {"phone_number": phone, "error_code": None, **_times(state)}
    state.senders["verifications"].append(made)
    state.note("verification code", to=phone, code=code, verification_id=made["id"])
    return Plain(_shown(made), 201)


def _shown(found: Json) -> Json:
    hidden = ("code", "expires", "phone_number")
    shown = {name: value for name, value in found.items() if name not in hidden}
    return {**shown, "expires_timestamp": _iso(found["expires"])}


def _verify(state: State, call: Call) -> Answer:
    found = _find(state, "verifications", call.path["verification_id"])
    code, (phone, _) = text(call.body, "code"), _phone(call.body)
    if len(code) != _DIGITS:
        raise refused(f"The code field must have {_DIGITS} characters.")
    found["error_code"] = _error(state, found, code, phone)
    found["updated_timestamp"] = _iso(state.now())
    if found["error_code"] is None:
        found["status"] = "APPROVED"
        own = _find(state, "own_numbers", found["own_number_id"])
        now = _iso(state.now())
        own.update(status="APPROVED", verified_timestamp=now, updated_timestamp=now)
    return Plain(_shown(found))


def _error(state: State, found: Json, code: str, phone: str) -> str | None:
    if found["expires"] <= state.now():
        return "EXPIRED"
    if not found["remaining_attempts"] or found["status"] != "PENDING":
        return "NO_ATTEMPTS_LEFT"
    if (code, phone) == (found["code"], found["phone_number"]):
        return None
    found["remaining_attempts"] -= 1
    found["status"] = "PENDING" if found["remaining_attempts"] else "REJECTED"
    return "INVALID_CODE"


def _strategies(fields: Json) -> list[Json]:
    found = objects(fields, "default_sender_strategies")
    if len(found) != 1:
        raise refused("The default_sender_strategies field must hold exactly one element.")
    return [
        {
            "sender_type": _TYPES(each, "sender_type"),
            "sender_id": optional_text(each, "sender_id"),
            "priority": 1,
            "status": "ENABLED",
            "note": optional_text(each, "note"),
        }
        for each in found
    ]


def _create_default(state: State, call: Call) -> Answer:
    made: Json = {
        "id": str(uuid.uuid4()),
        "user_id": 1,
        "subaccount_id": call.caller.subaccount_id,
        "country_code": text(call.body, "country_code").upper(),
        "product_type": one_of("SMS")(call.body, "product_type"),
        "default_sender_strategies": _strategies(call.body),
        "status": "ENABLED",
        **_times(state),
    }
    state.senders["defaults"].append(made)
    return made


def _list_defaults(state: State, call: Call) -> Answer:
    rows = offset_page(state.senders["defaults"], call, "data").body or {}
    pagination = rows["_metadata"]["pagination"]
    return {
        "data": rows["data"],
        "per_page": pagination["page_size"],
        "self_page_url": pagination["self"],
        "next_page_url": pagination["next"],
    }


def _get_default(state: State, call: Call) -> Answer:
    return _find(state, "defaults", call.path["default_sender_id"])


def _update_default(state: State, call: Call) -> Answer:
    found = _find(state, "defaults", call.path["default_sender_id"])
    found["default_sender_strategies"] = _strategies(call.body)
    found["updated_timestamp"] = _iso(state.now())
    return found


def _delete_default(state: State, call: Call) -> Answer:
    found = _find(state, "defaults", call.path["default_sender_id"])
    state.senders["defaults"].remove(found)
    return Plain(None)


_TAGS, _NUMBERS, _DEFAULTS = "/alpha-tags", "/own-numbers", "/senders/default-senders"
_ONE_TAG, _ONE_NUMBER = f"{_TAGS}/{{alpha_tag_id}}", f"{_NUMBERS}/{{own_number_id}}"
_CODES = f"{_NUMBERS}/verifications"
_ONE_DEFAULT = f"{_DEFAULTS}/{{default_sender_id}}"
_DONE = "Operation completed successfully"
ROUTES = (
    Route("alpha_tags.create", "POST", _TAGS, _create_tag),
    Route("alpha_tags.list", "GET", _TAGS, _list_tags),
    Route("alpha_tags.get", "GET", _ONE_TAG, _get_tag),
    Route("alpha_tags.delete", "DELETE", _ONE_TAG, _delete_tag),
    Route("own_numbers.list", "GET", _NUMBERS, _list_numbers),
    Route("own_numbers.get", "GET", _ONE_NUMBER, _get_number),
    Route("own_numbers.update", "PATCH", _ONE_NUMBER, _update_number),
    Route("own_numbers.delete", "DELETE", _ONE_NUMBER, _delete_number),
    Route("own_numbers.request_verification", "POST", _CODES, _request),
    Route("own_numbers.verify", "POST", f"{_CODES}/{{verification_id}}/verify", _verify),
    Route("default_senders.list", "GET", _DEFAULTS, _list_defaults, _DONE),
    Route("default_senders.create", "POST", _DEFAULTS, _create_default, _DONE),
    Route("default_senders.get", "GET", _ONE_DEFAULT, _get_default, _DONE),
    Route("default_senders.update", "PATCH", _ONE_DEFAULT, _update_default, _DONE),
    Route("default_senders.delete", "DELETE", _ONE_DEFAULT, _delete_default, _DONE),
)
