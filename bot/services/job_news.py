"""Telling people how a job stands: its message moves, but no faster than Slack allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.store import Scope, outbox
from bot.store.types import EPOCH

_PACE = timedelta(seconds=3)
"""Between two changes of one message: `chat.update` allows fifty a minute and more."""


async def progress(
    connection: AsyncConnection, scope: Scope, job_id: str, *, now: datetime
) -> None:
    """Have the message say how far a job is: once in three seconds, and never not at all."""
    due = EPOCH + ((now - EPOCH) // _PACE + 1) * _PACE
    notice = notices.JobChanged(job_id=job_id)
    await _tell(connection, scope, notice, f"{due.timestamp():.0f}", now=now, due=due)


async def turn(
    connection: AsyncConnection, scope: Scope, job_id: str, what: str, *, now: datetime
) -> None:
    """Have the message say that a job has come to something new."""
    notice = notices.JobChanged(job_id=job_id)
    await outbox.supersede(connection, scope, notices.topic(notice) or "", now=now)
    await _tell(connection, scope, notice, what, now=now, due=now)


async def approval(
    connection: AsyncConnection, scope: Scope, job_id: str, what: str, *, now: datetime
) -> None:
    """Have the request for approval of a bulk send say how it stands."""
    await _tell(connection, scope, notices.JobApproval(job_id=job_id), what, now=now, due=now)


async def file(
    connection: AsyncConnection, scope: Scope, notice: notices.JobFile, *, now: datetime
) -> None:
    """Have a file sent to whoever began a job, once."""
    await outbox.add(
        connection,
        scope,
        key=f"{notice.kind}:{notice.what}:{notice.job_id}",
        kind=notice.kind,
        payload=notices.to_json(notice),
        at=now,
    )


async def _tell(
    connection: AsyncConnection,
    scope: Scope,
    notice: notices.JobChanged | notices.JobApproval,
    key: str,
    *,
    now: datetime,
    due: datetime,
) -> None:
    await outbox.add(
        connection,
        scope,
        key=f"{notice.kind}:{notice.job_id}:{key}",
        kind=notice.kind,
        payload=notices.to_json(notice),
        at=now,
        topic=notices.topic(notice),
        due_at=due,
    )
