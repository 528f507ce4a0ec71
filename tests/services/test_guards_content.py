"""Checks of the text of a message, each with its reason as a person reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.guards import Finding, Level, marketing, text
from bot.services.parts import Encoding, count

LONG = "a" * 100


def notes(body: str) -> list[Finding]:
    return [found for found in text(body, 8) if found.level is Level.NOTE]


@pytest.mark.parametrize("body", ["Hello", "a" * 1224, "ы" * 536, "It’s", "👍", "Ω€ñ" * 30])
def test_a_text_that_fits_and_gains_nothing_passes_without_a_word(body: str) -> None:
    assert text(body, 8) == []


@pytest.mark.parametrize("body", ["", " ", "\n\t ", "\u00a0"])
def test_an_empty_message_is_not_sent(body: str) -> None:
    (found,) = text(body, 8)
    assert (found.code, found.level) == ("empty", Level.BLOCK)
    assert found.reason == "The message is empty. Write something to send."


@pytest.mark.parametrize(
    ("body", "most", "parts", "lost"),
    [
        ("a" * 1224 + "Regards, your friend Ada", 8, 9, "24 characters (“…rds, your friend Ada”)"),
        ("a" * 160 + "!", 1, 2, "character (“!”)"),
        ("a" * 160 + "   ", 1, 2, "3 characters"),
        ("a" * 159 + "€", 1, 2, "character (“€”)"),
        ("ы" * 134 + "конец", 2, 3, "5 characters (“конец”)"),
        ("ы" * 133 + "😀", 2, 3, "character (“😀”)"),
    ],
)
def test_what_would_be_cut_off_is_said_and_not_sent(
    body: str, most: int, parts: int, lost: str
) -> None:
    (found,) = [found for found in text(body, most) if found.code == "too-long"]
    assert found.level is Level.BLOCK
    assert found.reason == (
        f"The message is too long: it comes to {parts} parts, and this account sends at most "
        f"{most}, so that the last {lost} would be cut off. Shorten it."
    )


ONE = "a plain character in its place"
MORE = "plain characters in their place"


@pytest.mark.parametrize(
    ("body", "because", "instead", "plain"),
    [
        (f"It’s {LONG}", "the quotation mark ’", ONE, f"It's {LONG}"),
        (f"a – b {LONG}", "“–”", ONE, f"a - b {LONG}"),
        (
            f"“Hi”… {LONG}",
            "the quotation mark “, the quotation mark ” and “…”",
            *(MORE, f'"Hi"... {LONG}'),
        ),
        (f"1\u00a0m {LONG}", "an invisible character (no-break space)", ONE, f"1 m {LONG}"),
        (f"a\u200bb {LONG}", "an invisible character (zero width space)", ONE, f"ab {LONG}"),
        (f"cafe\u0301 {LONG}", "the character combining acute accent", ONE, f"café {LONG}"),
        (f"ﬁne {LONG}", "“ﬁ”", ONE, f"fine {LONG}"),
    ],
)
def test_what_made_it_unicode_is_shown_and_the_plain_text_offered(
    body: str, because: str, instead: str, plain: str
) -> None:
    (found,) = text(body, 8)
    assert (found.code, found.level) == ("unicode", Level.NOTE)
    assert found.reason == (
        f"Because of {because} the message goes out as Unicode and comes to 2 parts; with "
        f"{instead} it would be 1."
    )
    assert found.offer is not None
    assert (found.offer.action, found.offer.text) == ("plain", plain)


@pytest.mark.parametrize(
    ("body", "characters", "them"),
    [
        (f"👍 {LONG}", "“👍”", "it"),
        (f"❤\ufe0f {LONG}", "“❤”", "it"),
        (f"👍 “so” 🎉 {LONG}", "“👍” and “🎉”", "them"),
        (f"20 °C {LONG}", "“°”", "it"),
    ],
)
def test_what_has_no_plain_form_is_shown_without_an_offer(
    body: str, characters: str, them: str
) -> None:
    (found,) = text(body, 8)
    assert found.offer is None
    assert found.reason == (
        f"Because of {characters} the message goes out as Unicode and comes to 2 parts; without "
        f"{them} it would be 1."
    )


def test_a_text_too_long_only_as_unicode_is_offered_plain() -> None:
    found = text("a’" * 600, 8)
    assert [each.code for each in found] == ["too-long", "unicode"]
    assert found[1].offer is not None
    assert found[1].offer.text is not None
    assert text(found[1].offer.text, 8) == []


@pytest.mark.parametrize("body", ["Привет, " + "мир" * 40, "漢字" * 60, "‘’“”–— " + LONG])
def test_a_text_of_many_such_characters_is_not_remarked_on(body: str) -> None:
    assert notes(body) == []


@given(st.text(st.sampled_from("ab €’“–\u00a0😀ы\n"), max_size=900), st.integers(1, 8))
def test_nothing_is_ever_cut_silently_and_an_offer_always_costs_less(body: str, most: int) -> None:
    found = {each.code: each for each in text(body, most)}
    cut = count(body, most_parts=most).kept != body
    assert ("too-long" in found) is (cut and "empty" not in found)
    offer = found["unicode"].offer if "unicode" in found else None
    if offer is not None:
        offered = count(offer.text or "")
        assert offered.encoding is Encoding.GSM
        assert offered.parts < count(body).parts


OPT_OUT = (
    "Nothing in the message says how to opt out, which marketing must by law in most countries. "
    "End it with “Reply STOP to opt out” or the link StopMsg.me/xxxxx."
)


@pytest.mark.parametrize(
    "end",
    [
        "StopMsg.me/xxxxx",
        "Opt out: stopmsg.me/xxxxx",
        "Reply STOP to opt out",
        "reply stop",
        "Reply 'STOP' to end",
        "Text STOP to 12345",
        "Txt STOP 2 end",
        "STOP to 12345",
        "To opt-out, reply NO",
        "Optout: 12345",
        "Unsubscribe: example.com",
        "Répondez STOP",
        "Pour ne plus recevoir nos SMS, envoyez STOP au 12345",
        "STOP au 12345",
        "STOP SMS 12345",
        "Antworten Sie mit STOP",
        "Abmelden: STOP an 12345",
        "Sende STOPP an 12345",
        "Responde BAJA",
        "Envía BAJA al 12345",
        "Para darte de baja entra en example.com",
        "Rispondi STOP",
        "Invia STOP al 12345",
        "Responda SAIR",
        "Envie SAIR para 12345",
        "Antwoord STOP",
        "Stuur STOP naar 12345",
        "Afmelden? Bel ons",
        "Svar STOP",
        "Skicka STOPP till 12345",
        "Wyślij STOP na 12345",
        "STOP=opt out",
    ],
)
def test_the_usual_ways_to_opt_out_are_known(end: str) -> None:
    assert marketing(f"Sale until Sunday! {end}") == []


@pytest.mark.parametrize(
    "body",
    [
        "Sale until Sunday!",
        "STOP paying too much! Sale until Sunday.",
        "Don't stop now. Sale!",
        "Our bus stop moved",
        "Send us a photo before the music stops",
        "Full stop.",
        "Non-stop flights from 99",
        "Reply YES to stop by",
    ],
)
def test_without_an_opt_out_a_campaign_needs_a_second_yes(body: str) -> None:
    (found,) = marketing(body)
    assert (found.code, found.level, found.reason) == ("no-opt-out", Level.WARN, OPT_OUT)


def test_a_long_link_is_remarked_on() -> None:
    body = "Look: https://www.example.com/summer/sale?id=12345. Reply STOP to opt out"
    (found,) = marketing(body)
    assert (found.code, found.level) == ("long-link", Level.NOTE)
    assert found.reason == (
        "The link in the message has 44 characters. Put smsu.io/xxxxx in its place and give the "
        "link as the one to shorten, to save room and see who follows it."
    )


@pytest.mark.parametrize(
    "body",
    [
        "Look: https://example.com/s. Reply STOP",
        "Look: smsu.io/xxxxx Reply STOP",
        "Look: smsu.io/xxxxx or https://www.example.com/summer/sale?id=12345. Reply STOP",
        "Mail someone.with.a.long.name@example.com. Reply STOP",
    ],
)
def test_a_short_or_shortened_link_is_not(body: str) -> None:
    assert marketing(body) == []


@given(st.text(max_size=500))
def test_any_text_is_judged(body: str) -> None:
    for found in (*text(body, 8), *marketing(body)):
        assert found.reason.endswith(".")
