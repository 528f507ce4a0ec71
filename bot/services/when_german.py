"""Times as Germans type them, in the words that `bot.services.when` reads.

    jetzt · in 2 Stunden · in einer halben Stunde · übermorgen 14 Uhr 30
    heute 17 Uhr · Montag um 9:30 Uhr · nächsten Freitag 9 Uhr · am 1. Dezember 14.30 Uhr

Only words are replaced: what can be read in more than one way is still refused, by the same rules,
and what is English already stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

_DAYS = (
    ("montag", "mo", "monday"),
    ("dienstag", "di", "tuesday"),
    ("mittwoch", "mi", "wednesday"),
    ("donnerstag", "do", "thursday"),
    ("freitag", "fr", "friday"),
    ("samstag", "sa", "saturday"),
    ("sonntag", "so", "sunday"),
)
_MONTHS = {
    **dict.fromkeys(("januar", "jänner", "jän"), "january"),
    **dict.fromkeys(("februar", "feber"), "february"),
    **dict.fromkeys(("märz", "mär", "mrz", "maerz"), "march"),
    **dict.fromkeys(("mai",), "may"),
    **dict.fromkeys(("juni",), "june"),
    **dict.fromkeys(("juli",), "july"),
    **dict.fromkeys(("oktober", "okt"), "october"),
    **dict.fromkeys(("dezember", "dez"), "december"),
}
_WORDS = {
    **{german: english for german, _, english in _DAYS},
    **{short: english for _, short, english in _DAYS},
    **_MONTHS,
    **dict.fromkeys(("heute",), "today"),
    **dict.fromkeys(("morgen",), "tomorrow"),
    **dict.fromkeys(("jetzt", "sofort"), "now"),
    **dict.fromkeys(("mittag", "mittags"), "noon"),
    **dict.fromkeys(("mitternacht", "mitternachts"), "midnight"),
    **dict.fromkeys(("sonnabend",), "saturday"),
    **dict.fromkeys(("nächsten", "nächster", "nächste", "naechsten"), "next"),
    **dict.fromkeys(("diesen", "dieser", "kommenden", "kommender"), "this"),
    **dict.fromkeys(("stunde", "stunden", "std"), "hours"),
    **dict.fromkeys(("minute", "minuten"), "minutes"),
    **dict.fromkeys(("tag", "tage", "tagen"), "days"),
    **dict.fromkeys(("woche", "wochen"), "weeks"),
    **dict.fromkeys(("ein", "eine", "einer", "einem"), "1"),
    **dict.fromkeys(("und",), "and"),
    **dict.fromkeys(("um",), "at"),
    **dict.fromkeys(("den", "der"), "on"),
}
_WORD = re.compile(r"[^\W\d_]+\b\.?")
_O_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*uhr\b(?:\s*(\d{2})\b)?", re.ASCII)
_AM = re.compile(r"(?<!\d)(?<!\d )\bam\b")
_HALF_HOUR = re.compile(r"\b(?:einer |1 )?halben stunde\b")
_AFTER_TOMORROW = re.compile(r"\bübermorgen\b")


def in_english(text: str, today: date) -> str:
    """What was typed, with English words for the German ones.

    Args:
        text: As it was typed.
        today: The date where it was typed, for “übermorgen”.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = _AFTER_TOMORROW.sub(f"{today + timedelta(days=2)}", plain)
    plain = _HALF_HOUR.sub("30 min", plain)
    plain = _O_CLOCK.sub(_clock, plain)
    plain = _AM.sub("on", plain)  # “am Montag”, but “9 am”
    return _WORD.sub(_word, plain)


def _clock(found: re.Match[str]) -> str:
    return f"{found[1]}:{found[2] or found[3] or '00'}"


def _word(found: re.Match[str]) -> str:
    """A word's English; a dot after a short form goes with it."""
    return _WORDS.get(found[0].rstrip("."), found[0])
