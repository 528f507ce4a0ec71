"""What the local ClickSend remembers, and how it changes with time and sends.

Prices, statuses and shapes are the documentation's; two rules are the sandbox's own: a number that
ends in 99 fails to be delivered, and one that ends in 98 is an invalid recipient.
"""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

SMS_PRICE, FAX_PRICE = Decimal("0.0770"), Decimal("0.0990")
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_NUMBER = re.compile(r"\+?\d{8,15}", re.ASCII)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")

Json = dict[str, Any]


def sms_parts(body: str) -> int:
    """Message parts by the documented table: 160/153 in GSM 03.38, 70/67 otherwise, 8 at most."""
    if all(c in _GSM or c in _GSM_TWICE for c in body):
        length, one, many = sum(1 + (c in _GSM_TWICE) for c in body), 160, 153
    else:
        length, one, many = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else min(-(-length // many), 8)


@dataclass
class Message:
    """An SMS or a fax that was taken."""

    kind: str
    id: str
    to: str
    body: str
    price: Decimal
    parts: int
    custom_string: str
    sender: str
    schedule: int
    sent_at: float
    status: str = "Queued"


@dataclass
class Campaign:
    """A campaign of one of three kinds."""

    kind: str
    number: int
    name: str
    status: str
    added: int
    schedule: int
    total: int


@dataclass
class State:
    """One account.

    Attributes:
        balance: What is left.
        delay: Seconds until a receipt arrives.
        ahead: Seconds the clock was put forward.
    """

    balance: Decimal = Decimal("100.00")
    low_credit_amount: Decimal = Decimal("20.00")
    delay: float = 1.0
    ahead: float = 0.0
    messages: list[Message] = field(default_factory=list)
    receipts: list[tuple[str, Json]] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        day = 86_400
        today = int(self.now())
        self.campaigns = [
            Campaign("sms", 101, "Spring sale", "Scheduled", today - day, today + 7 * day, 1200),
            Campaign("sms", 100, "Opening hours", "Sent", today - 9 * day, today - 8 * day, 340),
            Campaign("mms", 57, "New menu", "Queued", today - 2 * day, today + day, 80),
            Campaign("email", 12, "October news", "Sent", today - 30 * day, today - 30 * day, 910),
        ]

    def now(self) -> float:
        """Unix seconds on this account's clock."""
        return time.time() + self.ahead

    def settle(self) -> None:
        """Let happen what is due: scheduled messages go out, receipts arrive, campaigns move."""
        now = self.now()
        for message in self.messages:
            if message.status == "Scheduled" and message.schedule <= now:
                message.status, message.sent_at = "Queued", float(message.schedule)
            if message.status == "Queued" and message.sent_at + self.delay <= now:
                self._deliver(message)
        for campaign in self.campaigns:
            if campaign.status in {"Scheduled", "Queued"} and campaign.schedule <= now:
                campaign.status = "Sent"

    def outcome(self, kind: str, body: str, message: Json, *, send: bool) -> Json:
        """Price one recipient, and with `send` take it: charge it and keep it."""
        to = str(message.get("to") or "")
        parts = sms_parts(body) if kind == "sms" else 1
        price = (SMS_PRICE if kind == "sms" else FAX_PRICE) * parts
        status = self._status(to, message, price, send=send)
        found: Json = {
            "to": to,
            "from": message.get("from") or "+61411111111",
            "body": body,
            "schedule": message.get("schedule") or "",
            "message_id": str(uuid.uuid4()).upper(),
            ("message_parts" if kind == "sms" else "message_pages"): parts,
            "message_price": str(price) if status == "SUCCESS" else "0.0000",
            "custom_string": message.get("custom_string") or "",
            "list_id": message.get("list_id"),
            "country": "AU",
            "status": status,
        }
        if send and status == "SUCCESS":
            self._take(kind, found, price)
        return found

    def cancel(self, message: Message) -> bool:
        """Cancel a scheduled message and give its price back; False when it is too late."""
        if message.status != "Scheduled":
            return False
        message.status = "Cancelled"
        self.balance += message.price
        return True

    def _status(self, to: str, message: Json, price: Decimal, *, send: bool) -> str:
        number = _NUMBER.fullmatch(to) and not to.endswith("98")
        if not number and not message.get("list_id"):
            return "INVALID_RECIPIENT"
        return "INSUFFICIENT_CREDIT" if send and self.balance < price else "SUCCESS"

    def _take(self, kind: str, found: Json, price: Decimal) -> None:
        self.balance -= price
        schedule = int(found["schedule"] or 0)
        later = schedule > self.now()
        self.messages.append(
            Message(
                kind=kind,
                id=found["message_id"],
                to=found["to"],
                body=found["body"],
                price=price,
                parts=found.get("message_parts") or found["message_pages"],
                custom_string=found["custom_string"],
                sender=found["from"],
                schedule=schedule,
                sent_at=self.now(),
                status="Scheduled" if later else "Queued",
            )
        )

    def _deliver(self, message: Message) -> None:
        failed = message.to.endswith("99")
        message.status = "Failed" if failed else "Sent"
        self.receipts.append(
            (
                message.kind,
                {
                    "message_id": message.id,
                    "timestamp_send": int(message.sent_at),
                    "timestamp": int(message.sent_at + self.delay),
                    "status_code": "301" if failed else "201",
                    "status_text": "Failed" if failed else "Success: Message received on handset.",
                    "error_code": "301" if failed else None,
                    "error_text": "Handset absent for 12 hours or more" if failed else None,
                    "custom_string": message.custom_string,
                    "message_type": message.kind,
                },
            )
        )
