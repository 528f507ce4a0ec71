"""English is complete by construction; every other language has each of its texts."""

import re
import string

import pytest
from babel.messages.catalog import Message

from bot.setting_types import Language
from bot.texts import LANGUAGES
from tests.texts.catalogues import ENGLISH, HERE, collected, translated, written

OTHERS = sorted(set(LANGUAGES) - {"en"})
_MARKS = re.compile(r"`[^`]*`|:[a-z][a-z0-9_]+:|<[^<>|]*|\*|/clicksend")


def test_the_collected_texts_are_those_of_the_code() -> None:
    assert ENGLISH.read_text() == written(collected()), "run `make texts`"


def test_every_language_can_be_set() -> None:
    assert set(LANGUAGES) == {each.value for each in Language}
    assert {path.stem for path in HERE.glob("*.po")} == set(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_and_no_other(language: str) -> None:
    there = {each.id: each for each in translated(language) if each.id}
    assert set(there) == {each.id for each in collected() if each.id}, "run `make texts`"
    assert [each.id for each in there.values() if not all(_strings(each))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_gaps_and_the_marks_of_the_text(language: str) -> None:
    wrong = [
        (english, said)
        for each in translated(language)
        if each.id
        for english, said in zip(_ids(each), _strings(each), strict=True)
        if _gaps(english) != _gaps(said) or _marks(english) != _marks(said)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_begins_and_ends_as_the_text_does(language: str) -> None:
    wrong = [
        (english, said)
        for each in translated(language)
        if each.id
        for english, said in zip(_ids(each), _strings(each), strict=True)
        if (said != said.strip()) != (english != english.strip())
        or (english[-1:] in ":?…") != (said[-1:] in ":?…")
    ]
    assert wrong == []


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _gaps(text: str) -> set[tuple[str, str, str]]:
    found = string.Formatter().parse(text) if "{" in text else ()
    return {(name, spec or "", how or "") for _, name, spec, how in found if name}


def _marks(text: str) -> list[str]:
    return sorted(_MARKS.findall(text))
