"""`/clicksend history export`: a history of ClickSend as a CSV file, for admins."""

from __future__ import annotations

from slack_sdk.models.blocks import StaticSelectElement

from bot.clicksend import ClickSendError
from bot.services import history_rows
from bot.services.history_export import BusyError, Export, ExportWordsError, Wish, read_wish
from bot.services.history_rows import Channel
from bot.slack.blocks import Modal, Option, escape, input_block, modal
from bot.slack.client import SlackError
from bot.slack.router import Ack, Clear, Errors
from bot.texts import Phrase, Text, many, say
from commands.access_text import may_not
from commands.answers import plain, trouble
from commands.context import BotCall, BotRouter
from commands.fields import text_field
from commands.things import denied
from commands.times import any_zone_of

_NAMES: dict[str, Text] = {
    "sms": "SMS",
    "mms": "MMS",
    "voice": Phrase("voice calls"),
    "fax": Phrase("faxes"),
    "email": Phrase("emails"),
    "letter": Phrase("letters"),
    "postcard": Phrase("postcards"),
    "purchase": Phrase("purchases of credit"),
}

_UNREAD = Phrase("The history could not be read to its end: no file")

FORM = "history.export"
CHANNEL, WHEN = "channel", "when"
_LONGEST = 40

router: BotRouter = BotRouter()


@router.command(
    "history export",
    args="[channel [2026-10 | 7d | yesterday | 2026-10-31]]",
    summary=Phrase(
        "what was sent as a CSV file, as `/clicksend history export sms 2026-10` (admins)"
    ),
    uses=history_rows.USES,
)
async def export(call: BotCall) -> None:
    """Give a file with a month of a history, or with what was since some time; or ask which."""
    call.later(_typed(call), doing=Phrase("exporting the history"))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Read the form, and begin."""
    refusal = denied(await call.services.access.may_administer(call.user))
    if refusal or call.view is None:
        return refusal
    try:
        wish = await _wish(call, f"{call.view.choice(CHANNEL)} {call.view.text(WHEN)}")
    except ExportWordsError as error:
        return Errors({WHEN: str(error).replace("`", "")})
    call.later(_export(call, wish), doing=Phrase("exporting the history"))
    return Clear()


async def _typed(call: BotCall) -> None:
    if await may_not(call):
        return
    if not call.text.strip():
        await call.open(form())
        return
    try:
        wish = await _wish(call, call.text)
    except ExportWordsError as error:
        await call.reply(plain(f":warning: {error}"))
        return
    await _export(call, wish)


async def _wish(call: BotCall, text: str) -> Wish:
    zone = await any_zone_of(call)
    return read_wish(text, now=call.services.now(), zone=zone)


async def _export(call: BotCall, wish: Wish) -> None:
    begun = say(
        ":hourglass_flowing_sand: I read the history of {what}. The file comes in your direct "
        "messages; a long history takes some minutes.",
        what=_title(wish),
    )
    await call.reply(plain(begun))
    try:
        made = await call.services.exports.export(wish, actor=call.user, where=call.channel or "")
    except BusyError:
        text = say(":warning: Your export before this one is still being made. Wait for its file.")
        await call.reply(plain(text))
        return
    except ClickSendError as error:
        await call.reply(trouble(_UNREAD, error))
        return
    await _give(call, wish, made)


async def _give(call: BotCall, wish: Wish, made: Export) -> None:
    comment = say("The history of {what}. {count}.", what=_title(wish), count=_count(made))
    if not made.complete:
        rest = say("There is more than a file here holds: choose a shorter time.")
        comment = f"{comment} {rest}"
    try:
        await call.slack.send_file(call.user, made.name, made.content, comment=comment)
    except SlackError as error:
        text = say(
            ":warning: Slack did not take the file: {error}. Try again later.",
            error=escape(str(error)),
        )
        await call.reply(plain(text))


def form() -> Modal:
    """The form of an export."""
    names = [(each.value, str(_NAMES[each])) for each in Channel]
    options = [Option(value=value, text=name[0].upper() + name[1:]) for value, name in names]
    menu = StaticSelectElement(action_id=CHANNEL, options=options, initial_option=options[0])
    hint = say(
        "A month, such as 2026-10; or since when: 7d, yesterday, 2026-10-31. Empty: this month."
    )
    blocks = [
        input_block(CHANNEL, say("Which history"), menu),
        text_field(WHEN, say("Of which time"), "", most=_LONGEST, optional=True, hint=hint),
    ]
    return modal(FORM, say("Export a history"), blocks, submit=say("Export"), close=say("Cancel"))


def _title(wish: Wish) -> str:
    return f"{_NAMES[wish.channel]}, {wish.label}"


def _count(made: Export) -> str:
    return many("{count:,} row", "{count:,} rows", made.rows)
