"""Finds out what became of unknown sends: by ClickSend's history, and else by asking a person.

It settles on one match for each recipient: by the reference it carries, or where the channel takes
none by content and time, if nothing else of the kind could be meant. That nothing is found proves
nothing, as the history may be late: then, after a while, a person decides. Nothing is ever sent
again from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, ClickSendError
from bot.services import endings, fellows, notices
from bot.services.channels import Line, SendOperation, channel_of, operation_of, reference
from bot.services.journal import BOT, Journal
from bot.services.noting import catch_up
from bot.store import Database, Scope, deliveries, ledger, sends, waiting
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State
from bot.texts import Phrase

_log = structlog.get_logger(__name__)
_BEFORE = timedelta(minutes=10)
_AFTER = timedelta(days=1)
_SKEW = timedelta(minutes=2)
"""How far ClickSend's clock may be from ours, where only the time tells two sends apart."""
_PAUSES = (timedelta(seconds=15), timedelta(seconds=30), timedelta(minutes=1))
_AT_ONCE = 20
FOUND = Phrase("ClickSend's answer was lost; its history shows that it was sent.")


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
            due = await waiting.unsettled(connection, self._scope, now=self._now(), limit=_AT_ONCE)
        settled = 0
        for send in due:
            settled += await self._settle(send)
        if settled:
            self._told()
        return settled

    async def _settle(self, send: Send) -> bool:
        operation, traits = operation_of(send), channel_of(send.operation).traits
        try:
            found = await self._found(send, operation)
        except ClickSendError as error:
            _log.warning("the history could not be read", send=send.id, problem=str(error))
            found = ()
        ours = traits.is_marked or not await self._has_rivals(send)
        if ours and is_whole(send.id, operation, found):
            return await self._reconciled(send, operation, found)
        waited = self._now() - send.updated_at
        if waited < self._patience and traits.is_listed and not is_doubled(operation, found):
            await self._look_again(send, waited)
            return False
        return await self._ask(send, operation, found)

    async def _found(self, send: Send, operation: SendOperation) -> tuple[Line, ...]:
        channel = channel_of(send.operation)
        began = send.confirmed_at or send.created_at
        if channel.traits.is_marked:
            until = max(self._now(), send.scheduled_for or self._now()) + _AFTER
            return await channel.look(self._clicksend, operation, began - _BEFORE, until)
        found = await channel.look(
            self._clicksend, operation, began - _SKEW, send.updated_at + _SKEW
        )
        return await self._without_others(send, channel.kind, found)

    async def _without_others(
        self, send: Send, kind: str, found: tuple[Line, ...]
    ) -> tuple[Line, ...]:
        """What was found, less what is known to be of another send."""
        ids = [line.message_id for line in found if line.message_id]
        async with self._database.read() as connection:
            known = [
                each
                for scope in await fellows.everywhere(connection, self._scope)
                for each in (
                    await deliveries.senders_of(connection, scope, kind=kind, message_ids=ids)
                ).items()
            ]
        others = {key for key, (_, owner) in known if owner.id != send.id}
        return tuple(line for line in found if line.message_id not in others)

    async def _has_rivals(self, send: Send) -> bool:
        """Whether a match may be of another send of the same content, of which less is known."""
        if send.fingerprint is None:
            return True
        async with self._database.read() as connection:
            for scope in await fellows.everywhere(connection, self._scope):
                if await _has_rivals(connection, scope, send, fingerprint=send.fingerprint):
                    return True
        return False

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
                    "reason": str(FOUND),
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
        await catch_up(connection, self._scope, self._journal, messages, now=self._now())


async def _has_rivals(
    connection: AsyncConnection, scope: Scope, send: Send, *, fingerprint: str
) -> bool:
    began = send.confirmed_at or send.created_at
    same = await ledger.earlier(
        connection, scope, fingerprint=fingerprint, since=began - _AFTER, but=[send.id]
    )
    for rival in same:
        if rival.state is not State.SENDING and rival.updated_at < began - 2 * _SKEW:
            continue  # it was over before: its record is too old to be taken for this one
        messages = await deliveries.of_send(connection, scope, rival.id)
        if not messages or not all(message.message_id for message in messages):
            return True
    return False


def is_whole(send_id: str, operation: SendOperation, found: tuple[Line, ...]) -> bool:
    """Whether the history has each recipient exactly once; a contact list at least once.

    Args:
        send_id: Of the send.
        operation: The send.
        found: What the history has of it.
    """
    channel = channel_of(operation.route.id)
    recipients = channel.recipients(operation)
    taken = [line for line in found if line.accepted]
    if is_doubled(operation, found):
        return False
    if not channel.traits.is_marked:
        return Counter(line.recipient for line in taken) == Counter(recipients)
    seen = Counter(line.reference for line in taken)
    return all(seen[reference(send_id, index)] >= 1 for index in range(len(recipients)))


def is_doubled(operation: SendOperation, found: tuple[Line, ...]) -> bool:
    """Whether the history has a recipient more often than the send does.

    Args:
        operation: The send.
        found: What the history has of it.
    """
    channel = channel_of(operation.route.id)
    taken = [line for line in found if line.accepted]
    if channel.traits.is_marked:
        pairs = Counter((line.reference, line.recipient) for line in taken)
        return any(times > 1 for times in pairs.values())
    wanted = Counter(channel.recipients(operation))
    return any(
        times > wanted[who] for who, times in Counter(line.recipient for line in taken).items()
    )
