"""`/fax`: a file or a link, the price, the yes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from slack_sdk.models.blocks import PlainTextInputElement
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.clicksend import ClickSendError
from bot.clicksend.operations.fax import FaxMessage, SendFax
from bot.clicksend.operations.uploads import Convert, UploadMedia
from bot.services import recipients
from bot.services.channels import SendOperation
from bot.services.explain import explain
from bot.services.sending import Draft, new_id
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    clip,
    escape,
    input_block,
    modal,
    section,
)
from bot.slack.calls import View
from bot.slack.client import FileError, SlackError
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from commands.answers import NOTHING, refused
from commands.context import BotCall, BotRouter
from commands.review import Form, loading, price_and_review, reopens

FORM = "fax.form"
TO, SENDER, FILE, LINK = "to", "sender", "file", "link"
TYPES = ("pdf", "doc", "docx", "rtf")
LARGEST = 10_000_000
MOST_RECIPIENTS = 1000
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


@dataclass(frozen=True, slots=True)
class Document:
    """What is faxed: its address, its name, and what makes it the same document again."""

    url: str
    name: str
    digest: str


@router.command(
    "fax send",
    args="[+61298765432]",
    summary="send a fax",
    shortcut="/fax",
    default=True,
    uses=_USES,
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    call.later(_open(call), doing="opening the form")


async def _open(call: BotCall) -> None:
    if not await refused(call):
        to = clip(call.text, 3000)
        await call.open(form(Typed(new_id(), call.channel or call.user, to=to)))


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
    view_id = call.view.id

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, form(replace(typed, id=new_id()), message.text))

    call.later(
        _prepare(call, view_id, typed, numbers.valid), doing="preparing the fax", failed=failed
    )
    return Update(loading("Send a fax"))


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


async def _prepare(call: BotCall, view_id: str, typed: Typed, numbers: tuple[str, ...]) -> None:
    """Bring the file to ClickSend, then ask for the price."""
    again = replace(typed, id=new_id())
    try:
        document = await _document(call, typed)
    except (FileError, SlackError) as error:
        await call.slack.update_view(view_id, form(again, f"{escape(str(error))} {NOTHING}"))
        return
    except ClickSendError as error:
        problem = f"The file was not taken. {escape(explain(error))} No fax was sent or charged."
        await call.slack.update_view(view_id, form(again, problem))
        return
    sender = recipients.parse(typed.sender, default_country=call.services.default_country).valid
    messages = tuple(
        FaxMessage(to=number, from_=sender[0] if sender else None) for number in numbers
    )
    draft = Draft(
        id=typed.id,
        actor=call.user,
        channel=typed.channel,
        operation=SendFax(file_url=document.url, messages=messages),
        summary=f"Fax: {document.name}",
        previous=typed.previous,
        content=document.digest,
    )
    await price_and_review(call, view_id, draft, lambda problem: form(again, problem))


async def _document(call: BotCall, typed: Typed) -> Document:
    """The document at ClickSend or elsewhere."""
    if not typed.file:
        return Document(typed.link, clip(typed.link, 200), typed.link)
    file = await call.slack.download(typed.file, most=LARGEST)
    if file.filetype.lower() not in TYPES:
        raise FileError(f"{file.name} is no PDF, DOC, DOCX or RTF file.")
    upload = await call.services.clicksend.run(UploadMedia.of(file.content, Convert.FAX))
    return Document(upload.url, file.name, hashlib.sha256(file.content).hexdigest())


def read(view: View) -> Typed:
    """What was typed in the form."""
    kept = json.loads(view.private_metadata or "{}")
    return Typed(
        id=str(kept.get("id", "")),
        channel=str(kept.get("channel", "")),
        previous=kept.get("previous"),
        to=view.text(TO),
        sender=view.text(SENDER).strip(),
        file=next(iter(view.files(FILE)), ""),
        link=view.text(LINK).strip(),
    )


def check(typed: Typed, numbers: recipients.Recipients) -> dict[str, str]:
    """What is wrong with a form, by block."""
    wrong = {}
    if numbers.problems:
        named = "; ".join(f"{each.typed}: {each.why}" for each in numbers.problems[:5])
        wrong[TO] = clip(f"Not a fax number: {named}.", 500)
    elif not numbers.valid:
        wrong[TO] = "Give a fax number, such as +61298765432."
    elif len(numbers.valid) > MOST_RECIPIENTS:
        wrong[TO] = f"At most {MOST_RECIPIENTS:,} numbers; these are {len(numbers.valid):,}."
    if typed.sender and not recipients.parse(typed.sender, default_country=None).valid:
        wrong[SENDER] = "A fax number with its country code, such as +61298765432."
    if bool(typed.file) == bool(typed.link):
        wrong[LINK] = "Attach a file above, or give a link here: one of the two."
    elif typed.link and not _is_web(typed.link):
        wrong[LINK] = "A link to a PDF begins with https:// or http://."
    return wrong


def _is_web(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = {"id": typed.id, "channel": typed.channel, "previous": typed.previous}
    blocks: list[Block] = [
        *([section(f":warning: {problem}")] if problem else []),
        input_block(
            TO,
            "To",
            PlainTextInputElement(
                action_id=TO,
                multiline=True,
                max_length=3000,
                initial_value=typed.to or None,
                placeholder="+61298765432",
            ),
            hint="One or many fax numbers, with country code.",
        ),
        input_block(
            FILE,
            "Document",
            FileInputElement(action_id=FILE, filetypes=list(TYPES), max_files=1),
            hint="PDF, DOC, DOCX or RTF, 10 MB at most."
            + (" Attach it again: Slack forgets files when a form comes back." if problem else ""),
            optional=True,
        ),
        input_block(
            LINK,
            "Or a link to a PDF",
            PlainTextInputElement(action_id=LINK, initial_value=typed.link or None),
            optional=True,
        ),
        input_block(
            SENDER,
            "From",
            PlainTextInputElement(
                action_id=SENDER,
                initial_value=typed.sender or None,
                placeholder="Your fax number; empty: ClickSend chooses",
            ),
            optional=True,
        ),
    ]
    return modal(
        FORM,
        "Send a fax",
        blocks,
        submit="Price",
        close="Cancel",
        private_metadata=json.dumps(kept),
    )
