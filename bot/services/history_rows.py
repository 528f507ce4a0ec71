"""ClickSend's histories as rows of one CSV file: a column means the same in each; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bot.clicksend import Operation
from bot.clicksend.answers import Currency
from bot.clicksend.operations.email import Email, ListEmailHistory
from bot.clicksend.operations.fax import ListFaxHistory
from bot.clicksend.operations.letters import ListLetterHistory
from bot.clicksend.operations.mms import ListMmsHistory
from bot.clicksend.operations.postcards import ListPostcardHistory
from bot.clicksend.operations.recharge import ListTransactions
from bot.clicksend.operations.sms import ListSmsHistory
from bot.clicksend.operations.voice import ListVoiceHistory
from bot.clicksend.post import PostRecord

COLUMNS: Final = (
    *("time_utc", "direction", "from", "to", "name", "status", "status_text", "error_text"),
    *("price", "parts", "subject", "text", "scheduled_utc", "message_id", "reference"),
    *("country", "sent_by", "file", "currency", "bounces"),
)


class Channel(StrEnum):
    """What has a history, as people name it; of campaigns, `/clicksend campaign export` has it."""

    SMS = "sms"
    MMS = "mms"
    VOICE = "voice"
    FAX = "fax"
    EMAIL = "email"
    LETTER = "letter"
    POSTCARD = "postcard"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True)
class Span:
    """A time: from `since`, to just before `until`; both aware."""

    since: datetime
    until: datetime

    def holds(self, at: datetime | None) -> bool:
        """Whether something is of that time; what has no date may be, and is not left out."""
        return at is None or self.since <= at < self.until


_LISTS: Mapping[Channel, type[Operation[Any]]] = {
    Channel.SMS: ListSmsHistory,
    Channel.MMS: ListMmsHistory,
    Channel.VOICE: ListVoiceHistory,
    Channel.FAX: ListFaxHistory,
    Channel.EMAIL: ListEmailHistory,
    Channel.LETTER: ListLetterHistory,
    Channel.POSTCARD: ListPostcardHistory,
    Channel.PURCHASE: ListTransactions,
}
_TIMELESS = frozenset({Channel.LETTER, Channel.POSTCARD, Channel.PURCHASE})
USES: Final = tuple(sorted(each.route.id for each in _LISTS.values()))
"""The operations that an export runs."""


def listing(channel: Channel, span: Span) -> Operation[Any]:
    """The operation that lists a history; of Any, because each has records of its own.

    Some lists take no times: what is not of the time is left out later.
    """
    if channel in _TIMELESS:
        return _LISTS[channel]()
    return _LISTS[channel].model_validate({"date_from": span.since, "date_to": span.until})


def time_of(record: object) -> datetime | None:
    """When something was sent, called or came in."""
    found = _first(record, "date", "date_added")
    return found if isinstance(found, datetime) else None


def row(record: object) -> tuple[str, ...]:
    """A record of any history, in the order of `COLUMNS`; amounts as plain numbers, not escaped."""
    values = {name: _text(read(record)) for name, read in _READ.items()}
    return tuple(values[name] for name in COLUMNS)


def _first(record: object, *names: str) -> object:
    """The first of some fields that has a value."""
    found = (getattr(record, name, None) for name in names)
    return next((each for each in found if each is not None and each != ""), None)


def _any(*names: str) -> Callable[[object], object]:
    return lambda record: _first(record, *names)


def _to(record: object) -> object:
    if isinstance(record, Email):
        return ", ".join(box.email or "" for box in (*record.to, *record.cc, *record.bcc))
    if isinstance(record, PostRecord):
        lines = (record.address_line_1, record.address_line_2, record.address_city)
        more = (record.address_state, record.address_postal_code, record.address_country)
        return ", ".join(each for each in (*lines, *more) if each)
    return _first(record, "to")


def _name(record: object) -> object:
    names = (_first(record, "first_name"), _first(record, "last_name"))
    return " ".join(str(each) for each in names if each) or _first(
        record, "address_name", "to_name"
    )


def _currency(record: object) -> object:
    found = _first(record, "currency")
    return found.currency_name_short if isinstance(found, Currency) else found


def _bounces(record: object) -> object:
    counts = [getattr(record, f"{kind}_bounce_count", None) for kind in ("hard", "soft")]
    known = [each for each in counts if isinstance(each, int)]
    return sum(known) if known else None


_READ: Mapping[str, Callable[[object], object]] = {
    "time_utc": time_of,
    "direction": _any("direction"),
    "from": _any("from_", "from_name"),
    "to": _to,
    "name": _name,
    "status": _any("status"),
    "status_text": _any("status_text"),
    "error_text": _any("error_text"),
    "price": _any("message_price", "post_price", "price", "amount"),
    "parts": _any("message_parts", "message_pages", "post_pages"),
    "subject": _any("subject"),
    "text": _any("body_plain_text", "body"),
    "scheduled_utc": _any("schedule"),
    "message_id": _any("message_id", "invoice_number"),
    "reference": _any("custom_string"),
    "country": _any("country"),
    "sent_by": _any("api_username", "from_email"),
    "file": _any("media_file_url", "file_url"),
    "currency": _currency,
    "bounces": _bounces,
}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
