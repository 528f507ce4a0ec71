"""`/clicksend history export`: a history of ClickSend as a CSV file, for admins."""

from __future__ import annotations

from bot.clicksend import ClickSendError
from bot.services import history_rows
from bot.services.history_export import BusyError, Export, ExportWordsError, Wish, read_wish
from bot.slack.blocks import escape
from bot.slack.client import SlackError
from commands.access_text import may_not
from commands.answers import plain, trouble
from commands.context import BotCall, BotRouter

_NAMES = {"sms": "SMS", "mms": "MMS", "voice": "voice calls", "fax": "faxes", "email": "emails"}
_NAMES |= {"letter": "letters", "postcard": "postcards"}
_BEGUN = (
    ":hourglass_flowing_sand: I read the history of {}. The file comes in your direct messages; a "
    "long history takes some minutes."
)

router: BotRouter = BotRouter()


@router.command(
    "history export",
    args="<channel> [2026-10 | 7d | yesterday | 2026-10-31]",
    summary="what was sent as a CSV file, as `/clicksend history export sms 2026-10` (admins)",
    uses=history_rows.USES,
)
async def export(call: BotCall) -> None:
    """Give a file with a month of a history, or with what was since some time."""
    call.later(_export(call), doing="exporting the history")


async def _export(call: BotCall) -> None:
    if await may_not(call):
        return
    try:
        zone = await call.slack.time_zone(call.user)
        wish = read_wish(call.text, now=call.services.now(), zone=zone)
    except ExportWordsError as error:
        await call.reply(plain(f":warning: {error}"))
        return
    await call.reply(plain(_BEGUN.format(_title(wish))))
    try:
        made = await call.services.exports.export(wish, actor=call.user, where=call.channel or "")
    except BusyError:
        text = ":warning: Your export before this one is still being made. Wait for its file."
        await call.reply(plain(text))
        return
    except ClickSendError as error:
        await call.reply(trouble("The history could not be read to its end: no file", error))
        return
    await _give(call, wish, made)


async def _give(call: BotCall, wish: Wish, made: Export) -> None:
    comment = f"The history of {_title(wish)}. {_count(made)}"
    try:
        await call.slack.send_file(call.user, made.name, made.content, comment=comment)
    except SlackError as error:
        text = f":warning: Slack did not take the file: {escape(str(error))}. Try again later."
        await call.reply(plain(text))


def _title(wish: Wish) -> str:
    return f"{_NAMES[wish.channel]}, {wish.label}"


def _count(made: Export) -> str:
    many = "1 row" if made.rows == 1 else f"{made.rows:,} rows"
    rest = " There is more than a file here holds: choose a shorter time." * (not made.complete)
    return f"{many}.{rest}"
