"""The failure watch: stores each delivery receipt once, and has senders told of what failed.

What was sent from Slack and did not arrive is told to who sent it. Everything else is counted: the
alert rules compare how much fails with what is usual, and `/clicksend history failed` lists it.

A receipt and the notice that tells of it are stored in one transaction. ClickSend is told that it
was read only after the notice was posted, and only up to a time some minutes before the look, so
that a receipt that arrives in between is seen by the next look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSend, ClickSendError
from bot.clicksend.operations.fax import ListFaxReceipts
from bot.clicksend.operations.sms import ListSmsReceipts, MarkSmsReceiptsRead
from bot.clicksend.operations.voice import ListVoiceReceipts
from bot.services import fellows
from bot.services.journal import Journal
from bot.services.noting import note
from bot.services.pushes import pressed
from bot.services.receipts import cause, delivery, has_failed, stored, tally_of
from bot.store import Database, Scope, deliveries, inbound, receipts, traffic
from bot.store.inbound import InboundMessage
from bot.store.receipts import StoredReceipt

Channel: TypeAlias = Literal["sms", "voice", "fax"]
_log = structlog.get_logger(__name__)

_LISTS: dict[Channel, type[ListSmsReceipts | ListVoiceReceipts | ListFaxReceipts]] = {
    "sms": ListSmsReceipts,
    "voice": ListVoiceReceipts,
    "fax": ListFaxReceipts,
}
_CHANNELS: tuple[Channel, ...] = ("sms", "voice", "fax")
_GRACE = timedelta(minutes=2)


class FailureWatch:
    """Looks at the receipts once a fire.

    Args:
        clicksend: The client.
        database: Where receipts and notices are.
        scope: Whose.
        journal: Has the message of a send show what its receipts say.
        now: The clock.
        pressed: Told of the keys that were pressed in a call: the send's id, the keys.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        journal: Journal,
        now: Callable[[], datetime],
        pressed: Callable[[str, str], Awaitable[object]] | None = None,
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._journal = journal
        self._now = now
        self._pressed = pressed
        self._keys: dict[str, str] = {}

    async def look(self) -> bool:
        """Look once at each channel; one that cannot be read holds up no other.

        Returns:
            Whether there is news, stored as a notice.

        Raises:
            ClickSendError: No channel could be read.
        """
        began, found = self._now(), list[StoredReceipt]()
        keys: list[InboundMessage] = []
        errors: dict[Channel, ClickSendError] = {}
        for channel in _CHANNELS:
            try:
                found += await self._read(channel, keys)
            except ClickSendError as error:
                _log.warning("receipts could not be read", channel=channel, problem=str(error))
                errors[channel] = error
        if len(errors) == len(_CHANNELS):
            raise errors["sms"]
        async with self._database.write() as connection:
            if "sms" not in errors:
                await fellows.looked(connection, self._scope, fellows.RECEIPTS, began=began)
            await inbound.add_new(connection, self._scope, keys)
            news = await self.store(connection, found)
        await self._tell_keys()
        return news

    async def mark_read(self, until: datetime) -> None:
        """Tell ClickSend that the SMS receipts up to a time are stored and told of.

        Where other workspaces have the same account, up to their last look at the most.

        Args:
            until: When the look began; receipts of the last two minutes before it stay unread.

        Raises:
            ClickSendError: They stay unread, and the next look finds them known.
        """
        async with self._database.read() as connection:
            until = await fellows.receipts_until(connection, self._scope, until, now=self._now())
        await self._clicksend.run(MarkSmsReceiptsRead(date_before=until - _GRACE))

    async def _read(self, channel: Channel, keys: list[InboundMessage]) -> list[StoredReceipt]:
        """The receipts of a channel; the keys that people pressed are added to `keys`."""
        now, found = self._now(), []
        async with aclosing(self._clicksend.pages(_LISTS[channel]())) as items:
            async for each in items:
                if not each.message_id:
                    continue
                found.append(stored(channel, each, now))
                if channel == "voice" and each.digits:
                    at, digits = found[-1].at, each.digits[:32]
                    keys.append(pressed(found[-1].message_id, digits, at, now, source="poll"))
                    self._keys[each.message_id] = digits
        return found

    async def _tell_keys(self) -> None:
        """Say which keys were pressed; voice receipts stay unread, so they are said again."""
        keys, self._keys = self._keys, {}
        if self._pressed is None or not keys:
            return
        async with self._database.read() as connection:
            ours = await deliveries.senders_of(
                connection, self._scope, kind="voice", message_ids=list(keys)
            )
        for message_id, (_, send) in ours.items():
            await self._pressed(send.id, keys[message_id])

    async def store(self, connection: AsyncConnection, found: Sequence[StoredReceipt]) -> bool:
        """Keep receipts, in the transaction it is handed, with what there is to say of them.

        Args:
            connection: A writing connection.
            found: However they came; those that are kept already count for nothing.

        Returns:
            Whether there is news, stored as a notice.
        """
        new = await receipts.add_new(connection, self._scope, found)
        await note(connection, self._scope, self._journal, new, now=self._now())
        await self._count(connection, new)
        return any(has_failed(receipt) for receipt in new)

    async def _count(self, connection: AsyncConnection, new: Sequence[StoredReceipt]) -> None:
        """Count the ends that the history of SMS, which the alert rules read, does not show."""
        ended = [receipt for receipt in new if delivery(receipt)]
        lost = {r.message_id: cause(r) for r in ended if r.kind == "sms" and has_failed(r)}
        await traffic.lost(connection, self._scope, lost)
        counted = Counter(
            tally_of(receipt.kind, failed=has_failed(receipt))
            for receipt in ended
            if receipt.kind != "sms"
        )
        await traffic.tally(connection, self._scope, counted, at=self._now())
