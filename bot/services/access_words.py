"""What admins type about roles and limits, read strictly; pure.

    WHO ROLE [in #channel | for sms]          WHO: @user, @group, #channel, everybody
    WHOSE AMOUNT PERIOD | WHOSE [WHAT PERIOD] off     WHOSE: @user, #channel, each, workspace

An AMOUNT is `100 messages` or `AUD 50`, a PERIOD `a day`, `a month` or `one send`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from bot.services.limits import EACH, WORKSPACE, Limit, Measure
from bot.services.roles import EVERYBODY, Grant, Role
from bot.texts import Phrase, say

When: TypeAlias = Literal["day", "month", "send"]

_FIRST = re.compile(r"(<[^<>]*>|\S+)\s*(.*)", re.DOTALL)
_MENTION = re.compile(r"<(@|#|!subteam\^)([A-Z][A-Z0-9]{1,30})(?:\|[^<>]*)?>", re.ASCII)
_KINDS = {"@": "UW", "#": "CG", "!subteam^": "S"}
_ALL = frozenset(
    {"everybody", "everyone", "all", "*", "@everyone", "<!everyone>", "<!everyone|everyone>"}
)
_PLACE = re.compile(r"(in|for)\s+(\S.*)", re.IGNORECASE | re.DOTALL)
_PERIOD = re.compile(
    r"(?P<what>.*?)\s*(?:(?:\b(?:a|per|each|every|in one|one|in a)\s+|/\s*)(?P<when>day|month|send)"
    r"|\b(?P<adverb>daily|monthly))",
    re.DOTALL,
)
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3}){1,2}|\d{1,9})"
_MESSAGES = re.compile(_NUMBER + r"\s+(?:messages?|recipients?|people)", re.ASCII)
_MONEY = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?P<currency>[a-z]{{3}})\s*{_NUMBER}(?P<fraction>\.\d{{1,6}})?",
        rf"{_NUMBER}(?P<fraction>\.\d{{1,6}})?\s*(?P<currency>[a-z]{{3}})",
    )
)
_MEASURES: dict[tuple[bool, str], Measure] = {
    (False, "day"): Measure.MESSAGES_DAY,
    (False, "month"): Measure.MESSAGES_MONTH,
    (False, "send"): Measure.SEND_RECIPIENTS,
    (True, "day"): Measure.MONEY_DAY,
    (True, "month"): Measure.MONEY_MONTH,
    (True, "send"): Measure.SEND_MONEY,
}
_AS_ROLE = Phrase("Write it as `@user sender`, `#channel sender`, `@group approver in #channel`.")
_AS_LIMIT = Phrase(
    "Write it as `@user 100 messages a day`, `#channel AUD 50 a month`, `each AUD 5 one send`, "
    "`workspace 1,000 messages a month`, or `@user off`."
)


class AccessWordsError(ValueError):
    """What was typed cannot be read; the text says why and what to write, as mrkdwn made here."""


@dataclass(frozen=True, slots=True)
class LimitWish:
    """A limit to set or to lift.

    Attributes:
        subject: Whose.
        measure: Of what; None (only without an amount): of everything.
        amount: The most; None lifts it.
    """

    subject: str
    measure: Measure | None
    amount: Decimal | None = None

    def limit(self) -> Limit | None:
        """The limit to set; None when it is to be lifted."""
        if self.measure is None or self.amount is None:
            return None
        return Limit(self.subject, self.measure, self.amount)


def read_grant(text: str, *, kinds: Collection[str]) -> Grant:
    """Read to whom which role is given, or from whom it is taken.

    Args:
        text: What was typed, mentions as Slack marks them.
        kinds: The channels of sending, as `sms`.

    Raises:
        AccessWordsError: It cannot be read, or makes no sense.
    """
    who, rest = _first(text)
    role, place = _first(rest)
    subject = EVERYBODY if who.lower() in _ALL else _mentioned(who, _AS_ROLE)
    return grant(subject, _role(role), _place(place, kinds))


def grant(subject: str, role: Role, place: str | None) -> Grant:
    """A role, where it makes sense.

    Raises:
        AccessWordsError: It makes none; the text says why.
    """
    if role is Role.ADMIN and subject[:1] not in {"U", "W", "S"}:
        raise AccessWordsError(say("Only people and user groups can be admins."))
    if role is Role.ADMIN and place:
        raise AccessWordsError(
            say(
                "An admin is one everywhere. Leave the place out, or give the role *approver* "
                "there."
            )
        )
    if subject[:1] in {"C", "G"} and place and place[:1] in {"C", "G"}:
        raise AccessWordsError(
            say(
                "What everybody in a channel may do they may do in that channel only: leave the "
                "second channel out."
            )
        )
    return Grant(subject, role, place)


def read_limit(text: str, *, currency: str) -> LimitWish:
    """Read a limit.

    Args:
        text: What was typed, mentions as Slack marks them.
        currency: The account's, ISO 4217; empty when ClickSend does not say just now.

    Raises:
        AccessWordsError: It cannot be read, or is an amount in another currency.
    """
    who, rest = _first(text)
    subject = _whose(who)
    words = " ".join(rest.lower().split())
    if words == "off":
        return LimitWish(subject, None)
    lifted = words.endswith(" off")
    what, when = _period(words.removesuffix(" off"))
    if lifted:
        is_money = what not in {"message", "messages", "recipients"}
        if is_money and what != "money" and not re.fullmatch("[a-z]{3}", what):
            raise AccessWordsError(_AS_LIMIT)
        return LimitWish(subject, _MEASURES[is_money, when])
    return _amount(subject, what, when, currency)


def _amount(subject: str, what: str, when: When, currency: str) -> LimitWish:
    if found := _MESSAGES.fullmatch(what):
        return LimitWish(subject, _MEASURES[False, when], _decimal(found["number"]))
    for pattern in _MONEY:
        if found := pattern.fullmatch(what):
            if found["currency"].upper() != currency:
                known = currency or say("a currency that ClickSend does not tell me just now")
                raise AccessWordsError(
                    say(
                        "This account counts in {currency}. {example}",
                        currency=known,
                        example=_AS_LIMIT,
                    )
                )
            number = _decimal(found["number"] + (found["fraction"] or ""))
            return LimitWish(subject, _MEASURES[True, when], number)
    raise AccessWordsError(
        say("Is that messages or money, and how much? {example}", example=_AS_LIMIT)
    )


def _decimal(number: str) -> Decimal:
    return Decimal(number.replace(",", ""))


def _period(words: str) -> tuple[str, When]:
    found = _PERIOD.fullmatch(words)
    if found is None or not found["what"]:
        raise AccessWordsError(_AS_LIMIT)
    match found["when"] or found["adverb"]:
        case "day" | "daily":
            return found["what"], "day"
        case "month" | "monthly":
            return found["what"], "month"
    return found["what"], "send"


def _first(text: str) -> tuple[str, str]:
    found = _FIRST.fullmatch(text.strip())
    return (found[1], found[2].strip()) if found else ("", "")


def _mentioned(who: str, instead: Phrase) -> str:
    """The id in a mention."""
    found = _MENTION.fullmatch(who)
    if found and found[2][0] in _KINDS[found[1]]:
        return found[2]
    if who.startswith(("@", "#")):
        raise AccessWordsError(
            say(
                "Slack did not tell me who or what that is. Pick the name from the list that Slack "
                "offers while you type it."
            )
        )
    raise AccessWordsError(instead)


def _role(word: str) -> Role:
    try:
        return Role(word.lower())
    except ValueError:
        names = ", ".join(f"*{role}*" for role in Role)
        raise AccessWordsError(
            say("Which role: {roles}? {example}", roles=names, example=_AS_ROLE)
        ) from None


def _place(text: str, kinds: Collection[str]) -> str | None:
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise AccessWordsError(_AS_ROLE)
    if found[1].lower() == "for":
        kind = found[2].strip().lower()
        if kind in kinds:
            return kind
        raise AccessWordsError(say("It can be for {kinds} only.", kinds=", ".join(sorted(kinds))))
    place = _mentioned(found[2].strip(), _AS_ROLE)
    if place[0] not in "CG":
        raise AccessWordsError(say("After “in” comes a channel, as in `in #ops`."))
    return place


def _whose(who: str) -> str:
    word = who.lower()
    if word in {EACH, "workspace"}:
        return WORKSPACE if word == "workspace" else EACH
    if word in _ALL:
        raise AccessWordsError(
            say("Write `each` for a limit of every person, or `workspace` for one of all together.")
        )
    subject = _mentioned(who, _AS_LIMIT)
    if subject.startswith("S"):
        raise AccessWordsError(
            say("A user group has no limit of its own. Give one to its people, or to a channel.")
        )
    return subject
