"""A history that ClickSend writes to a file, given to whoever asks in a direct message."""

from __future__ import annotations

from contextlib import aclosing

from bot.clicksend import ClickSendError, Operation
from bot.clicksend.answers import Export
from bot.slack.blocks import escape
from bot.slack.client import SlackError
from commands.answers import plain, refused, trouble
from commands.context import BotCall

_LARGEST = 50_000_000
"""Bytes of an export that fit into memory and a direct message."""


async def export(
    call: BotCall, operation: Operation[Export], *, name: str, what: str, kind: str
) -> None:
    """Fetch an export and give it to the person; it names people, so only to who may send.

    Args:
        call: Who asks.
        operation: What has the file written.
        name: What the file is called.
        what: What is in it (mrkdwn), as "the history of letters".
        kind: The channel of sending, as `letter`.
    """
    if await refused(call, kind):
        return
    try:
        content = await _fetched(call, operation)
        await call.slack.send_file(call.user, name, content, comment=f"As you asked: {what}.")
    except ClickSendError as error:
        message = trouble(f"No file with {what} came", error)
    except SlackError as error:
        why = f"Slack did not take the file: {escape(str(error))}."
        message = plain(f":warning: {why} Nothing was changed. Try again later.")
    else:
        message = plain(f":page_facing_up: The file with {what} is in your direct messages.")
    await call.reply(message)


async def _fetched(call: BotCall, operation: Operation[Export]) -> bytes:
    clicksend, content = call.services.clicksend, bytearray()
    made = await clicksend.run(operation)
    async with aclosing(clicksend.download(made, limit=_LARGEST)) as pieces:
        async for piece in pieces:
            content += piece
    return bytes(content)
