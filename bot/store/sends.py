"""The sends: drafts, claims with a lease, outcomes. The row is the work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, bindparam, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import sends
from bot.store.types import Instant


class State(StrEnum):
    """Where a send stands; `MOVES` says what can follow."""

    DRAFT = "draft"
    APPROVAL = "approval"
    """A second person has to say yes."""
    QUEUED = "queued"
    SENDING = "sending"
    REPRICED = "repriced"
    """The price rose after the yes; the person is asked again."""
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost: it may have been sent."""
    RECONCILED = "reconciled"
    """It was unknown, and turned out to be sent."""
    DROPPED = "dropped"
    """A person gave it up: after a risen price, or without knowing whether it was sent."""
    UNDONE = "undone"
    """Withdrawn before it was sent."""
    DENIED = "denied"
    EXPIRED = "expired"
    """Nobody decided on it in time."""


MOVES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.QUEUED, State.APPROVAL}),
    State.APPROVAL: frozenset({State.QUEUED, State.DENIED, State.EXPIRED, State.UNDONE}),
    State.QUEUED: frozenset({State.SENDING, State.UNDONE}),
    State.SENDING: frozenset(
        # Back to `queued` only by its owner, who knows that the call was never made.
        {State.SENT, State.REFUSED, State.UNKNOWN, State.REPRICED, State.QUEUED}
    ),
    State.REPRICED: frozenset({State.QUEUED, State.DROPPED}),
    State.UNKNOWN: frozenset({State.RECONCILED, State.DROPPED}),
}
COMMITTED = frozenset(State) - {
    State.DRAFT,
    State.REFUSED,
    State.UNDONE,
    State.DENIED,
    State.EXPIRED,
    State.REPRICED,
}
"""The states whose price is spent, or will or may be: what limits count."""


CANCEL_ASKED = "?"
"""Ends a send's `replaces` once ClickSend was asked to cancel that message: if it is cancelled when
it is looked at again, that was us, and not a person who wants nothing to be sent any more."""


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
    fingerprint: str | None = None
    replaces: str | None = None
    seen_at: datetime | None = None
    confirmed_at: datetime | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    asked_at: datetime | None = None
    rule: str | None = None
    decided_by: str | None = None
    bulk: str | None = None
    thread_ts: str | None = None
    origin: str | None = None


def _mine(scope: Scope, send_id: str) -> Any:
    return and_(scope.of(sends), sends.c.id == send_id)


_ITS = and_(Scope.whose(sends), sends.c.id == bindparam("its_id"))
_GET = select(sends).where(_ITS)
_MADE_OF = select(sends.c.id, sends.c.state).where(
    Scope.whose(sends), sends.c.previous.in_(bindparam("those", expanding=True))
)


def read(row: Mapping[str, Any]) -> Send:
    """A row as a value."""
    values = {k: v for k, v in row.items() if k not in {"workspace", "account"}}
    return Send(**{**values, "state": State(values["state"])})


async def add_draft(connection: AsyncConnection, scope: Scope, send: Send) -> bool:
    """Keep a draft; False when its id is taken."""
    row = {**scope.columns(), **asdict(send)}
    return bool(await insert_new(connection, sends, [row], "id"))


async def get(connection: AsyncConnection, scope: Scope, send_id: str) -> Send | None:
    """Read one send."""
    found = await connection.execute(_GET, scope.bound(its_id=send_id))
    row = found.mappings().first()
    return read(dict(row)) if row else None


async def move(
    connection: AsyncConnection,
    scope: Scope,
    send_id: str,
    *,
    frm: Collection[State],
    to: State,
    at: datetime,
    owner: str | None = None,
    changes: Mapping[str, object] = MappingProxyType({}),
) -> Send | None:
    """Take a send from one state to another, by one conditional write.

    Args:
        connection: A writing connection.
        scope: Whose it is.
        send_id: Which.
        frm: The states it may be in.
        to: The state it gets.
        at: Now.
        owner: Who must hold it, for what is being sent.
        changes: Columns that change with it.

    Returns:
        The send as it is now; None when it was not in those states, or is somebody else's.

    Raises:
        ValueError: `MOVES` knows no such move.
    """
    for state in frm:
        if to not in MOVES.get(state, frozenset()):
            raise ValueError(f"a send never goes from {state} to {to}")
    new = {"state": to, "updated_at": at, **changes}
    result = await connection.execute(
        _moving(frozenset(frm), tuple(new), owned=owner is not None),
        scope.bound(its_id=send_id, its_owner=owner, **{f"new_{k}": v for k, v in new.items()}),
    )
    row = result.mappings().first()
    return read(dict(row)) if row else None


