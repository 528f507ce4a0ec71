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
from commands.files import KEPT_SECONDS, AgainError, Uploaded, fetch, upload
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

_PICTURE = dict.fromkeys(("jpg", "jpeg", "gif", "png", "bmp"), 1)


async def letter_of(call: BotCall, typed: Typed, time: Chosen) -> Draft:
    """The draft of a letter: its file brought to ClickSend; an address not typed is read from it.

    Raises:
        AgainError: Not all of the address is in the file.
        FileError: The file is none that can be printed, or Slack does not give it.
        SlackError: Slack cannot be reached.
        ClickSendError: The file was not taken.
    """
    notes: tuple[str, ...] = ()
    uploaded = typed.uploaded
    if typed.link:
        uploaded = Uploaded((typed.link,), link_name(typed.link), 0, digest=typed.link)
    elif typed.files:
        file = await _fetched(call, typed.files[0], LETTER_STYLE)
        uploaded = await _uploaded(call, [file], LETTER_STYLE)
        if typed.address.is_empty:
            typed = await _addressed(call, replace(typed, uploaded=uploaded), file)
            notes = (f"ClickSend read the address from {file.name}: see whether it is right.",)
    letter = SendLetter(
        file_url=_known(uploaded).urls[0],
        recipients=(typed.recipient(time),),
        colour=COLOUR in typed.made,
        duplex=DUPLEX in typed.made,
        priority_post=PRIORITY in typed.made,
    )
    printed = ", ".join(OPTIONS[name].lower() for name in OPTIONS if name in typed.made)
    how = printed or "in black and white, on one side"
    draft = _draft(call, typed, letter, uploaded, f"{how[0].upper()}{how[1:]}\n")
    return replace(draft, notes=(*notes, *filter(None, [time.note])))


async def postcard_of(call: BotCall, typed: Typed, time: Chosen) -> Draft:
    """The draft of a postcard: front and back brought to ClickSend, the one after the other.

    Raises:
        FileError: They are none that can be printed, or Slack does not give them.
        SlackError: Slack cannot be reached.
        ClickSendError: A file was not taken.
    """
    uploaded = typed.uploaded
    if typed.files:
        files = [await _fetched(call, file_id, POSTCARD_STYLE) for file_id in typed.files]
        if len(files) == 1 and _pages(files[0]) == 1:
            raise FileError(
                f"{files[0].name} has one page, and a postcard has two: attach a PDF with both, "
                "or a second file for the back."
            )
        uploaded = await _uploaded(call, files, POSTCARD_STYLE)
    postcard = SendPostcard(file_urls=_known(uploaded).urls, recipients=(typed.recipient(time),))
    draft = _draft(call, typed, postcard, uploaded, "")
    return replace(draft, notes=(time.note,) if time.note else ())


def _draft(
    call: BotCall, typed: Typed, operation: SendOperation, uploaded: Uploaded | None, how: str
) -> Draft:
    """The draft; the same files to the same address are the same again."""
    files = _known(uploaded)
    return Draft(
        typed.origin.id,
        call.user,
        typed.origin.channel,
        operation,
        f"{files.name}\n{how}Return address: {typed.back_name or typed.back}",
        typed.origin.previous,
        content=files.digest or None,
        same_as=files.same_as or None,
    )


def link_name(link: str) -> str:
    """What a link is called in the summary of a letter."""
    return clip(link, 200)


def _known(uploaded: Uploaded | None) -> Uploaded:
    """The files of a form that was checked.

    Raises:
        FileError: It has none after all.
    """
    if uploaded is None:
        raise FileError("There is no file.")
    return uploaded


def _pages(file: SlackFile) -> int | None:
    """The pages of a file: a picture or a document without pages of its own is one."""
    return pdf.look(file.content).pages if pdf.is_pdf(file.content) else _PICTURE.get(file.filetype)


async def _uploaded(call: BotCall, files: list[SlackFile], style: Style) -> Uploaded:
    until = int(call.services.now().timestamp()) + KEPT_SECONDS
    documents = [await upload(call, each, style.kind) for each in files]
    digests = "\0".join(each.digest for each in documents)
    return Uploaded(
        tuple(each.url for each in documents),
        " and ".join(clip(each.name, 100) for each in documents),
        until,
        digest=hashlib.sha256(digests.encode()).hexdigest(),
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


async def _addressed(call: BotCall, typed: Typed, file: SlackFile) -> Typed:
    """The form with the address at the top of its letter (operation `letters.detect_address`).

    Raises:
        AgainError: It is not there, or not all of it: the form comes back with what is.
    """
    again = replace(typed, origin=typed.origin.again())
    if not pdf.is_pdf(file.content):
        why = f"Type the address: it is read from a PDF only, and {file.name} is none."
        raise AgainError(partial(form, again, LETTER_STYLE), why)
    content = base64.b64encode(file.content).decode()
    address = await detected(call, typed.address, DetectAddress(content=content))
    problem = not_read(address, file.name)
    if problem:
        raise AgainError(partial(form, replace(again, address=address), LETTER_STYLE), problem)
    return replace(typed, address=address)


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
