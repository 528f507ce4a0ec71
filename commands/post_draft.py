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
from bot.texts import Phrase, say
from commands.context import BotCall
from commands.files import KEPT_SECONDS, AgainError, Uploaded, fetch, upload
from commands.post_address import Address
from commands.post_form import (
    COLOUR,
    DUPLEX,
    LETTER_STYLE,
    PRIORITY,
    Style,
    Typed,
    form,
)

_HOW = {
    COLOUR: Phrase("in colour"),
    DUPLEX: Phrase("on both sides"),
    PRIORITY: Phrase("by priority post"),
}
_PICTURE = dict.fromkeys(("jpg", "jpeg", "gif", "png", "bmp"), 1)


async def brought(call: BotCall, typed: Typed, style: Style) -> Typed:
    """The form with its files at ClickSend, and with the address that its letter has on it.

    Raises:
        AgainError: Not all of the address is in the file.
        FileError: A file is none that can be printed, or Slack does not give it.
        SlackError: Slack cannot be reached.
        ClickSendError: A file was not taken.
    """
    if typed.link:
        link = Uploaded((typed.link,), link_name(typed.link), 0, digest=typed.link)
        return replace(typed, uploaded=link)
    if not typed.files:
        return typed
    files = [await _fetched(call, file_id, style) for file_id in typed.files]
    if not style.is_letter and len(files) == 1 and _pages(files[0]) == 1:
        raise FileError(
            say(
                "{file} has one page, and a postcard has two: attach a PDF with both, or a "
                "second file for the back.",
                file=files[0].name,
            )
        )
    typed = replace(typed, uploaded=await _uploaded(call, files, style))
    return await _addressed(call, typed, files[0]) if typed.address.is_empty else typed


def draft_of(call: BotCall, typed: Typed, style: Style, notes: tuple[str, ...]) -> Draft:
    """The draft of a form whose files are at ClickSend; the same ones to the same are the same.

    Args:
        call: Whose it is.
        typed: The form.
        style: Whether it is a letter or a postcard.
        notes: What is to be known before the yes.

    Raises:
        FileError: It has no files after all.
    """
    files = typed.uploaded
    if files is None:
        raise FileError(say("There is no file."))
    back = say("Return address: {name}", name=typed.back_name or typed.back)
    lines = (files.name, _how(typed.made), back) if style.is_letter else (files.name, back)
    return Draft(
        typed.origin.id,
        call.user,
        typed.origin.channel,
        _operation(typed, files, style),
        "\n".join(lines),
        typed.origin.previous,
        content=files.digest or None,
        same_as=files.same_as or None,
        notes=notes,
    )


def _operation(typed: Typed, files: Uploaded, style: Style) -> SendOperation:
    if not style.is_letter:
        return SendPostcard(file_urls=files.urls, recipients=(typed.recipient,))
    return SendLetter(
        file_url=files.urls[0],
        recipients=(typed.recipient,),
        colour=COLOUR in typed.made,
        duplex=DUPLEX in typed.made,
        priority_post=PRIORITY in typed.made,
    )


def _how(made: frozenset[str]) -> str:
    """How a letter is made, in words."""
    ticked = ", ".join(str(text) for name, text in _HOW.items() if name in made)
    words = ticked or say("in black and white, on one side")
    return f"{words[0].upper()}{words[1:]}"


def link_name(link: str) -> str:
    """What a link is called in the summary of a letter."""
    return clip(link, 200)


def _pages(file: SlackFile) -> int | None:
    """The pages of a file: a picture or a document without pages of its own is one."""
    return pdf.look(file.content).pages if pdf.is_pdf(file.content) else _PICTURE.get(file.filetype)


async def _uploaded(call: BotCall, files: list[SlackFile], style: Style) -> Uploaded:
    until = int(call.services.now().timestamp()) + KEPT_SECONDS
    documents = [await upload(call, each, style.kind) for each in files]
    digests = "\0".join(each.digest for each in documents)
    word = say("and")
    return Uploaded(
        tuple(each.url for each in documents),
        f" {word} ".join(clip(each.name, 100) for each in documents),
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
        why = say(
            "Type the address: it is read from a PDF only, and {file} is none.", file=file.name
        )
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
        return say("ClickSend found no address in {where}. Type it below.", where=where)
    if address.missing:
        return say(
            "In {where} ClickSend did not find: {fields}. See to it below.",
            where=where,
            fields=", ".join(address.missing),
        )
    return ""
