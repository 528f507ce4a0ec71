"""Phone numbers as people type them, made E.164 or refused with a reason."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from bot.texts import Phrase, say

_SEPARATORS = re.compile(r"[,;\n\r\t]+|\s+(?=\+)")
_NUMBER = re.compile(r"((?:\+|0)\d[\d().-]*)([,;\s]+|$)")
_GROUP = re.compile(r"([\d().-]+)([,;\s]+|$)")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 60
_NONE = Phrase("it is not a phone number")
_WHY = {
    ValidationResult.TOO_SHORT: Phrase("it is too short"),
    ValidationResult.TOO_LONG: Phrase("it is too long"),
    ValidationResult.INVALID_COUNTRY_CODE: Phrase("its country code does not exist"),
    ValidationResult.INVALID_LENGTH: Phrase("it has a wrong number of digits"),
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Phrase("the area code is missing"),
}
_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: Phrase("its country code does not exist"),
    NumberParseException.TOO_SHORT_AFTER_IDD: Phrase("it is too short"),
    NumberParseException.TOO_SHORT_NSN: Phrase("it is too short"),
    NumberParseException.TOO_LONG: Phrase("it is too long"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something typed that is no phone number, and why."""

    typed: str
    why: str


@dataclass(frozen=True, slots=True)
class Recipients:
    """What a text of numbers comes to; `valid` is E.164, each once, in order."""

    valid: tuple[str, ...]
    duplicates: tuple[str, ...]
    problems: tuple[Problem, ...]


def parse(text: str, *, default_country: str | None) -> Recipients:
    """Read numbers separated by commas, semicolons, lines or, where it is clear, spaces.

    Args:
        text: What was typed.
        default_country: ISO 3166 alpha-2, for numbers without `+`; None refuses those.
    """
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for piece in _SEPARATORS.split(unicodedata.normalize("NFKC", text)):
        for typed in _numbers(piece.strip(), default_country):
            read = _read(typed, default_country)
            if isinstance(read, Problem):
                problems.append(read)
            else:
                found[read] = found.get(read, 0) + 1
    twice = tuple(number for number, times in found.items() if times > 1)
    return Recipients(tuple(found), twice, tuple(problems))


def split_prefill(text: str, *, default_country: str | None = None) -> tuple[str, str]:
    """Split what was typed after `/sms`: the numbers at its start, and the message after them.

    Args:
        text: As `+61411111111, +61 422 222 222 See you at nine`.
        default_country: ISO 3166 alpha-2, for numbers that begin with 0; None reads none of those.

    Returns:
        The numbers, comma separated, and the rest.
    """
    numbers, rest = [], text.strip()
    while found := _NUMBER.match(rest):
        typed, end = _whole(rest, found, default_country)
        if not typed:
            break
        numbers.append(typed)
        rest = rest[end:]
    return ", ".join(numbers), rest.strip()


def _whole(text: str, first: re.Match[str], country: str | None) -> tuple[str, int]:
    """A number with the groups of digits after it that it needs to be one, and where it ends.

    What begins with + stays a number though it is a wrong one: the form says what is wrong.
    """
    found: re.Match[str] | None = first
    typed = ""
    while found and len(typed) <= _LONGEST:
        typed = f"{typed} {found[1]}".strip()
        if _is_valid(typed, country):
            return typed, found.end()
        found = None if found[2].strip() else _GROUP.match(text, found.end())
    return (first[1] if first[1].startswith("+") else ""), first.end()


def _is_valid(typed: str, country: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(typed, country))
    except NumberParseException:
        return False


def for_people(number: str) -> str:
    """A number as people read it, such as `+61 411 111 111`; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def _numbers(piece: str, country: str | None) -> list[str]:
    """One number with spaces in it, or several with spaces between."""
    if not piece or not isinstance(_read(piece, country), Problem):
        return [piece] if piece else []
    words = piece.split()
    several = all(not isinstance(_read(word, country), Problem) for word in words)
    return words if several else [piece]


def _read(typed: str, country: str | None) -> str | Problem:
    shown = typed if len(typed) <= _LONGEST else typed[: _LONGEST - 1] + "…"
    if _LETTER.search(typed):
        return Problem(shown, say("it has letters in it"))
    if not typed.startswith("+") and country is None:
        return Problem(shown, say("it needs its country code, as in +61411111111"))
    try:
        number = phonenumbers.parse(typed, country)
    except NumberParseException as error:
        return Problem(shown, str(_UNREADABLE.get(error.error_type, _NONE)))
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict != ValidationResult.IS_POSSIBLE:
        return Problem(shown, str(_WHY.get(verdict, _NONE)))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
