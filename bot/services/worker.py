"""Does the queued sends: claims each with a lease, calls ClickSend once, writes what came of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, ClickSendError
from bot.services import channels, notices, sending
from bot.services.account import AccountReader
from bot.services.explain import explain
from bot.store import Database, Scope, audit, outbox, sends
from bot.store.sends import Send, State

_log = structlog.get_logger(__name__)
_MARGIN = timedelta(seconds=60)
_ATTENTION = 15.0
_AT_ONCE = 8
_DIED = "The bot stopped while ClickSend was working on it, so the answer was lost."
_LOST = "Something broke while ClickSend was working on it, so the answer was lost."


class Worker:
    """The worker of one process.

    Args:
        clicksend: The client; its `deadline` decides the lease.
        account: Told to forget the balance after a send.
        database: Where the work is.
        scope: Whose.
        owner: This process.
        now: The clock.
        told: Called when a notice was stored.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        account: AccountReader,
        database: Database,
        scope: Scope,
        *,
        owner: str,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._account = account
        self._database = database
        self._scope = scope
        self._owner = owner
        self._now = now
        self._told = told
        self._call = timedelta(seconds=clicksend.deadline)
        self._work = asyncio.Event()
        self._stopping = False
        self._lanes: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Say that there is work."""
        self._work.set()

    async def run(self) -> None:
        """Work until stopped: at once when woken, and every 15 seconds to recover leases."""
        while not self._stopping:
            self._work.clear()
            try:
                await self.recover()
            except Exception:  # noqa: BLE001 - the rows are the work: the next round finds them again
                _log.exception("the send worker stumbled")
            self._open_lanes()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._work.wait(), _ATTENTION)
        await self._closed()

    def stop(self) -> None:
        """Finish what is claimed, claim nothing more; `run` returns."""
        self._stopping = True
        self._work.set()

    async def work(self) -> None:
        """Do everything that is queued, up to eight at once; return when it is done."""
        self._open_lanes()
        await self._closed()

    async def recover(self) -> int:
        """Give up what a dead owner left in flight; its outcome is unknown.

        Returns:
            How many sends.
        """
        now = self._now()
        async with self._database.write() as connection:
            lost = await sends.expire(connection, self._scope, now=now, reason=_DIED)
            for send in lost:
                await self._record(connection, send, sending.Ending(State.UNKNOWN, _DIED), now)
        if lost:
            self._told()
        return len(lost)

    def _open_lanes(self) -> None:
        """Fill up the lanes: a slow answer in one of them holds nobody else back."""
        for _ in range(_AT_ONCE - len(self._lanes)):
            lane = asyncio.create_task(self._lane(), name="send")
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)

    async def _closed(self) -> None:
        while self._lanes:
            await asyncio.wait(self._lanes)

    async def _lane(self) -> None:
        try:
            while not self._stopping and (send := await self._claim()):
                await self._do(send)
        except Exception:  # noqa: BLE001 - the rows are the work: the next round finds them again
            _log.exception("a send lane stumbled")

    async def _claim(self) -> Send | None:
        now = self._now()
        async with self._database.write() as connection:
            return await sends.claim(
                connection,
                self._scope,
                owner=self._owner,
                now=now,
                lease_until=now + self._call + _MARGIN,
            )

    async def _do(self, send: Send) -> None:
        try:
            end = await self._send(send)
        except Exception:  # noqa: BLE001 - whatever broke, the call may have been made
            _log.exception("a send broke", send=send.id)
            end = sending.Ending(State.UNKNOWN, _LOST)
        if end is not None:
            await self._finish(send, end)

    async def _send(self, send: Send) -> sending.Ending | None:
        """Call ClickSend, once; None when the lease is not long enough any more."""
        operation = sending.operation_of(send)
        async with self._database.read() as connection:
            held = await sends.still_held(
                connection,
                self._scope,
                send.id,
                owner=self._owner,
                until=self._now() + self._call,
            )
        if not held:
            return None
        try:
            batch = await channels.run(self._clicksend, operation)
        except ClickSendError as error:
            return sending.failure(error, explain(error))
        return sending.ending(send, operation, batch)

    async def _finish(self, send: Send, end: sending.Ending) -> None:
        self._account.forget()
        now = self._now()
        async with self._database.write() as connection:
            held = await sends.finish(
                connection,
                self._scope,
                send.id,
                owner=self._owner,
                state=end.state,
                at=now,
                reason=end.reason,
                total=end.total,
            )
            if held:
                await sends.add_messages(connection, self._scope, end.messages)
                await self._record(connection, send, end, now)
        self._told()

    async def _record(
        self, connection: AsyncConnection, send: Send, end: sending.Ending, now: datetime
    ) -> None:
        """The audit record and the notice of an outcome, in its transaction."""
        await audit.add(
            connection,
            self._scope,
            at=now,
            actor=send.actor,
            action=f"{send.operation} {end.state}",
            subject=send.id,
            detail={"total": str(end.total), "reason": end.reason},
        )
        await outbox.add(
            connection,
            self._scope,
            key=f"send:{send.id}:{end.state}",
            kind="send_finished",
            payload=notices.to_json(notices.SendFinished(send_id=send.id)),
            at=now,
        )
