"""Rows for tests, with defaults for what a test is not about."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import Scope, sends
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State

NOW = datetime(2026, 5, 1, 12, 30, 0, 123456, tzinfo=UTC)


def a_send(send_id: str = "draft1", **changes: Any) -> Send:
    send = Send(
        id=send_id,
        operation="sms.send",
        payload='{"messages": [{"to": "+61411111111", "body": "hello"}]}',
        state=State.DRAFT,
        actor="U0ADA",
        channel="C0OPS",
        recipients=1,
        summary="hello",
        created_at=NOW,
        updated_at=NOW,
        price=Decimal("0.0771"),
        currency="AUD",
    )
    return replace(send, **changes)


async def stored(
    connection: AsyncConnection, scope: Scope, send_id: str = "draft1", **changes: Any
) -> Send:
    """A send in any state, as if it had come there."""
    send = a_send(send_id, **changes)
    assert await sends.add_draft(connection, scope, send)
    return send


def a_message(send_id: str = "draft1", **changes: Any) -> SentMessage:
    message = SentMessage(
        send_id=send_id,
        kind="sms",
        reference=f"cs-{send_id}-0",
        recipient="+61411111111",
        status="SUCCESS",
        message_id=f"M-{send_id}",
    )
    return replace(message, **changes)
