"""Sending and pricing by batches of messages: one outcome a recipient, HTTP 200 whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import LARGEST, optional_integer, optional_text
from bot.sandbox.clicksend.prices import COUNTRIES, CURRENCY
from bot.sandbox.clicksend.recipients import SHARED_NUMBER, is_sender, is_test, recipient
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.wire import Json, refused

MOST = 1000
_PLACES = {"(First Name)": "first_name", "(Last Name)": "last_name"}
_PLACES |= {f"({word} {n})": f"custom_{n}" for n in range(1, 5) for word in ("Custom", "Cust.")}
_EXTRAS = (
    "subject",
    "voice",
    "lang",
    "require_input",
    "machine_detection",
    "from_email",
    "media_file",
    "file_url",
    "source",
)


@dataclass(frozen=True)
class Channel:
    """What differs between kinds of messages.

    Attributes:
        kind: Its name.
        parts: Counts the parts of a text.
        check: Finds what is wrong with one message beside its recipient; `SUCCESS` if nothing.
        shown: The message in the answer, without its status.
        restricted: Whether only the countries selected under Global Sending are reached.
        contact_field: Where a contact has its number.
    """

    kind: str
    parts: Callable[[State, str], int]
    check: Callable[[State, Json], str]
    shown: Callable[[Message], Json]
    restricted: bool = True
    contact_field: str = "phone_number"


@dataclass(frozen=True)
class Target:
    """One recipient: as written, and the contact it came from."""

    to: str
    contact: Json
    list_id: int | None


def batch(state: State, call: Call, channel: Channel, messages: list[Json], *, send: bool) -> Json:
    """Price messages, or send them.

    Args:
        state: The account.
        call: The request.
        channel: The kind.
        messages: What the caller wants; a `list_id` stands for every contact of the list.
        send: Whether they are sent, or only priced.

    Returns:
        Totals and messages, each with its own status.

    Raises:
        RefusedError: There are more than 1,000 recipients, or a field is of the wrong type.
    """
    drafts = [
        _draft(state, call, channel, each, target)
        for each in messages
        for target in _targets(state, channel, each)
    ]
    if len(drafts) > MOST:
        raise refused("Too many recipients.", "TOO_MANY_RECIPIENTS")
    found = [_outcome(state, channel, draft, status, send=send) for draft, status in drafts]
    sent = [each for each in found if each["status"] == "SUCCESS"]
    total = sum((Decimal(str(each["message_price"])) for each in sent), Decimal(0))
    blocked = sum(each["status"] == "COUNTRY_NOT_ENABLED" for each in found)
    return {
        "total_price": float(round(total, 4)),
        "total_count": len(found),
        "queued_count": len(sent),
        "messages": found,
        "blocked_count": blocked,
        "_currency": CURRENCY,
    }


def personal(body: str, contact: Json) -> str:
    """A text with the contact's own values in its placeholders."""
    for place, name in _PLACES.items():
        body = body.replace(place, str(contact.get(name) or ""))
    return body


def schedule_of(fields: Json) -> int | None:
    """When it is to go out, 0 for at once; None when the caller wrote no time."""
    found = fields.get("schedule")
    if found in (None, "", 0, "0"):
        return 0
    if isinstance(found, bool | dict | list):
        return None
    try:
        number = int(float(str(found)))
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < LARGEST else None


def accept(state: State, message: Message) -> None:
    """Take a message whose turn it is: charge it, schedule or queue it, and keep it."""
    later = message.schedule > state.now()
    message.status = "Scheduled" if later else "Queued"
    message.status_code = "200"
    message.sent_at = state.now()
    state.take(message)


def _targets(state: State, channel: Channel, message: Json) -> Iterator[Target]:
    list_id = optional_integer(message, "list_id")
    to = optional_text(message, "to") or ""
    if to or list_id is None:
        yield Target(to, {}, None)
        return
    if list_id not in state.shelf("lists").rows:
        yield Target("", {}, list_id)
        return
    for contact in state.shelf("contacts").all():
        if contact["list_id"] == list_id and contact[channel.contact_field]:
            yield Target(contact[channel.contact_field], contact, list_id)


def _draft(
    state: State, call: Call, channel: Channel, fields: Json, target: Target
) -> tuple[Message, str]:
    """The message as it would be taken, and what stands against it."""
    country = optional_text(fields, "country") or "AU"
    read = recipient(target.to, country)
    to, code = read or (target.to, "")
    body = personal(optional_text(fields, "body") or "", target.contact)
    parts = channel.parts(state, body)
    prices = COUNTRIES.get(code)
    message = Message(
        kind=channel.kind,
        id=state.new_id(),
        to=to,
        body=body,
        price=prices.price(channel.kind) * parts if prices else Decimal(0),
        parts=parts,
        custom_string=optional_text(fields, "custom_string") or "",
        sender=optional_text(fields, "from") or SHARED_NUMBER,
        schedule=schedule_of(fields) or 0,
        sent_at=state.now(),
        country=code,
        list_id=target.list_id,
        contact=target.contact,
        caller=call.caller,
        added=int(state.now()),
        extra={name: fields.get(name) for name in _EXTRAS if name in fields},
    )
    message.charged = Decimal(0) if is_test(channel.kind, to) else message.price
    return message, _standing(state, channel, message, fields)


def _standing(state: State, channel: Channel, message: Message, fields: Json) -> str:
    unlisted = message.list_id is not None and message.list_id not in state.shelf("lists").rows
    if unlisted:
        return "NOT_ENOUGH_PERMISSION_TO_LIST_ID"
    if not message.country:
        return "INVALID_RECIPIENT"
    if schedule_of(fields) is None:
        return "INVALID_SCHEDULE"
    if not is_sender(message.sender):
        return "INVALID_SENDER_ID"
    enabled = not channel.restricted or message.country in state.settings["countries"]
    if not enabled or message.country not in COUNTRIES:
        return "COUNTRY_NOT_ENABLED"
    return channel.check(state, {**fields, "body": message.body})


def _outcome(state: State, channel: Channel, message: Message, status: str, *, send: bool) -> Json:
    if status == "SUCCESS" and send:
        status = _afford(state, message)
    if status == "SUCCESS" and send:
        accept(state, message)
    return shown_with_status(channel, message, status)


def _afford(state: State, message: Message) -> str:
    if state.throttle and _repeated(state, message):
        return "THROTTLED"
    poor = message.caller.broke or message.charged > state.balance
    return "INSUFFICIENT_CREDIT" if poor else "SUCCESS"


def _repeated(state: State, message: Message) -> bool:
    since = state.now() - state.throttle
    return any(
        each.to == message.to and each.body == message.body and each.sent_at >= since
        for each in state.of(message.kind)
    )


def shown_with_status(channel: Channel, message: Message, status: str) -> Json:
    """The message in the answer: whole when taken, with little but its status when not."""
    if status == "INVALID_RECIPIENT":
        return {
            "to": message.to,
            "body": message.body,
            "from": message.sender,
            "custom_string": message.custom_string,
            "message_id": message.id,
            "status": status,
        }
    shown = channel.shown(message)
    if status == "COUNTRY_NOT_ENABLED":
        counted = "message_pages" if channel.kind == "fax" else "message_parts"
        shown |= {counted: 0, "message_price": "0.0000"}
    return {**shown, "status": status}
