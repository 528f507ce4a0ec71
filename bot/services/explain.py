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

_LONGEST = 300
BY_SETTINGS: Final = "Whoever runs the bot should check CLICKSEND_USERNAME and CLICKSEND_API_KEY."
BY_HAND: Final = "An admin of it can type them again with /clicksend connect."
mended: ContextVar[str] = ContextVar("mended", default=BY_SETTINGS)
"""What to do about credentials that are not accepted: it depends on whence this bot has them."""


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
        return "ClickSend could not be reached. Try again in a minute."
    if error.ambiguous:
        return (
            "ClickSend's answer was lost on the way, so nobody can say yet whether it took effect."
        )
    return f"ClickSend is in trouble just now{_said(error)}. Try again in a minute."


def _refusal(error: Refused) -> str:
    if isinstance(error, Unauthorized):
        return f"ClickSend does not accept the bot's username and API key. {mended.get()}"
    if isinstance(error, RateLimited):
        wait = f" in {error.retry_after:.0f} seconds" if error.retry_after else " in a minute"
        return f"ClickSend takes no more calls just now. Try again{wait}."
    if isinstance(error, Forbidden):
        return f"ClickSend does not allow this account to do that{_said(error)}."
    if isinstance(error, NotFound):
        return f"ClickSend does not know that{_said(error)}."
    return f"ClickSend refused it{_said(error)}."


def _said(error: ClickSendError) -> str:
    """What ClickSend said itself, cut to a length that fits a message."""
    text = (error.response_msg or "").strip().rstrip(".")
    if not text:
        return ""
    return f": {text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}"
