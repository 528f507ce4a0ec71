"""The audit trail: who did what, when, with what outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.scope import Scope
from bot.store.tables import audit


async def add(
    connection: AsyncConnection,
    scope: Scope,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, str | int | None],
) -> None:
    """Write one record.

    Args:
        connection: The transaction of what it records.
        scope: Whose it is.
        at: When.
        actor: The Slack user id, or `bot`.
        action: What happened, as `sms.send queued`.
        subject: What it happened to: a send's id, a campaign's.
        detail: Facts; never a secret, never a message's text.
    """
    await connection.execute(
        insert(audit).values(
            **scope.columns(),
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=json.dumps(dict(detail)),
        )
    )
