"""Where the message of each topic stands in Slack, so that it is changed and not said again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import insert_new
from bot.store.scope import Scope
from bot.store.tables import posts


@dataclass(frozen=True, slots=True)
class Post:
    """A message: its Slack channel id and its timestamp."""

    channel: str
    ts: str


async def find(connection: AsyncConnection, scope: Scope, topic: str) -> Post | None:
    """Where the message of a topic stands; None when there is none."""
    row = (
        await connection.execute(
            select(posts.c.channel, posts.c.message_ts).where(
                scope.of(posts),
                posts.c.topic == topic,
            )
        )
    ).first()
    return Post(*row) if row else None


async def keep(
    connection: AsyncConnection, scope: Scope, topic: str, *, channel: str, ts: str
) -> None:
    """Remember where the message of a topic stands."""
    row = {**scope.columns(), "topic": topic, "channel": channel, "message_ts": ts}
    if await insert_new(connection, posts, [row], "topic"):
        return
    await connection.execute(
        update(posts)
        .where(
            and_(
                scope.of(posts),
                posts.c.topic == topic,
            )
        )
        .values(channel=channel, message_ts=ts)
    )
