"""The files that a job gives back: its rejected rows, and what became of each of them."""

from __future__ import annotations

from bot.services.bulk_check import batch_id
from bot.services.csv_spec import BULK, BULK_BATCH, rejected, spec_of, table
from bot.services.endings import NO_ANSWER
from bot.store import Database, Scope, bulk, csv_jobs, deliveries
from bot.store.csv_jobs import StoredRow


class CsvResults:
    """Writes the files of jobs; no cell of them is run by a spreadsheet.

    Args:
        database: Where the jobs are.
        scope: Whose.
    """

    def __init__(self, database: Database, scope: Scope) -> None:
        self._database = database
        self._scope = scope

    async def rejected(self, job_id: str) -> bytes:
        """The file of the rows that were not taken, with their reasons."""
        async with self._database.read() as connection:
            job = await csv_jobs.get(connection, self._scope, job_id)
        return rejected(spec_of(job), await self._bad(job_id)) if job else b""

    async def results(self, job_id: str) -> bytes:
        """The file of what became of every row of a bulk send."""
        async with self._database.read() as connection:
            job = await csv_jobs.get(connection, self._scope, job_id)
        if job is None or job.kind != BULK:
            return await self.rejected(job_id)
        lines: list[tuple[int, list[str]]] = [
            (row.line, [row.key, "not sent", "", row.problem or ""])
            for row in await self._bad(job_id)
        ]
        for number in range(-(-job.good // BULK_BATCH)):
            lines += await self._batch_results(job_id, number)
        lines.sort(key=lambda line: line[0])
        titles = ("Line", "Number", "Status", "Message id", "Reason")
        return table(titles, ([str(line), *cells] for line, cells in lines))

    async def _batch_results(self, job_id: str, number: int) -> list[tuple[int, list[str]]]:
        send_id = batch_id(job_id, number)
        async with self._database.read() as connection:
            rows = await csv_jobs.rows(connection, self._scope, job_id, batch=number)
            sent = await deliveries.of_send(connection, self._scope, send_id)
            state = await bulk.state(connection, self._scope, send_id)
        known = {message.recipient: message for message in sent}
        made = []
        for row in rows:
            message = known.get(row.key)
            status = message.status if message else (state or "not sent")
            delivery = (message.delivery_text or message.delivery or "") if message else ""
            status = "unknown" if status == NO_ANSWER else status
            made.append(
                (row.line, [row.key, status, (message and message.message_id) or "", delivery])
            )
        return made

    async def _bad(self, job_id: str) -> list[StoredRow]:
        found: list[StoredRow] = []
        async with self._database.read() as connection:
            while portion := await csv_jobs.rows(
                connection, self._scope, job_id, bad=True, after=found[-1].line if found else 0
            ):
                found += portion
        return found
