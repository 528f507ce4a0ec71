"""What would go on by itself is withdrawn: the account is not this bot's to use any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import job_news, notices, second_person
from bot.services.alerts import engine
from bot.services.alerts.model import Group
from bot.services.journal import BOT, Journal
from bot.store import Scope, alerts, calls, csv_jobs, kept, outbox, spaces
from bot.store.alerts import StoredAlert
from bot.store.calls import CallState
from bot.store.csv_jobs import JobState
from bot.store.sends import State
from bot.texts import Phrase

_WHY = Phrase("The ClickSend account was disconnected before it was sent.")
_WAITING = frozenset({State.QUEUED, State.APPROVAL})
_WITHDRAWN = "withdrawn"
_STILL_TOLD = frozenset(
    {
        *("conversation_changed", "messages_arrived", "media_arrived", "snooze_over"),
        *("send_unsettled", "call_lost"),
    }
)
"""What customers wrote, and what a person has to decide."""
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
        How many sends, jobs of files, and requests for a second yes.
    """
    found = await spaces.waiting(connection, scope)
    count = await _requests(connection, scope, found.calls, actor=actor, at=at)
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


async def _requests(
    connection: AsyncConnection, scope: Scope, ids: tuple[str, ...], *, actor: str, at: datetime
) -> int:
    """Withdraw what waits for a second person's yes."""
    count, by = 0, None if actor == BOT else actor
    changes = {"reason": str(_WHY), "decided_by": by}
    for call_id in ids:
        call = await calls.move(
            connection,
            scope,
            call_id,
            frm=CallState.APPROVAL,
            to=CallState.WITHDRAWN if by else CallState.EXPIRED,
            at=at,
            changes=changes,
        )
        if call is not None:
            await second_person.record(connection, scope, call, actor=actor, at=at)
            count += 1
    return count


async def uninstalled(
    connection: AsyncConnection, scope: Scope, withdrawn: int, *, at: datetime
) -> None:
    """Keep how much was withdrawn, as there is nobody who can be told of it now."""
    await kept.put(connection, scope, _WITHDRAWN, str(withdrawn), at=at)


async def begin_anew(connection: AsyncConnection, scope: Scope, *, at: datetime) -> None:
    """Have an account that is connected again speak of what is now, and not of what was.

    What customers wrote, and what a person has to decide, is still told; anything else that waited
    to be told is counted, in one message. Alerts begin anew: what is wrong is seen and told.

    Args:
        connection: A writing connection.
        scope: Whose.
        at: Now.
    """
    left = await outbox.lay_aside(connection, scope, but=_STILL_TOLD, now=at)
    found = await kept.get(connection, scope, _WITHDRAWN)
    notice = notices.WhileAway(
        left=left,
        withdrawn=int(found[0]) if found else 0,
        alerts=await _quiet(connection, scope, at),
    )
    await kept.drop(connection, scope, _WITHDRAWN)
    if notice.left or notice.withdrawn or notice.alerts:
        await outbox.add(
            connection,
            scope,
            key=f"{notice.kind}:{at.isoformat()}",
            kind=notice.kind,
            payload=notices.to_json(notice),
            at=at,
        )


async def _quiet(connection: AsyncConnection, scope: Scope, at: datetime) -> int:
    """Lay the alerts that are going on aside; how many."""
    await alerts.lock(connection)
    live = [Group.model_validate_json(each) for each in await alerts.live(connection, scope)]
    for before in live:
        after = engine.lay_aside(before, now=at)
        await alerts.keep(
            connection,
            scope,
            StoredAlert(
                id=after.id,
                rule=after.rule,
                state=after.model_dump_json(),
                version=after.version,
                live=False,
                changed_at=at,
            ),
            before=before.version,
        )
    return len(live)
