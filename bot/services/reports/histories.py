"""What was sent between two times, as the histories of ClickSend tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.clicksend import ClickSend, Operation
from bot.clicksend.operations.email import Email, ListEmailHistory
from bot.clicksend.operations.fax import FaxRecord, ListFaxHistory
from bot.clicksend.operations.letters import Letter, ListLetterHistory
from bot.clicksend.operations.mms import ListMmsHistory, MmsRecord
from bot.clicksend.operations.postcards import ListPostcardHistory, Postcard
from bot.clicksend.operations.sms import ListSmsHistory, SmsRecord
from bot.clicksend.operations.voice import ListVoiceHistory, VoiceRecord
from bot.clicksend.paging import Portion
from bot.services.alerts.watch import charged, outcome_of, price_of
from bot.services.reports.figures import Row
from bot.texts import Phrase, Text

MOST = 5_000
"""Messages of one history that a report reads: 50 pages."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """A list of what was sent.

    Attributes:
        name: What people call it.
        channel: The channel that it counts to.
        asked: The listing of a span, the newest first.
        read: When a record was sent (None: not known), and what it is.
    """

    name: Text
    channel: str
    asked: Callable[[datetime, datetime], Operation[Portion[T]]]
    read: Callable[[T], tuple[datetime | None, Row]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a history tells; `cut` when it is longer than what was read."""

    rows: tuple[Row, ...]
    cut: bool = False


async def told(clicksend: ClickSend, history: History[T], since: datetime, until: datetime) -> Told:
    """Read a history, `MOST` messages of it at most.

    Raises:
        ClickSendError: It could not be read.
    """
    found = Counter[Row]()
    read = 0
    async with aclosing(clicksend.pages(history.asked(since, until))) as items:
        async for record in items:
            if read >= MOST:
                return Told(_counted(found), cut=True)
            read += 1
            at, row = history.read(record)
            if at is not None and since <= at < until:
                found[row] += 1
    return Told(_counted(found))


def _counted(found: Counter[Row]) -> tuple[Row, ...]:
    return tuple(replace(row, count=count, price=row.price * count) for row, count in found.items())


def _sms(record: SmsRecord) -> tuple[datetime | None, Row]:
    outcome = outcome_of(record)
    row = Row(
        channel="sms",
        subaccount=str(record.subaccount_id or ""),
        country=record.country or "",
        outcome=outcome,
        cause=(record.error_text or record.status_text or "") if outcome == "failed" else "",
        price=price_of(record),
    )
    return None if outcome in {"inbound", "waiting"} else record.date, row


def _mms(record: MmsRecord) -> tuple[datetime | None, Row]:
    inbound = (record.direction or "").lower() == "in"
    return None if inbound else record.date, _row("mms", record)


def _voice(record: VoiceRecord) -> tuple[datetime | None, Row]:
    return record.date_added, _row("voice", record)


def _fax(record: FaxRecord) -> tuple[datetime | None, Row]:
    return record.date_added or record.date, _row("fax", record)


def _row(channel: str, record: MmsRecord | VoiceRecord | FaxRecord) -> Row:
    return Row(
        channel=channel,
        subaccount=str(record.subaccount_id or ""),
        country=record.country or "",
        price=charged(record.message_price, record.status),
    )


def _email(record: Email) -> tuple[datetime | None, Row]:
    price = charged(record.price, record.status)
    row = Row(channel="email", subaccount=str(record.subaccount_id or ""), price=price)
    return record.date_added, row


def _post(record: Letter | Postcard) -> tuple[datetime | None, Row]:
    row = Row(
        channel="post",
        subaccount=str(record.subaccount_id or ""),
        country=record.address_country or "",
        price=charged(record.post_price, record.status),
    )
    return record.date_added, row


SMS = History(
    "SMS",
    "sms",
    lambda since, until: ListSmsHistory(date_from=since, date_to=until, order_by="date:desc"),
    _sms,
)
OTHERS: tuple[History[Any], ...] = (  # each of another kind of record
    History(
        "MMS",
        "mms",
        lambda since, until: ListMmsHistory(date_from=since, date_to=until),
        _mms,
    ),
    History(
        Phrase("voice calls"),
        "voice",
        lambda since, until: ListVoiceHistory(date_from=since, date_to=until),
        _voice,
    ),
    History(
        Phrase("faxes"),
        "fax",
        lambda since, until: ListFaxHistory(date_from=since, date_to=until),
        _fax,
    ),
    History(
        Phrase("emails"),
        "email",
        lambda since, until: ListEmailHistory(date_from=since, date_to=until),
        _email,
    ),
    # Their lists know no times: what is older is read and left out.
    History(Phrase("letters"), "post", lambda _, __: ListLetterHistory(), _post),
    History(Phrase("postcards"), "post", lambda _, __: ListPostcardHistory(), _post),
)
