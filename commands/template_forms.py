"""The forms of `/clicksend template`: a new template, and a change of one."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_sdk.models.blocks import ExternalDataSelectElement, PlainTextInputElement

from bot.clicksend import ClickSendError, Operation
from bot.clicksend.operations.master_email_templates import ListMasterEmailTemplates
from bot.services.templates import Kind, Template, creation, parse_id, update
from bot.slack.blocks import Block, Modal, Option, clip, escape, input_block, modal
from bot.slack.router import Ack, Errors, Options
from bot.texts import Phrase, say
from commands.answers import plain, refused
from commands.context import BotCall, BotRouter
from commands.things import Words, change, denied, kept, metadata

CREATE, CHANGE, MASTERS = "template.create", "template.change", "template.masters"
LIST = "/clicksend template list"
NAME, BODY, MASTER = "name", "body", "master"
LONGEST, _LONGEST_NAME, _MOST_OPTIONS = 3000, 100, 100
_OPTIONS_SECONDS = 2.0
_TITLES = {
    (CREATE, Kind.SMS): Phrase("New SMS template"),
    (CREATE, Kind.EMAIL): Phrase("New email template"),
    (CHANGE, Kind.SMS): Phrase("Change SMS template"),
    (CHANGE, Kind.EMAIL): Phrase("Change email template"),
}

router: BotRouter = BotRouter()


@router.command(
    "template create",
    args="[sms|email] [name]",
    summary=Phrase("write a template, as `/clicksend template create sms Closing time`"),
    uses=("sms.create_template", "email_templates.create", "master_email_templates.list"),
)
async def create(call: BotCall) -> None:
    """Open the form of a new template."""
    call.later(_open(call), doing=Phrase("opening the form"))


@router.options(MASTERS)
async def masters(call: BotCall) -> Ack:
    """Offer the vendor's mails whose names match."""
    operation = ListMasterEmailTemplates(limit=_MOST_OPTIONS)
    try:
        async with asyncio.timeout(_OPTIONS_SECONDS):
            found = await call.services.clicksend.run(operation)
    except (TimeoutError, ClickSendError):
        return Options(())
    wanted = call.value.casefold()
    named = [(each.template_name or say("(no name)"), each.template_id_master) for each in found]
    matching = [(name, number) for name, number in named if wanted in name.casefold()]
    return Options(
        [Option(value=str(n), text=clip(name, 75)) for name, n in matching[:_MOST_OPTIONS]]
    )


@router.view(CREATE)
async def created(call: BotCall) -> Ack:
    """Save the new template, once."""
    wrong, refusal = _wrong(call), denied(await call.services.access.may_send(call.user, None))
    if wrong or refusal or call.view is None:
        return wrong or refusal
    kind, name = Kind(kept(call)["kind"]), call.view.text(NAME).strip()
    master = int(call.view.choice(MASTER) or 0)
    operation = creation(kind, name, body=call.view.text(BODY), master=master)
    words = Words(
        lambda: say("The template *{name}* is saved.", name=escape(name)),
        say("The template *{name}* was not saved.", name=escape(name)),
        LIST,
    )
    return await _change(call, operation, words)


@router.view(CHANGE)
async def changed(call: BotCall) -> Ack:
    """Change the template, once."""
    wrong, refusal = _wrong(call), denied(await call.services.access.may_send(call.user, None))
    named = parse_id(str(kept(call).get("template", "")))
    if wrong or refusal or call.view is None or named is None:
        return wrong or refusal
    name = call.view.text(NAME).strip()
    words = Words(
        lambda: say("The template *{name}* is changed.", name=escape(name)),
        say("The template *{name}* was not changed.", name=escape(name)),
        LIST,
    )
    return await _change(call, update(Template(*named, name, call.view.text(BODY))), words)


async def open_change(call: BotCall, template: Template) -> None:
    """Open the form of a template, unless its text is longer than a form holds."""
    if len(template.body) > LONGEST or len(template.name) > _LONGEST_NAME:
        text = say(
            ":warning: A form holds {most:,} characters, and `{id}` has more. "
            "Nothing was changed. Change it in "
            "<https://dashboard.clicksend.com|ClickSend's dashboard>.",
            most=LONGEST,
            id=template.id,
        )
        await call.reply(plain(text))
        return
    await call.open(form(CHANGE, template, metadata(call, template=template.id)))


async def _open(call: BotCall) -> None:
    if await refused(call):
        return
    word, _, rest = call.text.strip().partition(" ")
    is_kind = word.lower() in set(Kind)
    kind = Kind(word.lower()) if is_kind else Kind.SMS
    name = clip(rest.strip() if is_kind else call.text.strip(), _LONGEST_NAME)
    await call.open(form(CREATE, Template(kind, 0, name, ""), metadata(call, kind=kind)))


def _wrong(call: BotCall) -> Ack:
    """What is wrong with a form; a text of spaces says nothing."""
    if call.view is None:
        return None
    wrong = {
        block: say("Write something here.")
        for block in (NAME, BODY)
        if block in call.view.values and not call.view.text(block).strip()
    }
    master = call.view.choice(MASTER)
    if MASTER in call.view.values and not (master and master.isascii() and master.isdigit()):
        wrong[MASTER] = say("Choose a mail that is offered.")
    return Errors(wrong) if wrong else None


async def _change(call: BotCall, operation: Operation[Any], words: Words) -> Ack:
    about = kept(call)
    return await change(call, operation, words, key=about["id"], channel=about["channel"])


def form(callback_id: str, template: Template, kept_: str) -> Modal:
    """The form of a template; a new mail begins as a copy of one of the vendor's."""
    blocks: list[Block] = [_line(template.name)]
    if callback_id == CREATE and template.kind is Kind.EMAIL:
        menu = ExternalDataSelectElement(
            action_id=MASTERS, placeholder=say("Type to search"), min_query_length=0
        )
        hint = say("It begins as a copy of this mail.")
        blocks.append(input_block(MASTER, say("Copy of"), menu, hint=hint))
    else:
        hint = "HTML." if template.kind is Kind.EMAIL else say("As it is sent.")
        text = PlainTextInputElement(
            action_id=BODY,
            multiline=True,
            max_length=LONGEST,
            initial_value=template.body or None,
        )
        blocks.append(input_block(BODY, say("Text"), text, hint=hint))
    return modal(
        callback_id,
        _TITLES[callback_id, template.kind],
        blocks,
        submit=say("Save"),
        close=say("Cancel"),
        private_metadata=kept_,
    )


def _line(name: str) -> Block:
    element = PlainTextInputElement(
        action_id=NAME, max_length=_LONGEST_NAME, initial_value=name or None
    )
    return input_block(NAME, say("Name"), element)
