"""What customers sent: each message kept once, however often and by whichever way it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import inbound

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """A message that came in; `at` is ClickSend's time of it, `recipient` our number.

    Attributes:
        kind: `sms` (with `media` an MMS), `fax`, or `voice` for a key that somebody pressed.
        media: The addresses of its pictures or pages.
        source: `push` or `poll`.
        id: Its row; 0 before it is stored.
    """

    kind: str
    message_id: str
    sender: str
    recipient: str
    at: datetime
    body: str
    source: str
    stored_at: datetime
    answers: str | None = None
    media: tuple[str, ...] = ()
    conversation: str | None = None
    posted_at: datetime | None = None
    id: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same message when it comes again."""
        return (self.kind, self.message_id)


_COLUMNS = tuple(each.name for each in fields(InboundMessage) if each.name not in {"id", "media"})
_UNSORTED = (
    select(inbound.c.id).where(Scope.whose(inbound), inbound.c.conversation.is_(None)).limit(1)
)


def _read(row: Mapping[str, Any]) -> InboundMessage:
    kept = {name: row[name] for name in (*_COLUMNS, "id")}
    return InboundMessage(**kept, media=tuple(json.loads(row["media"])))


async def add_new(
    connection: AsyncConnection, scope: Scope, found: Sequence[InboundMessage]
) -> list[InboundMessage]:
    """Keep the messages that are not kept yet.

    Returns:
        Those that were new, in the order given.
    """
    unique = list({message.key: message for message in found}.values())
    rows = [
        {
            **scope.columns(),
            **{name: getattr(message, name) for name in _COLUMNS},
            "media": json.dumps(message.media),
        }
        for message in unique
    ]
    stored = await insert_new(connection, inbound, rows, "kind", "message_id")
    new = {(row["kind"], row["message_id"]) for row in stored}
    return [message for message in unique if message.key in new]


async def unsorted(
    connection: AsyncConnection, scope: Scope, *, limit: int
) -> list[InboundMessage]:
    """The oldest messages that belong to no conversation yet."""
    rows = await connection.execute(
        select(inbound)
        .where(scope.of(inbound), inbound.c.conversation.is_(None))
        .order_by(inbound.c.at, inbound.c.id)
        .limit(limit)
    )
    return [_read(dict(row)) for row in rows.mappings()]


async def is_unsorted(connection: AsyncConnection, scope: Scope) -> bool:
    """Whether there is a message that belongs to no conversation yet."""
    return (await connection.execute(_UNSORTED, scope.bound())).first() is not None


async def sort(
    connection: AsyncConnection, scope: Scope, ids: Sequence[int], *, conversation: str
) -> list[int]:
    """Put messages into a conversation; the ids of those that were in none."""
    result = await connection.execute(
        update(inbound)
        .where(scope.of(inbound), inbound.c.id.in_(ids), inbound.c.conversation.is_(None))
        .values(conversation=conversation)
        .returning(inbound.c.id)
    )
    return sorted(result.scalars())


async def get(
    connection: AsyncConnection, scope: Scope, ids: Sequence[int]
) -> list[InboundMessage]:
    """Some messages, in the order in which they came."""
    rows = await connection.execute(
        select(inbound)
        .where(scope.of(inbound), inbound.c.id.in_(ids))
        .order_by(inbound.c.at, inbound.c.id)
    )
    return [_read(dict(row)) for row in rows.mappings()]


async def posted(
    connection: AsyncConnection, scope: Scope, ids: Sequence[int], *, at: datetime
) -> None:
    """Note that messages are in Slack."""
    await connection.execute(
        update(inbound).where(scope.of(inbound), inbound.c.id.in_(ids)).values(posted_at=at)
    )


async def shown(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_ids: Sequence[str]
) -> list[str]:
    """Which of these messages are in Slack, by ClickSend's id."""
    found: list[str] = []
    for start in range(0, len(message_ids), _AT_ONCE):
        rows = await connection.execute(
            select(inbound.c.message_id).where(
                scope.of(inbound),
                inbound.c.kind == kind,
                inbound.c.message_id.in_(message_ids[start : start + _AT_ONCE]),
                inbound.c.posted_at.is_not(None),
            )
        )
        found += rows.scalars()
    return found


async def known(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_ids: Sequence[str]
) -> dict[str, datetime]:
    """Which of these messages are kept, by ClickSend's id, and since when."""
    found: dict[str, datetime] = {}
    for start in range(0, len(message_ids), _AT_ONCE):
        rows = await connection.execute(
            select(inbound.c.message_id, inbound.c.stored_at).where(
                scope.of(inbound),
                inbound.c.kind == kind,
                inbound.c.message_id.in_(message_ids[start : start + _AT_ONCE]),
            )
        )
        found |= {row.message_id: row.stored_at for row in rows}
    return found


async def of_sender(
    connection: AsyncConnection, scope: Scope, sender: str, *, limit: int
) -> list[InboundMessage]:
    """The newest messages of somebody, the newest first."""
    rows = await connection.execute(
        select(inbound)
        .where(scope.of(inbound), inbound.c.sender == sender)
        .order_by(inbound.c.at.desc(), inbound.c.id.desc())
        .limit(limit)
    )
    return [_read(dict(row)) for row in rows.mappings()]


async def count(connection: AsyncConnection, scope: Scope) -> int:
    """How many messages are kept."""
    found = await connection.execute(
        select(func.count()).select_from(inbound).where(scope.of(inbound))
    )
    return int(found.scalar_one())
