"""Whose language is spoken: a language of texts, and the conventions of dates and numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from bot.texts import catalogue

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""The languages that the texts are in, by ISO 639-1, each by its own name."""
_FORMATS = {"en": "en_GB", "de": "de_DE"}
# Slack's own locales; `es-LA` is none of CLDR's.
_KNOWN = {
    *("en_US", "en_GB", "de_DE", "es_ES", "fr_FR", "it_IT", "pt_BR", "ja_JP", "ko_KR"),
    *("zh_CN", "zh_TW"),
}
_ELSEWHERE = {"es_LA": "es_419"}


@dataclass(frozen=True, slots=True)
class Locale:
    """How somebody reads.

    Attributes:
        language: Of the texts, one of `LANGUAGES`.
        formats: Of dates and numbers, a locale of CLDR, as `de_DE`.
    """

    language: str = "en"
    formats: str = "en_GB"


ENGLISH = Locale()
_current: ContextVar[Locale] = ContextVar("locale", default=ENGLISH)
_everybody: ContextVar[Locale] = ContextVar("everybody", default=ENGLISH)


def locale_of(name: str) -> Locale:
    """How somebody reads, by their locale in Slack or a setting.

    Args:
        name: Such as `de-DE`, `en-US` or `de`; anything unknown is English.
    """
    language, _, region = name.replace("_", "-").partition("-")
    known = language if language in LANGUAGES else ENGLISH.language
    formats = f"{language}_{region.upper()}"
    formats = _ELSEWHERE.get(formats, formats)
    if formats not in _KNOWN and formats not in _ELSEWHERE.values():
        formats = _FORMATS[known]
    return Locale(known, formats)


def current() -> Locale:
    """The locale that is spoken now."""
    return _current.get()


def shared() -> Locale:
    """The locale of the workspace."""
    return _everybody.get()


def everybody(locale: Locale) -> None:
    """Speak a locale from now on, wherever nobody alone is spoken to; said once, at the start."""
    _everybody.set(locale)
    _current.set(locale)


@contextmanager
def speaking(locale: Locale) -> Iterator[None]:
    """Speak a locale for a while, in this task and those that it starts."""
    before = _current.set(locale)
    try:
        yield
    finally:
        _current.reset(before)


@contextmanager
def aloud() -> Iterator[None]:
    """Speak the workspace's language for a while: a whole channel reads it."""
    with speaking(_everybody.get()):
        yield


async def ready(locale: Locale) -> None:
    """Read a language's catalogue, if nobody has yet, without holding the loop."""
    if locale.language != ENGLISH.language and not catalogue.is_read(locale.language):
        await asyncio.to_thread(catalogue.texts, locale.language)
