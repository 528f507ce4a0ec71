"""What receipts say of the messages that the bot sent: kept, shown, and told to who sent them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import job_news, notices
from bot.services.journal import Journal
from bot.services.receipts import EPOCH, cause, delivery
from bot.store import Scope, deliveries, outbox, receipts
from bot.store.deliveries import Delivery, SentMessage
from bot.store.receipts import StoredReceipt
from bot.store.sends import Send

_TOGETHER = timedelta(seconds=5)


async def note(
    connection: AsyncConnection,
    scope: Scope,
    journal: Journal,
    new: Sequence[StoredReceipt],
    *,
    now: datetime,
) -> None:
    """Keep what receipts say of messages that the bot sent, and have it shown and told.

    Args:
        connection: A writing connection.
        scope: Whose.
        journal: Tells of sends.
        new: Receipts that were not there before; those of other messages are nothing to it.
        now: The time.
    """
    changed: dict[str, Send] = {}
    failed: set[str] = set()
    ended = sorted((each for each in new if delivery(each)), key=lambda each: each.at)
    if ended:
        await deliveries.lock(connection)
    for kind in sorted({receipt.kind for receipt in ended}):
        mine = [receipt for receipt in ended if receipt.kind == kind]
        ours = await deliveries.senders_of(
            connection, scope, kind=kind, message_ids=[each.message_id for each in mine]
        )
        for receipt in mine:
            if receipt.message_id not in ours or not await _kept(connection, scope, receipt):
                continue
            send = ours[receipt.message_id][1]
            changed[send.id] = send
            failed |= {send.id} if delivery(receipt) is Delivery.FAILED else set()
    await _tell(connection, scope, journal, changed, failed, now=now)


async def catch_up(
    connection: AsyncConnection,
    scope: Scope,
    journal: Journal,
    sent: Sequence[SentMessage],
    *,
    now: datetime,
) -> None:
    """Note the receipts that came before it was known whose messages they are of.

    ClickSend may push one before its answer to the send is kept, or while a lost answer is looked
    for in its history.

    Args:
        connection: A writing connection.
        scope: Whose.
        journal: Tells of sends.
        sent: Messages, as they were kept just now.
        now: The time.
    """
    if sent:
        await deliveries.lock(connection)
    for kind in sorted({message.kind for message in sent}):
        ids = [each.message_id for each in sent if each.kind == kind and each.message_id]
        early = await receipts.of_messages(connection, scope, kind=kind, message_ids=ids)
        await note(connection, scope, journal, early, now=now)


async def _kept(connection: AsyncConnection, scope: Scope, receipt: StoredReceipt) -> bool:
    """Keep what a receipt says; False where that was known."""
    said = delivery(receipt)
    if said is None:
        return False
    moved = await deliveries.note(
        connection,
        scope,
        kind=receipt.kind,
        message_id=receipt.message_id,
        delivery=said,
        text=cause(receipt)[:200] if said is Delivery.FAILED else None,
    )
    return moved is not None


async def _tell(
    connection: AsyncConnection,
    scope: Scope,
    journal: Journal,
    changed: Mapping[str, Send],
    failed: Collection[str],
    *,
    now: datetime,
) -> None:
    """Have messages say what the receipts said, and whoever sent what failed be told."""
    at = _soon(now)
    for send_id in sorted(changed):
        job = changed[send_id].bulk
        if job is not None:
            await job_news.progress(connection, scope, job, now=now)
        else:
            await journal.tell(connection, notices.SendChanged(send_id=send_id), at=at)
        if send_id in failed:
            await _tell_sender(
                connection, scope, notices.NotArrived(send_id=send_id, job_id=job), now
            )


async def _tell_sender(
    connection: AsyncConnection, scope: Scope, notice: notices.NotArrived, now: datetime
) -> None:
    """Have whoever sent it told: of the first failure at once, of more of them together."""
    topic = notices.topic(notice)
    soon = _soon(now)
    for name, due in (("first", now), (f"{soon.timestamp():.0f}", soon)):
        if await outbox.add(
            connection,
            scope,
            key=f"{topic}:{name}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=now,
            topic=topic,
            due_at=due,
        ):
            return


def _soon(now: datetime) -> datetime:
    """The next multiple of five seconds: what comes until then is shown by one change."""
    return EPOCH + ((now - EPOCH) // _TOGETHER + 1) * _TOGETHER
