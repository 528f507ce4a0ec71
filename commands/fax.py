"""`/fax`: a file or a link, the price, the yes."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial

from slack_sdk.models.blocks import PlainTextInputElement

from bot.clicksend.operations.fax import FaxMessage, SendFax
from bot.clicksend.operations.uploads import Convert
from bot.services import recipients
from bot.services.channels import SendOperation
from bot.services.sending import Draft, new_id
from bot.slack.blocks import (
    Block,
    Modal,
    clip,
    input_block,
    modal,
    section,
)
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.answers import refused
from commands.context import BotCall, BotRouter
from commands.files import (
    ATTACH_AGAIN,
    Document,
    Kind,
    bring,
    is_web,
    prepare_later,
)
from commands.message_files import DOCUMENTS, OFFERED, FilesKept, file_fields
from commands.review import Form, loading, reopens

FORM = "fax.form"
TO, SENDER, FILE, LINK = "to", "sender", "file", "link"
DOCUMENT = Kind(
    ("pdf", "doc", "docx", "rtf"), Phrase("PDF, DOC, DOCX or RTF file"), (), Convert.FAX, 10_000_000
)
MOST_RECIPIENTS = 1000
_NO_FILES = FilesKept(optional=True)
_USES = ("uploads.upload", "fax.price", "fax.send", "account.get")

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    id: str
    channel: str
    to: str = ""
    sender: str = ""
    file: str = ""
    link: str = ""
    previous: str | None = None
    files: FilesKept = _NO_FILES


@router.command(
    "fax send",
    args="[+61298765432]",
    summary=Phrase("send a fax"),
    shortcut="/fax",
    default=True,
    uses=_USES,
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    call.later(open_fax(call), doing=Phrase("opening the form"))


async def open_fax(call: BotCall, files: FilesKept = _NO_FILES) -> None:
    """Open the form, with the files of a message where it is about one."""
    if not await refused(call, "fax"):
        to = clip(call.text, 3000)
        await call.open(form(Typed(new_id(), call.channel or call.user, to=to, files=files)))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; file, price and the rest arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    numbers = recipients.parse(typed.to, default_country=call.services.default_country)
    wrong = check(typed, numbers)
    if wrong:
        return Errors(wrong)
    again = replace(typed, id=new_id())
    prepare_later(
        call,
        partial(_draft, call, typed, numbers.valid),
        lambda problem: form(again, problem),
        doing=Phrase("preparing the fax"),
    )
    return Update(loading(say("Send a fax")))


@reopens(SendFax.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft, with the file that was uploaded."""
    if not isinstance(operation, SendFax):
        raise TypeError(f"{operation.route.id} is no fax")
    typed = Typed(
        id=new_id(),
        channel=row.channel,
        to=", ".join(message.to for message in operation.messages if message.to),
        sender=operation.messages[0].from_ or "",
        link=operation.file_url,
        previous=row.id,
    )
    return lambda problem: form(typed, problem)


async def _draft(call: BotCall, typed: Typed, numbers: tuple[str, ...]) -> Draft:
    """Bring the file to ClickSend, and make the fax."""
    document = (
        await bring(call, typed.file, DOCUMENT)
        if typed.file
        else Document(typed.link, clip(typed.link, 200), typed.link)
    )
    sender = recipients.parse(typed.sender, default_country=call.services.default_country).valid
    messages = tuple(
        FaxMessage(to=number, from_=sender[0] if sender else None) for number in numbers
    )
    return Draft(
        id=typed.id,
        actor=call.user,
        channel=typed.channel,
        operation=SendFax(file_url=document.url, messages=messages),
        summary=say("Fax: {name}", name=document.name),
        previous=typed.previous,
        content=document.digest,
    )


def read(view: View) -> Typed:
    """What was typed in the form."""
    kept = json.loads(view.private_metadata or "{}")
    files = FilesKept.read(view, optional=True)
    return Typed(
        id=str(kept.get("id", "")),
        channel=str(kept.get("channel", "")),
        previous=kept.get("previous"),
        to=view.text(TO),
        sender=view.text(SENDER).strip(),
        file=files.picked(view, FILE),
        link=view.text(LINK).strip(),
        files=files,
    )


def check(typed: Typed, numbers: recipients.Recipients) -> dict[str, str]:
    """What is wrong with a form, by block."""
    wrong = {}
    if numbers.problems:
        named = "; ".join(f"{each.typed}: {each.why}" for each in numbers.problems[:5])
        wrong[TO] = clip(say("Not a fax number: {named}.", named=named), 500)
    elif not numbers.valid:
        wrong[TO] = say("Give a fax number, such as +61298765432.")
    elif len(numbers.valid) > MOST_RECIPIENTS:
        wrong[TO] = say(
            "At most {most:,} numbers; these are {count:,}.",
            most=MOST_RECIPIENTS,
            count=len(numbers.valid),
        )
    if typed.sender and not recipients.parse(typed.sender, default_country=None).valid:
        wrong[SENDER] = say("A fax number with its country code, such as +61298765432.")
    if typed.files.offered and not typed.file:
        wrong[FILE] = say("Choose a file of the message above, or attach one here.")
    elif bool(typed.file) == bool(typed.link):
        wrong[LINK] = say("Attach a file above, or give a link here: one of the two.")
    elif typed.link and not is_web(typed.link):
        wrong[LINK] = say("A link to a PDF begins with https:// or http://.")
    return wrong


def _link_field(link: str) -> Block:
    element = PlainTextInputElement(action_id=LINK, initial_value=link or None)
    return input_block(LINK, say("Or a link to a PDF"), element, optional=True)


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = {
        "id": typed.id,
        "channel": typed.channel,
        "previous": typed.previous,
        OFFERED: typed.files.offered,
    }
    hint = say("PDF, DOC, DOCX or RTF, 10 MB at most.")
    blocks: list[Block] = [
        *([section(f":warning: {problem}")] if problem else []),
        input_block(
            TO,
            say("To"),
            PlainTextInputElement(
                action_id=TO,
                multiline=True,
                max_length=3000,
                initial_value=typed.to or None,
                placeholder="+61298765432",
            ),
            hint=say("One or many fax numbers, with country code."),
        ),
        *file_fields(
            FILE,
            DOCUMENTS,
            DOCUMENT,
            hint=f"{hint} {ATTACH_AGAIN}" if problem else hint,
            files=typed.files,
        ),
        *([] if typed.files.offered else [_link_field(typed.link)]),
        input_block(
            SENDER,
            say("From"),
            PlainTextInputElement(
                action_id=SENDER,
                initial_value=typed.sender or None,
                placeholder=say("Your fax number; empty: ClickSend chooses"),
            ),
            optional=True,
        ),
    ]
    return modal(
        FORM,
        say("Send a fax"),
        blocks,
        submit=say("Price"),
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )
