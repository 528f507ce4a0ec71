"""What can be said of a PDF without drawing it: whether it is whole, locked, and its pages."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from bot.texts import say

_TAIL = 2048
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b[^>]{0,500}>>\s*stream\r?\n")
_LOCK = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
_MOST_PACKED, _LARGEST_PACKED = 500, 2_000_000


@dataclass(frozen=True, slots=True)
class Pdf:
    """What a PDF is like.

    Attributes:
        is_whole: Whether it ends as one does; an upload that was cut off does not.
        is_locked: Whether it is encrypted: nobody prints it without its password.
        pages: How many pages are in it; one that was edited may count replaced ones, too. None
            where they cannot be seen.
    """

    is_whole: bool
    is_locked: bool
    pages: int | None

    @property
    def problem(self) -> str:
        """Why it cannot be printed, in words that follow its name; empty when it can."""
        if not self.is_whole:
            return say("is not a whole PDF: its end is missing. Export it again.")
        if self.is_locked:
            return say("is protected with a password. Save it without one.")
        return ""


def is_pdf(content: bytes) -> bool:
    """Whether a file is a PDF, by what is in it."""
    return content.startswith(b"%PDF-")


def look(content: bytes) -> Pdf:
    """Look at a PDF; takes time in proportion to its size, whatever is in it.

    Args:
        content: The file.
    """
    plain = len(_PAGE.findall(content))
    pages = plain + sum(len(_PAGE.findall(each)) for each in _packed(content))
    return Pdf(
        is_whole=b"%%EOF" in content[-_TAIL:],
        is_locked=_LOCK.search(content) is not None,
        pages=pages or None,
    )


def _packed(content: bytes) -> list[bytes]:
    """What is in the compressed object streams, where newer files keep their pages."""
    unpacked = []
    for number, found in enumerate(_PACKED.finditer(content)):
        if number >= _MOST_PACKED:
            break
        try:
            packed = content[found.end() : found.end() + _LARGEST_PACKED]
            unpacked.append(zlib.decompressobj().decompress(packed, _LARGEST_PACKED))
        except zlib.error:
            continue
    return unpacked
