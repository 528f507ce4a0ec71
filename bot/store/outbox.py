"""The outbox of notices: stored with what they tell of, posted at least once, afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import notices
from bot.store.types import Instant

_NOW = bindparam("now", type_=Instant)
_DUE = and_(
    Scope.whose(notices),
    notices.c.posted_at.is_(None),
    notices.c.due_at <= _NOW,
    or_(notices.c.lease_until.is_(None), notices.c.lease_until < _NOW),
)
_KINDS = select(notices.c.kind).where(_DUE).distinct()


@dataclass(frozen=True, slots=True)
class Pending:
    """A notice that waits to be posted; `payload` is it as JSON."""

    id: int
    key: str
    payload: str
    attempts: int


async def add(
    connection: AsyncConnection,
    scope: Scope,
    *,
    key: str,
    kind: str,
    payload: str,
    at: datetime,
    topic: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Store a notice; False when one with this key is there already.

    Args:
        connection: The transaction of what it tells of.
        scope: Whose.
        key: What makes it the same notice when it is stored again.
        kind: Its kind.
        payload: It as JSON.
        at: Now.
        topic: What keeps one message that is brought up to date; they are posted in turn.
        due_at: Not before then; at once when None.
    """
    row = {
        **scope.columns(),
        "key": key,
        "kind": kind,
        "payload": payload,
        "topic": topic,
        "created_at": at,
        "due_at": due_at or at,
        "attempts": 0,
    }
    return bool(await insert_new(connection, notices, [row], "id"))


async def supersede(
    connection: AsyncConnection, scope: Scope, topic: str, *, now: datetime
) -> None:
    """Forget the notices of a topic that are not due yet: what comes now says it all."""
    await connection.execute(
        delete(notices).where(
            scope.of(notices),
            notices.c.topic == topic,
            notices.c.posted_at.is_(None),
            notices.c.lease_until.is_(None),
            notices.c.due_at > now,
        )
    )


async def kinds_due(connection: AsyncConnection, scope: Scope, *, now: datetime) -> frozenset[str]:
    """The kinds of which there may be a notice for `claim_due`; of all others there is none."""
    return frozenset((await connection.execute(_KINDS, scope.bound(now=now))).scalars())


async def claim_due(
    connection: AsyncConnection,
    scope: Scope,
    *,
    owner: str,
    now: datetime,
    lease_until: datetime,
    kinds: Collection[str] = (),
    but: Collection[str] = (),
) -> Pending | None:
    """Take the oldest notice that is due; one whose claim by others has expired, too.

    Args:
        connection: A writing connection.
        scope: Whose.
        owner: Who takes it.
        now: The time.
        lease_until: How long it stays theirs.
        kinds: Only these kinds; every one when empty.
        but: Not these kinds.

    Returns:
        It; None when nothing is due.
    """
    claiming = _claiming(frozenset(kinds), frozenset(but))
    values = scope.bound(now=now, new_owner=owner, new_lease=lease_until)
    row = (await connection.execute(claiming, values)).first()
    return Pending(*row) if row else None


@cache
def _claiming(kinds: frozenset[str], but: frozenset[str]) -> ReturningUpdate[Any]:
    """The statement of a claim: one for each lane."""
    wanted = [notices.c.kind.in_([literal(kind) for kind in sorted(kinds)])] if kinds else []
    unwanted = [notices.c.kind.not_in([literal(kind) for kind in sorted(but)])] if but else []
    before = notices.alias()
    its_turn = ~exists().where(
        Scope.whose(before),
        before.c.topic == notices.c.topic,
        before.c.posted_at.is_(None),
        before.c.id < notices.c.id,
    )
    due = (
        select(notices.c.id)
        .where(_DUE, its_turn, *wanted, *unwanted)
        .order_by(notices.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (
        update(notices)
        # Equal to, not in: PostgreSQL may run what stands in an `IN` again for each row.
        .where(notices.c.id == due.scalar_subquery(), notices.c.posted_at.is_(None))
        .values(
            owner=bindparam("new_owner"),
            lease_until=bindparam("new_lease"),
            attempts=notices.c.attempts + 1,
        )
        .returning(notices.c.id, notices.c.key, notices.c.payload, notices.c.attempts)
    )


async def posted(connection: AsyncConnection, notice_id: int, *, at: datetime) -> None:
    """Note that a notice is in Slack."""
    await connection.execute(
        update(notices)
        .where(notices.c.id == notice_id)
        .values(posted_at=at, owner=None, lease_until=None, problem=None)
    )


async def postpone(
    connection: AsyncConnection, notice_id: int, *, until: datetime, problem: str
) -> None:
    """Try a notice again later."""
    await connection.execute(
        update(notices)
        .where(and_(notices.c.id == notice_id, notices.c.posted_at.is_(None)))
        .values(due_at=until, owner=None, lease_until=None, problem=problem)
    )


async def lay_aside(
    connection: AsyncConnection, scope: Scope, *, but: Collection[str], now: datetime
) -> int:
    """Never post what waits, and what somebody is about to post no second time.

    Args:
        connection: A writing connection.
        scope: Whose.
        but: The kinds that still wait.
        now: The time.

    Returns:
        How many notices it was.
    """
    gone = await connection.execute(
        update(notices)
        .where(scope.of(notices), notices.c.posted_at.is_(None), notices.c.kind.not_in(but))
        .values(posted_at=now, owner=None, lease_until=None, problem="laid aside")
    )
    return gone.rowcount


async def waiting(connection: AsyncConnection, scope: Scope, *, kind: str) -> int:
    """How many notices of a kind are not posted yet."""
    found = await connection.execute(
        select(func.count())
        .select_from(notices)
        .where(
            scope.of(notices),
            notices.c.kind == kind,
            notices.c.posted_at.is_(None),
        )
    )
    return int(found.scalar_one())


async def backlog(
    connection: AsyncConnection, scope: Scope, *, now: datetime
) -> tuple[int, datetime | None]:
    """How many notices wait that were to be posted by now; when the oldest was stored."""
    waits = and_(
        scope.of(notices),
        notices.c.posted_at.is_(None),
        or_(notices.c.due_at <= now, notices.c.attempts > 0),
    )
    row = (
        await connection.execute(select(func.count(), func.min(notices.c.created_at)).where(waits))
    ).one()
    return int(row[0]), row[1]
