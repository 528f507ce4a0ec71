"""Checks of the recipients themselves: usable, in an allowed country, not opted out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

from bot.services.guards.findings import Finding, Level, named
from bot.services.places import country_name, parsed, region
from bot.texts import Phrase, many, say

_HANDSETS = frozenset(
    {"+61411111111", "+61422222222", "+61433333333", "+61444444444"}
    | {"+14055555555", "+14055555666", "+447777777777", "+8615555555555"}
)
_FAXES = frozenset({"+61261111111", "+61262222222", "+61263333333"})
# ClickSend's own numbers for trying things out, by channel: nothing is sent to them nor charged.
_TEST_NUMBERS = {"sms": _HANDSETS, "mms": _HANDSETS, "voice": _HANDSETS, "fax": _FAXES}


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a kind of number; the sentences take `{numbers}`, some `{kind}`."""

    code: str
    level: Level
    one: Phrase
    many: Phrase


_IMPOSSIBLE = _Fault(
    "impossible-number",
    Level.BLOCK,
    Phrase("{numbers} cannot be a phone number: correct it or take it out."),
    Phrase("{numbers} cannot be phone numbers: correct them or take them out."),
)
_UNASSIGNED = _Fault(
    "unassigned-number",
    Level.WARN,
    Phrase(
        "{numbers} is in no range of numbers that is known to be in use. Look for a typing mistake."
    ),
    Phrase(
        "{numbers} are in no range of numbers that is known to be in use. Look for typing mistakes."
    ),
)
_PREMIUM = _Fault(
    "premium-number",
    Level.BLOCK,
    Phrase(
        "{numbers} is a premium-rate number, which can cost a lot: it cannot be sent to. Take it "
        "out."
    ),
    Phrase(
        "{numbers} are premium-rate numbers, which can cost a lot: they cannot be sent to. Take "
        "them out."
    ),
)
_LANDLINE = _Fault(
    "landline",
    Level.WARN,
    Phrase(
        "{numbers} is a landline: in most countries it cannot receive text messages, and you would "
        "still pay."
    ),
    Phrase(
        "{numbers} are landlines: in most countries they cannot receive text messages, and you "
        "would still "
        "pay."
    ),
)
_NO_MOBILE = _Fault(
    "not-mobile",
    Level.WARN,
    Phrase(
        "{numbers} is not a mobile number but {kind}: a text message may not arrive, and you would "
        "still pay."
    ),
    Phrase(
        "{numbers} are not mobile numbers but {kind}: text messages may not arrive, and you would "
        "still pay."
    ),
)
_NO_PHONE = _Fault(
    "not-a-phone",
    Level.WARN,
    Phrase("{numbers} is {kind}: nobody may pick up, and you would still pay."),
    Phrase("{numbers} are {kind}: nobody may pick up, and you would still pay."),
)
_FAX_TO_MOBILE = _Fault(
    "fax-to-mobile",
    Level.WARN,
    Phrase(
        "{numbers} is a mobile number: hardly any mobile receives faxes, and you would still pay."
    ),
    Phrase(
        "{numbers} are mobile numbers: hardly any mobile receives faxes, and you would still pay."
    ),
)
_FAX_TO_OTHER = _Fault(
    "not-a-fax",
    Level.WARN,
    Phrase("{numbers} is {kind}: no fax machine may answer, and you would still pay."),
    Phrase("{numbers} are {kind}: no fax machine may answer, and you would still pay."),
)
_KINDS = {
    PhoneNumberType.TOLL_FREE: (Phrase("a free-call number"), Phrase("free-call numbers")),
    PhoneNumberType.SHARED_COST: (Phrase("a shared-cost number"), Phrase("shared-cost numbers")),
    PhoneNumberType.VOIP: (
        Phrase("an internet-telephony number"),
        Phrase("internet-telephony numbers"),
    ),
    PhoneNumberType.PERSONAL_NUMBER: (
        Phrase("a personal redirect number"),
        Phrase("personal redirect numbers"),
    ),
    PhoneNumberType.PAGER: (Phrase("a pager"), Phrase("pagers")),
    PhoneNumberType.UAN: (Phrase("a company's shared number"), Phrase("companies' shared numbers")),
    PhoneNumberType.VOICEMAIL: (Phrase("a voicemail number"), Phrase("voicemail numbers")),
}
_MACHINES = frozenset({PhoneNumberType.PAGER, PhoneNumberType.VOICEMAIL})


