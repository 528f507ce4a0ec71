"""The local ClickSend as the local Slack's page shows it: phones, balance, clock, requests."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.slack.shapes import Json

_KINDS = ("sms", "mms", "voice", "fax", "email", "post")
_MOST = 100
_FARTHEST = 90 * 86_400


class SandboxPhones:
    """Reads and changes a local ClickSend for the page.

    Args:
        clicksend: The account.
    """

    def __init__(self, clicksend: ClickSendSandbox) -> None:
        self._clicksend = clicksend

    def shown(self) -> Json:
        """What arrived, the newest first, and how the account stands."""
        state = self._clicksend.state
        taken = [message for kind in _KINDS for message in self._clicksend.outbox(kind)]
        taken.sort(key=lambda message: message.sent_at)
        return {
            "balance": f"{state.balance:.2f}",
            "ahead": int(state.ahead),
            "delay": state.delay,
            "messages": [
                {
                    "kind": message.kind,
                    "to": message.to,
                    "sender": message.sender,
                    "body": message.body,
                    "status": message.status,
                    "price": str(message.price),
                    "at": int(message.sent_at),
                }
                for message in reversed(taken[-_MOST:])
            ],
            "requests": [name for name, _ in self._clicksend.requests[-_MOST:]],
        }

    def change(self, wanted: Json) -> None:
        """Change what the page's sliders say.

        Args:
            wanted: `balance` (an amount), `ahead` (seconds the clock is put forward) or `delay`
                (seconds until a receipt).

        Raises:
            ValueError: It makes no sense.
        """
        state = self._clicksend.state
        if "balance" in wanted:
            state.balance = _amount(wanted["balance"])
        if "ahead" in wanted:
            state.ahead = _seconds(wanted["ahead"], _FARTHEST)
        if "delay" in wanted:
            state.delay = _seconds(wanted["delay"], 3600)


def _amount(text: object) -> Decimal:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        raise ValueError("that is no amount") from None
    if not found.is_finite() or not 0 <= found <= 1_000_000:  # noqa: PLR2004 - a slider's end
        raise ValueError("that is no amount")
    return found


def _seconds(text: object, most: float) -> float:
    found = float(str(text))
    if not 0 <= found <= most:
        raise ValueError("that is no time")
    return found
