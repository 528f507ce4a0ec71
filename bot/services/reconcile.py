"""Finds out what became of unknown sends: by ClickSend's history, and else by asking a person.

It settles on one match for each reference. That nothing is found proves nothing, as the history
may be late: then, after a while, a person decides. Nothing is ever sent again from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, ClickSendError
from bot.services import endings, notices
from bot.services.channels import Line, SendOperation, channel_of, operation_of, reference
from bot.services.journal import BOT, Journal
from bot.store import Database, Scope, deliveries, sends
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State

_log = structlog.get_logger(__name__)
_BEFORE = timedelta(minutes=10)
_AFTER = timedelta(days=1)
_PAUSES = (timedelta(seconds=15), timedelta(seconds=30), timedelta(minutes=1))
_AT_ONCE = 20
FOUND = "ClickSend's answer was lost; its history shows that it was sent."


class Reconciler:
    """Looks at what is unknown, once a fire.

    Args:
        clicksend: The client.
        database: Where the sends are.
        scope: Whose.
        journal: Moves the sends.
        patience: How long the history may be late, before a person is asked.
        now: The clock.
        told: Called when there is something to say.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        journal: Journal,
        patience: timedelta,
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._journal = journal
        self._patience = patience
        self._now = now
        self._told = told

    async def look(self) -> int:
        """Look at each unknown send that is due.

        Returns:
            How many were settled, or handed to a person.
        """
        async with self._database.read() as connection:
            due = await sends.unsettled(connection, self._scope, now=self._now(), limit=_AT_ONCE)
        settled = 0
        for send in due:
            settled += await self._settle(send)
        if settled:
            self._told()
        return settled

    async def _settle(self, send: Send) -> bool:
        operation = operation_of(send)
        try:
            found = await self._found(send, operation)
        except ClickSendError as error:
            _log.warning("the history could not be read", send=send.id, problem=str(error))
            found = ()
        if is_whole(send.id, operation, found):
            return await self._reconciled(send, operation, found)
        waited = self._now() - send.updated_at
        if waited < self._patience and not is_doubled(found):
            await self._look_again(send, waited)
            return False
        return await self._ask(send, operation, found)

    async def _found(self, send: Send, operation: SendOperation) -> tuple[Line, ...]:
        since = (send.confirmed_at or send.created_at) - _BEFORE
        until = max(self._now(), send.scheduled_for or self._now()) + _AFTER
        return await channel_of(send.operation).look(self._clicksend, operation, since, until)

    async def _reconciled(
        self, send: Send, operation: SendOperation, found: tuple[Line, ...]
    ) -> bool:
        prices = [line.price for line in found if line.price is not None]
        async with self._database.write() as connection:
            moved = await self._journal.move(
                connection,
                send.id,
                frm={State.UNKNOWN},
                to=State.RECONCILED,
                actor=BOT,
                changes={
                    "reason": FOUND,
                    "total": sum(prices) if prices else None,
                    "not_before": None,
                },
            )
            if moved:
                await self._keep(connection, send, operation, found)
        return moved is not None

    async def _look_again(self, send: Send, waited: timedelta) -> None:
        pause = next((p for p in _PAUSES if waited < 4 * p), _PAUSES[-1])
        pause = min(pause, self._patience - waited)
        async with self._database.write() as connection:
            await sends.change(
                connection,
                self._scope,
                send.id,
                state=State.UNKNOWN,
                not_before=self._now() + pause,
            )

    async def _ask(self, send: Send, operation: SendOperation, found: tuple[Line, ...]) -> bool:
        async with self._database.write() as connection:
            asked = await sends.change(
                connection, self._scope, send.id, state=State.UNKNOWN, asked_at=self._now()
            )
            if asked:
                await self._keep(connection, send, operation, found)
                await self._journal.record(connection, send, actor=BOT, what="asked a person")
                await self._journal.tell(connection, notices.SendUnsettled(send_id=send.id))
        return asked

    async def _keep(
        self,
        connection: AsyncConnection,
        send: Send,
        operation: SendOperation,
        found: tuple[Line, ...],
    ) -> None:
        messages: tuple[SentMessage, ...] = endings.sent_messages(send.id, operation, found)
        await deliveries.replace(connection, self._scope, send.id, messages)


def is_whole(send_id: str, operation: SendOperation, found: tuple[Line, ...]) -> bool:
    """Whether the history has each recipient exactly once; a contact list at least once.

    Args:
        send_id: Of the send.
        operation: The send.
        found: What the history has of it.
    """
    recipients = channel_of(operation.route.id).recipients(operation)
    seen = Counter(line.reference for line in found)
    return not is_doubled(found) and all(
        seen[reference(send_id, index)] >= 1 for index in range(len(recipients))
    )


def is_doubled(found: tuple[Line, ...]) -> bool:
    """Whether one reference reached one recipient more than once."""
    return any(
        times > 1 for times in Counter((line.reference, line.recipient) for line in found).values()
    )
