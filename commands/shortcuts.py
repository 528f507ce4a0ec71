"""Shortcuts: the forms for sending from anywhere, and on a message with what stands in it."""

from __future__ import annotations

import asyncio

from bot.texts import Phrase, say
from commands.answers import NOTHING, plain
from commands.context import BotCall, BotRouter
from commands.fax import DOCUMENT, open_fax
from commands.message_files import FilesKept
from commands.mms import open_mms
from commands.sms import open_sms

_NAMES_SECONDS, _MOST_NAMES = 1.0, 10
_OPENING = Phrase("opening the form")

router: BotRouter = BotRouter()


@router.shortcut("shortcut.sms")
async def send_sms(call: BotCall) -> None:
    """Open the form of an SMS."""
    call.later(open_sms(call, "", ""), doing=_OPENING)


@router.shortcut("shortcut.fax")
async def send_fax(call: BotCall) -> None:
    """Open the form of a fax."""
    call.later(open_fax(call), doing=_OPENING)


@router.shortcut("shortcut.text_this")
async def text_this(call: BotCall) -> None:
    """Open the form of an SMS with the text of a message."""
    call.later(_text_this(call), doing=_OPENING)


@router.shortcut("shortcut.fax_file")
async def fax_file(call: BotCall) -> None:
    """Open the form of a fax with the documents of a message."""
    call.later(_fax_file(call), doing=_OPENING)


@router.shortcut("shortcut.mms")
async def send_mms(call: BotCall) -> None:
    """Open the form of an MMS with the pictures and the text of a message."""
    call.later(_send_mms(call), doing=_OPENING)


async def _text_this(call: BotCall) -> None:
    await open_sms(call, "", await _plain(call))


async def _send_mms(call: BotCall) -> None:
    await open_mms(call, "", await _plain(call))


async def _fax_file(call: BotCall) -> None:
    files = FilesKept.of(call.said, DOCUMENT, optional=True)
    if files.offered:
        await open_fax(call, files)
        return
    text = say(
        ":warning: That message has no {noun}. {nothing} `/fax` takes a file or a link.",
        noun=DOCUMENT.noun,
        nothing=NOTHING,
    )
    await call.reply(plain(text))


async def _plain(call: BotCall) -> str:
    """The text of the message with the names of the people in it, in time for the form."""
    if call.said is None:
        return ""
    people = call.said.people[:_MOST_NAMES]
    try:
        async with asyncio.timeout(_NAMES_SECONDS):
            names = await asyncio.gather(*(call.slack.people.name_of(each) for each in people))
    except TimeoutError:
        names = []
    return call.said.plain({who: name for who, name in zip(people, names, strict=False) if name})
