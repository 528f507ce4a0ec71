"""Calls that admins make by hand: kept until the yes, claimed once, with their outcome."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import calls


class CallState(StrEnum):
    """Where a call stands: draft → running → done, refused or unknown."""

    DRAFT = "draft"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call; `payload` is its operation as JSON."""

    id: str
    operation: str
    payload: str
    state: CallState
    actor: str
    created_at: datetime
    updated_at: datetime
    lease_until: datetime | None = None


async def add(connection: AsyncConnection, scope: Scope, call: Call) -> bool:
    """Keep a draft; False when its id is taken."""
    return bool(await insert_new(connection, calls, [{**scope.columns(), **asdict(call)}], "id"))


async def get(connection: AsyncConnection, scope: Scope, call_id: str) -> Call | None:
    """Read one call."""
    found = await connection.execute(select(calls).where(_mine(scope, call_id)))
    row = found.mappings().first()
    return _call(dict(row)) if row else None


async def claim(
    connection: AsyncConnection,
    scope: Scope,
    call_id: str,
    *,
    actor: str,
    at: datetime,
    lease_until: datetime,
) -> Call | None:
    """Take a draft of this person to run it; None when it is no draft (any more)."""
    result = await connection.execute(
        update(calls)
        .where(_mine(scope, call_id), calls.c.state == CallState.DRAFT, calls.c.actor == actor)
        .values(state=CallState.RUNNING, updated_at=at, lease_until=lease_until)
        .returning(calls)
    )
    row = result.mappings().first()
    return _call(dict(row)) if row else None


async def finish(
    connection: AsyncConnection, scope: Scope, call_id: str, *, state: CallState, at: datetime
) -> bool:
    """Write the outcome of a call that runs; False when it was given up before."""
    result = await connection.execute(
        update(calls)
        .where(_mine(scope, call_id), calls.c.state == CallState.RUNNING)
        .values(state=state, updated_at=at, lease_until=None)
        .returning(calls.c.id)
    )
    return result.first() is not None


async def expire(connection: AsyncConnection, scope: Scope, *, now: datetime) -> list[Call]:
    """Give up the calls whose process died: they become `unknown`, and are never run again."""
    result = await connection.execute(
        update(calls)
        .where(
            calls.c.workspace == scope.workspace,
            calls.c.account == scope.account,
            calls.c.state == CallState.RUNNING,
            calls.c.lease_until < now,
        )
        .values(state=CallState.UNKNOWN, updated_at=now, lease_until=None)
        .returning(calls)
    )
    return [_call(dict(row)) for row in result.mappings()]


def _mine(scope: Scope, call_id: str) -> Any:
    return and_(
        calls.c.workspace == scope.workspace,
        calls.c.account == scope.account,
        calls.c.id == call_id,
    )


def _call(row: dict[str, Any]) -> Call:
    values = {k: v for k, v in row.items() if k not in {"workspace", "account"}}
    return Call(**{**values, "state": CallState(values["state"])})
