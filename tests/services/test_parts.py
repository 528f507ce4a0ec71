"""Characters, parts and encoding, against the documented table and an independent count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.parts import Encoding, count, plain

GSM_TABLE = [(160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4), (1071, 7), (1224, 8)]
UNICODE_TABLE = [(70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (469, 7), (536, 8)]


@pytest.mark.parametrize(("length", "parts"), GSM_TABLE)
def test_gsm_follows_the_documented_table(length: int, parts: int) -> None:
    assert count("a" * length).parts == parts


@pytest.mark.parametrize(("length", "parts"), UNICODE_TABLE)
def test_unicode_follows_the_documented_table(length: int, parts: int) -> None:
    assert count("ы" * length).parts == parts


def test_an_extension_character_counts_twice() -> None:
    assert count("€" * 80).parts == 1
    assert count("€" * 80 + "a").parts == 2


def test_an_emoji_counts_as_its_utf_16_code_units() -> None:
    assert count("😀").characters == 2


def test_what_made_it_unicode_is_named_and_made_plain() -> None:
    found = count("“Hi” – it’s me")
    assert found.encoding is Encoding.UNICODE
    assert found.unicode_because == ("“", "”", "–", "’")
    assert count(plain("“Hi” – it’s me")).encoding is Encoding.GSM


def test_nothing_has_no_part() -> None:
    assert count("").parts == 0


@given(st.text(max_size=2000))
def test_what_is_kept_is_a_prefix_that_fits(text: str) -> None:
    found = count(text)
    assert text.startswith(found.kept)
    assert count(found.kept).parts <= 8
    if found.parts <= 8:
        assert found.kept == text
        assert found.left >= 0


@given(st.text(max_size=400), st.characters())
def test_more_text_never_needs_fewer_parts(text: str, more: str) -> None:
    assert count(text + more).parts >= count(text).parts
