from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import (
    ENGLISH,
    Locale,
    Phrase,
    aloud,
    catalogue,
    current,
    everybody,
    locale_of,
    many,
    ready,
    say,
    shared,
    speaking,
)

GERMAN = locale_of("de-DE")
LEFT, ONE, MORE = "{name} has {count:,} left", "{count:,} hare", "{count:,} hares"


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        LEFT: ("{count:,} sind bei {name} übrig",),
        ONE: ("{count:,} Hase", "{count:,} Hasen"),
        "hares": ("Hasen",),
    }
    monkeypatch.setattr(catalogue, "_read", {"de": texts})


def test_a_text_is_said_in_the_language_that_is_spoken_and_numbers_with_it() -> None:
    assert say(LEFT, name="Ada", count=1234) == "Ada has 1,234 left"
    with speaking(GERMAN):
        assert say(LEFT, name="Ada", count=1234) == "1.234 sind bei Ada übrig"
    assert say(LEFT, name="Ada", count=1234) == "Ada has 1,234 left"


def test_what_nobody_has_translated_is_said_in_english_with_the_readers_numbers() -> None:
    with speaking(GERMAN):
        assert say("{price:,.2f} of {share:.0%}", price=Decimal(1234), share=0.5) == (
            "1.234,00 of 50%"
        )


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [
        (0, "0 hares", "0 Hasen"),
        (1, "1 hare", "1 Hase"),
        (2, "2 hares", "2 Hasen"),
        (9999, "9,999 hares", "9.999 Hasen"),
    ],
)
def test_the_plural_is_the_languages(count: int, english: str, german: str) -> None:
    assert many(ONE, MORE, count) == english
    with speaking(GERMAN):
        assert many(ONE, MORE, count) == german


def test_a_phrase_is_said_when_it_is_shown() -> None:
    phrase = Phrase("hares")
    assert f"{phrase}, {str(phrase)!r}" == "hares, 'hares'"
    with speaking(GERMAN):
        assert f"{phrase}, {str(phrase)!r}" == "Hasen, 'Hasen'"
        assert say(LEFT, name=phrase, count=2) == "2 sind bei Hasen übrig"
    assert {phrase: 1}[Phrase("hares")] == 1
    assert sorted([phrase, Phrase("eels")]) == [Phrase("eels"), phrase]


def test_a_phrase_with_gaps_is_called_with_what_stands_in_them() -> None:
    phrase = Phrase(LEFT)
    assert phrase(name="Ada", count=1234) == "Ada has 1,234 left"
    with speaking(GERMAN):
        assert phrase(name="Ada", count=1234) == "1.234 sind bei Ada übrig"


@given(st.text())
def test_what_stands_in_a_gap_is_never_read_as_a_text(hostile: str) -> None:
    assert say("It is {name}.", name=hostile) == f"It is {hostile}."
    with speaking(GERMAN):
        assert say(LEFT, name=hostile, count=1) == f"1 sind bei {hostile} übrig"


def test_a_channel_is_spoken_to_in_the_workspaces_language() -> None:
    try:
        everybody(GERMAN)
        with speaking(ENGLISH):
            assert str(Phrase("hares")) == "hares"
            with aloud():
                assert str(Phrase("hares")) == "Hasen"
            assert str(Phrase("hares")) == "hares"
        assert (shared(), current()) == (GERMAN, GERMAN)
    finally:
        everybody(ENGLISH)


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("de-DE", Locale("de", "de_DE")),
        ("de", Locale("de", "de_DE")),
        ("de_AT", Locale("de", "de_DE")),
        ("en-US", Locale("en", "en_US")),
        ("fr-FR", Locale("en", "fr_FR")),
        ("es-LA", Locale("en", "es_419")),
        ("", ENGLISH),
        ("tlh-KL", ENGLISH),
        ("../../etc/passwd", ENGLISH),
    ],
)
def test_every_locale_means_a_language_and_conventions_that_there_are(
    name: str, locale: Locale
) -> None:
    assert locale_of(name) == locale


async def test_a_catalogue_is_read_once_and_away_from_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalogue, "_read", {})
    await ready(ENGLISH)
    assert not catalogue.is_read("en")
    await ready(GERMAN)
    assert catalogue.is_read("de")
    assert catalogue.texts("de") is catalogue.texts("de")
