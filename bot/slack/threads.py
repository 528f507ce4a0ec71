"""Answers in the thread of a message that the bot posted."""

from __future__ import annotations

from bot.slack import wire
from bot.slack.blocks import Message
from bot.slack.client import MessageRef, Slack


async def reply(
    slack: Slack, under: MessageRef, message: Message, *, broadcast: bool = False
) -> MessageRef:
    """Post in the thread of a message (Slack method `chat.postMessage` with `thread_ts`).

    Args:
        slack: The Web API.
        under: The message.
        message: What to say.
        broadcast: Whether the channel shows it, too.

    Returns:
        Where it stands.

    Raises:
        SlackError: See `Slack.call`.
    """
    answer = await slack.call(
        "chat.postMessage",
        channel=under.channel,
        thread_ts=under.ts,
        reply_broadcast=broadcast or None,
        **wire.content(message),
    )
    return MessageRef(str(answer.get("channel", under.channel)), str(answer.get("ts", "")))
