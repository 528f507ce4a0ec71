"""The conversations with customers: one for each pair of numbers, a thread for each round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.sends import State
from bot.store.tables import conversations, sends

_ANSWERS = (State.QUEUED, State.SENDING, State.SENT, State.UNKNOWN, State.RECONCILED)


class Talk(StrEnum):
    """Whether somebody still has to do with it."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation.

    Attributes:
        ours: The number that was written to.
        theirs: Whose number.
        round: Counts its threads: what comes after it was closed opens a new one.
        channel: The Slack channel, or the id of a person for their direct messages.
        thread_ts: The message that heads the thread; None until it is posted.
        name: The contact's; empty when there is none, None when nobody has looked.
        waiting_since: The first message that nobody has answered, as far as it is known here.
        messages: How many came in this round.
    """

    id: str
    ours: str
    theirs: str
    channel: str
    last_at: datetime
    round: int = 1
    state: Talk = Talk.OPEN
    thread_ts: str | None = None
    name: str | None = None
    assignee: str | None = None
    snoozed_until: datetime | None = None
    waiting_since: datetime | None = None
    messages: int = 0


def _read(row: Mapping[str, Any]) -> Conversation:
    values = {k: v for k, v in row.items() if k not in {"workspace", "account"}}
    return Conversation(**{**values, "state": Talk(values["state"])})


async def add(connection: AsyncConnection, scope: Scope, talk: Conversation) -> bool:
    """Keep a new conversation; False when there is one of these numbers."""
    row = {**scope.columns(), **asdict(talk)}
    return bool(await insert_new(connection, conversations, [row], "id"))


async def get(connection: AsyncConnection, scope: Scope, talk_id: str) -> Conversation | None:
    """Read one."""
    return await _one(connection, and_(scope.of(conversations), conversations.c.id == talk_id))


async def between(
    connection: AsyncConnection, scope: Scope, *, ours: str, theirs: str
) -> Conversation | None:
    """The conversation of two numbers; its row stays locked until the transaction ends."""
    which = and_(
        scope.of(conversations), conversations.c.ours == ours, conversations.c.theirs == theirs
    )
    return await _one(connection, which, lock=True)


async def in_thread(
    connection: AsyncConnection, scope: Scope, *, channel: str, ts: str
) -> Conversation | None:
    """The conversation whose thread this is."""
    here = and_(conversations.c.channel == channel, conversations.c.thread_ts == ts)
    return await _one(connection, and_(scope.of(conversations), here))


async def _one(
    connection: AsyncConnection, which: Any, *, lock: bool = False
) -> Conversation | None:
    query = select(conversations).where(which)
    row = (await connection.execute(query.with_for_update() if lock else query)).mappings().first()
    return _read(dict(row)) if row else None


async def change(
    connection: AsyncConnection,
    scope: Scope,
    talk_id: str,
    values: Mapping[str, object],
    *,
    round_: int | None = None,
    frm: Collection[Talk] = tuple(Talk),
) -> Conversation | None:
    """Change columns, by one conditional write.

    Args:
        connection: A writing connection.
        scope: Whose.
        talk_id: Which.
        values: The columns.
        round_: The round it must be in; any when None.
        frm: The states it may be in.

    Returns:
        The conversation as it is now; None when it is in another state or round, or is none.
    """
    which = [
        scope.of(conversations),
        conversations.c.id == talk_id,
        conversations.c.state.in_(list(frm)),
    ]
    if round_ is not None:
        which.append(conversations.c.round == round_)
    result = await connection.execute(
        update(conversations).where(*which).values(**values).returning(conversations)
    )
    row = result.mappings().first()
    return _read(dict(row)) if row else None


async def answered_at(
    connection: AsyncConnection, scope: Scope, talk: Conversation
) -> datetime | None:
    """When somebody last said yes to a reply that went out, or may have."""
    if talk.thread_ts is None:
        return None
    found = await connection.execute(
        select(func.max(sends.c.confirmed_at)).where(
            scope.of(sends),
            sends.c.thread_ts == talk.thread_ts,
            sends.c.channel == talk.channel,
            sends.c.state.in_(_ANSWERS),
        )
    )
    moment: datetime | None = found.scalar()
    return moment


def _unanswered(scope: Scope, now: datetime) -> Any:
    answered = exists().where(
        sends.c.workspace == conversations.c.workspace,
        sends.c.account == conversations.c.account,
        sends.c.thread_ts == conversations.c.thread_ts,
        sends.c.channel == conversations.c.channel,
        sends.c.state.in_(_ANSWERS),
        sends.c.confirmed_at >= conversations.c.waiting_since,
    )
    return and_(
        scope.of(conversations),
        conversations.c.state == Talk.OPEN,
        conversations.c.waiting_since.is_not(None),
        or_(conversations.c.snoozed_until.is_(None), conversations.c.snoozed_until <= now),
        ~answered,
    )


async def unanswered(
    connection: AsyncConnection, scope: Scope, *, now: datetime, limit: int, offset: int = 0
) -> list[Conversation]:
    """Who waits for an answer, the longest first; what is snoozed is left out."""
    rows = await connection.execute(
        select(conversations)
        .where(_unanswered(scope, now))
        .order_by(conversations.c.waiting_since, conversations.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_read(dict(row)) for row in rows.mappings()]


async def count_unanswered(connection: AsyncConnection, scope: Scope, *, now: datetime) -> int:
    """How many wait for an answer."""
    found = await connection.execute(
        select(func.count()).select_from(conversations).where(_unanswered(scope, now))
    )
    return int(found.scalar_one())


async def wake(connection: AsyncConnection, scope: Scope, *, now: datetime) -> list[Conversation]:
    """End the snoozes whose time has come; whose they were."""
    result = await connection.execute(
        update(conversations)
        .where(scope.of(conversations), conversations.c.snoozed_until <= now)
        .values(snoozed_until=None)
        .returning(conversations)
    )
    return [_read(dict(row)) for row in result.mappings()]
