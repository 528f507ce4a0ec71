"""Has the message that heads a conversation's thread say how it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.services import notices
from bot.store import Scope, outbox
from bot.store.conversations import Conversation


async def tell_changed(
    connection: AsyncConnection, scope: Scope, talk: Conversation, *, at: datetime
) -> None:
    """Have the message that heads a conversation brought up to date."""
    notice = notices.ConversationChanged(conversation=talk.id, round=talk.round)
    await outbox.add(
        connection,
        scope,
        key=f"{notice.kind}:{talk.id}:{at.timestamp():.6f}",
        kind=notice.kind,
        payload=notices.to_json(notice),
        at=at,
        topic=notices.topic(notice),
    )
