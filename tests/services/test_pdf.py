"""What is seen of a PDF without drawing it."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services import pdf

END = b"\n%%EOF\n"


def packed(pages: int) -> bytes:
    """An object stream, as newer files keep their pages in."""
    inside = zlib.compress(b"<</Type/Page /Parent 1 0 R>> " * pages)
    head = b"7 0 obj\n<</Filter/FlateDecode/First 10/Length 99/Type/ObjStm/N 3>>stream\r\n"
    return head + inside + b"\nendstream\nendobj\n"


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (b"%PDF-1.4 << /Type /Page >> << /Type/Page>> << /Type /Pages /Count 2 >>" + END, 2),
        (b"%PDF-1.7\n" + packed(3) + END, 3),
        (b"%PDF-1.7\n<</Type/Page>>" + packed(1) + END, 2),
        (b"%PDF-1.7\n/Type/ObjStm>>stream\nnot packed at all" + END, None),
        (b"%PDF-1.4" + END, None),
    ],
)
def test_pages_are_counted_wherever_they_are_kept(content: bytes, pages: int | None) -> None:
    assert pdf.look(content).pages == pages


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"%PDF-1.4 fine" + END, ""),
        (b"%PDF-1.4 cut off", "is not a whole PDF"),
        (b"%PDF-1.4 trailer <</Encrypt 8 0 R>>" + END, "protected with a password"),
        (b"%PDF-1.4 trailer <</Encrypt<</V 1>>>>" + END, "protected with a password"),
        (b"%PDF-1.4 <</EncryptMetadata true>>" + END, ""),
    ],
)
def test_what_nobody_can_print_is_named(content: bytes, problem: str) -> None:
    found = pdf.look(content).problem
    assert problem in found
    assert bool(found) == bool(problem)


@given(st.binary(max_size=4000))
def test_whatever_the_bytes_are_there_is_an_answer(content: bytes) -> None:
    found = pdf.look(b"%PDF-1.5\n/Type/ObjStm>>stream\n" + content)
    assert found.pages is None or found.pages > 0


def test_a_stream_that_unpacks_to_a_lot_is_read_in_part() -> None:
    bomb = b"<</Type/ObjStm>>stream\n" + zlib.compress(bytes(200_000_000))
    assert pdf.look(b"%PDF-1.5\n" + bomb + END).pages is None
