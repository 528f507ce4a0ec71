"""A ClickSend error in plain words: what happened, was anything sent or charged, what to do."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from bot.clicksend import (
    ClickSendError,
    Forbidden,
    NotFound,
    NotSent,
    RateLimited,
    Refused,
    Unauthorized,
)
from bot.services.channels import NoPrice
from bot.texts import Phrase, say

_LONGEST = 300
BY_SETTINGS: Final = Phrase(
    "ClickSend does not accept the bot's username and API key. "
    "Whoever runs the bot should check CLICKSEND_USERNAME and CLICKSEND_API_KEY."
)
BY_HAND: Final = Phrase(
    "ClickSend does not accept the account's username and API key. "
    "An admin of it can type them again with /clicksend connect."
)
unaccepted: ContextVar[Phrase] = ContextVar("unaccepted", default=BY_SETTINGS)
"""What is said of credentials that are not accepted: it depends on whence this bot has them."""


def explain(error: ClickSendError) -> str:
    """Say an error in words, as plain text (not escaped yet).

    Args:
        error: What the client raised.

    Returns:
        What happened and what to do next, one or two sentences.
    """
    if isinstance(error, NoPrice):
        return str(error)
    if isinstance(error, Refused):
        return _refusal(error)
    if isinstance(error, NotSent):
        return say("ClickSend could not be reached. Try again in a minute.")
    if error.ambiguous:
        return say(
            "ClickSend's answer was lost on the way, so nobody can say yet whether it took effect."
        )
    return say("ClickSend is in trouble just now{said}. Try again in a minute.", said=_said(error))


def _refusal(error: Refused) -> str:
    if isinstance(error, Unauthorized):
        return str(unaccepted.get())
    if isinstance(error, RateLimited):
        if error.retry_after:
            return say(
                "ClickSend takes no more calls just now. Try again in {seconds:.0f} seconds.",
                seconds=error.retry_after,
            )
        return say("ClickSend takes no more calls just now. Try again in a minute.")
    if isinstance(error, Forbidden):
        return say("ClickSend does not allow this account to do that{said}.", said=_said(error))
    if isinstance(error, NotFound):
        return say("ClickSend does not know that{said}.", said=_said(error))
    return say("ClickSend refused it{said}.", said=_said(error))


def _said(error: ClickSendError) -> str:
    """What ClickSend said itself, cut to a length that fits a message."""
    text = (error.response_msg or "").strip().rstrip(".")
    if not text:
        return ""
    return f": {text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}"