@cache
def _moving(
    frm: frozenset[State], changed: tuple[str, ...], *, owned: bool
) -> ReturningUpdate[Any]:
    """The statement of a move: there are as many as there are kinds of moves."""
    held = [sends.c.owner == bindparam("its_owner")] if owned else []
    return (
        update(sends)
        .where(_ITS, sends.c.state.in_([literal(state) for state in sorted(frm)]), *held)
        .values({name: bindparam(f"new_{name}", type_=sends.c[name].type) for name in changed})
        .returning(sends)
    )


async def change(
    connection: AsyncConnection, scope: Scope, send_id: str, *, state: State, **changes: object
) -> bool:
    """Change columns of a send that stays in its state; False when it is in another."""
    result = await connection.execute(
        update(sends)
        .where(_mine(scope, send_id), sends.c.state == state)
        .values(**changes)
        .returning(sends.c.id)
    )
    return result.first() is not None


async def claim(
    connection: AsyncConnection,
    scope: Scope,
    *,
    owner: str,
    now: datetime,
    lease_until: datetime,
    only: str | None = None,
) -> Send | None:
    """Take the oldest queued send that is due, if there is one, with a lease.

    A bulk send's batches come last, so that they hold nobody else back; with `only`, it is this one
    or none.
    """
    result = await connection.execute(
        _claiming(any_one=only is None),
        scope.bound(now=now, its_id=only, new_owner=owner, new_lease=lease_until),
    )
    row = result.mappings().first()
    return read(dict(row)) if row else None


@cache
def _claiming(*, any_one: bool) -> ReturningUpdate[Any]:
    """The statement of a claim, of any send or of a certain one."""
    now = bindparam("now", type_=Instant)
    free = or_(sends.c.not_before.is_(None), sends.c.not_before <= now)
    due = free if any_one else and_(free, sends.c.id == bindparam("its_id"))
    oldest = (
        select(sends.c.id)
        .where(Scope.whose(sends), sends.c.state == State.QUEUED, due)
        .order_by(sends.c.bulk.is_not(None), sends.c.updated_at, sends.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return (
        update(sends)
        .where(Scope.whose(sends), sends.c.id == oldest, sends.c.state == State.QUEUED, due)
        .values(
            state=State.SENDING,
            owner=bindparam("new_owner"),
            lease_until=bindparam("new_lease"),
            updated_at=now,
            not_before=None,
        )
        .returning(sends)
    )


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


async def expire(
    connection: AsyncConnection, scope: Scope, *, now: datetime, reason: str
) -> list[Send]:
    """Give up the sends whose owner died: they become `unknown`, never queued again."""
    return await _moved_all(
        connection,
        and_(scope.of(sends), sends.c.state == State.SENDING, sends.c.lease_until < now),
        state=State.UNKNOWN,
        reason=reason,
        updated_at=now,
        lease_until=None,
        not_before=now,
    )


async def expire_approvals(
    connection: AsyncConnection, scope: Scope, *, now: datetime, reason: str
) -> list[Send]:
    """End the requests for approval that nobody answered in time."""
    return await _moved_all(
        connection,
        and_(scope.of(sends), sends.c.state == State.APPROVAL, sends.c.expires_at <= now),
        state=State.EXPIRED,
        reason=reason,
        updated_at=now,
    )


async def _moved_all(connection: AsyncConnection, which: Any, **values: object) -> list[Send]:
    result = await connection.execute(update(sends).where(which).values(**values).returning(sends))
    return [read(dict(row)) for row in result.mappings()]


async def replaced_by_another(
    connection: AsyncConnection, scope: Scope, message_id: str, *, but: Collection[str]
) -> bool:
    """Whether somebody said yes to another send in the place of a scheduled message.

    Args:
        connection: Any connection.
        scope: Whose.
        message_id: Of the scheduled message.
        but: The sends that do not count.
    """
    found = await connection.execute(
        select(sends.c.id)
        .where(
            scope.of(sends),
            sends.c.replaces.in_([message_id, message_id + CANCEL_ASKED]),
            sends.c.state.in_(list((COMMITTED - {State.DROPPED}) | {State.REPRICED})),
            sends.c.id.not_in(list(but)),
        )
        .limit(1)
    )
    return found.first() is not None


async def overtaken(connection: AsyncConnection, scope: Scope, send_id: str) -> bool:
    """Whether somebody said yes to a draft that came of changing this one, however often.

    Args:
        connection: Any connection.
        scope: Whose.
        send_id: Of a draft.
    """
    waiting, seen = {send_id}, {send_id}
    while waiting:
        found = await connection.execute(_MADE_OF, scope.bound(those=list(waiting)))
        rows = found.all()
        if any(State(row.state) in COMMITTED | {State.REPRICED} for row in rows):
            return True
        waiting = {row.id for row in rows} - seen
        seen |= waiting
    return False


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
        .where(scope.of(sends), sends.c.state != State.DRAFT)
        .order_by(sends.c.created_at.desc(), sends.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [read(dict(row)) for row in rows.mappings()]
