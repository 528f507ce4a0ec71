"""Checks of the text: empty, cut, made Unicode by a character; what a campaign must have."""

from __future__ import annotations

import re
import unicodedata

from bot.services.guards.findings import Finding, Level, Offer, in_words
from bot.services.parts import Encoding, Parts, count, plain
from bot.texts import many, say

SHORT_LINK = "smsu.io/xxxxx"
OPT_OUT_LINK = "StopMsg.me/xxxxx"
_FEW = 5
_TAIL = 20
_LONG_LINK = 30
_QUOTES = frozenset("“”„‟‘’‚‛«»‹›")  # noqa: RUF001 - these are what it is about
_JOINING = frozenset({"Mn", "Cf"})
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)

_ASK = (
    r"(?:reply|text|txt|sms|send|answer|respond|r[ée]pond(?:ez|s)|envoye[zr]|antworten?(?: sie)?"
    r"|senden?(?: sie)?|responde[r]?|env[íi][ae]r?|rispond(?:i|ete|ere)|invi(?:a|ate|are)"
    r"|responda|envie|antwoord|stuur|svar|skicka|odpowiedz|wy[śs]lij)"
)
_WORD = r"(?:STOPP?|BAJA|SAIR|PARAR|UNSUBSCRIBE|UNSUB|OPT-?OUT|QUIT|ARR[ÊE]T|ALTO|SALIR|AFMELD|AF)"
_OPT_OUT = (
    re.compile(r"\bstopmsg\.me/", re.IGNORECASE),
    # "Reply STOP", "Répondez stop"; with a few words between only when it is written in capitals.
    re.compile(rf"\b{_ASK}\W+{_WORD}\b", re.IGNORECASE),
    re.compile(rf"(?i:\b{_ASK})(?:\W+\w+){{1,3}}\W+{_WORD}\b"),
    # "STOP to" or "STOP au" and a number, "STOP SMS" and a short code, "STOP=opt out".
    re.compile(r"\bSTOPP?\b\W{0,3}(?i:to|au|an|al|a|para|per|pour|naar|til|till|na|sms)?\W{0,3}\d"),
    re.compile(r"\bSTOPP?\b(?:\s*=\s*|\s+)(?i:to|pour|para|per|om|um|for)\b(?=\W+\w+)"),
    re.compile(r"\bopt(?:ing)?[\s-]?out\b|\bunsub(?:scribe)?\b", re.IGNORECASE),
    re.compile(
        r"\bd[ée]s(?:abonner|inscri\w+)|\babmeld\w+|\babbestell\w+|\bdar(?:se|te) de baja\b"
        r"|\bcancelar (?:la )?suscripci[óo]n\b|\bdisiscri\w+|\bcancelar inscri[çc][ãa]o\b"
        r"|\bafmeld\w*|\buitschrijv\w+|\bavregistrer\w*|\bavmeld\w*|\bwypis\w+",
        re.IGNORECASE,
    ),
)


def text(body: str, most_parts: int) -> list[Finding]:
    """Whether a text message can be sent whole, and for no more than it needs to cost.

    Args:
        body: The message, as it goes out.
        most_parts: The account's limit of message parts.
    """
    if not body.strip():
        return [
            Finding("empty", Level.BLOCK, say("The message is empty. Write something to send."))
        ]
    counted = count(body, most_parts=most_parts)
    found = [_too_long(body, counted, most_parts)] if counted.parts > most_parts else []
    return found + _unicode(body, counted)


def marketing(body: str) -> list[Finding]:
    """Whether a message to a contact list has what marketing must and should have.

    Args:
        body: The message, as it goes out.
    """
    found = []
    if not any(form.search(body) for form in _OPT_OUT):
        reason = say(
            "Nothing in the message says how to opt out, which marketing must by law in most "
            "countries. End it with “Reply STOP to opt out” or the link {link}.",
            link=OPT_OUT_LINK,
        )
        found.append(Finding("no-opt-out", Level.WARN, reason))
    if SHORT_LINK not in body and (link := _longest_link(body)):
        reason = say(
            "The link in the message has {count:,} characters. Put {short_link} in its place "
            "and give the link as the one to shorten, to save room and see who follows it.",
            count=len(link),
            short_link=SHORT_LINK,
        )
        found.append(Finding("long-link", Level.NOTE, reason))
    return found


