"""What people decide of a bulk send: of all its batches at once, each decision once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import job_news
from bot.services.csv_matching import repeated
from bot.services.csv_spec import BULK
from bot.services.money import amount
from bot.services.rules import Rules
from bot.services.sending import Limits
from bot.store import Database, Scope, audit, bulk, csv_jobs, ledger
from bot.store.bulk import Standing
from bot.store.csv_jobs import Job
from bot.store.sends import COMMITTED, Send, State
from bot.texts import say

_COSTS = COMMITTED | {State.REPRICED}
_WAITING = frozenset({State.QUEUED, State.APPROVAL})


class Yes(StrEnum):
    """What a yes, or another decision, led to."""

    TAKEN = "taken"
    APPROVAL = "approval"
    LATE = "late"
    """It was decided before."""
    AGAIN = "again"
    """Somebody sent the same in the meantime: the yes has to be said again."""
    LIMITED = "limited"


class BulkDecisions:
    """Each is one conditional write over the batches: the second press is told so.

    Args:
        database: Where they are.
        scope: Whose.
        limits: Held against the whole, not against a batch.
        rules: Duplicates, approval and undoing, as for any send.
        now: The clock.
        wake: Called when there is work, or something to say.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        limits: Limits,
        rules: Rules,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._limits = limits
        self._rules = rules
        self._now = now
        self._wake = wake

    async def against(self, connection: AsyncConnection, job: Job) -> tuple[Yes, str] | None:
        """What came up since the person saw the price, and the limits, for the whole at once."""
        same = await self._repeated(connection, job)
        return same or await self._limited(connection, job, job.good, job.price or Decimal(0))

    async def _repeated(self, connection: AsyncConnection, job: Job) -> tuple[Yes, str] | None:
        """Whether somebody sent the same since it was last seen; the next yes is in spite of it."""
        now = self._now()
        window = self._rules.duplicates
        since = max(job.seen_at or now, now - window) if window else now
        same = await csv_jobs.seen_before(connection, self._scope, job, since=since)
        if not same:
            return None
        state = job.state
        await csv_jobs.move(
            connection, self._scope, job.id, frm={state}, to=state, at=now, seen_at=now
        )
        return Yes.AGAIN, repeated(same, now)

    async def queue(self, connection: AsyncConnection, job: Job) -> str | None:
        """Make every batch work, or a request for approval; why, in words."""
        now, rules = self._now(), self._rules
        why = rules.approval_because(job.price or Decimal(0), job.currency or "", job.good)
        held = now + rules.undo if rules.undo else None
        await bulk.move(
            connection,
            self._scope,
            job.id,
            frm={State.DRAFT},
            to=State.APPROVAL if why else State.QUEUED,
            at=now,
            changes={
                "confirmed_at": now,
                "rule": say("approval because {why}", why=why) if why else None,
                "expires_at": now + rules.approval_time if why else None,
                "not_before": None if why else held,
            },
        )
        return why

    async def approve(self, job_id: str, *, actor: str) -> tuple[Yes, str]:
        """Say the second yes to a bulk send; `Yes.LATE` when it was decided, or by whom not.

        The limits count it anew, and duplicates are looked for.
        """
        async with self._database.write() as connection:
            await ledger.lock(connection)
            job = await csv_jobs.get(connection, self._scope, job_id)
            if job is None or job.actor == actor:
                return Yes.LATE, ""
            against = await self.against(connection, job)
        if against is not None:
            return against
        approved = await self._decide(
            job_id, {State.APPROVAL}, State.QUEUED, actor, "approved", approving=True
        )
        return (Yes.TAKEN if approved else Yes.LATE), ""

    async def refuse(self, job_id: str, *, actor: str) -> bool:
        """Refuse a bulk send that waits for approval."""
        return await self._decide(job_id, {State.APPROVAL}, State.DENIED, actor, "denied")

    async def pay(self, job_id: str, *, actor: str, price: Decimal) -> tuple[Yes, str]:
        """Say yes to the risen price of the batches that wait for it; the limits see it anew.

        Args:
            job_id: Of the bulk send.
            actor: Who; where the whole needs a second person's yes now, not who asked for it.
            price: What they saw that these batches cost.
        """
        now = self._now()
        async with self._database.write() as connection:
            await ledger.lock(connection)
            job = await csv_jobs.get(connection, self._scope, job_id)
            standing = await bulk.standing(connection, self._scope, job_id)
            waiting = standing.get(State.REPRICED)
            if job is None or waiting is None:
                return Yes.LATE, ""
            forbidden = self._unseen(job, waiting, price) or self._alone(job, standing, actor)
            if forbidden:
                return Yes.LIMITED, forbidden
            against = await self._repeated(connection, job) or await self._limited(
                connection, job, waiting.recipients, waiting.price
            )
            if against is not None:
                return against
            await bulk.move(
                connection,
                self._scope,
                job_id,
                frm={State.REPRICED},
                to=State.QUEUED,
                at=now,
                changes={"decided_by": actor, "reason": None, "confirmed_at": now},
            )
            await record(connection, self._scope, job, "repriced", actor=actor, at=now)
            key = f"repriced:{now.timestamp():.6f}"
            await job_news.turn(connection, self._scope, job_id, key, now=now)
        self._wake()
        return Yes.TAKEN, ""

    def _unseen(self, job: Job, waiting: Standing, price: Decimal) -> str:
        """Why a yes does not count where more batches wait than it was said to."""
        if waiting.price <= price:
            return ""
        risen = amount(waiting.price, job.currency or "")
        return say(
            "It is {risen} by now. Look at its message, and press the button there.", risen=risen
        )

    def _alone(self, job: Job, standing: Mapping[State, Standing], actor: str) -> str:
        """Why who asked for the bulk send may not pay alone what the whole costs now."""
        counted = [each.total for state, each in standing.items() if state in _COSTS]
        whole = sum(counted, Decimal(0))
        why = self._rules.approval_because(whole, job.currency or "", job.good)
        alone = why and actor == job.actor
        if not alone:
            return ""
        return say("An admin has to say this yes in your place, because {why}.", why=why)

    async def stop(self, job_id: str, *, actor: str) -> bool:
        """Withdraw what waits; False when nothing does."""
        undone = await self._decide(job_id, _WAITING, State.UNDONE, actor, "stopped")
        dropped = await self._decide(job_id, {State.REPRICED}, State.DROPPED, actor, "stopped")
        return undone or dropped

    async def _limited(
        self, connection: AsyncConnection, job: Job, recipients: int, price: Decimal
    ) -> tuple[Yes, str] | None:
        """The limits that so many recipients at this price would break, in words."""
        now = self._now()
        whole = Send(
            id=job.id,
            operation="sms.send",
            payload="",
            state=State.DRAFT,
            actor=job.actor,
            channel=job.channel,
            recipients=recipients,
            summary="",
            created_at=now,
            updated_at=now,
            price=price,
            currency=job.currency,
        )
        breaches = await self._limits.breaches(connection, whole)
        return (Yes.LIMITED, " ".join(breaches)) if breaches else None

    async def _decide(
        self,
        job_id: str,
        frm: frozenset[State] | set[State],
        to: State,
        actor: str,
        what: str,
        *,
        approving: bool = False,
    ) -> bool:
        now = self._now()
        async with self._database.write() as connection:
            many = await bulk.move(
                connection,
                self._scope,
                job_id,
                frm=frm,
                to=to,
                at=now,
                approved_by=actor if approving else None,
                changes={"decided_by": actor, "not_before": None, "reason": None},
            )
            job = await csv_jobs.get(connection, self._scope, job_id)
            if many and job:
                why = f"{many} batches"
                await record(connection, self._scope, job, what, actor=actor, at=now, why=why)
                key = f"{what}:{now.timestamp():.6f}"
                await job_news.turn(connection, self._scope, job_id, key, now=now)
                await job_news.approval(connection, self._scope, job_id, key, now=now)
        if many:
            self._wake()
        return many > 0


async def record(
    connection: AsyncConnection,
    scope: Scope,
    job: Job,
    what: str,
    *,
    actor: str,
    at: datetime,
    why: str | None = None,
) -> None:
    """Write an audit record of a job."""
    await audit.add(
        connection,
        scope,
        at=at,
        actor=actor,
        action=f"{'sms.bulk' if job.kind == BULK else 'contacts.import'} {what}",
        subject=job.id,
        detail={
            "good": job.good,
            "bad": job.bad,
            "price": None if job.price is None else str(job.price),
            "currency": job.currency,
            "reason": why,
        },
        place=job.channel,
    )
