"""A campaign on its way to the price: template read, picture uploaded, one contact's text shown."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from bot.clicksend.operations.email_campaigns import SendEmailCampaign, UpdateEmailCampaign
from bot.clicksend.operations.mms_campaigns import SendMmsCampaign, UpdateMmsCampaign
from bot.clicksend.operations.sms_campaigns import SendSmsCampaign, UpdateSmsCampaign
from bot.services import placeholders
from bot.services import templates as kept_templates
from bot.services.campaigns import Kind
from bot.services.channels import SendOperation
from bot.services.sending import Draft
from bot.slack.blocks import clip
from bot.texts import Phrase, say
from commands.campaign_form import LINK, Typed, form, wrong_link
from commands.context import BotCall
from commands.email_form import HTML, markup
from commands.files import KEPT_SECONDS, PICTURE, AgainError, Uploaded, bring
from commands.times import Chosen

_TAG = re.compile(r"<[^<>]{0,2000}>")
_SHOWN = 800
_WHOLE = Phrase("The price is that of the whole campaign as changed, not of the change alone.")


async def draft_of(call: BotCall, typed: Typed, time: Chosen) -> Draft:
    """The draft of a campaign, with what one contact of its list would read as a note.

    Raises:
        AgainError: The template and the link to shorten do not go together.
        FileError: The picture is none, or Slack does not give it.
        SlackError: Slack cannot be reached.
        ClickSendError: Template, list or picture are not there, or not for us.
    """
    typed = await _whole(call, typed)
    operation = _operation(typed, time)
    notes = [time.note, *await _notes(call, typed)]
    digest = typed.uploaded.digest if typed.uploaded else ""
    return Draft(
        typed.origin.id,
        call.user,
        typed.origin.channel,
        operation,
        "\n".join([typed.name, to_list(typed.list_name or typed.list_id), _said(typed)]),
        typed.origin.previous,
        content=f"{typed.subject}\0{typed.body}\0{digest}" if digest else None,
        notes=tuple(filter(None, notes)),
    )


def to_list(name: str) -> str:
    """The line of a draft's summary that names its list; of an empty name, how it begins."""
    return say("To {list}", list=name)


async def _whole(call: BotCall, typed: Typed) -> Typed:
    """The form with its template's text, and with its picture at ClickSend."""
    if typed.template:
        kind = kept_templates.Kind(typed.kind)
        found = await call.services.templates.get(kind, int(typed.template))
        typed = replace(typed, body=found.body, style=HTML)
        wrong = wrong_link(found.body, typed.link) if typed.kind is Kind.SMS else {}
        if wrong or not found.body.strip():
            why = wrong.get(LINK) or say("The template {name} has no text.", name=found.name)
            why = say("Template {name}: {why}", name=found.name, why=why)
            again = replace(typed, origin=typed.origin.again(), body="")
            raise AgainError(partial(form, again), why)
    if typed.files:
        until = int(call.services.now().timestamp()) + KEPT_SECONDS
        picture = await bring(call, typed.files[0], PICTURE)
        typed = replace(
            typed, uploaded=Uploaded((picture.url,), clip(picture.name, 100), until, picture.digest)
        )
    return typed


def _operation(typed: Typed, time: Chosen) -> SendOperation:
    """What is sent, or what changes the campaign that waits."""
    common = {"list_id": int(typed.list_id), "name": typed.name, "schedule": time.at}
    number = {} if typed.number is None else {f"{typed.kind}_campaign_id": typed.number}
    fields = {**common, **number}
    if typed.kind is Kind.SMS:
        fields |= {"body": typed.body, "from_": typed.sender or None}
        fields |= {"url_to_shorten": typed.link or None}
        sms = SendSmsCampaign if typed.number is None else UpdateSmsCampaign
        return sms.model_validate(fields)
    if typed.kind is Kind.MMS:
        media = typed.uploaded.urls[0] if typed.uploaded else ""
        fields |= {"body": typed.body, "from_": typed.sender or None}
        fields |= {"subject": typed.subject, "media_file": media}
        mms = SendMmsCampaign if typed.number is None else UpdateMmsCampaign
        return mms.model_validate(fields)
    fields |= {"subject": typed.subject, "body": markup(typed.body, typed.style)}
    fields |= {"from_email_address_id": int(typed.sender), "from_name": typed.from_name}
    fields |= {"template_id": int(typed.template) if typed.template else None}
    email = SendEmailCampaign if typed.number is None else UpdateEmailCampaign
    return email.model_validate(fields)


async def _notes(call: BotCall, typed: Typed) -> list[str]:
    """What one contact would read, and what would not be filled in."""
    by_email, list_id = typed.kind is Kind.EMAIL, int(typed.list_id)
    text = _said(typed)
    notes = [str(_WHOLE)] if typed.number is not None else []
    contact = await placeholders.somebody(call.services.clicksend, list_id, by_email=by_email)
    if contact is None:
        notes.append(
            say("None of the first contacts of this list has an email address.")
            if by_email
            else say("None of the first contacts of this list has a phone number.")
        )
    else:
        who = placeholders.who(contact, by_email=by_email)
        filled, missing = placeholders.merged(text, contact)
        notes.append(say("Preview. {who} gets: “{filled}”", who=who, filled=clip(filled, _SHOWN)))
        if missing:
            unknown = ", ".join(missing)
            notes.append(say("For {who} nothing is known for {fields}.", who=who, fields=unknown))
    if braced := placeholders.foreign(text) if not by_email else ():
        notes.append(
            say(
                "{braced} may go out as it stands: a field is written as (First Name).",
                braced=", ".join(braced[:5]),
            )
        )
    return notes


def _said(typed: Typed) -> str:
    """What is read: subject and text, without the tags of a mail in HTML."""
    body = typed.body
    if typed.kind is Kind.EMAIL and typed.style == HTML:
        body = " ".join(_TAG.sub(" ", body).split())
    return f"{typed.subject}\n{body}" if typed.subject else body