def _longest_link(body: str) -> str:
    """The longest link that is worth shortening; empty if none is."""
    links = [found[0].rstrip(".,;:!?)") for found in _LINK.finditer(body)]
    return max((link for link in links if len(link) >= _LONG_LINK), key=len, default="")


def _too_long(body: str, counted: Parts, most_parts: int) -> Finding:
    lost = body[len(counted.kept) :]
    tail = lost.strip() if len(lost) <= _TAIL else f"…{lost[-_TAIL:].strip()}"
    shown = say("“{text}”", text=tail)
    reason = many(
        "The message is too long: it comes to {parts:,} parts, and this account sends at most "
        "{most}, so that the last character{tail} would be cut off. Shorten it.",
        "The message is too long: it comes to {parts:,} parts, and this account sends at most "
        "{most}, so that the last {count:,} characters{tail} would be cut off. Shorten it.",
        len(lost),
        parts=counted.parts,
        most=most_parts,
        tail=f" ({shown})" if tail else "",
    )
    return Finding("too-long", Level.BLOCK, reason)


def _unicode(body: str, counted: Parts) -> list[Finding]:
    """A note when few characters make a text cost more; with the plain text if there is one."""
    if counted.encoding is Encoding.GSM:
        return []
    plainer = plain(body)
    offered = count(plainer)
    if offered.encoding is Encoding.GSM:
        return _plain(counted, offered, plainer)
    without = count("".join(c for c in plainer if c not in offered.unicode_because))
    few = len(offered.unicode_because) <= _FEW
    if not few or not 0 < without.parts < counted.parts:
        return []
    because = _visible(offered.unicode_because)
    reason = many(
        "Because of {names} the message goes out as Unicode and comes to {parts:,} parts; "
        "without it it would be {fewer:,}.",
        "Because of {names} the message goes out as Unicode and comes to {parts:,} parts; "
        "without them it would be {fewer:,}.",
        len(because),
        names=_named(because),
        parts=counted.parts,
        fewer=without.parts,
    )
    return [Finding("unicode", Level.NOTE, reason)]


def _plain(counted: Parts, offered: Parts, plainer: str) -> list[Finding]:
    because = counted.unicode_because
    if len(because) > _FEW or offered.parts >= counted.parts:
        return []
    seen = _visible(because)
    reason = many(
        "Because of {names} the message goes out as Unicode and comes to {parts:,} parts; "
        "with a plain character in its place it would be {fewer:,}.",
        "Because of {names} the message goes out as Unicode and comes to {parts:,} parts; "
        "with plain characters in their place it would be {fewer:,}.",
        len(seen),
        names=_named(seen),
        parts=counted.parts,
        fewer=offered.parts,
    )
    offer = Offer("plain", say("Use plain characters"), text=plainer)
    return [Finding("unicode", Level.NOTE, reason, offer)]


def _named(because: tuple[str, ...]) -> str:
    return in_words([_character(each) for each in because])


def _visible(found: tuple[str, ...]) -> tuple[str, ...]:
    """Without what only joins or styles another of them, such as an emoji's variation selector."""
    seen = tuple(each for each in found if unicodedata.category(each) not in _JOINING)
    return seen or found


def _character(found: str) -> str:
    """A character as people can see it, by its name when there is nothing to see."""
    if found in _QUOTES:
        return say("the quotation mark {mark}", mark=found)
    kind = unicodedata.category(found)[0]
    if kind in "LNPS":
        return say("“{character}”", character=found)
    name = unicodedata.name(found, f"U+{ord(found):04X}").lower()
    if kind == "M":
        return say("the character {name}", name=name)
    return say("an invisible character ({name})", name=name)
