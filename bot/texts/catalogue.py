"""The catalogues: what each English text is in another language."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

_read: dict[str, Mapping[str, tuple[str, ...]]] = {}


def is_read(language: str) -> bool:
    """Whether a catalogue is in memory."""
    return language in _read


def texts(language: str) -> Mapping[str, tuple[str, ...]]:
    """The texts of a language by the English text, singular and plural; read once, about 0.2 s.

    Args:
        language: Such as `de`.
    """
    if language not in _read:
        _read[language] = MappingProxyType(_load(language))
    return _read[language]


def _load(language: str) -> dict[str, tuple[str, ...]]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - 10 MiB that English does not need

    with files(__package__).joinpath(f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language)
    return {_key(each.id): _said(each.string) for each in found if each.id and each.string}


def _key(found: str | list[str] | tuple[str, ...]) -> str:
    return found if isinstance(found, str) else found[0]


def _said(found: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)
