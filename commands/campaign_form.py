"""The form of a campaign: its fields, and what is wrong with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.clicksend.operations.sms_campaigns import SHORT_LINK
from bot.services.campaigns import Kind
from bot.slack.blocks import Block, Modal, Option, clip, context, input_block
from bot.slack.calls import View
from bot.texts import Phrase, say
from commands.audience import SENDER as FROM
from commands.audience import sender_field as sms_sender
from commands.audience import wrong_sender, wrong_text
from commands.email_form import SENDER as EMAIL_SENDER
from commands.email_form import TEXT, style_menu
from commands.fields import text_field
from commands.files import ATTACH_AGAIN, PICTURE, Uploaded, file_field, is_web
from commands.list_picker import picker
from commands.origin import Origin, channel_form
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields

FORM = "campaign.form"
TEMPLATES = {Kind.SMS: "campaign.sms_templates", Kind.EMAIL: "campaign.email_templates"}
"""The menus of templates; there are none of MMS."""
NAME, LIST, SUBJECT, BODY, TEMPLATE = "name", "list", "subject", "body", "template"
LINK, FILE, FROM_NAME, STYLE = "link", "file", "from_name", "style"
TITLES = {
    Kind.SMS: Phrase("SMS campaign"),
    Kind.MMS: Phrase("MMS campaign"),
    Kind.EMAIL: Phrase("Email campaign"),
}
_NAME, _MMS_SUBJECT, _SUBJECT = 100, 20, 200
_MMS, _MMS_UNICODE = 1500, 500
_UNSEEN = Phrase("Recipients never see it.")
_FIELDS = Phrase(
    "(First Name), (Last Name) and (Custom 1) to (Custom 4) are filled in for each contact."
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for; `number` is the campaign that is changed."""

    origin: Origin
    kind: Kind
    number: int | None = None
    name: str = ""
    list_id: str = ""
    list_name: str = ""
    subject: str = ""
    body: str = ""
    template: str = ""
    template_name: str = ""
    style: str = TEXT
    link: str = ""
    sender: str = ""
    sender_name: str = ""
    from_name: str = ""
    files: tuple[str, ...] = ()
    uploaded: Uploaded | None = None
    words: str = ""
    when: int | None = None


