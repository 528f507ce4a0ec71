"""What did not arrive: of one send, for who sent it; and of everything, the latest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.services.receipts import FAILED, has_failed
from bot.store import Database, Scope, bulk, deliveries, posts, receipts, sends
from bot.store.deliveries import Delivery, SentMessage
from bot.store.posts import Post
from bot.store.receipts import StoredReceipt
from bot.store.sends import Send

_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What did not arrive of a send, or of a bulk send as a whole.

    Attributes:
        send: The send; of a bulk send, a batch of it.
        recipients: To how many people it went.
        count: For how many of them it failed.
        some: At most 20 of those.
        all: Every recipient of the send; none of a bulk send's, of which there may be many.
        message: Where the message about it stands; None where there is none.
        thread_ts: The thread that is about it.
    """

    send: Send
    recipients: int
    count: int
    some: tuple[SentMessage, ...]
    all: tuple[SentMessage, ...] = ()
    message: Post | None = None
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A receipt of a message that did not arrive; with its send where the bot sent it."""

    receipt: StoredReceipt
    message: SentMessage | None
    send: Send | None


class Losses:
    """Reads what did not arrive.

    Args:
        database: Where receipts and sends are.
        scope: Whose.
    """

    def __init__(self, database: Database, scope: Scope) -> None:
        self._database = database
        self._scope = scope

    async def of(self, notice: notices.NotArrived) -> Loss | None:
        """What did not arrive of what a notice is about; None when everything has, after all."""
        async with self._database.read() as connection:
            send = await sends.get(connection, self._scope, notice.send_id)
            if send is None:
                return None
            whole = self._of_bulk if notice.job_id else self._of_send
            found = await whole(connection, send)
        return found if found.count else None

    async def _of_send(self, connection: AsyncConnection, send: Send) -> Loss:
        every = await deliveries.of_send(connection, self._scope, send.id)
        failed = [message for message in every if message.delivery == Delivery.FAILED]
        placed = send.message_channel and send.message_ts
        return Loss(
            send=send,
            recipients=max(len(every), send.recipients),
            count=len(failed),
            some=tuple(failed[:_MOST]),
            all=tuple(every),
            message=Post(send.message_channel or "", send.message_ts or "") if placed else None,
            thread_ts=send.thread_ts or send.message_ts,
        )

    async def _of_bulk(self, connection: AsyncConnection, send: Send) -> Loss:
        job = send.bulk or ""
        arrived = await bulk.arrived(connection, self._scope, job)
        place = await posts.find(
            connection, self._scope, notices.topic(notices.JobChanged(job_id=job)) or ""
        )
        return Loss(
            send=send,
            recipients=sum((await bulk.outcomes(connection, self._scope, job)).values()),
            count=arrived.get(Delivery.FAILED, 0),
            some=tuple(await bulk.lost(connection, self._scope, job, limit=_MOST)),
            message=place,
            thread_ts=place.ts if place else None,
        )

    async def recent(self, *, before: int | None = None) -> tuple[list[Failed], int | None]:
        """What did not arrive lately, whoever sent it, the latest first; 20 at once.

        Args:
            before: Where the last page ended.

        Returns:
            It, and where this page ended; None when there is nothing older.
        """
        async with self._database.read() as connection:
            found = await receipts.newest(
                connection, self._scope, codes=FAILED, before=before, limit=_MOST + 1
            )
            shown = [receipt for _, receipt in found[:_MOST] if has_failed(receipt)]
            ours = {
                (kind, message_id): known
                for kind in {receipt.kind for receipt in shown}
                for message_id, known in (
                    await deliveries.senders_of(
                        connection,
                        self._scope,
                        kind=kind,
                        message_ids=[r.message_id for r in shown if r.kind == kind],
                    )
                ).items()
            }
        listed = [Failed(r, *ours.get((r.kind, r.message_id), (None, None))) for r in shown]
        return listed, found[_MOST - 1][0] if len(found) > _MOST else None
