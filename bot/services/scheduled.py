"""What ClickSend holds back until its hour: listed from its own history, and cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clicksend import ClickSend, ClickSendError, NotFound
from bot.clicksend.operations.sms import CancelSms, ListSmsHistory, SmsRecord
from bot.store import Database, Scope, audit, deliveries
from bot.store.deliveries import SentMessage
from bot.store.sends import Send

_LOOK_BACK = timedelta(days=180)
_MOST = 5_000
_PAGE = 15


@dataclass(frozen=True, slots=True)
class ScheduledSms:
    """An SMS that waits; `actor` and `send_id` when the bot scheduled it."""

    message_id: str
    recipient: str
    body: str
    at: datetime
    actor: str | None
    sender: str | None = None
    send_id: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduledPage:
    """Some of what waits, the soonest first.

    Attributes:
        found: They.
        number: Which page it is, from 1.
        last: The last page.
        total: How many wait.
        complete: False when more wait than were read.
    """

    found: tuple[ScheduledSms, ...]
    number: int = 1
    last: int = 1
    total: int = 0
    complete: bool = True


class CancelOutcome(StrEnum):
    """What a cancellation led to."""

    CANCELLED = "cancelled"
    TOO_LATE = "too late"
    UNKNOWN = "unknown"


class Scheduled:
    """Lists and cancels scheduled SMS.

    Args:
        clicksend: The client.
        database: For the audit trail, and for who scheduled what.
        scope: Whose.
        now: The clock.
    """

    def __init__(
        self, clicksend: ClickSend, database: Database, scope: Scope, *, now: Callable[[], datetime]
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._now = now

    async def upcoming(self, number: int = 1) -> ScheduledPage:
        """A page of what waits; made elsewhere too, of the first 5,000 that the history has.

        Args:
            number: The page, from 1; the last one for any after it.

        Raises:
            ClickSendError: The history could not be read.
        """
        found = await self._waiting("status:Scheduled")
        soonest = sorted(found.values(), key=lambda each: each.schedule or self._now())
        last = max(1, -(-len(soonest) // _PAGE))
        number = min(max(number, 1), last)
        shown = soonest[(number - 1) * _PAGE : number * _PAGE]
        return ScheduledPage(
            tuple(await self._known(shown)), number, last, len(soonest), len(soonest) < _MOST
        )

    async def find(self, message_id: str) -> ScheduledSms | None:
        """One that still waits; None when it does not.

        Raises:
            ClickSendError: The history could not be read.
        """
        found = (await self._waiting(f"message_id:{message_id}")).get(message_id)
        return (await self._known([found]))[0] if found else None

    async def _waiting(self, search: str) -> dict[str, SmsRecord]:
        now = self._now()
        history = ListSmsHistory(date_from=now - _LOOK_BACK, q=search)
        waiting: dict[str, SmsRecord] = {}
        async with aclosing(self._clicksend.pages(history)) as records:
            async for record in records:
                if _waits(record, now) and record.message_id:
                    waiting[record.message_id] = record
                if len(waiting) >= _MOST:
                    break
        return waiting

    async def _known(self, records: Sequence[SmsRecord]) -> list[ScheduledSms]:
        """Records with who scheduled them, when the bot did."""
        ids = [each.message_id or "" for each in records]
        async with self._database.read() as connection:
            ours = await deliveries.senders_of(connection, self._scope, kind="sms", message_ids=ids)
        now = self._now()
        return [_scheduled(each, ours.get(each.message_id or ""), now) for each in records]

    async def cancel(self, message_id: str, *, actor: str) -> CancelOutcome:
        """Cancel one.

        Raises:
            ClickSendError: It was refused for another reason than being too late.
        """
        await self._record(actor, "sms.cancel asked", message_id, {})
        try:
            await self._clicksend.run(CancelSms(message_id=message_id))
        except NotFound:
            outcome = CancelOutcome.TOO_LATE
        except ClickSendError as error:
            if not error.ambiguous:
                raise
            outcome = CancelOutcome.UNKNOWN
        else:
            outcome = CancelOutcome.CANCELLED
            await self._mark(message_id)
        await self._record(actor, f"sms.cancel {outcome}", message_id, {})
        return outcome

    async def sender_of(self, message_id: str) -> str | None:
        """Who scheduled a message; None when the bot did not."""
        async with self._database.read() as connection:
            ours = await deliveries.senders_of(
                connection, self._scope, kind="sms", message_ids=[message_id]
            )
        return ours[message_id][1].actor if message_id in ours else None

    async def _mark(self, message_id: str) -> None:
        async with self._database.write() as connection:
            await deliveries.set_status(
                connection, self._scope, kind="sms", message_id=message_id, status="CANCELLED"
            )

    async def _record(
        self, actor: str, action: str, subject: str, detail: dict[str, str | int | None]
    ) -> None:
        async with self._database.write() as connection:
            await audit.add(
                connection,
                self._scope,
                at=self._now(),
                actor=actor,
                action=action,
                subject=subject[:64],
                detail=detail,
            )


def _waits(record: SmsRecord, now: datetime) -> bool:
    status = (record.status or "").lower()
    return status in {"scheduled", "waitapproval"} and bool(
        record.schedule and record.schedule > now
    )


def _scheduled(
    record: SmsRecord, ours: tuple[SentMessage, Send] | None, now: datetime
) -> ScheduledSms:
    return ScheduledSms(
        message_id=record.message_id or "",
        recipient=record.to or "",
        body=record.body or "",
        at=record.schedule or now,
        actor=ours[1].actor if ours else None,
        sender=record.from_,
        send_id=ours[1].id if ours else None,
    )
