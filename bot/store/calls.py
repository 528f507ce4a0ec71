"""Calls that are made by hand: kept until the yes, or the second one; claimed once; their end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import calls


class CallState(StrEnum):
    """Where a call stands: draft (→ approval) → running → done, refused or unknown."""

    DRAFT = "draft"
    APPROVAL = "approval"
    """A second person has to say yes."""
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Nobody decided on it in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call; `payload` is its operation as JSON.

    Attributes:
        channel: The Slack channel in which it was asked for; empty: nowhere.
        what: What it does, in words, not escaped; empty: its fields say it all.
        expires_at: When the request for a second yes ends; None: it needed none.
        decided_by: Who said the second yes, refused or withdrew it.
        reason: Why it was refused, or how it ended, in words.
    """

    id: str
    operation: str
    payload: str
    state: CallState
    actor: str
    created_at: datetime
    updated_at: datetime
    lease_until: datetime | None = None
    channel: str = ""
    what: str = ""
    expires_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None


async def add(connection: AsyncConnection, scope: Scope, call: Call) -> bool:
    """Keep a draft; False when its id is taken."""
    return bool(await insert_new(connection, calls, [{**scope.columns(), **asdict(call)}], "id"))


async def get(connection: AsyncConnection, scope: Scope, call_id: str) -> Call | None:
    """Read one call."""
    found = await connection.execute(select(calls).where(_mine(scope, call_id)))
    row = found.mappings().first()
    return _call(dict(row)) if row else None


async def move(
    connection: AsyncConnection,
    scope: Scope,
    call_id: str,
    *,
    frm: CallState,
    to: CallState,
    at: datetime,
    actor: str | None = None,
    but: str | None = None,
    open_until: datetime | None = None,
    changes: Mapping[str, object] = MappingProxyType({}),
) -> Call | None:
    """Take a call from one state to another, by one conditional write.

    Args:
        connection: A writing connection.
        scope: Whose it is.
        call_id: Which.
        frm: The state it must be in.
        to: The state it gets.
        at: Now.
        actor: Whose it must be.
        but: Whose it must not be.
        open_until: The request for a second yes must end later than that.
        changes: Columns that change with it.

    Returns:
        The call as it is now; None when one of the conditions does not hold.
    """
    conditions = [_mine(scope, call_id), calls.c.state == frm]
    conditions += [calls.c.actor == actor] if actor is not None else []
    conditions += [calls.c.actor != but] if but is not None else []
    conditions += [calls.c.expires_at > open_until] if open_until is not None else []
    result = await connection.execute(
        update(calls)
        .where(*conditions)
        .values(state=to, updated_at=at, **{"lease_until": None, **changes})
        .returning(calls)
    )
    row = result.mappings().first()
    return _call(dict(row)) if row else None


async def expire(connection: AsyncConnection, scope: Scope, *, now: datetime) -> list[Call]:
    """Give up the calls whose process died: they become `unknown`, and are never run again."""
    late = calls.c.lease_until < now
    return await _all(connection, scope, CallState.RUNNING, late, CallState.UNKNOWN, at=now)


async def expire_requests(
    connection: AsyncConnection, scope: Scope, *, now: datetime
) -> list[Call]:
    """End the requests for a second yes that nobody answered in time."""
    late = calls.c.expires_at <= now
    return await _all(connection, scope, CallState.APPROVAL, late, CallState.EXPIRED, at=now)


async def purge(connection: AsyncConnection, scope: Scope, *, before: datetime, limit: int) -> int:
    """Delete calls that are over, and have not changed since a time; how many there were."""
    over = and_(
        scope.of(calls),
        calls.c.state.not_in([CallState.APPROVAL, CallState.RUNNING]),
        calls.c.updated_at < before,
    )
    batch = select(calls.c.id).where(over).order_by(calls.c.updated_at).limit(limit)
    gone = await connection.execute(
        delete(calls).where(over, calls.c.id.in_(batch.scalar_subquery()))
    )
    return gone.rowcount


async def _all(
    connection: AsyncConnection,
    scope: Scope,
    frm: CallState,
    late: ColumnElement[bool],
    to: CallState,
    *,
    at: datetime,
) -> list[Call]:
    result = await connection.execute(
        update(calls)
        .where(
            scope.of(calls),
            calls.c.state == frm,
            late,
        )
        .values(state=to, updated_at=at, lease_until=None)
        .returning(calls)
    )
    return [_call(dict(row)) for row in result.mappings()]


def _mine(scope: Scope, call_id: str) -> Any:
    return and_(
        scope.of(calls),
        calls.c.id == call_id,
    )


def _call(row: dict[str, Any]) -> Call:
    values = {k: v for k, v in row.items() if k not in {"workspace", "account"}}
    return Call(**{**values, "state": CallState(values["state"])})
