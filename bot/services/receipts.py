"""What a delivery receipt means: pure readings of what ClickSend says."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.clicksend.answers import Receipt
from bot.store.deliveries import Delivery
from bot.store.receipts import StoredReceipt
from bot.texts import say

FAILED = frozenset({"301", "failed", "undelivered", "rejected", "expired", "no answer", "busy"})
"""The status codes, and for a fax the words, of a failure that is final."""
_ARRIVED = frozenset({"201", "completed", "delivered"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TALLIED = "receipts."
"""Begins the names of the tallies of calls, faxes and MMS: the rules read no history of them."""


def has_failed(receipt: StoredReceipt) -> bool:
    """Whether a receipt says that the message will not arrive.

    300 is a temporary failure that the network tries again; 301 is final, and also the code of a
    cancellation, which is no failure. A fax may say a word instead.
    """
    code = receipt.status_code.strip().lower()
    cancelled = "cancel" in (receipt.status_text or "").lower()
    return not cancelled and code in FAILED


def delivery(receipt: StoredReceipt) -> Delivery | None:
    """What a receipt says for good; None while the network still tries."""
    if has_failed(receipt):
        return Delivery.FAILED
    arrived = receipt.status_code.strip().lower() in _ARRIVED
    return Delivery.DELIVERED if arrived else None


def cause(receipt: StoredReceipt) -> str:
    """Why a message did not arrive, in words (not escaped yet)."""
    said = receipt.error_text or receipt.status_text or ""
    return said.strip() or say("status {code}", code=receipt.status_code)


def stored(kind: str, receipt: Receipt, stored_at: datetime) -> StoredReceipt:
    """A receipt as it is kept, whichever way it came.

    Args:
        kind: The channel: `sms`, `mms`, `voice` or `fax`.
        receipt: As ClickSend gives it.
        stored_at: Now.
    """
    return StoredReceipt(
        kind=kind,
        message_id=(receipt.message_id or "")[:64],
        at=receipt.timestamp or receipt.timestamp_send or EPOCH,
        status_code=(receipt.status_code or "")[:32],
        status_text=receipt.status_text,
        error_code=(receipt.error_code or "")[:64] or None,
        error_text=receipt.error_text,
        reference=receipt.custom_string,
        stored_at=stored_at,
    )


def tally_of(kind: str, *, failed: bool) -> str:
    """The tally that counts the end of a call, a fax or an MMS, as `receipts.fax.failed`."""
    return f"{TALLIED}{kind}.{Delivery.FAILED if failed else Delivery.DELIVERED}"
