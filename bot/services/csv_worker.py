"""Does the jobs made of files: claims each with a lease, checks its rows, hands it on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import Callable, Container, Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

import structlog

from bot.clicksend import ClickSend, ClickSendError
from bot.clicksend.operations.contacts import ListContacts
from bot.services import csv_file, job_news, notices
from bot.services.csv_file import CsvError, Row
from bot.services.csv_rows import Checked, Checker, key_of
from bot.services.csv_spec import BULK, IMPORT_BATCH, Spec, spec_of
from bot.services.explain import explain
from bot.store import Database, Scope, csv_batches, csv_jobs
from bot.store.csv_jobs import Job, JobState, StoredRow
from bot.texts import say

_log = structlog.get_logger(__name__)
_LEASE = timedelta(minutes=5)
_PORTION = 1_000


class LostHoldError(Exception):
    """Somebody else does this job now, or it was stopped."""


class Files(Protocol):
    """Where the files are."""

    async def __call__(self, file_id: str) -> bytes:
        """The bytes of a file that somebody dropped into Slack.

        Raises:
            CsvError: There is none to be had, in words.
        """


class Part(Protocol):
    """What a kind of job does with its rows."""

    async def checker(self, job: Job, spec: Spec, known: Container[str]) -> CheckRows:
        """What checks portions of rows for it.

        Raises:
            ClickSendError: What it needs to know could not be read.
        """

    async def checked(self, job: Job, spec: Spec, good: int) -> dict[str, object]:
        """What follows the checks; the columns of the job that change with it.

        Raises:
            ClickSendError: ClickSend could not be asked.
            LostHoldError: The job was stopped.
        """

    async def run(self, job: Job, spec: Spec) -> None:
        """Do it, after the yes."""


class CheckRows(Protocol):
    """Checks rows; runs in a thread."""

    def __call__(self, rows: list[Row]) -> list[Checked]:
        """Each row, checked."""


class CsvWorker:
    """The worker of one process.

    Args:
        clicksend: For who is in a list already.
        database: Where the jobs are.
        scope: Whose.
        files: Fetches the files.
        parts: What each kind of job does.
        now: The clock.
        told: Called when there is something to say.
    """

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        files: Files,
        parts: dict[str, Part],
        now: Callable[[], datetime],
        told: Callable[[], None],
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._files = files
        self._parts = parts
        self._now = now
        self._told = told

    async def work(self) -> None:
        """Do every job that nobody does; what a dead process left off is taken up again."""
        while (job := await self._claim()) is not None:
            try:
                await self._do(job)
            except LostHoldError:
                _log.info("a job was stopped or taken over", job=job.id)
            except Exception:  # noqa: BLE001 - the row is the work: it is taken up when its lease ends
                _log.exception("a job stumbled", job=job.id)

    async def hold(self, job: Job, **changes: object) -> None:
        """Lengthen the lease of a job, and have its message moved.

        Raises:
            LostHoldError: It was stopped, or is somebody else's.
        """
        now = self._now()
        async with self._database.write() as connection:
            held = await csv_jobs.keep_hold(
                connection, self._scope, job, lease_until=now + _LEASE, **changes
            )
            await job_news.progress(connection, self._scope, job.id, now=now)
        if not held:
            raise LostHoldError(job.id)

    async def _claim(self) -> Job | None:
        now, owner = self._now(), uuid.uuid4().hex  # of this claim: not even we claim over it
        async with self._database.write() as connection:
            return await csv_jobs.claim(
                connection, self._scope, owner=owner, now=now, lease_until=now + _LEASE
            )

    async def _do(self, job: Job) -> None:
        spec = spec_of(job)
        if job.state is JobState.RUNNING:
            await self._parts[job.kind].run(job, spec)
            return
        try:
            changes = await self._checked(job, spec)
        except CsvError as error:
            await self._end(job, JobState.FAILED, reason=str(error))
        except ClickSendError as error:
            await self._end(job, JobState.FAILED, reason=explain(error))
        else:
            await self._end(job, JobState.READY, seen_at=self._now(), **changes)

    async def _checked(self, job: Job, spec: Spec) -> dict[str, object]:
        """Check every row and keep it; what was kept before a crash is done anew."""
        content = await self._files(spec.file)
        if hashlib.sha256(content).hexdigest() != spec.digest:
            raise CsvError(say("The file has changed since you looked at it. Drop it again."))
        known = await self.keys_of(job, spec.list_id) if spec.list_id else frozenset[str]()
        part = self._parts[job.kind]
        check = await part.checker(job, spec, known)
        async with self._database.write() as connection:
            await csv_jobs.clear(connection, self._scope, job.id)
        good = bad = 0
        portions = _portions(csv_file.rows(content, spec.layout), check)
        while (found := await asyncio.to_thread(next, portions, None)) is not None:
            kept = []
            for row, checked in found:
                if checked.problem is None:
                    kept.append(_good(checked, good // _size(job)))
                    good += 1
                else:
                    kept.append(_bad(row, checked))
                    bad += 1
            async with self._database.write() as connection:
                await csv_jobs.add_rows(connection, self._scope, job.id, kept)
            await self.hold(job, good=good, bad=bad)
        if not good and not bad:
            raise CsvError(say("There is no row in the file but its header."))
        changes = await part.checked(job, spec, good) if good else {}
        return {"good": good, "bad": bad, **changes}

    async def keys_of(self, job: Job, list_id: int) -> frozenset[str]:
        """The keys of everybody in a list (`contacts.list`); the job is held meanwhile.

        Raises:
            ClickSendError: They could not be read.
            LostHoldError: The job was stopped, or is somebody else's.
        """
        found: set[str] = set()
        read = 0
        async with aclosing(
            self._clicksend.pages(ListContacts(list_id=list_id), ahead=4)
        ) as contacts:
            async for each in contacts:
                found.add(key_of(each.model_dump(include=_KEYS)))
                read += 1
                if read % _PORTION == 0:
                    await self.hold(job)
        return frozenset(found - {""})

    async def _end(self, job: Job, to: JobState, **changes: object) -> None:
        now = self._now()
        async with self._database.write() as connection:
            moved = await csv_jobs.move(
                connection,
                self._scope,
                job.id,
                frm={job.state},
                to=to,
                at=now,
                owner=job.owner,
                lease_until=None,
                **changes,
            )
            if moved is None:
                raise LostHoldError(job.id)
            if moved.bad:
                notice = notices.JobFile(job_id=job.id, what="rejected")
                await job_news.file(connection, self._scope, notice, now=now)
            await job_news.turn(connection, self._scope, job.id, to, now=now)
            if to is JobState.READY and job.kind != BULK:
                batches = -(-moved.good // IMPORT_BATCH)
                await csv_batches.add(connection, self._scope, job.id, batches)
        self._told()


_KEYS = {"phone_number", "fax_number", "email"}


def _size(job: Job) -> int:
    return _PORTION if job.kind == BULK else IMPORT_BATCH


def _portions(rows: Iterator[Row], check: CheckRows) -> Iterator[list[tuple[Row, Checked]]]:
    while portion := list(islice(rows, _PORTION)):
        yield list(zip(portion, check(portion), strict=True))


def _good(checked: Checked, batch: int) -> StoredRow:
    cells = json.dumps(checked.values)
    return StoredRow(line=checked.line, cells=cells, key=checked.key, batch=batch)


def _bad(row: Row, checked: Checked) -> StoredRow:
    return StoredRow(line=row.line, cells=json.dumps(row.cells), problem=checked.problem)


def checked_by(checker: Checker) -> CheckRows:
    """A checker of single rows, for portions of them."""
    return lambda rows: [checker.check(row) for row in rows]
