"""Letters and postcards on their way to the price: files checked and uploaded, addresses read."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import partial

from bot.clicksend.operations.letters import DetectAddress, SendLetter
from bot.clicksend.operations.postcards import SendPostcard
from bot.services import pdf
from bot.services.channels import SendOperation
from bot.services.sending import Draft
from bot.slack.blocks import clip
from bot.slack.client import FileError, SlackFile
from commands.context import BotCall
from commands.files import AgainError, Document, fetch, upload
from commands.post_address import Address
from commands.post_form import (
    COLOUR,
    DUPLEX,
    LETTER_STYLE,
    OPTIONS,
    POSTCARD_STYLE,
    PRIORITY,
    Style,
    Typed,
    form,
)
from commands.times import Chosen

_SIDES = 2


async def letter_of(call: BotCall, typed: Typed, time: Chosen) -> Draft:
    """The draft of a letter: its file brought to ClickSend; an address not typed is read from it.

    Raises:
        AgainError: Not all of the address is in the file.
        FileError: The file is none that can be printed, or Slack does not give it.
        SlackError: Slack cannot be reached.
        ClickSendError: The file was not taken.
    """
    address, notes = typed.address, (time.note,) if time.note else ()
    document = Document(typed.link, clip(typed.link, 200), typed.link)
    if typed.files:
        file = await _fetched(call, typed.files[0], LETTER_STYLE)
        if address.is_empty:
            address = await _in_file(call, typed, file)
            read = f"ClickSend read the address from {file.name}: see whether it is right."
            notes = (read, *notes)
        document = await upload(call, file, LETTER_STYLE.kind)
    letter = SendLetter(
        file_url=document.url,
        recipients=(typed.recipient(address, time),),
        colour=COLOUR in typed.made,
        duplex=DUPLEX in typed.made,
        priority_post=PRIORITY in typed.made,
    )
    printed = ", ".join(OPTIONS[name].lower() for name in OPTIONS if name in typed.made)
    how = printed or "in black and white, on one side"
    summary = f"{document.name}\n{how[0].upper()}{how[1:]}\n{_goes_back(typed)}"
    return replace(_draft(call, typed, letter, summary, notes), content=document.digest)


async def postcard_of(call: BotCall, typed: Typed, time: Chosen) -> Draft:
    """The draft of a postcard: front and back brought to ClickSend, the one after the other.

    Raises:
        FileError: They are none that can be printed, or Slack does not give them.
        SlackError: Slack cannot be reached.
        ClickSendError: A file was not taken.
    """
    files = [await _fetched(call, file_id, POSTCARD_STYLE) for file_id in typed.files]
    pages = [pdf.look(each.content).pages if pdf.is_pdf(each.content) else 1 for each in files]
    if len(files) == 1 and pages[0] is not None and pages[0] < _SIDES:
        raise FileError(
            f"{files[0].name} has one page, and a postcard has two: attach a PDF with both, or a "
            "second file for the back."
        )
    sides = [await upload(call, each, POSTCARD_STYLE.kind) for each in files]
    postcard = SendPostcard(
        file_urls=tuple(each.url for each in sides),
        recipients=(typed.recipient(typed.address, time),),
    )
    names = " (front) and ".join(each.name for each in sides) + " (back)" * (len(sides) > 1)
    digest = hashlib.sha256("\0".join(each.digest for each in sides).encode()).hexdigest()
    notes = (time.note,) if time.note else ()
    summary = f"{names}\n{_goes_back(typed)}"
    return replace(_draft(call, typed, postcard, summary, notes), content=digest)


def _draft(
    call: BotCall, typed: Typed, operation: SendOperation, summary: str, notes: tuple[str, ...]
) -> Draft:
    return Draft(
        typed.origin.id,
        call.user,
        typed.origin.channel,
        operation,
        summary,
        typed.origin.previous,
        notes=notes,
    )


async def _fetched(call: BotCall, file_id: str, style: Style) -> SlackFile:
    """A file from Slack that can be printed.

    Raises:
        FileError: It cannot, or Slack does not give it.
        SlackError: Slack cannot be reached.
    """
    file = await fetch(call, file_id, style.kind)
    problem = pdf.look(file.content).problem if pdf.is_pdf(file.content) else ""
    if problem:
        raise FileError(f"{file.name} {problem}")
    return file


async def _in_file(call: BotCall, typed: Typed, file: SlackFile) -> Address:
    """The address at the top of a letter (operation `letters.detect_address`).

    Raises:
        AgainError: It is not there, or not all of it: the form comes back with what is.
    """
    if not pdf.is_pdf(file.content):
        raise FileError(f"Type the address: it is read from a PDF only, and {file.name} is none.")
    content = base64.b64encode(file.content).decode()
    address = await detected(call, typed.address, DetectAddress(content=content))
    problem = not_read(address, file.name)
    if problem:
        again = replace(typed, origin=typed.origin.again(), address=address)
        raise AgainError(partial(form, again, LETTER_STYLE), problem)
    return address


async def detected(call: BotCall, known: Address, operation: DetectAddress) -> Address:
    """An address as ClickSend reads it; the country where it says one, or else as known.

    Raises:
        ClickSendError: It could not be read.
    """
    found = Address.of(await call.services.clicksend.run(operation))
    return replace(found, country=(found.country or known.country).upper())


def not_read(address: Address, where: str) -> str:
    """What is missing of an address that was read; empty when nothing is."""
    if address.is_empty:
        return f"ClickSend found no address in {where}. Type it below."
    if address.missing:
        return f"In {where} ClickSend did not find: {', '.join(address.missing)}. See to it below."
    return ""


def _goes_back(typed: Typed) -> str:
    return f"Return address: {typed.back_name or typed.back}"
