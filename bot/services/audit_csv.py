"""The audit trail as CSV that no spreadsheet takes for formulas; pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC

from bot.services import audit_words
from bot.store.audit import Record

BEGINNING = b"\xef\xbb\xbf"
"""A byte order mark: without one Excel does not read UTF-8."""
COLUMNS = (
    *("time_utc", "who", "where", "what", "outcome", "action", "subject", "recipients"),
    *("price", "total", "currency", "rule", "reason", "text", "other"),
)
# At the beginning of a cell, and where a program that splits at other separators sees one begin.
# Full-width signs count, too: some programs read them as the plain ones.
_FORMULA = re.compile(r"((?:^|[;|\t\r\n])[\s\x00]*)([=+\-@\uff1d\uff0b\uff0d\uff20])")


def encoded(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8: comma, CRLF, every cell in quotes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def safe(cell: str) -> str:
    """A cell that is text for every spreadsheet: an apostrophe before what begins a formula."""
    found = _FORMULA.sub(r"\1'\2", cell)
    return f"'{found}" if found.startswith(("\t", "\r")) else found


def row(record: Record) -> tuple[str, ...]:
    """A record, in the order of `COLUMNS`; amounts as plain numbers."""
    detail = {key: "" if value is None else str(value) for key, value in record.detail.items()}
    facts = ("recipients", "price", "total", "currency", "rule", "reason", "text")
    return (
        record.at.astimezone(UTC).isoformat(timespec="seconds"),
        record.actor,
        record.place,
        audit_words.what(record),
        audit_words.outcome(record),
        record.action,
        record.subject,
        *(detail.get(name, "") for name in facts),
        audit_words.others(record),
    )
