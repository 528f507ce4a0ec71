"""What would go on by itself is withdrawn: the account is not this bot's to use any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import job_news
from bot.services.journal import BOT, Journal
from bot.store import Scope, csv_jobs, spaces
from bot.store.csv_jobs import JobState
from bot.store.sends import State
from bot.texts import Phrase

_WHY = Phrase("The ClickSend account was disconnected before it was sent.")
_WAITING = frozenset({State.QUEUED, State.APPROVAL})
_ACTIVE = frozenset({JobState.CHECKING, JobState.READY, JobState.RUNNING})


async def withdraw(
    connection: AsyncConnection, scope: Scope, journal: Journal, *, actor: str, at: datetime
) -> int:
    """Withdraw whatever would be sent or done once the account is connected again.

    What ClickSend has already, scheduled messages among it, stays there.

    Args:
        connection: A writing connection.
        scope: Whose.
        journal: Moves the sends.
        actor: Who disconnects, a Slack user id, or `bot`.
        at: Now.

    Returns:
        How many sends, and jobs of files.
    """
    found = await spaces.waiting(connection, scope)
    count = 0
    for job_id in found.jobs:
        moved = await csv_jobs.move(
            connection, scope, job_id, frm=_ACTIVE, to=JobState.STOPPED, at=at, reason=str(_WHY)
        )
        await job_news.turn(connection, scope, job_id, JobState.STOPPED, now=at)
        count += moved is not None
    by = None if actor == BOT else actor
    changes = {"reason": str(_WHY), "not_before": None, "decided_by": by}
    for send_id in found.sends:
        send = await journal.move(
            connection, send_id, frm=_WAITING, to=State.UNDONE, actor=actor, changes=changes
        )
        count += send is not None
    return count
