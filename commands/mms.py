"""`/clicksend mms`: a picture with a text, the price, the yes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from pydantic import JsonValue
from slack_sdk.models.blocks import PlainTextInputElement

from bot.clicksend.operations.mms import MmsMessage, SendMms
from bot.services import recipients
from bot.services.channels import SendOperation
from bot.services.sending import Draft
from bot.slack.blocks import Modal, input_block
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.audience import (
    LONGEST,
    SENDER,
    TO,
    TO_LIST,
    audience_fields,
    audience_of,
    sender_field,
    targets,
    wrong_recipients,
    wrong_sender,
    wrong_text,
)
from commands.context import BotCall, BotRouter
from commands.files import ATTACH_AGAIN, PICTURE, bring, prepare_later
from commands.message_files import NO_FILES, PICTURES, FilesKept, file_fields
from commands.origin import Origin, channel_form, open_form
from commands.review import Form, loading, reopens
from commands.times import WHEN, WORDS, Chosen, chosen
from commands.times import fields as time_fields

FORM = "mms.form"
FILE, SUBJECT, BODY = "file", "subject", "body"
_SUBJECT = 20
_TEXT, _TEXT_UNICODE = 1500, 500
_TITLE = Phrase("Send an MMS")

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    origin: Origin
    to: str = ""
    list_id: str = ""
    list_name: str = ""
    file: str = ""
    subject: str = ""
    body: str = ""
    sender: str = ""
    words: str = ""
    when: int | None = None
    files: FilesKept = NO_FILES


@router.command(
    "mms send",
    args="[+61411111111 text]",
    summary=Phrase("send a picture with a text, as `/clicksend mms send +61411111111 Our hours`"),
    default=True,
    uses=(
        "uploads.upload",
        "mms.price",
        "mms.send",
        "account.get",
        "lists.list",
        "search.contact_lists",
    ),
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    to, body = recipients.split_prefill(call.text, default_country=call.services.default_country)
    call.later(open_mms(call, to, body), doing=Phrase("opening the form"))


async def open_mms(call: BotCall, to: str, body: str) -> None:
    """Open the form, with the pictures of a message where it is about one."""
    files, own = FilesKept.of(call.said, PICTURE), await call.services.own.of(call.user)

    def made(origin: Origin) -> Modal:
        return form(Typed(origin, to=to, body=body, files=files, sender=own.sender))

    await open_form(call, "mms", made, to, body)


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; file, price and the rest arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    found = recipients.parse(typed.to, default_country=call.services.default_country)
    time = await chosen(call, typed.words, typed.when)
    wrong = check(typed, found, time)
    if wrong:
        return Errors(wrong)
    again = replace(typed, origin=typed.origin.again())
    prepare_later(
        call,
        partial(_draft, call, typed, found, time),
        lambda problem: form(again, problem),
        doing=Phrase("preparing the MMS"),
    )
    return Update(loading(_TITLE))


@reopens(SendMms.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft; its picture has to be attached again."""
    if not isinstance(operation, SendMms):
        raise TypeError(f"{operation.route.id} is no MMS")
    first = operation.messages[0]
    to, list_id, list_name = audience_of(operation.messages)
    typed = Typed(
        Origin.after(row),
        to=to,
        list_id=list_id,
        list_name=list_name,
        subject=first.subject,
        body=first.body,
        sender=first.from_ or "",
        when=int(first.schedule.timestamp()) if first.schedule else None,
    )
    return lambda problem: form(typed, problem)


async def _draft(call: BotCall, typed: Typed, found: recipients.Recipients, time: Chosen) -> Draft:
    """Bring the picture to ClickSend; the same picture and text are the same MMS again."""
    picture = await bring(call, typed.file, PICTURE)
    common = {
        "subject": typed.subject,
        "body": typed.body,
        "from_": typed.sender or None,
        "schedule": time.at,
    }
    messages = tuple(
        MmsMessage.model_validate({**common, **target}) for target in targets(found, typed.list_id)
    )
    return Draft(
        typed.origin.id,
        call.user,
        typed.origin.channel,
        SendMms(media_file=picture.url, messages=messages),
        f"{typed.subject}: {typed.body} ({picture.name})",
        typed.origin.previous,
        content=f"{typed.subject}\0{typed.body}\0{picture.digest}",
        notes=(time.note,) if time.note else (),
        picture=(typed.file, picture.name),
    )


def read(view: View) -> Typed:
    """What was typed in the form."""
    files = FilesKept.read(view)
    return Typed(
        Origin.of(view),
        to=view.text(TO),
        list_id=view.choice(TO_LIST) or "",
        list_name=view.choice_text(TO_LIST),
        file=files.picked(view, FILE),
        files=files,
        subject=view.text(SUBJECT).strip(),
        body=view.text(BODY),
        sender=view.text(SENDER).strip(),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def check(typed: Typed, found: recipients.Recipients, time: Chosen) -> dict[str, str]:
    """What is wrong with a form, by block."""
    wrong = {
        **wrong_recipients(found, typed.list_id),
        **wrong_text(typed.body, BODY, most=_TEXT, most_unicode=_TEXT_UNICODE),
        **wrong_sender(typed.sender, SENDER),
        **dict(time.wrong),
    }
    if not typed.file:
        wrong[FILE] = say("Attach a picture.")
    if not 1 <= len(typed.subject) <= _SUBJECT:
        wrong[SUBJECT] = say(
            "An MMS has a subject, of {longest} characters at most.", longest=_SUBJECT
        )
    return wrong


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    back = bool(problem or typed.origin.previous)
    blocks = [
        *audience_fields(typed.to, typed.list_id, typed.list_name),
        *file_fields(
            FILE,
            PICTURES,
            PICTURE,
            hint=say("PNG, JPG or GIF, 250 kB at most.") + (f" {ATTACH_AGAIN}" if back else ""),
            files=typed.files,
        ),
        input_block(
            SUBJECT,
            say("Subject"),
            PlainTextInputElement(
                action_id=SUBJECT, max_length=_SUBJECT, initial_value=typed.subject or None
            ),
        ),
        input_block(
            BODY,
            say("Message"),
            PlainTextInputElement(
                action_id=BODY,
                multiline=True,
                max_length=LONGEST,
                initial_value=typed.body or None,
            ),
            hint=say(
                "{most:,} characters, {most_unicode} with emoji or other special ones.",
                most=_TEXT,
                most_unicode=_TEXT_UNICODE,
            ),
        ),
        sender_field(typed.sender),
        *time_fields(typed.words, typed.when, hint=say("In your own time zone. Empty: now.")),
    ]
    offered: JsonValue = [list(each) for each in typed.files.offered]
    return channel_form(FORM, _TITLE, typed.origin, blocks, problem, offered=offered)
