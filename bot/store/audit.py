"""The audit trail: who did what, when, with what outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.tables import audit

_ADD = insert(audit)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened; `detail` holds its facts."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    place: str
    detail: Mapping[str, str | int | None]


async def add(
    connection: AsyncConnection,
    scope: Scope,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, str | int | None],
    place: str = "",
) -> None:
    """Write one record.

    Args:
        connection: The transaction of what it records.
        scope: Whose it is.
        at: When.
        actor: The Slack user id, or `bot`.
        action: What happened, as `sms.send queued`.
        subject: What it happened to: a send's id, a campaign's.
        detail: Facts; never a secret, and a message's text only where the settings say so.
        place: The Slack channel it was asked in; empty where there is none.
    """
    row = {
        **scope.columns(),
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": json.dumps({key: value for key, value in detail.items() if value is not None}),
        "place": place,
    }
    await connection.execute(_ADD, row)


async def search(
    connection: AsyncConnection,
    scope: Scope,
    *,
    limit: int,
    actor: str | None = None,
    since: datetime | None = None,
    before: int | None = None,
    after: int | None = None,
) -> list[Record]:
    """The records of a workspace, the newest first.

    Args:
        connection: Any connection.
        scope: Whose.
        limit: How many at most.
        actor: Only this person's.
        since: Only from then on.
        before: Only those older than the record of this id: the next page.
        after: Only those newer than the record of this id, from there on: the page before.
    """
    where: list[ColumnElement[bool]] = [scope.of(audit)]
    where += [audit.c.actor == actor] if actor else []
    where += [audit.c.at >= since] if since else []
    where += [audit.c.id < before] if before is not None else []
    where += [audit.c.id > after] if after is not None else []
    order = audit.c.id.desc() if after is None else audit.c.id.asc()
    rows = await connection.execute(
        select(
            audit.c.id,
            audit.c.at,
            audit.c.actor,
            audit.c.action,
            audit.c.subject,
            audit.c.place,
            audit.c.detail,
        )
        .where(*where)
        .order_by(order)
        .limit(limit)
    )
    found = [Record(*row[:-1], json.loads(row[-1])) for row in rows]
    return found if after is None else found[::-1]
