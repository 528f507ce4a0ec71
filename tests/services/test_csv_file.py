"""CSV files as people make them: every encoding, delimiter and quirk; nothing lost silently."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.csv_file import CsvError, Row, layout, rows

TEXT = "Name;Mobile\r\nZoë;+61411111111\r\n"
CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\ufeff", exclude_categories=["Cs"]),
    max_size=12,
)


def read(content: bytes, *, header: bool | None = None) -> list[Row]:
    return list(rows(content, layout(content, header=header)))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.encode(), "UTF-8, semicolons"),
        (TEXT.encode("utf-8-sig"), "UTF-8, semicolons"),
        (TEXT.encode("utf-16"), "UTF-16, semicolons"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16, semicolons"),
        (TEXT.encode("utf-16-le"), "UTF-16, semicolons"),
        (TEXT.encode("utf-16-be"), "UTF-16, semicolons"),
        (TEXT.encode("cp1252"), "Windows-1252, semicolons"),
        (TEXT.replace(";", "\t").encode(), "UTF-8, tabs"),
        (TEXT.replace(";", "|").encode(), "UTF-8, bars"),
        (TEXT.replace(";", ",").encode(), "UTF-8, commas"),
        (f"sep=;\r\n{TEXT}".encode(), "UTF-8, semicolons"),
    ],
)
def test_every_encoding_and_delimiter_gives_the_same_row(content: bytes, words: str) -> None:
    how = layout(content)
    assert how.in_words.startswith(words)
    assert how.columns == ("Name", "Mobile")
    (row,) = rows(content, how)
    assert row.cells == ("Zoë", "+61411111111")
    assert row.line == (3 if how.skip else 2)


def test_newlines_in_quotes_belong_to_the_cell_and_lines_are_counted_as_in_an_editor() -> None:
    assert read(b'name,phone\n"a\nb",1\n\n,,\nc,2\n') == [
        Row(2, ("a\nb", "1")),
        Row(6, ("c", "2")),
    ]


def test_a_file_without_a_header_keeps_its_first_row_unless_told_otherwise() -> None:
    content = b"+61411111111,Ada\n+61422222222,Eve\n"
    assert layout(content).columns == ("Column 1", "Column 2")
    assert len(read(content)) == 2
    assert len(read(content, header=True)) == 1


def test_a_quote_in_the_wrong_place_costs_its_row_only() -> None:
    found = read(b'name,phone\n"a"b,1\nc,2\n')
    assert found[0].problem == "a quotation mark is missing or in the wrong place (line 2)"
    assert found[1] == Row(3, ("c", "2"))


def test_a_quote_that_never_ends_says_which_lines_it_swallowed() -> None:
    (found,) = read(b'name,phone\n"a,1\nb,2\nc,3\n')
    assert found.problem == "a quotation mark is missing or in the wrong place (lines 2 to 4)"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\0\1\2\0\0\0\0", "no text"),
        (",".join(map(str, range(41))).encode(), "41 columns"),
        (b"\xff\xfea", "UTF-16"),
    ],
)
def test_what_is_no_csv_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(CsvError, match=said):
        read(content)


def test_a_byte_outside_the_encoding_far_inside_is_said() -> None:
    content = b"name\n" + b"abcdefgh\n" * 20_000 + b"\x81\n"
    with pytest.raises(CsvError, match="Windows-1252"):
        read(content)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=8))
def test_what_a_writer_writes_comes_back(written: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["name", "phone"], *written])
    content = text.getvalue().encode()
    how = layout(content, header=True)
    if how.delimiter != ",":  # two cells can look better split elsewhere
        return
    kept = [row.cells for row in rows(content, how)]
    assert kept == [tuple(row) for row in written if any(cell.strip() for cell in row)]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read(content)
    except CsvError:
        return
    assert all(row.cells or row.problem for row in found)
    lines = [row.line for row in found]
    assert lines == sorted(set(lines))
