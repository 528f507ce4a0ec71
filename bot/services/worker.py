"""Does the queued sends: claims each with a lease, calls ClickSend once, writes what came of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import tracing
from bot.clicksend import ClickSend, ClickSendError, NotFound
from bot.clicksend.operations.sms import CancelSms, ListSmsHistory
from bot.services import endings, notices
from bot.services.account import AccountReader
from bot.services.channels import Quoted, channel_of, operation_of
from bot.services.checks import Checks
from bot.services.endings import Ending
from bot.services.explain import explain
from bot.services.journal import BOT, Journal
from bot.services.money import amount
from bot.services.noting import catch_up
from bot.services.rules import Rules
from bot.store import Database, Scope, deliveries, sends, waiting
from bot.store.sends import CANCEL_ASKED, Send, State
from bot.texts import Phrase, say

_log = structlog.get_logger(__name__)
_CALLS = 4
"""Calls to ClickSend that one send can take: the price, a cancellation and a look, the send."""
_ATTENTION = 2.0
_AT_ONCE = 8
_PATIENCE = timedelta(minutes=10)
_PUNCTUAL = timedelta(minutes=5)
_DIED = Phrase("The bot stopped while ClickSend was working on it, so the answer was lost.")
_LOST = Phrase("Something broke while ClickSend was working on it, so the answer was lost.")
_TOO_LATE = Phrase(
    "The message it was to replace is sent or cancelled already, so this one was not sent."
)
_MISSED = Phrase(
    "Its hour passed while it waited, and ClickSend would have sent it at once. Choose another."
)
_PERHAPS = Phrase(
    "The scheduled message it was to replace may be cancelled: look whether it still waits."
)
_NOBODY = Phrase("That came after the yes, so it went to nobody.")
_REPLACED = Phrase("The scheduled message it was to replace is cancelled.")


class Worker:
    """The worker of one process.

    Args:
        clicksend: The client; its `deadline` decides the lease.
        account: Told what a send cost.
        database: Where the work is.
        scope: Whose.
        journal: Moves the sends.
        rules: How far a price may rise.
        checks: Whether somebody said STOP in the meantime.
        owner: This process.
        skew: How far the clocks of the processes on one database may be apart.
        pause: Until a send that ClickSend could not take is tried again.
        now: The clock.
        told: Called when a notice was stored.

    Attributes:
        lease: For how long a send is claimed: all its calls to ClickSend take no longer.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        journal: Journal,
        rules: Rules,
        checks: Checks,
        owner: str,
        skew: timedelta,
        pause: timedelta,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._journal = journal
        self._rules = rules
        self._checks = checks
        self._owner = owner
        self._now = now
        self._told = told
        self._call = timedelta(seconds=clicksend.deadline)
        self.lease = self._call * _CALLS + skew
        self._pause = pause
        self._work = asyncio.Event()
        self._stopping = False
        self._lanes: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Say that there is work."""
        self._work.set()

    async def run(self) -> None:
        """Work until stopped: when woken, when a hold or a lease ends, and every 2 seconds."""
        while not self._stopping:
            self._work.clear()
            wait = _ATTENTION
            try:
                await self.recover()
                if await self._is_due():  # else a claim would be written for nothing
                    self._open_lane()
                wait = await self._until_due()
            except Exception:  # noqa: BLE001 - the rows are the work: the next round finds them again
                _log.exception("the send worker stumbled")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._work.wait(), wait)
        await self._closed()

    def stop(self) -> None:
        """Finish what is claimed, claim nothing more; `run` returns."""
        self._stopping = True
        self._work.set()

    async def work(self) -> None:
        """Do everything that is queued, up to eight at once; return when it is done."""
        self._open_lane()
        await self._closed()

    async def recover(self) -> int:
        """Give up what a dead owner left in flight; its outcome is unknown.

        Returns:
            How many sends.
        """
        async with self._database.write() as connection:
            lost = await sends.expire(connection, self._scope, now=self._now(), reason=str(_DIED))
            for send in lost:
                await self._journal.moved(connection, send, actor=BOT)
        if lost:
            self._told()
        return len(lost)

    async def _is_due(self) -> bool:
        async with self._database.read() as connection:
            return await waiting.is_due(connection, self._scope, now=self._now())

    async def _until_due(self) -> float:
        """Seconds until a held send may go, a lease ends, or the next round is due."""
        async with self._database.read() as connection:
            due = await waiting.next_due(connection, self._scope)
        if due is None:
            return _ATTENTION
        return min(max((due - self._now()).total_seconds(), 0.05), _ATTENTION)

    def _open_lane(self) -> None:
        """Open one more lane, of eight: a slow answer in one of them holds nobody else back."""
        if len(self._lanes) < _AT_ONCE:
            lane = asyncio.create_task(self._lane(), name="send")
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)

    async def _closed(self) -> None:
        while self._lanes:
            await asyncio.wait(self._lanes)

    async def _lane(self) -> None:
        try:
            while not self._stopping and (send := await self.claim()):
                self._open_lane()  # where one was, there may be more
                await self.do(send)
        except Exception:  # noqa: BLE001 - the rows are the work: the next round finds them again
            _log.exception("a send lane stumbled")

    async def claim(self, only: str | None = None) -> Send | None:
        """Take a send to do; None when none is due, or somebody else has it.

        Args:
            only: This one or none; any when None.
        """
        now = self._now()
        async with self._database.write() as connection:
            return await sends.claim(
                connection,
                self._scope,
                owner=self._owner,
                now=now,
                lease_until=now + self.lease,
                only=only,
            )

    async def do(self, send: Send) -> None:
        """Do a send that was claimed, once, and write down how it ended."""
        with (
            tracing.resumed(send.origin),
            tracing.span(f"send {send.operation}", "CONSUMER", **{"send.id": send.id}),
        ):
            await self._done(send)

    async def _done(self, send: Send) -> None:
        try:
            stopped = await self._stopped(send)  # before the message it replaces is cancelled
            end = stopped or await self._prepared(send) or await self._sent(send)
        except Exception:  # noqa: BLE001 - whatever broke, the call may have been made
            _log.exception("a send broke", send=send.id)
            end = Ending(State.UNKNOWN, str(_LOST))
        if end is not None:
            tracing.note(**{"send.state": end.state})
            await self._finish(send, end)

    async def _prepared(self, send: Send) -> Ending | None:
        """What must be done before: the price looked at once more, the old message cancelled.

        In this order: who does not say yes to a risen price keeps the old message.

        Returns:
            Why it is not sent; None when it can be.
        """
        channel = channel_of(send.operation)
        seen = send.price if send.price is not None else Decimal(0)
        if send.scheduled_for and send.scheduled_for < self._now() - _PUNCTUAL:
            return Ending(State.REFUSED, str(_MISSED))
        try:
            quoted = await channel.price(self._clicksend, operation_of(send))
            if quoted.problem:
                return Ending(State.REFUSED, quoted.problem)
            if self._rules.has_risen(seen, quoted.price):
                return self._repriced(send, seen, quoted)
            if send.replaces and not await self._replaced(send, send.replaces):
                return Ending(State.REFUSED, str(_TOO_LATE))
        except ClickSendError as error:
            later = self._later(send, error) if endings.may_pass(error) else None
            done = channel.traits.verb.done
            asked = (send.replaces or "").endswith(CANCEL_ASKED)
            parts = [explain(error), say("It was not {done}.", done=done)]
            reason = " ".join([*parts, str(_PERHAPS)] if asked else parts)
            return later or Ending(State.REFUSED, reason)
        return None

    async def _sent(self, send: Send) -> Ending | None:
        """Call ClickSend, once; None when the lease is not long enough any more."""
        operation = operation_of(send)
        if stopped := await self._stopped(send):
            return self._left(send, stopped)
        if not await self._held(send):
            return None
        try:
            answer = await channel_of(send.operation).run(self._clicksend, operation)
        except ClickSendError as error:
            later = self._later(send, error) if endings.may_wait(error) else None
            return later or self._left(send, endings.failed(error, explain(error)))
        return self._left(send, endings.answered(send.id, operation, answer))

    async def _stopped(self, send: Send) -> Ending | None:
        """Why nobody may get it any more: somebody said STOP after the yes."""
        async with self._database.read() as connection:
            found = await self._checks.opted_out(connection, operation_of(send))
        if not found:
            return None
        return Ending(State.REFUSED, f"{' '.join(f.reason for f in found)} {_NOBODY}")

    def _left(self, send: Send, end: Ending) -> Ending:
        """The ending, saying so where the old message is gone and the new one was refused."""
        if not send.replaces or end.state is not State.REFUSED:
            return end
        return replace(end, reason=" ".join(filter(None, [end.reason, str(_REPLACED)])))

    async def _held(self, send: Send) -> bool:
        async with self._database.read() as connection:
            return await sends.still_held(
                connection,
                self._scope,
                send.id,
                owner=self._owner,
                until=self._now() + self._call,
            )

    async def _replaced(self, send: Send, message_id: str) -> bool:
        """Cancel the scheduled message that this send replaces; False when it is too late."""
        asked, message_id = message_id.endswith(CANCEL_ASKED), message_id.rstrip(CANCEL_ASKED)
        async with self._database.write() as connection:
            mark = {"replaces": message_id + CANCEL_ASKED}
            if not await sends.change(
                connection, self._scope, send.id, state=State.SENDING, **mark
            ):
                return False
        try:
            await self._clicksend.run(CancelSms(message_id=message_id))
        except NotFound:
            if not (asked and await self._is_cancelled(message_id)):
                return False
        async with self._database.write() as connection:
            await self._mark_cancelled(connection, message_id)
            await self._journal.record(connection, send, actor=BOT, what=f"replaced {message_id}")
        return True

    async def _is_cancelled(self, message_id: str) -> bool:
        history = await self._clicksend.run(ListSmsHistory(q=f"message_id:{message_id}"))
        status = {each.status for each in history.data if each.message_id == message_id}
        return bool(status) and all((each or "").lower().startswith("cancel") for each in status)

    async def _mark_cancelled(self, connection: AsyncConnection, message_id: str) -> None:
        """Bring the message of the send that is replaced up to date, if the bot made it."""
        await deliveries.set_status(
            connection, self._scope, kind="sms", message_id=message_id, status="CANCELLED"
        )
        ours = await deliveries.senders_of(
            connection, self._scope, kind="sms", message_ids=[message_id]
        )
        for _, old in ours.values():
            await self._journal.tell(connection, notices.SendChanged(send_id=old.id))

    def _later(self, send: Send, error: ClickSendError) -> Ending | None:
        """Back into the queue, as nothing was done; None when it has waited long enough."""
        since = max(send.confirmed_at or send.created_at, send.seen_at or send.created_at)
        if self._now() - since > _PATIENCE:
            return None
        return Ending(State.QUEUED, " ".join([explain(error), say("I try again for ten minutes.")]))

    def _repriced(self, send: Send, seen: Decimal, quoted: Quoted) -> Ending:
        currency = send.currency or ""
        was, is_now = amount(seen, currency), amount(quoted.price, currency)
        words = say("It was {before} when you said yes, and is {now} now.", before=was, now=is_now)
        if quoted.people > send.recipients:  # a list has grown: limits and approval count it anew
            grown = say(
                "It had {before:,} recipients then, and has {now:,} now.",
                before=send.recipients,
                now=quoted.people,
            )
            words = f"{words} {grown}"
        return Ending(State.REPRICED, words, quoted.price, recipients=quoted.people)

    async def _finish(self, send: Send, end: Ending) -> None:
        self._account.spent(_spent(send, end))

        async def write(connection: AsyncConnection) -> None:
            moved = await self._journal.move(
                connection,
                send.id,
                frm={State.SENDING},
                to=end.state,
                actor=BOT,
                owner=self._owner,
                changes={"lease_until": None, "reason": end.reason, **self._changes(end)},
            )
            if moved:
                await deliveries.add(connection, self._scope, end.messages)
                await catch_up(
                    connection, self._scope, self._journal, end.messages, now=self._now()
                )

        # As long as it is ours: forgotten, it would have to be looked for in the history.
        await self._database.insist(write, seconds=self.lease.total_seconds())
        self._told()

    def _changes(self, end: Ending) -> dict[str, object]:
        now = self._now()
        if end.state is State.QUEUED:
            return {"not_before": now + self._pause}
        if end.state is State.REPRICED:
            return {"price": end.total, "recipients": end.recipients}
        return {"total": end.total, "not_before": now if end.state is State.UNKNOWN else None}


def _spent(send: Send, end: Ending) -> Decimal | None:
    """How much a send may have cost at most, in the account's currency; None: nobody knows.

    What is paid with the card on file may be a recharge: then the balance has grown.
    """
    if end.state not in {State.SENT, State.UNKNOWN}:
        return Decimal(0)
    if not channel_of(send.operation).traits.from_balance:
        return None
    return send.price if end.total is None else end.total