def read(view: View) -> Typed:
    """What was typed in the form."""
    kept = json.loads(view.private_metadata)
    kind = Kind(kept["kind"])
    is_email = kind is Kind.EMAIL
    return Typed(
        Origin.of(view),
        kind,
        number=kept.get("number"),
        name=" ".join(view.text(NAME).split()),
        list_id=view.choice(LIST) or "",
        list_name=view.choice_text(LIST),
        subject=view.text(SUBJECT).strip(),
        body=view.text(BODY),
        template=view.choice(TEMPLATE) or "",
        template_name=view.choice_text(TEMPLATE),
        style=view.choice(STYLE) or TEXT,
        link=view.text(LINK).strip(),
        sender=(view.choice(FROM) or "") if is_email else view.text(FROM).strip(),
        sender_name=view.choice_text(FROM),
        from_name=view.text(FROM_NAME).strip(),
        files=view.files(FILE),
        uploaded=Uploaded.read(view),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def check(typed: Typed, time: Chosen, now: datetime) -> dict[str, str]:
    """What is wrong with a form, by block; what is in a template is not known yet."""
    wrong = dict(time.wrong)
    if typed.uploaded and not typed.files and (gone := typed.uploaded.gone(now)):
        wrong[FILE] = gone
    if not typed.name:
        wrong[NAME] = say("Give the campaign a name.")
    if not _is_number(typed.list_id):
        wrong[LIST] = say("Choose a list that is offered.")
    if typed.template and typed.body.strip():
        wrong[BODY] = say("Write the message, or choose a template below: one of the two.")
    elif not typed.template and not typed.body.strip():
        wrong[BODY] = say("Write the message.")
    elif typed.template and not _is_number(typed.template):
        wrong[TEMPLATE] = say("Choose a template that is offered.")
    return {**wrong, **_CHECKS[typed.kind](typed)}


def wrong_link(body: str, link: str) -> dict[str, str]:
    """What is wrong with a link to shorten, by block: it and its place in the text go together."""
    if link and not is_web(link):
        return {LINK: say("A link begins with https:// or http://.")}
    if link and SHORT_LINK not in body:
        why = say("Put {mark} where the short link belongs in the message.", mark=SHORT_LINK)
        return {LINK: why}
    if not link and SHORT_LINK in body:
        return {LINK: say("Say where {mark} in the message leads to.", mark=SHORT_LINK)}
    return {}


def _sms(typed: Typed) -> dict[str, str]:
    wrong = wrong_sender(typed.sender, FROM)
    return wrong if typed.template else {**wrong, **wrong_link(typed.body, typed.link)}


def _mms(typed: Typed) -> dict[str, str]:
    wrong = wrong_sender(typed.sender, FROM)
    wrong |= wrong_text(typed.body, BODY, most=_MMS, most_unicode=_MMS_UNICODE)
    if not 1 <= len(typed.subject) <= _MMS_SUBJECT:
        wrong[SUBJECT] = say(
            "An MMS has a subject, of {longest} characters at most.", longest=_MMS_SUBJECT
        )
    if not typed.files and typed.uploaded is None:
        wrong[FILE] = say("Attach a picture.")
    return wrong


def _email(typed: Typed) -> dict[str, str]:
    wrong = {}
    if not _is_number(typed.sender):
        wrong[FROM] = say("Choose an address that is offered.")
    if not typed.from_name:
        wrong[FROM_NAME] = say("Say who writes: a name or a business.")
    if not typed.subject:
        wrong[SUBJECT] = say("An email has a subject.")
    return wrong


_CHECKS = {Kind.SMS: _sms, Kind.MMS: _mms, Kind.EMAIL: _email}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    chosen = (int(typed.list_id), typed.list_name) if _is_number(typed.list_id) else None
    blocks: list[Block] = [
        text_field(NAME, say("Name of the campaign"), typed.name, most=_NAME, hint=_UNSEEN),
        picker(LIST, say("Contact list"), chosen=chosen),
        *_FORMS[typed.kind](typed),
        context(_FIELDS),
        *time_fields(typed.words, typed.when, hint=say("In your own time zone. Empty: now.")),
    ]
    more = {"kind": str(typed.kind), "number": typed.number}
    kept = typed.uploaded.metadata if typed.uploaded else {}
    return channel_form(FORM, TITLES[typed.kind], typed.origin, blocks, problem, **more, **kept)


def _sms_fields(typed: Typed) -> list[Block]:
    hint = say("Say how to opt out: “Reply STOP to opt out”, or the link StopMsg.me/xxxxx")
    link = say(
        "Goes short in the place of {mark} in the message; who opens it is counted.",
        mark=SHORT_LINK,
    )
    return [
        text_field(BODY, say("Message"), typed.body, multiline=True, hint=hint, optional=True),
        _template(typed),
        text_field(LINK, say("Link to shorten"), typed.link, hint=link, optional=True),
        sms_sender(typed.sender),
    ]


def _mms_fields(typed: Typed) -> list[Block]:
    kept = typed.uploaded
    lost = (typed.files or typed.origin.previous) and kept is None
    hint = say("PNG, JPG or GIF, 250 kB at most.") + (f" {ATTACH_AGAIN}" if lost else "")
    return [
        *([kept.shown] if kept else []),
        file_field(FILE, say("Picture"), PICTURE, hint=hint, optional=kept is not None),
        text_field(SUBJECT, say("Subject"), typed.subject, most=_MMS_SUBJECT),
        text_field(BODY, say("Message"), typed.body, multiline=True),
        sms_sender(typed.sender),
    ]


def _email_fields(typed: Typed) -> list[Block]:
    chosen = Option(value=typed.sender, text=clip(typed.sender_name, 75)) if typed.sender else None
    menu = ExternalDataSelectElement(
        action_id=EMAIL_SENDER,
        placeholder=say("Type to search"),
        min_query_length=0,
        initial_option=chosen,
    )
    return [
        input_block(FROM, say("From"), menu, hint=say("The verified addresses of the account.")),
        text_field(
            FROM_NAME, say("Name of the sender"), typed.from_name, most=_most(typed.from_name, 100)
        ),
        text_field(SUBJECT, say("Subject"), typed.subject, most=_most(typed.subject, _SUBJECT)),
        text_field(BODY, say("Message"), typed.body, multiline=True, optional=True),
        input_block(STYLE, say("Written in"), style_menu(STYLE, typed.style)),
        _template(typed),
    ]


_FORMS = {Kind.SMS: _sms_fields, Kind.MMS: _mms_fields, Kind.EMAIL: _email_fields}


def _most(known: str, most: int) -> int:
    """What a field holds: what ClickSend has already is never cut."""
    return max(most, len(known))


def _template(typed: Typed) -> Block:
    name = clip(typed.template_name, 75)
    chosen = Option(value=typed.template, text=name) if typed.template else None
    menu = ExternalDataSelectElement(
        action_id=TEMPLATES[typed.kind],
        placeholder=say("Type to search"),
        min_query_length=0,
        initial_option=chosen,
    )
    return input_block(TEMPLATE, say("Or a template"), menu, optional=True)
