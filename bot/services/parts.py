"""Characters, parts and encoding of an SMS, counted as ClickSend's documentation does.

One part holds 160 characters of the GSM 03.38 alphabet, or 70 when any other character is in the
text; from the second part on each holds 153 or 67. Characters of the extension table count twice,
and in Unicode those beyond the Basic Multilingual Plane do (UTF-16 code units).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MOST_PARTS = 8

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_BEYOND_BMP = 0xFFFF
# What a keyboard or an editor puts in place of a plain character, and nothing that could be read as
# something else: no letter of another alphabet that only looks like a Latin one, no backtick (a
# password may have it), no fraction (1½ is not 11/2), nothing that joins an emoji.
_LOOKS = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc\u2039\u203a",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043",
    "...": "\u2026",
    "*": "\u2022\u2023",
    "/": "\u2215",
    " ": "\t\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))),
    "\n": "\u000b\u0085\u2028\u2029",
    "": "\u00ad\u200b\u200e\u2060\ufeff",
    "ff": "\ufb00",
    "fi": "\ufb01",
    "fl": "\ufb02",
    "ffi": "\ufb03",
    "ffl": "\ufb04",
}
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_PLAIN = _WIDE | {ord(each): instead for instead, looks in _LOOKS.items() for each in looks}


class Encoding(StrEnum):
    """The alphabet a message needs."""

    GSM = "GSM"
    UNICODE = "Unicode"


_SINGLE = {Encoding.GSM: 160, Encoding.UNICODE: 70}
_JOINED = {Encoding.GSM: 153, Encoding.UNICODE: 67}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a text comes to.

    Attributes:
        encoding: The alphabet.
        characters: As counted, so an extension character is two.
        parts: Message parts; what is charged is one SMS each.
        left: Characters that still fit into the last part.
        kept: How much of the text is sent: all of it, unless it is longer than the most parts.
        unicode_because: The characters that made it Unicode, each once, in order.
    """

    encoding: Encoding
    characters: int
    parts: int
    left: int
    kept: str
    unicode_because: tuple[str, ...]


def count(text: str, *, most_parts: int = MOST_PARTS) -> Parts:
    """Count a text.

    Args:
        text: The message.
        most_parts: The account's limit; what goes beyond it is cut off.
    """
    foreign = tuple(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENDED))
    encoding = Encoding.UNICODE if foreign else Encoding.GSM
    characters = sum(_width(c, encoding) for c in text)
    parts = _parts(characters, encoding)
    room = _SINGLE[encoding] if parts <= 1 else parts * _JOINED[encoding]
    kept = text
    if parts > most_parts:
        kept = _cut(text, encoding, most_parts)
    return Parts(encoding, characters, parts, room - characters, kept, foreign)


def plain(text: str) -> str:
    """The text with typographic characters made plain, which may make it GSM.

    Quotes, dashes, spaces, ligatures and full-width forms become what a plain keyboard types,
    accents typed apart from their letter join it, and invisible marks of layout go. What it says
    stays the same: whatever else makes it Unicode, an emoji for one, stays as it is.
    """
    joined = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return unicodedata.normalize("NFC", joined)


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > _BEYOND_BMP else 1


def _parts(characters: int, encoding: Encoding) -> int:
    if characters <= _SINGLE[encoding]:
        return 1 if characters else 0
    return -(-characters // _JOINED[encoding])


def _cut(text: str, encoding: Encoding, most_parts: int) -> str:
    room = _SINGLE[encoding] if most_parts == 1 else most_parts * _JOINED[encoding]
    used = 0
    for index, character in enumerate(text):
        used += _width(character, encoding)
        if used > room:
            return text[:index]
    return text
