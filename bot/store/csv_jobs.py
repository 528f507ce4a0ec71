"""Jobs made of a CSV file: an import or a bulk send, with its rows; claimed with a lease."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_into, insert_new
from bot.store.scope import Scope
from bot.store.tables import csv_batches, csv_jobs, csv_rows


class JobState(StrEnum):
    """Where a job stands."""

    DRAFT = "draft"
    CHECKING = "checking"
    READY = "ready"
    """It waits for the yes."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    """The file could not be used; nothing was done."""


_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.DRAFT: frozenset({JobState.CHECKING}),
    JobState.CHECKING: frozenset({JobState.READY, JobState.FAILED, JobState.STOPPED}),
    JobState.READY: frozenset({JobState.RUNNING, JobState.STOPPED}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.STOPPED, JobState.FAILED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job; `spec` is what is to be done, as JSON."""

    id: str
    kind: str
    state: JobState
    actor: str
    channel: str
    spec: str
    created_at: datetime
    updated_at: datetime
    good: int = 0
    bad: int = 0
    price: Decimal | None = None
    currency: str | None = None
    fingerprint: str | None = None
    reason: str | None = None
    seen_at: datetime | None = None
    confirmed_at: datetime | None = None
    owner: str | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """One row of a job's file; `cells` is JSON."""

    line: int
    cells: str
    key: str = ""
    batch: int | None = None
    problem: str | None = None


def _mine(table: Table, scope: Scope, job: str) -> Any:
    name = "id" if table is csv_jobs else "job"
    return and_(
        scope.of(table),
        table.c[name] == job,
    )


def _job(row: Mapping[str, Any]) -> Job:
    values = {k: v for k, v in row.items() if k not in {"workspace", "account"}}
    return Job(**{**values, "state": JobState(values["state"])})


async def add(connection: AsyncConnection, scope: Scope, job: Job) -> bool:
    """Keep a job; False when its id is taken."""
    return bool(await insert_new(connection, csv_jobs, [{**scope.columns(), **asdict(job)}], "id"))


async def get(connection: AsyncConnection, scope: Scope, job_id: str) -> Job | None:
    """Read one job."""
    found = await connection.execute(select(csv_jobs).where(_mine(csv_jobs, scope, job_id)))
    row = found.mappings().first()
    return _job(dict(row)) if row else None


async def move(
    connection: AsyncConnection,
    scope: Scope,
    job_id: str,
    *,
    frm: Collection[JobState],
    to: JobState,
    at: datetime,
    owner: str | None = None,
    **changes: object,
) -> Job | None:
    """Take a job from one state to another, by one conditional write.

    Returns:
        The job as it is now; None when it was in no such state, or is not this owner's.

    Raises:
        ValueError: There is no such move.
    """
    for state in frm:
        if to is not state and to not in _MOVES.get(state, frozenset()):
            raise ValueError(f"a job never goes from {state} to {to}")
    held = [] if owner is None else [csv_jobs.c.owner == owner]
    result = await connection.execute(
        update(csv_jobs)
        .where(_mine(csv_jobs, scope, job_id), csv_jobs.c.state.in_(list(frm)), *held)
        .values(state=to, updated_at=at, **changes)
        .returning(csv_jobs)
    )
    row = result.mappings().first()
    return _job(dict(row)) if row else None


