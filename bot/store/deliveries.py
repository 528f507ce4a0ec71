"""What became of each recipient of a send, and of its message on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import sends
from bot.store.scope import Scope
from bot.store.sends import Send
from bot.store.tables import messages

_AT_ONCE = 500
_LOCK = 0x726563656970


class Delivery(StrEnum):
    """What the last receipt said."""

    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What became of one recipient of a send; `status` is ClickSend's.

    `retry` is the send that tries it again.
    """

    send_id: str
    kind: str
    reference: str
    recipient: str
    status: str
    message_id: str | None = None
    price: Decimal | None = None
    parts: int | None = None
    delivery: str | None = None
    delivery_text: str | None = None
    retry: str | None = None


async def lock(connection: AsyncConnection) -> None:
    """Let whoever keeps receipts, and whoever keeps what was sent, see what the other has kept.

    Each keeps its own first, takes this, and looks then; without it two that commit at one time see
    nothing of each other. On SQLite every writer waits anyway.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def add(connection: AsyncConnection, scope: Scope, sent: Sequence[SentMessage]) -> None:
    """Keep what became of each recipient."""
    rows = [{**scope.columns(), **asdict(message)} for message in sent]
    if rows:
        await connection.execute(insert(messages), rows)


async def replace(
    connection: AsyncConnection, scope: Scope, send_id: str, sent: Sequence[SentMessage]
) -> None:
    """Keep what was found out of a send's recipients, in the place of what was kept before."""
    await connection.execute(
        delete(messages).where(scope.of(messages), messages.c.send_id == send_id)
    )
    await add(connection, scope, sent)


async def of_send(connection: AsyncConnection, scope: Scope, send_id: str) -> list[SentMessage]:
    """What became of each recipient of a send, in the order they were given."""
    rows = await connection.execute(
        select(messages)
        .where(scope.of(messages), messages.c.send_id == send_id)
        .order_by(messages.c.id)
    )
    return [read(dict(row)) for row in rows.mappings()]


async def set_status(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_id: str, status: str
) -> None:
    """Change the status of one message, as when it is cancelled."""
    await connection.execute(
        update(messages)
        .where(scope.of(messages), messages.c.kind == kind, messages.c.message_id == message_id)
        .values(status=status)
    )


async def note(
    connection: AsyncConnection,
    scope: Scope,
    *,
    kind: str,
    message_id: str,
    delivery: Delivery,
    text: str | None,
) -> str | None:
    """Keep what a receipt says of a message.

    Returns:
        The send it belongs to; None when the bot did not send it, or knew it already.
    """
    result = await connection.execute(
        update(messages)
        .where(
            scope.of(messages),
            messages.c.kind == kind,
            messages.c.message_id == message_id,
            messages.c.delivery.is_distinct_from(delivery),
        )
        .values(delivery=delivery, delivery_text=text)
        .returning(messages.c.send_id)
    )
    found: str | None = result.scalar()
    return found


async def take_retry(
    connection: AsyncConnection,
    scope: Scope,
    send_id: str,
    *,
    by: str,
    recipients: Sequence[str],
) -> str | None:
    """Give recipients of a send to the one that tries it again for them, all or none.

    One conditional write a batch of 500; the caller's transaction makes all of them one.

    Args:
        connection: A writing connection.
        scope: Whose.
        send_id: The send that failed for them.
        by: The send that tries it again.
        recipients: For whom.

    Returns:
        The send that has some of them already, so that none was given; None: they are taken.
    """
    of_it = and_(scope.of(messages), messages.c.send_id == send_id)
    for start in range(0, len(recipients), _AT_ONCE):
        some = messages.c.recipient.in_(recipients[start : start + _AT_ONCE])
        await connection.execute(
            update(messages).where(of_it, some, messages.c.retry.is_(None)).values(retry=by)
        )
        other = await connection.scalar(
            select(messages.c.retry).where(of_it, some, messages.c.retry != by).limit(1)
        )
        if other is not None:
            await leave_retry(connection, scope, by=by)
            return str(other)
    return None


async def leave_retry(connection: AsyncConnection, scope: Scope, *, by: str) -> list[str]:
    """Give back what a send that was to try it again did not; the sends that it was of."""
    left = await connection.execute(
        update(messages)
        .where(scope.of(messages), messages.c.retry == by)
        .values(retry=None)
        .returning(messages.c.send_id)
    )
    return sorted(set(left.scalars()))


async def senders_of(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_ids: Sequence[str]
) -> dict[str, tuple[SentMessage, Send]]:
    """The messages the bot sent, with their sends, by ClickSend's message id."""
    found: dict[str, tuple[SentMessage, Send]] = {}
    owners: dict[str, Send | None] = {}
    for start in range(0, len(message_ids), _AT_ONCE):
        wanted = message_ids[start : start + _AT_ONCE]
        rows = await connection.execute(
            select(messages).where(
                scope.of(messages), messages.c.kind == kind, messages.c.message_id.in_(wanted)
            )
        )
        for message in [read(dict(row)) for row in rows.mappings()]:
            if message.send_id not in owners:  # a send of a thousand is read once
                owners[message.send_id] = await sends.get(connection, scope, message.send_id)
            send = owners[message.send_id]
            if message.message_id and send:
                found[message.message_id] = (message, send)
    return found


async def to_recipient(
    connection: AsyncConnection, scope: Scope, recipient: str, *, limit: int
) -> list[tuple[Send, SentMessage]]:
    """The newest messages to somebody (E.164) with their sends, the newest first."""
    rows = await connection.execute(
        select(messages)
        .where(scope.of(messages), messages.c.recipient == recipient)
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    found = [read(dict(row)) for row in rows.mappings()]
    sent = [(await sends.get(connection, scope, each.send_id), each) for each in found]
    return [(send, each) for send, each in sent if send is not None]


def read(row: Mapping[str, Any]) -> SentMessage:
    """A row as it is known."""
    return SentMessage(**{k: v for k, v in row.items() if k not in {"id", "workspace", "account"}})
