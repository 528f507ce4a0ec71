"""Reading a CSV file as people make them: encoding, delimiter and header found, lines streamed.

Nothing is lost silently: a line that cannot be read comes out as a row with its problem.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bot.texts import Phrase, say

MOST_BYTES = 50_000_000
MOST_ROWS = 250_000
MOST_COLUMNS = 40
_SAMPLE = 65_536
_LOOK = 20
_DELIMITERS = (",", ";", "\t", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_DATA = re.compile(r"@|\d{6}|\d[\d ()./-]{6}")
_NAMES = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
_BETWEEN = {
    ",": Phrase("commas"),
    ";": Phrase("semicolons"),
    "\t": Phrase("tabs"),
    "|": Phrase("bars"),
}


class CsvError(ValueError):
    """A file that cannot be read; the text says why and what to do, plain."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read.

    Attributes:
        encoding: A Python codec.
        delimiter: What stands between cells.
        header: Whether the first row names the columns.
        columns: Their names, or `Column 1` and so on.
        skip: Lines before the first row (`sep=;`).
    """

    encoding: str
    delimiter: str
    header: bool
    columns: tuple[str, ...]
    skip: int = 0

    @property
    def in_words(self) -> str:
        """Encoding and delimiter, for people."""
        return say(
            "{encoding}, {delimiters} between the cells",
            encoding=_NAMES.get(self.encoding, self.encoding),
            delimiters=_BETWEEN.get(self.delimiter, self.delimiter),
        )


class Row(NamedTuple):
    """One row as it stands: the line it begins on, its cells; or why it cannot be read."""

    line: int
    cells: tuple[str, ...]
    problem: str | None = None


def layout(content: bytes, *, header: bool | None = None) -> Layout:
    """Find out how a file is to be read.

    Args:
        content: The file.
        header: Whether its first row names the columns; None looks.

    Raises:
        CsvError: It is empty, too large, no text, or has too many columns.
    """
    if content.startswith(_SPREADSHEETS):
        raise CsvError(say("That is a spreadsheet. Save it as CSV, and drop that file."))
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise CsvError(say("The file is larger than {most} MB. Split it.", most=most))
    encoding = _encoding(content)
    sample = _sample(content, encoding)
    hint = _SEPARATOR_LINE.match(sample)
    body = sample[hint.end() :] if hint else sample
    delimiter = hint[1] if hint else _delimiter(body)
    first = [row for row in _read(io.StringIO(body, newline=""), delimiter) if any(row)]
    if not first:
        raise CsvError(say("The file is empty."))
    named = _is_header(first) if header is None else header
    width = max(len(row) for row in first[:_LOOK])
    if width > MOST_COLUMNS:
        raise CsvError(
            say(
                "The file has {count} columns; at most {most} can be matched.",
                count=width,
                most=MOST_COLUMNS,
            )
        )
    names = [*first[0], *[""] * width][:width] if named else [""] * width
    columns = tuple(
        name.strip() or say("Column {number}", number=number)
        for number, name in enumerate(names, start=1)
    )
    return Layout(encoding, delimiter, named, columns, 1 if hint else 0)


def rows(content: bytes, how: Layout) -> Iterator[Row]:
    """The rows of a file, one after the other; empty ones and the header are left out.

    Args:
        content: The file.
        how: How to read it.

    Raises:
        CsvError: A byte does not belong to the encoding, or there are too many rows.
    """
    text = io.TextIOWrapper(io.BytesIO(content), encoding=how.encoding, newline="")
    for _ in range(how.skip):
        text.readline()
    reader = csv.reader(text, delimiter=how.delimiter, strict=True)
    header, count, before = how.header, 0, 0
    while True:
        problem = None
        try:
            cells = tuple(next(reader))
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise _wrong_encoding(how.encoding) from None
        except csv.Error:
            cells, problem = (), _broken(before + how.skip + 1, reader.line_num + how.skip)
        line, before = before + how.skip + 1, reader.line_num
        if problem is None and not any(cell.strip() for cell in cells):
            continue
        if header:
            header = False
            continue
        count += 1
        if count > MOST_ROWS:
            raise CsvError(say("The file has more than {most:,} rows. Split it.", most=MOST_ROWS))
        yield Row(line, cells, problem)


def _broken(first: int, last: int) -> str:
    if first >= last:
        where = say("line {line}", line=first)
    else:
        where = say("lines {first} to {last}", first=first, last=last)
    return say("a quotation mark is missing or in the wrong place ({where})", where=where)


def _wrong_encoding(encoding: str) -> CsvError:
    name = _NAMES.get(encoding, encoding)
    return CsvError(
        say(
            "The file begins as {encoding}, but is not {encoding} all through. Save it as UTF-8.",
            encoding=name,
        )
    )


def _encoding(content: bytes) -> str:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    head = content[:_SAMPLE]
    if b"\0" in head:
        return _wide(head)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _SAMPLE):
            decoder.decode(content[start : start + _SAMPLE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: plain letters leave every other byte empty."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) or min(even, odd) * 4 > max(even, odd):
        raise CsvError(say("The file is no text. Save it as CSV in UTF-8, and drop that file."))
    return "utf-16-le" if odd > even else "utf-16-be"


def _sample(content: bytes, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        return decoder.decode(content[:_SAMPLE], final=len(content) <= _SAMPLE)
    except UnicodeDecodeError:
        raise _wrong_encoding(encoding) from None


def _read(text: io.StringIO, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(text, delimiter=delimiter)
    try:
        for row, _ in zip(reader, range(_LOOK), strict=False):
            yield row
    except csv.Error:
        return


def _delimiter(sample: str) -> str:
    """The one that gives most of the first rows the same number of cells, and more than one."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _read(io.StringIO(sample, newline=""), delimiter) if row]
        if not widths:
            return 0.0, 0
        width, times = Counter(widths).most_common(1)[0]
        return (times / len(widths), width) if width > 1 else (0.0, 0)

    return max(_DELIMITERS, key=score)


def _is_header(first: list[list[str]]) -> bool:
    """Whether the first row holds names: none of them is empty of letters, a number or an email."""
    names = [cell for cell in first[0] if cell.strip()]
    return bool(names) and not any(_DATA.search(cell) or cell.strip().isdigit() for cell in names)
