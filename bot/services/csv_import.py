"""Importing a checked file: batches handed to ClickSend once each, then looked for in the list."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable, Container
from datetime import datetime, timedelta

from bot.clicksend import ClickSend, ClickSendError, NotSent, RateLimited, Refused
from bot.clicksend.operations.lists import (
    CreateContactList,
    GetContactList,
    ImportContacts,
    ListContactLists,
)
from bot.clicksend.operations.uploads import Convert, UploadMedia
from bot.services import job_news, notices
from bot.services.csv_rows import FIELDS, Checker
from bot.services.csv_spec import Spec
from bot.services.csv_worker import CheckRows, CsvWorker, LostHoldError, checked_by
from bot.services.explain import explain
from bot.store import Database, Scope, audit, csv_batches, csv_jobs
from bot.store.csv_batches import BatchState
from bot.store.csv_jobs import Job, JobState, StoredRow
from bot.texts import Phrase, say

_MARGIN = timedelta(seconds=60)
_BUSY = timedelta(minutes=10)
_LOST = Phrase(
    "ClickSend's answer was lost and the contact is not in the list. Import the file again: "
    "whoever is in the list already is left out"
)
_MISSING = Phrase("ClickSend took the file, but the contact did not appear in the list")


class Importer:
    """What an import does with its rows.

    Args:
        clicksend: The client.
        database: Where jobs and rows are.
        scope: Whose.
        worker: Holds the job meanwhile; set by whoever puts them together.
        country: Of numbers without `+`.
        now: The clock.
        told: Called when there is something to say.
        pause: Seconds between two looks at the list.
        settle: Seconds without a new contact after which nothing more is expected.
    """

    worker: CsvWorker

    def __init__(
        self,
        clicksend: ClickSend,
        database: Database,
        scope: Scope,
        *,
        country: str | None,
        now: Callable[[], datetime],
        told: Callable[[], None],
        pause: float = 3.0,
        settle: float = 120.0,
    ) -> None:
        self._clicksend = clicksend
        self._database = database
        self._scope = scope
        self._country = country
        self._now = now
        self._told = told
        self._pause = pause
        self._settle = settle

    async def checker(self, job: Job, spec: Spec, known: Container[str]) -> CheckRows:
        """Checks each row by itself, against the rows before it, and against the list."""
        del job
        columns = dict(spec.fields)
        width = len(spec.columns)
        return checked_by(Checker(columns, width=width, country=self._country, known=known))

    async def checked(self, job: Job, spec: Spec, good: int) -> dict[str, object]:
        """Nothing: an import costs nothing."""
        del job, spec, good
        return {}

    async def run(self, job: Job, spec: Spec) -> None:
        """Hand over every batch that waits, then see who arrived.

        Raises:
            LostHoldError: It was stopped, or is somebody else's.
        """
        try:
            spec = await self._listed(job, spec)
            await self._hand_over(job, spec)
            await self._settled(job, spec)
            missing = await self._missing(job, spec)
        except Refused as error:
            # Anything else passes: the job is taken up again when its lease has ended.
            if isinstance(error, RateLimited):
                raise
            await self._end(job, JobState.FAILED, reason=f"{explain(error)} {_SOME}")
            return
        await self._end(job, JobState.DONE, bad=job.bad + missing, good=job.good - missing)

    async def _listed(self, job: Job, spec: Spec) -> Spec:
        """Make the new list, unless one of its name was made before a crash."""
        if spec.list_id is None:
            same = await self._of_name(spec.list_name)
            made = (
                same
                or (await self._clicksend.run(CreateContactList(list_name=spec.list_name))).list_id
            )
            spec = spec.model_copy(update={"list_id": made})
            await self.worker.hold(job, spec=spec.model_dump_json())
        if spec.before < 0:
            found = await self._clicksend.run(GetContactList(list_id=spec.list_id or 0))
            spec = spec.model_copy(update={"before": found.contacts_count or 0})
            await self.worker.hold(job, spec=spec.model_dump_json())
        return spec

    async def _of_name(self, name: str) -> int | None:
        """A list of this name, whichever page it is on (`lists.list`)."""
        async for each in self._clicksend.pages(ListContactLists()):
            if each.list_name == name:
                return each.list_id
        return None

    async def _hand_over(self, job: Job, spec: Spec) -> None:
        busy_until = self._now() + _BUSY
        while (number := await self._next(job)) is not None:
            state, reason = BatchState.TAKEN, None
            try:
                await self._send(job, spec, number)
            except ClickSendError as error:
                patient = self._now() <= busy_until
                state, reason = _state_after(error, patient=patient), explain(error)
            async with self._database.write() as connection:
                await csv_batches.finish(
                    connection, self._scope, job.id, number, state=state, reason=reason
                )
            await self.worker.hold(job)
            if state is BatchState.WAITING:
                await asyncio.sleep(self._pause)

    async def _next(self, job: Job) -> int | None:
        """The next batch; those that a dead process was sending are never sent again."""
        now = self._now()
        lease = timedelta(seconds=2 * self._clicksend.deadline) + _MARGIN
        await self.worker.hold(job)
        async with self._database.write() as connection:
            await csv_batches.expire(connection, self._scope, job.id, now=now)
            return await csv_batches.claim(connection, self._scope, job.id, lease_until=now + lease)

    async def _send(self, job: Job, spec: Spec, number: int) -> None:
        async with self._database.read() as connection:
            rows = await csv_jobs.rows(
                connection, self._scope, job.id, batch=number, limit=1_000_000
            )
        order, content = file_of(spec, rows)
        # An upload that is not imported does nothing: only the call after it counts.
        uploaded = await _unambiguous(self._clicksend, UploadMedia.of(content, Convert.CSV))
        await self.worker.hold(job)
        await self._clicksend.run(
            ImportContacts(list_id=spec.list_id or 0, file_url=uploaded, field_order=order)
        )

    async def _settled(self, job: Job, spec: Spec) -> None:
        """Wait until the list has everybody, or has not grown for a while (`lists.get`)."""
        expected = await self._expected(job)
        quiet, last = self._now(), -1
        while expected:
            found = await self._clicksend.run(GetContactList(list_id=spec.list_id or 0))
            count = found.contacts_count or 0
            if count != last:
                quiet, last = self._now(), count
            waited = (self._now() - quiet).total_seconds()
            if count >= spec.before + expected or waited >= self._settle:
                return
            await self.worker.hold(job)
            await asyncio.sleep(self._pause)

    async def _expected(self, job: Job) -> int:
        """How many contacts ClickSend took, or may have taken."""
        async with self._database.read() as connection:
            states = await csv_batches.states(connection, self._scope, job.id)
            sizes = await csv_jobs.sizes(connection, self._scope, job.id)
        hoped = {BatchState.TAKEN, BatchState.UNKNOWN}
        return sum(sizes.get(number, 0) for number, (state, _) in states.items() if state in hoped)

    async def _missing(self, job: Job, spec: Spec) -> int:
        """Say of each row that is not in the list why; how many there are."""
        there = await self.worker.keys_of(job, spec.list_id or 0)
        async with self._database.read() as connection:
            states = await csv_batches.states(connection, self._scope, job.id)
        many, after = 0, 0
        while True:
            async with self._database.write() as connection:
                rows = await csv_jobs.rows(connection, self._scope, job.id, after=after)
                lost = {
                    row.line: _why(*states[row.batch])
                    for row in rows
                    if row.batch is not None and row.key not in there
                }
                await csv_jobs.set_problems(connection, self._scope, job.id, lost)
            many += len(lost)
            if not rows:
                return many
            after = rows[-1].line
            await self.worker.hold(job)

    async def _end(self, job: Job, to: JobState, **changes: object) -> None:
        now = self._now()
        async with self._database.write() as connection:
            moved = await csv_jobs.move(
                connection,
                self._scope,
                job.id,
                frm={JobState.RUNNING},
                to=to,
                at=now,
                owner=job.owner,
                lease_until=None,
                **changes,
            )
            if moved is None:
                raise LostHoldError(job.id)
            await audit.add(
                connection,
                self._scope,
                at=now,
                actor=job.actor,
                action=f"contacts.import {to}",
                subject=job.id,
                detail={"imported": moved.good, "rejected": moved.bad, "reason": moved.reason},
                place=job.channel,
            )
            if moved.bad:
                notice = notices.JobFile(job_id=job.id, what="results")
                await job_news.file(connection, self._scope, notice, now=now)
            await job_news.turn(connection, self._scope, job.id, to, now=now)
        self._told()


_SOME = Phrase("Some contacts may be in the list: import the file again, and they are left out.")


def file_of(spec: Spec, rows: list[StoredRow]) -> tuple[tuple[str, ...], bytes]:
    """A batch as ClickSend takes it: the order of its fields, and the file.

    It begins with the fields' names. The reference does not say whether the first line is one of
    names: taken for a contact it is refused, while a contact taken for names would be lost.
    """
    order = tuple(name for name in FIELDS if name in spec.fields.values())
    values = [json.loads(row.cells) for row in rows]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(order)
    writer.writerows([each.get(name, "") for name in order] for each in values)
    return order, text.getvalue().encode("utf-8", "replace")


def _state_after(error: ClickSendError, *, patient: bool) -> BatchState:
    """Where a batch stands whose call failed; it waits again only if nothing can have been done."""
    if isinstance(error, NotSent | RateLimited):
        return BatchState.WAITING if patient else BatchState.REFUSED
    return BatchState.UNKNOWN if error.ambiguous else BatchState.REFUSED


def _why(state: BatchState, reason: str | None) -> str:
    if state is BatchState.UNKNOWN:
        return str(_LOST)
    if state is BatchState.TAKEN:
        return str(_MISSING)
    return reason or say("It was stopped before")


async def _unambiguous(clicksend: ClickSend, upload: UploadMedia) -> str:
    """Upload a file; a lost answer is as good as none, for an upload alone changes no list.

    Raises:
        ClickSendError: It was not taken.
    """
    try:
        return (await clicksend.run(upload)).url
    except ClickSendError as error:
        if not error.ambiguous:
            raise
        raise NotSent(str(error), operation=error.operation) from None
