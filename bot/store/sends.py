"""The sends: drafts, claims with a lease, outcomes. The row is the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import messages, sends


class State(StrEnum):
    """Where a send stands: draft → queued → sending → sent, refused or unknown."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One send; `payload` is its operation as JSON, `price` what the person saw before the yes."""

    id: str
    operation: str
    payload: str
    state: State
    actor: str
    channel: str
    recipients: int
    summary: str
    created_at: datetime
    updated_at: datetime
    price: Decimal | None = None
    total: Decimal | None = None
    currency: str | None = None
    previous: str | None = None
    scheduled_for: datetime | None = None
    owner: str | None = None
    lease_until: datetime | None = None
    reason: str | None = None
    message_channel: str | None = None
    message_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """What became of one recipient of a send; `status` is ClickSend's."""

    send_id: str
    kind: str
    reference: str
    recipient: str
    status: str
    message_id: str | None = None
    price: Decimal | None = None
    parts: int | None = None


def _mine(scope: Scope, send_id: str) -> Any:
    return and_(
        sends.c.workspace == scope.workspace,
        sends.c.account == scope.account,
        sends.c.id == send_id,
    )


def _ours(scope: Scope) -> Any:
    return and_(sends.c.workspace == scope.workspace, sends.c.account == scope.account)


def _send(row: Mapping[str, Any]) -> Send:
    values = {k: v for k, v in row.items() if k not in {"workspace", "account"}}
    return Send(**{**values, "state": State(values["state"])})


async def add_draft(connection: AsyncConnection, scope: Scope, send: Send) -> bool:
    """Keep a draft; False when its id is taken."""
    row = {**scope.columns(), **asdict(send)}
    return bool(await insert_new(connection, sends, [row], "id"))


async def get(connection: AsyncConnection, scope: Scope, send_id: str) -> Send | None:
    """Read one send."""
    row = (await connection.execute(select(sends).where(_mine(scope, send_id)))).mappings().first()
    return _send(dict(row)) if row else None


async def confirm(
    connection: AsyncConnection, scope: Scope, send_id: str, *, actor: str, at: datetime
) -> bool:
    """Turn a draft of this person into work; False when it is no draft (any more)."""
    result = await connection.execute(
        update(sends)
        .where(_mine(scope, send_id), sends.c.state == State.DRAFT, sends.c.actor == actor)
        .values(state=State.QUEUED, updated_at=at)
        .returning(sends.c.id)
    )
    return result.first() is not None


