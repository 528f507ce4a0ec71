"""A history that ClickSend writes to a file, given to whoever asks in a direct message."""

from __future__ import annotations

import asyncio
import csv
import io
from contextlib import aclosing

from bot.clicksend import ClickSendError, Operation
from bot.clicksend.answers import Export
from bot.services.csv_out import BEGINNING, encoded
from bot.slack.blocks import escape
from bot.slack.client import SlackError
from bot.texts import say
from commands.answers import plain, refused, trouble
from commands.context import BotCall

_LARGEST = 20_000_000
"""Bytes of an export: it is in memory more than once while it is made safe."""


async def export(
    call: BotCall, operation: Operation[Export], *, name: str, what: str, kind: str
) -> None:
    """Fetch an export and give it to the person; it names people, so only to who may send.

    Args:
        call: Who asks.
        operation: What has the file written.
        name: What the file is called.
        what: What is in it (mrkdwn), as "the history of letters"; a phrase of its own, without
            an article in languages that bend them.
        kind: The channel of sending, as `letter`.
    """
    if await refused(call, kind):
        return
    try:
        content = await asyncio.to_thread(safe, await _fetched(call, operation))
        await call.slack.send_file(
            call.user, name, content, comment=say("As you asked: {what}.", what=what)
        )
    except ClickSendError as error:
        message = trouble(say("No file with {what} came", what=what), error)
    except csv.Error:
        message = plain(
            say(":warning: What ClickSend wrote with {what} is no CSV file. Try again.", what=what)
        )
    except SlackError as error:
        message = plain(
            say(
                ":warning: Slack did not take the file: {error}. Nothing was changed. "
                "Try again later.",
                error=escape(str(error)),
            )
        )
    else:
        message = plain(
            say(":page_facing_up: The file with {what} is in your direct messages.", what=what)
        )
    await call.reply(message)


def safe(content: bytes) -> bytes:
    """A CSV file that no spreadsheet takes for formulas: names and texts in it are from outside.

    Raises:
        csv.Error: It is no CSV file.
    """
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig", "replace"), newline=""))
    return BEGINNING + encoded(rows)


async def _fetched(call: BotCall, operation: Operation[Export]) -> bytes:
    clicksend, content = call.services.clicksend, bytearray()
    made = await clicksend.run(operation)
    async with aclosing(clicksend.download(made, limit=_LARGEST)) as pieces:
        async for piece in pieces:
            content += piece
    return bytes(content)
