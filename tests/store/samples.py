"""Rows to store, and the times they happen at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.store.receipts import StoredReceipt
from bot.store.sends import Send, SentMessage, State

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
TICK = timedelta(microseconds=1)

_DRAFT = Send(
    id="d1",
    operation="sms.send",
    payload='{"messages": []}',
    state=State.DRAFT,
    actor="U0ADA",
    channel="C0TEAM",
    recipients=2,
    summary="SMS to 2 recipients",
    created_at=NOON,
    updated_at=NOON,
    price=Decimal("0.154"),
    currency="AUD",
)

_MESSAGE = SentMessage(
    send_id="d1",
    kind="sms",
    reference="d1-0",
    recipient="+61411111111",
    status="SUCCESS",
    message_id="M-0",
    price=Decimal("0.077"),
    parts=1,
)

_RECEIPT = StoredReceipt(
    kind="sms",
    message_id="M-0",
    at=NOON,
    status_code="301",
    status_text="Delivery failed",
    error_code="300",
    error_text="Temporary failure",
    reference="d1-0",
    stored_at=NOON,
)


def draft(**changes: object) -> Send:
    """A draft of Ada's."""
    return replace(_DRAFT, **changes)


def message(**changes: object) -> SentMessage:
    """What became of one recipient."""
    return replace(_MESSAGE, **changes)


def receipt(**changes: object) -> StoredReceipt:
    """A receipt of a failure."""
    return replace(_RECEIPT, **changes)


def after(**passed: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**passed)
