"""Imports and bulk sends as people see them: a file looked at, matched, checked, and the yes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import csv_file, job_news
from bot.services.bulk_check import fingerprint
from bot.services.csv_file import Row
from bot.services.csv_matching import repeated
from bot.services.csv_rows import guess
from bot.services.csv_spec import BULK, Spec, spec_of
from bot.services.csv_worker import Files
from bot.services.rules import Rules
from bot.services.sending import Limits
from bot.store import Database, Scope, audit, bulk, csv_batches, csv_jobs, ledger
from bot.store.bulk import Standing
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import Job, JobState
from bot.store.sends import Send, State

_SAMPLES = 20
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


@dataclass(frozen=True, slots=True)
class Report:
    """How a job stands.

    Attributes:
        job: It.
        spec: What it is to do.
        batches: Of an import: how many batches are in each state.
        sends: Of a bulk send: its batches by their state.
        outcomes: Of a bulk send: how many recipients have each of ClickSend's statuses.
        approval: Until when a second person can say yes; None when none has to.
        repeats: Who sent the same to some of the same lately (mrkdwn), while that is asked about.
    """

    job: Job
    spec: Spec
    batches: dict[BatchState, int]
    sends: dict[State, Standing]
    outcomes: dict[str, int]
    approval: datetime | None
    repeats: str = ""

    def recipients(self, *states: State) -> int:
        """How many recipients are in batches of these states."""
        return sum(self.sends[state].recipients for state in states if state in self.sends)


class CsvJobs:
    """Keeps jobs, and takes decisions on them, each once.

    Args:
        database: Where they are.
        scope: Whose.
        files: Fetches the files.
        limits: What a bulk send must not exceed, as a whole.
        rules: Duplicates, approval and undoing, as for any send.
        now: The clock.
        wake: Called when there is work, or something to say.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        files: Files,
        limits: Limits,
        rules: Rules,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._files = files
        self._limits = limits
        self._rules = rules
        self._now = now
        self._wake = wake

    async def look(
        self, job_id: str, kind: str, spec: Spec, *, actor: str, channel: str
    ) -> tuple[Spec, list[Row]] | None:
        """Look at a file for the first time, and keep the job as a draft.

        Args:
            job_id: Made when the form opened.
            kind: `import` or `bulk`.
            spec: What was asked for; its layout and fields are found out here.
            actor: A Slack user id.
            channel: Where the job belongs, a Slack channel id.

        Returns:
            The spec with them, and the first rows; None when this form was submitted before.

        Raises:
            CsvError: The file cannot be read, in words.
        """
        found, rows = await self._read(spec, header=None)
        now = self._now()
        job = Job(
            id=job_id,
            kind=kind,
            state=JobState.DRAFT,
            actor=actor,
            channel=channel,
            spec=found.model_dump_json(),
            created_at=now,
            updated_at=now,
            fingerprint=fingerprint(spec.template) if kind == BULK else None,
        )
        async with self._database.write() as connection:
            new = await csv_jobs.add(connection, self._scope, job)
        return (found, rows) if new else None

    async def look_again(
        self, job_id: str, *, header: bool, actor: str
    ) -> tuple[Spec, list[Row]] | None:
        """Read a draft's file with or without a header; None when it is no draft any more.

        Raises:
            CsvError: The file cannot be read, in words.
        """
        report = await self.report(job_id)
        if report is None or report.job.actor != actor or report.job.state is not JobState.DRAFT:
            return None
        spec, rows = await self._read(report.spec, header=header)
        async with self._database.write() as connection:
            moved = await csv_jobs.move(
                connection,
                self._scope,
                job_id,
                frm={JobState.DRAFT},
                to=JobState.DRAFT,
                at=self._now(),
                spec=spec.model_dump_json(),
            )
        return (spec, rows) if moved else None

    async def start(self, job_id: str, fields: dict[int, str], *, actor: str) -> bool:
        """Have the rows checked with this match of columns; False when that was asked before."""
        report = await self.report(job_id)
        if report is None or report.job.actor != actor:
            return False
        spec = report.spec.model_copy(update={"fields": fields})
        moved = await self._move(
            report.job, {JobState.DRAFT}, JobState.CHECKING, spec=spec.model_dump_json()
        )
        return moved is not None

    async def say_yes(self, job_id: str, *, actor: str) -> tuple[Yes, str]:
        """Take a person's yes: durable when this returns, and counted once.

        Returns:
            What it led to, and why it does not count where it does not.
        """
        now = self._now()
        async with self._database.write() as connection:
            await ledger.lock(connection)
            job = await csv_jobs.get(connection, self._scope, job_id)
            if job is None or job.actor != actor or job.state is not JobState.READY or not job.good:
                return Yes.LATE, ""
            if job.kind == BULK and (against := await self._against(connection, job)):
                return against
            await csv_jobs.move(
                connection,
                self._scope,
                job_id,
                frm={JobState.READY},
                to=JobState.RUNNING,
                at=now,
                confirmed_at=now,
            )
            why = await self._queue(connection, job) if job.kind == BULK else None
            await self._record(connection, job, "confirmed", actor, why)
            await job_news.turn(connection, self._scope, job_id, "running", now=now)
            if why:
                await job_news.approval(connection, self._scope, job_id, "asked", now=now)
        self._wake()
        return (Yes.APPROVAL, why) if why else (Yes.TAKEN, "")

    async def approve(self, job_id: str, *, actor: str) -> bool:
        """Say the second yes to a bulk send; False when it was decided before, or by whom not."""
        return await self._decide(
            job_id, {State.APPROVAL}, State.QUEUED, actor, "approved", approving=True
        )

    async def refuse(self, job_id: str, *, actor: str) -> bool:
        """Refuse a bulk send that waits for approval."""
        return await self._decide(job_id, {State.APPROVAL}, State.DENIED, actor, "denied")

    async def pay(self, job_id: str, *, actor: str) -> bool:
        """Say yes to the risen price of the batches that wait for it."""
        return await self._decide(job_id, {State.REPRICED}, State.QUEUED, actor, "repriced")

    async def stop(self, job_id: str, *, actor: str) -> bool:
        """Stop a job: what is not under way is not done. False when there is nothing to stop."""
        report = await self.report(job_id)
        if report is None:
            return False
        if report.job.kind == BULK and report.job.state is JobState.RUNNING:
            undone = await self._decide(job_id, _WAITING, State.UNDONE, actor, "stopped")
            dropped = await self._decide(job_id, {State.REPRICED}, State.DROPPED, actor, "stopped")
            return undone or dropped
        going = {JobState.CHECKING, JobState.READY, JobState.RUNNING}
        moved = await self._move(report.job, going, JobState.STOPPED, actor=actor)
        if moved is not None and moved.kind == BULK:
            async with self._database.write() as connection:
                await bulk.forget_drafts(connection, self._scope, job_id)
        return moved is not None

    async def report(self, job_id: str) -> Report | None:
        """How a job stands; None when there is none of this id."""
        async with self._database.read() as connection:
            job = await csv_jobs.get(connection, self._scope, job_id)
            if job is None:
                return None
            states = await csv_batches.states(connection, self._scope, job_id)
            batches = [state for state, _ in states.values()]
            return Report(
                job,
                spec_of(job),
                {state: batches.count(state) for state in set(batches)},
                await bulk.standing(connection, self._scope, job_id),
                await bulk.outcomes(connection, self._scope, job_id),
                await bulk.approval(connection, self._scope, job_id),
                await self._repeats(connection, job),
            )

    async def _read(self, spec: Spec, *, header: bool | None) -> tuple[Spec, list[Row]]:
        content = await self._files(spec.file)
        how = csv_file.layout(content, header=header)
        rows = list(islice(csv_file.rows(content, how), _SAMPLES))
        found = spec.laid_out(how, guess(how.columns, [row.cells for row in rows]))
        digest = hashlib.sha256(content).hexdigest()
        return found.model_copy(update={"digest": digest}), rows

    async def _against(self, connection: AsyncConnection, job: Job) -> tuple[Yes, str] | None:
        """What came up since the person saw the price, and the limits, for the whole at once."""
        now = self._now()
        window = self._rules.duplicates
        since = max(job.seen_at or now, now - window) if window else now
        same = await csv_jobs.seen_before(connection, self._scope, job, since=since)
        if same:
            await csv_jobs.move(
                connection,
                self._scope,
                job.id,
                frm={JobState.READY},
                to=JobState.READY,
                at=now,
                seen_at=now,
            )
            return Yes.AGAIN, repeated(same, now)
        whole = Send(
            id=job.id,
            operation="sms.send",
            payload="",
            state=State.DRAFT,
            actor=job.actor,
            channel=job.channel,
            recipients=job.good,
            summary="",
            created_at=now,
            updated_at=now,
            price=job.price,
            currency=job.currency,
        )
        breaches = await self._limits.breaches(connection, whole)
        return (Yes.LIMITED, " ".join(breaches)) if breaches else None

    async def _repeats(self, connection: AsyncConnection, job: Job) -> str:
        if job.kind != BULK or job.state is not JobState.READY or not self._rules.duplicates:
            return ""
        now = self._now()
        since = now - self._rules.duplicates
        return repeated(await csv_jobs.seen_before(connection, self._scope, job, since=since), now)

    async def _queue(self, connection: AsyncConnection, job: Job) -> str | None:
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
                "rule": f"approval because {why}" if why else None,
                "expires_at": now + rules.approval_time if why else None,
                "not_before": None if why else held,
            },
        )
        return why

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
                await self._record(connection, job, what, actor, f"{many} batches")
                key = f"{what}:{now.timestamp():.6f}"
                await job_news.turn(connection, self._scope, job_id, key, now=now)
                await job_news.approval(connection, self._scope, job_id, key, now=now)
        if many:
            self._wake()
        return many > 0

    async def _move(
        self,
        job: Job,
        frm: set[JobState],
        to: JobState,
        *,
        actor: str | None = None,
        spec: str | None = None,
    ) -> Job | None:
        now = self._now()
        async with self._database.write() as connection:
            moved = await csv_jobs.move(
                connection,
                self._scope,
                job.id,
                frm=frm,
                to=to,
                at=now,
                lease_until=None,
                spec=spec or job.spec,
            )
            if moved is not None:
                await self._record(connection, moved, to, actor or job.actor, None)
                await job_news.turn(connection, self._scope, job.id, to, now=now)
        if moved is not None:
            self._wake()
        return moved

    async def _record(
        self, connection: AsyncConnection, job: Job, what: str, actor: str, why: str | None
    ) -> None:
        await audit.add(
            connection,
            self._scope,
            at=self._now(),
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
