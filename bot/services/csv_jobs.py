"""Imports and bulk sends as people see them: a file looked at, matched, checked, and the yes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import csv_file, job_news
from bot.services.bulk_check import fingerprint
from bot.services.bulk_decisions import BulkDecisions, Yes, record
from bot.services.csv_file import Row
from bot.services.csv_matching import repeated
from bot.services.csv_rows import guess
from bot.services.csv_spec import BULK, Spec, spec_of
from bot.services.csv_worker import Files
from bot.services.rules import Rules
from bot.store import Database, Scope, bulk, csv_batches, csv_jobs, ledger
from bot.store.bulk import Standing
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import Job, JobState
from bot.store.sends import State

_SAMPLES = 20
_WAITING = frozenset({State.QUEUED, State.APPROVAL})


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
        arrived: Of a bulk send: how many recipients it was delivered to, or failed for.
    """

    job: Job
    spec: Spec
    batches: dict[BatchState, int]
    sends: dict[State, Standing]
    outcomes: dict[str, int]
    approval: datetime | None
    repeats: str = ""
    arrived: Mapping[str, int] = field(default_factory=dict)

    def recipients(self, *states: State) -> int:
        """How many recipients are in batches of these states."""
        return sum(self.sends[state].recipients for state in states if state in self.sends)


class CsvJobs:
    """Keeps jobs, and takes decisions on them, each once.

    Args:
        database: Where they are.
        scope: Whose.
        files: Fetches the files.
        decisions: What is decided of bulk sends.
        rules: For how long the same is a duplicate.
        now: The clock.
        wake: Called when there is work, or something to say.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        files: Files,
        decisions: BulkDecisions,
        rules: Rules,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._scope = scope
        self._files = files
        self._bulk = decisions
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
            if job.kind == BULK and (against := await self._bulk.against(connection, job)):
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
            why = await self._bulk.queue(connection, job) if job.kind == BULK else None
            await record(connection, self._scope, job, "confirmed", actor=actor, at=now, why=why)
            await job_news.turn(connection, self._scope, job_id, "running", now=now)
            if why:
                await job_news.approval(connection, self._scope, job_id, "asked", now=now)
        self._wake()
        return (Yes.APPROVAL, why) if why else (Yes.TAKEN, "")

    async def stop(self, job_id: str, *, actor: str) -> bool:
        """Stop a job: what is not under way is not done. False when there is nothing to stop."""
        report = await self.report(job_id)
        if report is None:
            return False
        early = {JobState.CHECKING, JobState.READY}
        if report.job.kind != BULK:
            going = {*early, JobState.RUNNING}
            return await self._move(report.job, going, JobState.STOPPED, actor=actor) is not None
        # Not while it runs: its sends would go on without it. Then it is they that are stopped.
        if await self._move(report.job, early, JobState.STOPPED, actor=actor) is None:
            return await self._bulk.stop(job_id, actor=actor)
        async with self._database.write() as connection:
            await bulk.forget_drafts(connection, self._scope, job_id)
        return True

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
                await bulk.arrived(connection, self._scope, job_id),
            )

    async def _read(self, spec: Spec, *, header: bool | None) -> tuple[Spec, list[Row]]:
        content = await self._files(spec.file)
        how = csv_file.layout(content, header=header)
        rows = list(islice(csv_file.rows(content, how), _SAMPLES))
        found = spec.laid_out(how, guess(how.columns, [row.cells for row in rows]))
        digest = hashlib.sha256(content).hexdigest()
        return found.model_copy(update={"digest": digest}), rows

    async def _repeats(self, connection: AsyncConnection, job: Job) -> str:
        if job.kind != BULK or job.state is not JobState.READY or not self._rules.duplicates:
            return ""
        now = self._now()
        since = now - self._rules.duplicates
        return repeated(await csv_jobs.seen_before(connection, self._scope, job, since=since), now)

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
                await record(connection, self._scope, moved, to, actor=actor or job.actor, at=now)
                await job_news.turn(connection, self._scope, job.id, to, now=now)
        if moved is not None:
            self._wake()
        return moved
