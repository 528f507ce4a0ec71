"""Characters, parts and encoding, against the documented table and an independent count."""

import math

import gsm0338
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.services.parts import Encoding, count, plain

# One of each kind of character, so that texts near the edge of a part are made of all of them.
KINDS = "aZ9 @\nÄ§Ω" + "€^{}[]~|\\\f" + "’ы漢\u00a0\u0301" + "😀𝒳\U0010ffff"
# The escape is a character to the codec alone: in a message it is what makes the next one extended.
ESCAPE = "\x1b"
MIXED = st.one_of(
    st.text(alphabet=KINDS, max_size=700),
    st.text(st.characters(exclude_characters=ESCAPE, codec="utf-8"), max_size=200),
    st.builds(
        lambda character, times, rest: character * times + rest,
        st.sampled_from(KINDS),
        st.integers(0, 1300),
        st.text(alphabet=KINDS, max_size=5),
    ),
)

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


def independent(text: str) -> tuple[Encoding, int, int]:
    """Encoding, characters and parts from the encoded text: septets of gsm0338, or UTF-16 units."""
    try:
        encoding, units = Encoding.GSM, len(gsm0338.Codec().encode(text)[0])
        single, joined = 160, 140 * 8 // 7 - 7
    except UnicodeError:
        encoding, units = Encoding.UNICODE, len(text.encode("utf-16-be")) // 2
        single, joined = 140 // 2, (140 - 6) // 2
    return encoding, units, math.ceil(units / joined) if units > single else min(units, 1)


@given(MIXED)
@example("€" * 76 + "a")
@example("a" * 159 + "€")
@example("😀" * 35)
@example("😀" * 35 + "a")
def test_the_count_agrees_with_an_independent_codec(text: str) -> None:
    found = count(text)
    assert (found.encoding, found.characters, found.parts) == independent(text)


def test_the_alphabet_is_all_that_the_independent_codec_reads() -> None:
    codec = gsm0338.Codec()
    septets = [bytes([septet]) for septet in range(0x80) if septet != 0x1B]
    widths = {codec.decode(septet)[0]: 1 for septet in septets}
    widths |= {codec.decode(b"\x1b" + septet, "ignore")[0]: 2 for septet in septets}
    expected = {character: width for character, width in widths.items() if len(character) == 1}
    everything = (chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    found = {c: count(c).characters for c in everything if count(c).encoding is Encoding.GSM}
    assert found == expected


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("it’s ‘so’ ´quoted´", "it's 'so' 'quoted'"),
        ("„Hallo“ «oui» ‹non›", '"Hallo" "oui" \'non\''),
        ("5′ 3″", "5' 3\""),
        ("a – b — c ‐ d − 1", "a - b - c - d - 1"),
        ("wait…", "wait..."),
        ("• one\u2028‣ two", "* one\n* two"),
        ("10\u00a0km\u202f\u3000\tnorth", "10 km   north"),
        ("sof\u00adt\u200b \ufeffbreak\u2060s", "soft breaks"),
        ("cafe\u0301, nin\u0303o", "café, niño"),
        ("\u2126 \u212b \u212a", "Ω Å K"),
        ("ﬁne ﬂow oﬃce", "fine flow office"),
        ("ＳＡＬＥ！", "SALE!"),
    ],
)
def test_typography_becomes_what_a_keyboard_types(typed: str, made: str) -> None:
    assert plain(typed) == made
    assert count(made).encoding is Encoding.GSM


@pytest.mark.parametrize(
    "kept",
    [
        "👍🏽 👨\u200d👩\u200d👧 ❤\ufe0f",
        "раssword",  # its first two letters are Cyrillic
        "ΑΒΕ",  # Greek capitals
        "`a`",
        "1½ is not 11/2",
        "20 °C, 3 × 4, m², © ™ №",
        "garçon, Đorđe, şey",
        "می\u200cخواهم",
        "\u202eabc\u202c",
    ],
)
def test_nothing_that_could_be_read_differently_is_replaced(kept: str) -> None:
    assert plain(kept) == kept


@given(st.text())
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    made = plain(text)
    assert plain(made) == made
    if count(text).encoding is Encoding.GSM:
        assert made == text
