"""`/clicksend email`: one email to its recipients, the price, the yes."""

from __future__ import annotations

import asyncio
import base64
import mimetypes
from dataclasses import replace
from functools import partial

from bot.clicksend import ClickSendError
from bot.clicksend.operations.email import (
    Disposition,
    EmailFile,
    EmailRecipient,
    EmailSender,
    SendEmail,
)
from bot.clicksend.operations.email_addresses import ListEmailAddresses
from bot.services.channels import SendOperation
from bot.services.sending import Draft
from bot.slack.blocks import Modal, Option, clip
from bot.slack.client import FileError
from bot.slack.router import Ack, Errors, Options, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.context import BotCall, BotRouter
from commands.email_form import (
    FORM,
    LARGEST,
    SENDER,
    TITLE,
    Typed,
    addresses,
    as_typed,
    check,
    form,
    markup,
    read,
)
from commands.files import prepare_later
from commands.origin import Origin, open_form
from commands.review import Form, loading, reopens
from commands.times import Chosen, chosen

_OPTIONS_SECONDS = 2.0
_OPTIONS = 100

router: BotRouter = BotRouter()


@router.command(
    "email send",
    args="[test1@test.com, test2@test.com]",
    summary=Phrase("send an email, as `/clicksend email send test1@test.com`"),
    default=True,
    uses=("email_addresses.list", "email.price", "email.send", "account.get"),
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    to = call.text.strip()

    def made(origin: Origin) -> Modal:
        return form(Typed(origin, to=to))

    call.later(open_form(call, "email", made, to), doing=Phrase("opening the form"))


@router.options(SENDER)
async def senders(call: BotCall) -> Ack:
    """Offer the addresses that the account may send from, and that match."""
    try:
        async with asyncio.timeout(_OPTIONS_SECONDS):
            page = await call.services.clicksend.run(ListEmailAddresses(limit=_OPTIONS))
    except (TimeoutError, ClickSendError):
        return Options(())
    wanted = call.value.strip().casefold()
    return Options(
        [
            Option(value=str(each.email_address_id), text=clip(each.email_address, 75))
            for each in page.data
            if each.verified and each.email_address and wanted in each.email_address.casefold()
        ]
    )


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; files, price and the rest arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    time = await chosen(call, typed.words, typed.when)
    wrong = check(typed, time)
    if wrong:
        return Errors(wrong)
    again = replace(typed, origin=typed.origin.again())
    prepare_later(
        call,
        partial(_draft, call, typed, time),
        lambda problem: form(again, problem),
        doing=Phrase("preparing the email"),
    )
    return Update(loading(TITLE))


@reopens(SendEmail.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft; its files have to be attached again."""
    if not isinstance(operation, SendEmail):
        raise TypeError(f"{operation.route.id} is no email")
    sender = operation.from_.email_address_id
    body, style = as_typed(operation.body)
    typed = Typed(
        Origin.after(row),
        sender=str(sender),
        sender_name=say("address {number}", number=sender),
        name=operation.from_.name or "",
        to=_joined(operation.to),
        cc=_joined(operation.cc or ()),
        bcc=_joined(operation.bcc or ()),
        subject=operation.subject or "",
        body=body,
        style=style,
        when=int(operation.schedule.timestamp()) if operation.schedule else None,
    )
    return lambda problem: form(typed, problem)


def _joined(people: tuple[EmailRecipient, ...]) -> str:
    return ", ".join(each.email for each in people)


async def _draft(call: BotCall, typed: Typed, time: Chosen) -> Draft:
    """Bring the files, and make the email."""
    files = await _files(call, typed.files)
    email = SendEmail(
        to=_people(typed.to),
        cc=_people(typed.cc) or None,
        bcc=_people(typed.bcc) or None,
        from_=EmailSender(email_address_id=int(typed.sender), name=typed.name or None),
        subject=typed.subject,
        body=markup(typed.body, typed.style),
        attachments=files or None,
        schedule=time.at,
    )
    attached = "".join(f"\n+ {each.filename}" for each in files)
    return Draft(
        typed.origin.id,
        call.user,
        typed.origin.channel,
        email,
        f"{typed.subject}\n{clip(typed.body, 1500)}{attached}",
        typed.origin.previous,
        notes=(time.note,) if time.note else (),
    )


def _people(text: str) -> tuple[EmailRecipient, ...]:
    return tuple(EmailRecipient(email=each) for each in addresses(text).valid)


async def _files(call: BotCall, ids: tuple[str, ...]) -> tuple[EmailFile, ...]:
    """The files, one after the other, so that no more than the most is ever in memory.

    Raises:
        FileError: They are too large together, empty, or Slack does not give one.
        SlackError: Slack cannot be reached.
    """
    found: list[EmailFile] = []
    left = LARGEST
    for number, file_id in enumerate(ids, 1):
        file = await call.slack.download(file_id, most=LARGEST)
        left -= len(file.content)
        if left < 0:
            most = LARGEST // 1_000_000
            raise FileError(say("The files are larger than {most} MB together.", most=most))
        if not file.content:
            raise FileError(say("{name} is empty.", name=file.name))
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        found.append(
            EmailFile(
                content=base64.b64encode(file.content).decode(),
                type=kind,
                filename=file.name,
                disposition=Disposition.ATTACHMENT,
                content_id=f"file{number}",
            )
        )
    return tuple(found)