def recipients(kind: str, numbers: Sequence[str]) -> list[Finding]:
    """Whether each number can receive what is sent.

    Args:
        kind: The channel: `sms`, `mms`, `voice` or `fax`; others have no numbers to judge.
        numbers: E.164; ClickSend's test numbers of that channel are never found fault with.

    Returns:
        One finding a fault, with all the numbers that have it.
    """
    judge = _JUDGES.get(kind)
    if judge is None:
        return []
    faulty: dict[tuple[_Fault, int], list[str]] = defaultdict(list)
    for number in dict.fromkeys(numbers):
        type_ = _type(number)
        fault = None if number in _TEST_NUMBERS[kind] else _fault(number, type_, judge)
        if fault is not None:
            faulty[fault, type_ if type_ in _KINDS else PhoneNumberType.UNKNOWN].append(number)
    return [_found(fault, type_, tuple(who)) for (fault, type_), who in faulty.items()]


def countries(numbers: Sequence[str], allowed: frozenset[str] | None) -> list[Finding]:
    """Whether each number is in a country that may be sent to.

    Args:
        numbers: E.164.
        allowed: ISO 3166 alpha-2 codes; None: every country.

    Returns:
        A finding a country that is not allowed. A number whose country cannot be told is not
        allowed either.
    """
    if allowed is None:
        return []
    outside: dict[str | None, list[str]] = defaultdict(list)
    for number in dict.fromkeys(numbers):
        country = region(number)
        if country is None or country not in allowed:
            outside[country].append(number)
    return [_abroad(country, tuple(who)) for country, who in outside.items()]


def opted_out(numbers: Sequence[str], opted_out: AbstractSet[str]) -> list[Finding]:
    """Whether somebody asked not to be written to.

    Args:
        numbers: E.164.
        opted_out: E.164, the account's opt-out list.

    Returns:
        One finding that names them all.
    """
    out = tuple(number for number in dict.fromkeys(numbers) if number in opted_out)
    if not out:
        return []
    reason = many(
        "{numbers} has opted out of your messages.",
        "{numbers} have opted out of your messages.",
        len(out),
        numbers=named(out),
    )
    then = _without(len(out), len(set(numbers) - set(out)))
    return [Finding("opted-out", Level.BLOCK, f"{reason} {then}", numbers=out)]


def _without(out: int, rest: int) -> str:
    if rest == 0:
        return say("Nobody is left.")
    if rest == 1:
        return many(
            "Take it out and send to the other one.",
            "Take them out and send to the other one.",
            out,
        )
    return many(
        "Take it out and send to the other {rest:,}.",
        "Take them out and send to the other {rest:,}.",
        out,
        rest=rest,
    )


def _abroad(country: str | None, who: tuple[str, ...]) -> Finding:
    if country is None:
        reason = many(
            "This bot may not send to {numbers}: its country cannot be told, and only some are "
            "allowed. Take it out.",
            "This bot may not send to {numbers}: their country cannot be told, and only some are "
            "allowed. Take them out.",
            len(who),
            numbers=named(who),
        )
        return Finding("unknown-country", Level.BLOCK, reason, numbers=who)
    reason = many(
        "This bot may not send to {numbers}: its country, {country}, is not allowed. Take it out, "
        "or ask whoever runs the bot to allow {code} in the setting ALLOWED_COUNTRIES.",
        "This bot may not send to {numbers}: their country, {country}, is not allowed. Take them "
        "out, or ask whoever runs the bot to allow {code} in the setting ALLOWED_COUNTRIES.",
        len(who),
        numbers=named(who),
        country=country_name(country),
        code=country,
    )
    return Finding("country", Level.BLOCK, reason, numbers=who)


def _type(number: str) -> int:
    read = parsed(number)
    return PhoneNumberType.UNKNOWN if read is None else phonenumbers.number_type(read)


def _fault(number: str, type_: int, judge: Callable[[int], _Fault | None]) -> _Fault | None:
    read = parsed(number)
    if read is None or not phonenumbers.is_possible_number(read):
        return _IMPOSSIBLE
    if type_ == PhoneNumberType.UNKNOWN:
        return _UNASSIGNED
    return _PREMIUM if type_ == PhoneNumberType.PREMIUM_RATE else judge(type_)


def _texts(type_: int) -> _Fault | None:
    if type_ in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}:
        return None
    return _LANDLINE if type_ == PhoneNumberType.FIXED_LINE else _NO_MOBILE


def _calls(type_: int) -> _Fault | None:
    return _NO_PHONE if type_ in _MACHINES else None


def _faxes(type_: int) -> _Fault | None:
    if type_ == PhoneNumberType.MOBILE:
        return _FAX_TO_MOBILE
    return _FAX_TO_OTHER if type_ in _MACHINES else None


_JUDGES: dict[str, Callable[[int], _Fault | None]] = {
    "sms": _texts,
    "mms": _texts,
    "voice": _calls,
    "fax": _faxes,
}


def _found(fault: _Fault, type_: int, who: Iterable[str]) -> Finding:
    numbers = tuple(who)
    one, more = _KINDS.get(type_, ("", ""))
    sentence, kind = (fault.one, one) if len(numbers) == 1 else (fault.many, more)
    reason = say(sentence.text, numbers=named(numbers), kind=kind)
    return Finding(fault.code, fault.level, reason, numbers=numbers)
