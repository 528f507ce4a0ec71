"""Transactional email."""

from __future__ import annotations

from typing import Any

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.exports import decoded, export, keep
from bot.sandbox.clicksend.fields import email, integer, mistyped, objects, optional_text, text
from bot.sandbox.clicksend.paging import page, within
from bot.sandbox.clicksend.prices import CURRENCY, EMAIL_PRICE
from bot.sandbox.clicksend.recipients import TEST_EMAILS
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.sending import accept, schedule_of
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.wire import Answer, Json, refused


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


def _attachments(state: State, call: Call) -> list[Json]:
    """Attachments, kept like uploads and served from here."""
    if call.body.get("attachments") in (None, []):
        return []
    return [
        {
            "file_name": text(each, "filename"),
            "content_type": text(each, "type"),
            "content_disposition": optional_text(each, "disposition") or "attachment",
            "content_id": optional_text(each, "content_id"),
            "_attachment_file_url": keep(state, call, decoded(text(each, "content")))["_url"],
        }
        for each in objects(call.body, "attachments")
    ]


def _draft(state: State, call: Call) -> Message:
    to = _people(call.body, "to")
    if not to:
        raise refused("The to field is required.", "MISSING_REQUIRED_FIELDS")
    cc, bcc = _people(call.body, "cc"), _people(call.body, "bcc")
    everyone = [*to, *cc, *bcc]
    schedule = schedule_of(call.body)
    if schedule is None:
        raise refused("The schedule field is not a Unix timestamp.", "INVALID_SCHEDULE")
    charged = sum(each["email"] not in TEST_EMAILS for each in everyone)
    extra: Json = {"to": to, "cc": cc or None, "bcc": bcc or None, **_content(state, call)}
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


def _content(state: State, call: Call) -> Json:
    sender = _from(call.body)
    return {
        "from_email_address_id": _address_id(state, sender),
        "from_name": optional_text(sender, "name") or "",
        "subject": optional_text(call.body, "subject") or "",
        "attachments": _attachments(state, call),
    }


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


_RESULT = "Here is your result."
_SENT, _FILE = "Transactional email queued for delivery.", "Download your file here."
ROUTES = (
    Route("email.send", "POST", "/email/send", _send, _SENT),
    Route("email.price", "POST", "/email/price", _price, _RESULT),
    Route("email.history", "GET", "/email/history", _history, _RESULT),
    Route("email.export_history", "GET", "/email/history/export", _exported, _FILE),
)
