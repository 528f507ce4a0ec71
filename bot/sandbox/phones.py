"""The local ClickSend as the local Slack's page shows it: phones, balance, clock, faults."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.faults import EVERY, KINDS
from bot.sandbox.slack.shapes import Json

_KINDS = ("sms", "mms", "voice", "fax", "email", "letter", "postcard")
_MOST = 100
_FARTHEST = 90 * 86_400
_RICHEST = Decimal(1_000_000)
_LONGEST_REPLY = 1_000
_NUMBER = re.compile(r"\+?\d{3,15}", re.ASCII)
_OPERATION = re.compile(r"\*|[a-z_]+\.[a-z_]+")


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
            "faults": [
                f"{each.kind} of {each.operation}, {each.times} more"
                for each in self._clicksend.faults.waiting
            ],
            "kinds": list(KINDS),
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
            wanted: `balance` (an amount), `ahead` (seconds the clock is put forward), `delay`
                (seconds until a receipt), `reply` (`from`, `to`, `body` of a customer's SMS),
                `fault` (`kind`, `operation`, `times`) or `fine` (no faults any more).

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
        if "reply" in wanted:
            self._texted(wanted["reply"])
        if "fault" in wanted:
            self._spoil(wanted["fault"])
        if wanted.get("fine"):
            self._clicksend.faults.waiting.clear()

    def _texted(self, reply: Json) -> None:
        sender, to, body = (str(reply.get(name, "")) for name in ("from", "to", "body"))
        if not _NUMBER.fullmatch(sender) or not _NUMBER.fullmatch(to):
            raise ValueError("nobody can text back from there")
        if not 0 < len(body) <= _LONGEST_REPLY:
            raise ValueError("a text has 1 to 1,000 characters")
        self._clicksend.text_in(sender, body, to)

    def _spoil(self, fault: Json) -> None:
        kind = next((each for each in KINDS if each == fault.get("kind")), None)
        operation, times = str(fault.get("operation") or EVERY), int(fault.get("times") or 1)
        if kind is None or not _OPERATION.fullmatch(operation) or not 1 <= times <= _MOST:
            raise ValueError("there is no such fault")
        self._clicksend.fail(kind, operation, times=times)


def _amount(text: object) -> Decimal:
    try:
        found = Decimal(str(text))
    except InvalidOperation:
        raise ValueError("that is no amount") from None
    if not found.is_finite() or not 0 <= found <= _RICHEST:
        raise ValueError("that is no amount")
    return found


def _seconds(text: object, most: float) -> float:
    found = float(str(text))
    if not 0 <= found <= most:
        raise ValueError("that is no time")
    return found