async def claim(
    connection: AsyncConnection, scope: Scope, *, owner: str, now: datetime, lease_until: datetime
) -> Send | None:
    """Take the oldest queued send, if there is one, with a lease."""
    oldest = (
        select(sends.c.id)
        .where(_ours(scope), sends.c.state == State.QUEUED)
        .order_by(sends.c.updated_at, sends.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    result = await connection.execute(
        update(sends)
        .where(_ours(scope), sends.c.id == oldest, sends.c.state == State.QUEUED)
        .values(state=State.SENDING, owner=owner, lease_until=lease_until, updated_at=now)
        .returning(sends)
    )
    row = result.mappings().first()
    return _send(dict(row)) if row else None


async def still_held(
    connection: AsyncConnection, scope: Scope, send_id: str, *, owner: str, until: datetime
) -> bool:
    """Whether this owner's lease lasts until then at least."""
    found = await connection.execute(
        select(sends.c.id).where(
            _mine(scope, send_id),
            sends.c.state == State.SENDING,
            sends.c.owner == owner,
            sends.c.lease_until >= until,
        )
    )
    return found.first() is not None


async def finish(
    connection: AsyncConnection,
    scope: Scope,
    send_id: str,
    *,
    owner: str,
    state: State,
    at: datetime,
    reason: str | None = None,
    total: Decimal | None = None,
) -> bool:
    """Write the outcome of a send that this owner holds; False when it holds it no longer."""
    result = await connection.execute(
        update(sends)
        .where(_mine(scope, send_id), sends.c.state == State.SENDING, sends.c.owner == owner)
        .values(state=state, reason=reason, total=total, updated_at=at, lease_until=None)
        .returning(sends.c.id)
    )
    return result.first() is not None


async def expire(
    connection: AsyncConnection, scope: Scope, *, now: datetime, reason: str
) -> list[Send]:
    """Give up the sends whose owner died: they become `unknown`, never queued again."""
    result = await connection.execute(
        update(sends)
        .where(_ours(scope), sends.c.state == State.SENDING, sends.c.lease_until < now)
        .values(state=State.UNKNOWN, reason=reason, updated_at=now, lease_until=None)
        .returning(sends)
    )
    return [_send(dict(row)) for row in result.mappings()]


async def place(
    connection: AsyncConnection, scope: Scope, send_id: str, *, channel: str, ts: str
) -> None:
    """Remember the Slack message that announced a send."""
    await connection.execute(
        update(sends).where(_mine(scope, send_id)).values(message_channel=channel, message_ts=ts)
    )


async def recent(
    connection: AsyncConnection, scope: Scope, *, limit: int, offset: int = 0
) -> list[Send]:
    """The newest sends first, drafts left out."""
    rows = await connection.execute(
        select(sends)
        .where(_ours(scope), sends.c.state != State.DRAFT)
        .order_by(sends.c.created_at.desc(), sends.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_send(dict(row)) for row in rows.mappings()]


async def scheduled(connection: AsyncConnection, scope: Scope, *, after: datetime) -> list[Send]:
    """The sends that ClickSend took for a later time, the soonest first."""
    rows = await connection.execute(
        select(sends)
        .where(_ours(scope), sends.c.state == State.SENT, sends.c.scheduled_for > after)
        .order_by(sends.c.scheduled_for)
    )
    return [_send(dict(row)) for row in rows.mappings()]


async def add_messages(
    connection: AsyncConnection, scope: Scope, sent: Sequence[SentMessage]
) -> None:
    """Keep what became of each recipient."""
    rows = [{**scope.columns(), **asdict(message)} for message in sent]
    if rows:
        await connection.execute(insert(messages), rows)


async def messages_of(connection: AsyncConnection, scope: Scope, send_id: str) -> list[SentMessage]:
    """What became of each recipient of a send, in the order they were given."""
    rows = await connection.execute(
        select(messages)
        .where(
            messages.c.workspace == scope.workspace,
            messages.c.account == scope.account,
            messages.c.send_id == send_id,
        )
        .order_by(messages.c.id)
    )
    return [_message(dict(row)) for row in rows.mappings()]


async def set_status(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_id: str, status: str
) -> None:
    """Change the status of one message, as when it is cancelled."""
    await connection.execute(
        update(messages)
        .where(
            messages.c.workspace == scope.workspace,
            messages.c.account == scope.account,
            messages.c.kind == kind,
            messages.c.message_id == message_id,
        )
        .values(status=status)
    )


async def senders_of(
    connection: AsyncConnection, scope: Scope, *, kind: str, message_ids: Sequence[str]
) -> dict[str, tuple[SentMessage, Send]]:
    """The messages the bot sent, with their sends, by ClickSend's message id."""
    ours = and_(messages.c.workspace == scope.workspace, messages.c.account == scope.account)
    found: dict[str, tuple[SentMessage, Send]] = {}
    for start in range(0, len(message_ids), 500):
        wanted = message_ids[start : start + 500]
        rows = await connection.execute(
            select(messages).where(ours, messages.c.kind == kind, messages.c.message_id.in_(wanted))
        )
        for message in [_message(dict(row)) for row in rows.mappings()]:
            send = await get(connection, scope, message.send_id)
            if message.message_id and send:
                found[message.message_id] = (message, send)
    return found


def _message(row: Mapping[str, Any]) -> SentMessage:
    return SentMessage(**{k: v for k, v in row.items() if k not in {"id", "workspace", "account"}})