async def claim(
    connection: AsyncConnection, scope: Scope, *, owner: str, now: datetime, lease_until: datetime
) -> Job | None:
    """Take a job that has work to do and that nobody holds (any more), the oldest first."""
    free = or_(csv_jobs.c.lease_until.is_(None), csv_jobs.c.lease_until < now)
    to_do = or_(
        csv_jobs.c.state == JobState.CHECKING,
        and_(csv_jobs.c.state == JobState.RUNNING, csv_jobs.c.kind == "import"),
    )
    which = and_(scope.of(csv_jobs), to_do, free)
    oldest = (
        select(csv_jobs.c.id)
        .where(which)
        .order_by(csv_jobs.c.updated_at, csv_jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    result = await connection.execute(
        update(csv_jobs)
        .where(which, csv_jobs.c.id == oldest)
        .values(owner=owner, lease_until=lease_until)
        .returning(csv_jobs)
    )
    row = result.mappings().first()
    return _job(dict(row)) if row else None


async def keep_hold(
    connection: AsyncConnection,
    scope: Scope,
    job: Job,
    *,
    lease_until: datetime,
    **changes: object,
) -> bool:
    """Lengthen a lease; False when the job is not in this state or not its owner's any more."""
    result = await connection.execute(
        update(csv_jobs)
        .where(
            _mine(csv_jobs, scope, job.id),
            csv_jobs.c.owner == job.owner,
            csv_jobs.c.state == job.state,
        )
        .values(lease_until=lease_until, **changes)
        .returning(csv_jobs.c.id)
    )
    return result.first() is not None


async def add_rows(
    connection: AsyncConnection, scope: Scope, job_id: str, rows: Sequence[StoredRow]
) -> None:
    """Keep rows; those whose lines are there already are left as they are."""
    values = [
        {
            **scope.columns(),
            "job": job_id,
            "line": row.line,
            "batch": row.batch,
            "key": row.key,
            "cells": row.cells,
            "problem": row.problem,
        }
        for row in rows
    ]
    if values:
        # One statement with many parameters: built once, where one with many rows is built anew.
        await connection.execute(insert_into(connection, csv_rows).on_conflict_do_nothing(), values)


async def clear(connection: AsyncConnection, scope: Scope, job_id: str) -> None:
    """Forget the rows and batches of a job that is checked anew."""
    await connection.execute(delete(csv_rows).where(_mine(csv_rows, scope, job_id)))
    await connection.execute(delete(csv_batches).where(_mine(csv_batches, scope, job_id)))


async def rows(
    connection: AsyncConnection,
    scope: Scope,
    job_id: str,
    *,
    batch: int | None = None,
    bad: bool = False,
    after: int = 0,
    limit: int = 1_000,
) -> list[StoredRow]:
    """Rows of a job in the order of the file.

    Args:
        connection: Any connection.
        scope: Whose.
        job_id: Which.
        batch: Only those of this batch.
        bad: Only those with a problem.
        after: Only those on later lines: the next portion.
        limit: How many at most.
    """
    where = [_mine(csv_rows, scope, job_id), csv_rows.c.line > after]
    where += [csv_rows.c.batch == batch] if batch is not None else []
    where += [csv_rows.c.problem.is_not(None)] if bad else []
    columns = [csv_rows.c[name] for name in ("line", "cells", "key", "batch", "problem")]
    found = await connection.execute(
        select(*columns).where(*where).order_by(csv_rows.c.line).limit(limit)
    )
    return [StoredRow(**row) for row in found.mappings()]


async def set_problems(
    connection: AsyncConnection, scope: Scope, job_id: str, problems: Mapping[int, str]
) -> None:
    """Say of rows, by their lines, what became of them."""
    if problems:
        await connection.execute(
            update(csv_rows)
            .where(_mine(csv_rows, scope, job_id), csv_rows.c.line == bindparam("on_line"))
            .values(problem=bindparam("why")),
            [{"on_line": line, "why": problem} for line, problem in problems.items()],
        )


async def sizes(connection: AsyncConnection, scope: Scope, job_id: str) -> dict[int, int]:
    """How many rows each batch has."""
    found = await connection.execute(
        select(csv_rows.c.batch, func.count())
        .where(_mine(csv_rows, scope, job_id), csv_rows.c.batch.is_not(None))
        .group_by(csv_rows.c.batch)
    )
    return {int(row[0]): int(row[1]) for row in found}


async def seen_before(
    connection: AsyncConnection, scope: Scope, job: Job, *, since: datetime
) -> list[tuple[str, datetime, int]]:
    """Bulk sends of the same text since a time that share recipients with this one.

    Returns:
        Of each: who, when, and how many of this job's recipients it has.
    """
    other, mine = csv_rows.alias(), csv_rows.alias()
    found = await connection.execute(
        select(csv_jobs.c.actor, csv_jobs.c.confirmed_at, func.count())
        .select_from(csv_jobs)
        .join(
            other,
            and_(
                other.c.workspace == csv_jobs.c.workspace,
                other.c.account == csv_jobs.c.account,
                other.c.job == csv_jobs.c.id,
                other.c.batch.is_not(None),
            ),
        )
        .join(
            mine,
            and_(
                scope.of(mine),
                mine.c.job == job.id,
                mine.c.batch.is_not(None),
                mine.c.key == other.c.key,
            ),
        )
        .where(
            scope.of(csv_jobs),
            csv_jobs.c.kind == "bulk",
            csv_jobs.c.fingerprint == job.fingerprint,
            csv_jobs.c.confirmed_at > since,
            csv_jobs.c.id != job.id,
        )
        .group_by(csv_jobs.c.id, csv_jobs.c.actor, csv_jobs.c.confirmed_at)
        .order_by(csv_jobs.c.confirmed_at.desc())
    )
    return [(row[0], row[1], int(row[2])) for row in found]
