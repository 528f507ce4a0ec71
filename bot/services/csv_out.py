"""CSV that no spreadsheet takes for formulas: what the bot gives people as files; pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

BEGINNING = b"\xef\xbb\xbf"
"""A byte order mark: without one Excel does not read UTF-8."""
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
