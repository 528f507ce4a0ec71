"""The way to ClickSend: calls that fail, and an API key that is not accepted any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.services.alerts.model import Fact, Policy, Severity, Signal
from bot.services.alerts.rules.base import Rule, Sight
from bot.texts import Phrase, say

_NAME = "api"
_REVOKED, _DOWN = "key", "errors"
_FEWEST, _SHARE, _STILL_SHARE = 5, 0.5, 0.2
_REFUSED_KEYS = 2
_GOOD = "ok"
_KEY_ERRORS = frozenset({"Unauthorized"})
_TROUBLE = frozenset({"NotSent", "NoAnswer", "ServerError", "UnreadableAnswer", "OutcomeUnknown"})


def look(sight: Sight) -> Sequence[Signal] | None:
    """Look how the calls of the last five minutes ended."""
    if sight.calls is None:
        return None
    if not sum(sight.calls.values()):
        return None
    return [*_revoked(sight.calls), *_down(sight.calls, still=(_NAME, _DOWN) in sight.active)]


def _revoked(calls: Mapping[str, int]) -> list[Signal]:
    refused = sum(calls.get(name, 0) for name in _KEY_ERRORS)
    if refused < _REFUSED_KEYS or refused <= calls.get(_GOOD, 0):
        return []
    return [
        Signal(
            rule=_NAME,
            key=_REVOKED,
            severity=Severity.CRITICAL,
            text=say(
                "ClickSend does not accept the bot's username and API key any more. Nothing can "
                "be sent, and no receipt and no balance can be read."
            ),
            facts=(
                Fact(
                    name=say("Refused calls"),
                    value=say("{refused:,} in five minutes", refused=refused),
                ),
            ),
            advice=say(
                "The key may have been revoked. Whoever runs the bot should check "
                "CLICKSEND_USERNAME and CLICKSEND_API_KEY."
            ),
        )
    ]


def _down(calls: Mapping[str, int], *, still: bool) -> list[Signal]:
    failed = sum(calls.get(name, 0) for name in _TROUBLE)
    every = sum(calls.values())
    share = _STILL_SHARE if still else _SHARE
    if failed < (1 if still else _FEWEST) or failed < every * share:
        return []
    worst = max(sorted(_TROUBLE), key=lambda name: calls.get(name, 0))
    return [
        Signal(
            rule=_NAME,
            key=_DOWN,
            severity=Severity.CRITICAL,
            text=say(
                "{failed:,} of {every:,} calls to ClickSend failed within five minutes.",
                failed=failed,
                every=every,
            ),
            facts=(Fact(name=say("Mostly"), value=str(_WORDS.get(worst, worst))),),
            advice=say("Sends wait or stay unknown until it is back; none is repeated by itself."),
        )
    ]


_WORDS = {
    "NotSent": Phrase("ClickSend could not be reached"),
    "NoAnswer": Phrase("no answer came in time"),
    "ServerError": Phrase("ClickSend had an error of its own"),
    "UnreadableAnswer": Phrase("the answer could not be read"),
}

RULE = Rule(
    name=_NAME,
    title=Phrase("Trouble with the ClickSend API"),
    summary=Phrase("calls to ClickSend fail, or it does not accept the API key"),
    look=look,
    policy=Policy(
        wait=timedelta(minutes=1),
        interval=timedelta(minutes=15),
        repeat=timedelta(hours=2),
        hold=timedelta(minutes=10),
    ),
)
