"""What a job is to do with its file, as it is stored; and the files it gives back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from bot.services.csv_file import Layout
from bot.services.csv_rows import harmless
from bot.store.csv_jobs import Job, StoredRow

IMPORT, BULK = "import", "bulk"
IMPORT_BATCH, BULK_BATCH = 5_000, 1_000


class Spec(BaseModel):
    """The file and what becomes of it.

    Attributes:
        file: Slack's id of it.
        name: How it is called.
        digest: SHA-256 of its bytes: what was previewed is what is done.
        fields: The field of each column that has one.
        list_id: Of an import: the list; None while a new one is to be made.
        list_name: Its name.
        before: How many contacts it had when the import began; below 0 until then.
        template: Of a bulk send: the text with its merge fields.
        sender: Of a bulk send.
        parts: Of a bulk send: how many message parts it comes to.
        refused: Of a bulk send: how many recipients ClickSend will refuse.
        warnings: What speaks against it, in words.
        examples: The first merged messages: number, text, parts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    file: str
    name: str
    digest: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    columns: tuple[str, ...] = ()
    skip: int = 0
    fields: dict[int, str] = {}
    list_id: int | None = None
    list_name: str = ""
    before: int = -1
    template: str = ""
    sender: str | None = None
    parts: int = 0
    refused: int = 0
    warnings: tuple[str, ...] = ()
    examples: tuple[tuple[str, str, int], ...] = ()

    @property
    def layout(self) -> Layout:
        """How the file is to be read."""
        return Layout(self.encoding, self.delimiter, self.header, self.columns, self.skip)

    def laid_out(self, how: Layout, fields: dict[int, str]) -> Spec:
        """The same with another reading of the file."""
        return self.model_copy(
            update={
                "encoding": how.encoding,
                "delimiter": how.delimiter,
                "header": how.header,
                "columns": how.columns,
                "skip": how.skip,
                "fields": fields,
            }
        )


def spec_of(job: Job) -> Spec:
    """What a job is to do."""
    return Spec.model_validate_json(job.spec)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that spreadsheets open as UTF-8, and of which they run nothing."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(each) for each in columns])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def rejected(spec: Spec, rows: Iterable[StoredRow]) -> bytes:
    """The rows that were not taken: as they stood in the file, with line and reason."""
    titles = ["Line", "Reason", *spec.columns]
    return table(titles, ([str(r.line), r.problem or "", *_cells(spec, r)] for r in rows))


def _cells(spec: Spec, row: StoredRow) -> list[str]:
    """The cells of a rejected row; of one that was good at first, its fields in their columns."""
    kept = json.loads(row.cells)
    if isinstance(kept, list):
        return [str(cell) for cell in kept]
    return [str(kept.get(spec.fields.get(i, ""), "")) for i in range(len(spec.columns))]
