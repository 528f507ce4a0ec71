"""The forms of a contact: a new one, a correction, and where to copy or move one."""

from __future__ import annotations

import json
from collections.abc import Mapping

from slack_sdk.models.blocks import PlainTextInputElement

from bot.clicksend import ClickSendError, NotFound
from bot.clicksend.operations.contacts import Contact, CreateContact, UpdateContact
from bot.services.contacts import NoneFound, Ref, read_ref
from bot.services.csv_rows import EMAIL, FAX, FIELDS, PHONE, REACHED_BY, is_email, number_of
from bot.services.sending import new_id
from bot.slack.blocks import Block, Modal, input_block, modal
from bot.slack.calls import View
from bot.slack.router import Ack, Clear, Errors
from bot.texts import Phrase, say
from commands.answers import plain, trouble
from commands.changes import NOT_CHANGED, change_later, how, may_not, shown
from commands.contact_views import CHANGE
from commands.context import BotCall, BotRouter
from commands.list_picker import picker

ADD_FORM, CHANGE_FORM = "contact.add_form", "contact.change_form"
LIST = "list"
LONGEST = 1000

router: BotRouter = BotRouter()


@router.command(
    "contact add",
    args="[list] [number] [first name] [last name]",
    summary=Phrase("a new contact, as `/clicksend contact add 428 0411 111 111 Ada Lovelace`"),
    uses=("contacts.create", "lists.get"),
)
async def add(call: BotCall) -> None:
    """Open the form, prefilled."""
    call.later(open_add(call), doing=Phrase("opening the form"))


@router.action(CHANGE)
@router.command(
    "contact change",
    args="<list/contact>",
    summary=Phrase("correct a contact"),
    uses=("contacts.update",),
)
async def change(call: BotCall) -> None:
    """Open the form with what is there, typed or pressed."""
    call.later(_change(call, call.given), doing=Phrase("opening the form"))


async def _change(call: BotCall, text: str) -> None:
    named = read_ref(text)
    if named is None:
        await call.reply(plain(f":warning: {how('change')}"))
    elif not await may_not(call):
        await open_change(call, named[0])


async def open_add(call: BotCall) -> None:
    """Open the form of a new contact, prefilled from what was typed."""
    if await may_not(call):
        return
    list_id, _, rest = call.text.strip().partition(" ")
    chosen = None
    if list_id.isascii() and list_id.isdigit():
        try:
            found = await call.services.contacts.named(list_id)
        except ClickSendError as error:
            await call.reply(trouble(say("The list could not be read"), error))
            return
        if not isinstance(found, NoneFound):
            chosen = (found.list_id, found.list_name or str(found.list_id))
    typed = rest if chosen else call.text
    values = prefilled(typed, call.services.default_country)
    await call.open(_form(ADD_FORM, say("New contact"), values, {"id": new_id()}, chosen))


async def open_change(call: BotCall, ref: Ref) -> None:
    """Open the form of a contact with what is there."""
    try:
        contact = await call.services.contacts.get(ref)
    except NotFound:
        await call.reply(plain(say(":warning: There is no contact `{id}`.", id=ref)))
        return
    except ClickSendError as error:
        await call.reply(trouble(say("The contact could not be read"), error))
        return
    values = {name: getattr(contact, name) or "" for name in FIELDS}
    if max(map(len, values.values())) > LONGEST:
        most = say(
            "One of its fields has more than {longest:,} characters, which no form here holds.",
            longest=LONGEST,
        )
        await call.reply(plain(f":warning: {most} {NOT_CHANGED}"))
        return
    kept = {"id": new_id(), "list": ref.list_id, "contact": ref.contact_id, "had": _had(contact)}
    await call.open(_form(CHANGE_FORM, say("Change contact"), values, kept, None))


@router.view(ADD_FORM)
async def submit_new(call: BotCall) -> Ack:
    """Check what was typed, and add the contact."""
    if call.view is None:
        return None
    values, wrong = read(call.view, call.services.default_country)
    list_id = call.view.choice(LIST) or ""
    if not list_id.isdigit():
        wrong[LIST] = say("Choose a list that is offered.")
    if wrong:
        return Errors(wrong)
    filled = {name: value for name, value in values.items() if value}
    operation = CreateContact.model_validate({**filled, "list_id": int(list_id)})
    who = values.get(PHONE) or values.get(EMAIL) or values[FAX]
    change_later(call, operation, say("{who} is in the list now.", who=shown(who)))
    return Clear()


@router.view(CHANGE_FORM)
async def submit_change(call: BotCall) -> Ack:
    """Check what was typed, and change the contact."""
    if call.view is None:
        return None
    kept = json.loads(call.view.private_metadata)
    values, wrong = read(call.view, call.services.default_country)
    had = [name for name in kept["had"] if name in REACHED_BY and not values.get(name)]
    for name in had:
        wrong[name] = say("ClickSend empties no address: delete the contact and add it anew.")
    if wrong:
        return Errors(wrong)
    sent = {name: value for name, value in values.items() if value or name in kept["had"]}
    ref = Ref(int(kept["list"]), int(kept["contact"]))
    operation = UpdateContact.model_validate(
        {**sent, "list_id": ref.list_id, "contact_id": ref.contact_id}
    )
    change_later(call, operation, say("The contact `{id}` is changed.", id=ref))
    return Clear()


def prefilled(text: str, country: str | None) -> dict[str, str]:
    """The fields in what somebody typed: a number or an email, then first and last name."""
    words = text.split()
    for many in range(len(words), 0, -1):
        number, why = number_of(" ".join(words[:many]), country)
        if why is None:
            return {PHONE: number, **_names(words[many:])}
    if words and is_email(words[0]):
        return {EMAIL: words[0], **_names(words[1:])}
    return _names(words)


def _names(words: list[str]) -> dict[str, str]:
    last = " ".join(words[1:])[:LONGEST]
    return {"first_name": words[0][:LONGEST], "last_name": last} if words else {}


def read(view: View, country: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed in a contact's form, and what is wrong with it by block."""
    values = {name: view.text(name).strip() for name in FIELDS}
    wrong: dict[str, str] = {}
    for name in (PHONE, FAX):
        if values[name]:
            number, why = number_of(values[name], country)
            if why:
                wrong[name] = say("This {is_wrong}.", is_wrong=why)
            values[name] = number
    if values[EMAIL] and not is_email(values[EMAIL]):
        wrong[EMAIL] = say("This is no email address.")
    if not wrong and not any(values[name] for name in REACHED_BY):
        wrong[PHONE] = say("Give a phone number, a fax number or an email.")
    return values, wrong


def _had(contact: Contact) -> list[str]:
    return [name for name in FIELDS if getattr(contact, name)]


def _form(
    callback_id: str,
    title: str,
    values: Mapping[str, str],
    kept: Mapping[str, object],
    chosen: tuple[int, str] | None,
) -> Modal:
    blocks: list[Block] = (
        [picker(LIST, say("List"), chosen=chosen)] if callback_id == ADD_FORM else []
    )
    for name, label in FIELDS.items():
        typed = PlainTextInputElement(
            action_id=name, max_length=LONGEST, initial_value=values.get(name) or None
        )
        blocks.append(input_block(name, label, typed, optional=True))
    return modal(
        callback_id,
        title,
        blocks,
        submit=say("Save"),
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )
