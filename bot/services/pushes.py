"""What ClickSend pushes, read: pure, and wary of every byte.

The same value may come under several keys (`body` and `message`, `message_id` and `messageid`),
as text or as a number, with a leading underscore or without.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from bot.clicksend.answers import Receipt
from bot.clicksend.wiretypes import Moment
from bot.services.places import parsed
from bot.services.receipts import stored
from bot.store.inbound import InboundMessage
from bot.store.receipts import StoredReceipt

KINDS: Final = frozenset({"sms", "mms", "voice", "fax"})
_LONGEST, _LONGEST_ADDRESS, _MOST_MEDIA = 10_000, 2_000, 20
_MOMENT: TypeAdapter[datetime | None] = TypeAdapter(Moment)
_DIGITS = re.compile(r"\+?[\d ().-]{8,24}", re.ASCII)
_MEDIA = ("media_file", "media_file_url", "media_url", "media", "media_files", "file_url", "url")
_STATUS = {"delivered": "201", "undelivered": "301", "failed": "301"}


class NothingInItError(ValueError):
    """A push without a message in it."""


def clean(text: str, longest: int = _LONGEST) -> str:
    """Outside text that every database can keep: no NUL, no half a character, not endless."""
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode()


def flat(values: Mapping[str, object]) -> dict[str, str]:
    """Plain values by their name in lower case, without underscores before it; nested ones left.

    Args:
        values: As pushed, from a form, a query string or JSON.
    """
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, bool | int | float | str):
            found.setdefault(name.lower().lstrip("_"), clean(_plain(value)).strip())
    return found


def _plain(value: float | str) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of thousands of digits has no text
        return ""


def number(text: str) -> str:
    """A phone number as E.164 where it is one; anything else (a name, a short code) as it is."""
    if _DIGITS.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        if parsed(f"+{digits}") is not None:
            return f"+{digits}"
    return clean(text, 64)


def moment(text: str, now: datetime) -> datetime:
    """A time as pushed, at the latest now; now where there is none that can be read."""
    try:
        found = _MOMENT.validate_python(text or None)
    except ValidationError:
        return now
    return min(found, now) if found else now


def inbound(values: Mapping[str, object], kind: str, now: datetime) -> InboundMessage:
    """A message that came in.

    Args:
        values: As pushed.
        kind: `sms` or `fax`; an MMS is an SMS with pictures, as polling has it.
        now: The present.

    Raises:
        NothingInItError: There is neither an id nor a sender nor a text.
    """
    said = flat(values)
    body = _first(said, "body", "message", "text")
    sender = number(_first(said, "from", "sender", "sms", "msisdn"))
    recipient = number(_first(said, "to", "recipient", "dedicated_number"))
    message_id = clean(_first(said, "message_id", "messageid", "id"), 64)
    media = _media(values)
    if not (message_id or sender or body or media):
        raise NothingInItError
    at = moment(_first(said, "timestamp", "date", "date_added"), now)
    return InboundMessage(
        kind=kind,
        message_id=message_id or _made_id(sender, recipient, body, said.get("timestamp", "")),
        sender=sender,
        recipient=recipient,
        at=at,
        body=body,
        answers=_first(said, "original_body", "originalmessage") or None,
        media=media,
        source="push",
        stored_at=now,
    )


def receipt(values: Mapping[str, object], kind: str, now: datetime) -> StoredReceipt:
    """A delivery receipt, as polling would have stored it.

    Args:
        values: As pushed.
        kind: `sms`, `voice` or `fax`, by the address it came to; it may say `mms` itself.
        now: The present.

    Raises:
        NothingInItError: It does not say which message it is about.
    """
    said = flat(values)
    message_id = clean(_first(said, "message_id", "messageid"), 64)
    if not message_id:
        raise NothingInItError
    told = said.get("message_type", "").lower()
    status = _first(said, "status_code") or _STATUS.get(said.get("status", "").lower(), "")
    read = Receipt(
        message_id=message_id,
        timestamp=_time(said.get("timestamp", "")),
        timestamp_send=_time(said.get("timestamp_send", "")),
        status_code=status or said.get("status", ""),
        status_text=_first(said, "status_text", "status") or None,
        error_code=said.get("error_code") or None,
        error_text=said.get("error_text") or None,
        custom_string=_first(said, "custom_string", "customstring") or None,
    )
    return stored(told if told in KINDS else kind, read, now)


def keypress(values: Mapping[str, object], now: datetime) -> InboundMessage | None:
    """The key that the called person pressed, if the receipt of a call tells of one."""
    said = flat(values)
    digits = clean(said.get("digits", ""), 32)
    message_id = clean(_first(said, "message_id", "messageid"), 64)
    if not (digits and message_id):
        return None
    return pressed(message_id, digits, moment(said.get("timestamp", ""), now), now, source="push")


def pressed(
    message_id: str, digits: str, at: datetime, now: datetime, *, source: str
) -> InboundMessage:
    """A pressed key as a message that came in; who pressed it is found when it is sorted."""
    return InboundMessage(
        kind="voice",
        message_id=message_id,
        sender="",
        recipient="",
        at=min(at, now),
        body=digits,
        source=source,
        stored_at=now,
    )


def _first(said: Mapping[str, str], *names: str) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _time(text: str) -> datetime | None:
    try:
        return _MOMENT.validate_python(text or None)
    except ValidationError:
        return None


def _media(values: Mapping[str, object]) -> tuple[str, ...]:
    """The addresses of pictures and pages; whether they may be asked is decided by the client."""
    found: list[str] = []
    for name, value in values.items():
        if name.lower().lstrip("_") in _MEDIA:
            several = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
            found += [each for each in (value, *several) if isinstance(each, str)]
    addresses = (clean(each, _LONGEST_ADDRESS).strip() for each in found)
    web = [each for each in addresses if each.lower().startswith(("https://", "http://"))]
    return tuple(dict.fromkeys(web))[:_MOST_MEDIA]


def _made_id(*parts: str) -> str:
    """An id for a message that came without one: the same for the same message."""
    return "push-" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]
