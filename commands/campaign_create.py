"""`/clicksend campaign create`, `change`: a campaign, its price and preview, the yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.clicksend import ClickSendError, NotFound
from bot.clicksend.operations.email_campaigns import (
    SendEmailCampaign,
    UpdateEmailCampaign,
)
from bot.clicksend.operations.email_templates import EmailTemplate, ListEmailTemplates
from bot.clicksend.operations.mms_campaigns import MmsCampaign, SendMmsCampaign, UpdateMmsCampaign
from bot.clicksend.operations.sms import ListSmsTemplates, SmsTemplate
from bot.clicksend.operations.sms_campaigns import SendSmsCampaign, UpdateSmsCampaign
from bot.services.campaigns import AnyCampaign, Kind, parse_id, summary_of
from bot.services.channels import SendOperation
from bot.services.channels.campaigns import plain_name
from bot.slack.blocks import clip
from bot.slack.router import Ack, Errors, Update
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.answers import plain, trouble
from commands.audience import LONGEST
from commands.campaign_draft import draft_of, to_list
from commands.campaign_form import FORM, TEMPLATES, TITLES, Typed, check, form, read
from commands.campaign_results import named_so, none
from commands.context import BotCall, BotRouter
from commands.email_form import TEXT, as_typed
from commands.files import Uploaded, prepare_later
from commands.menus import offered
from commands.origin import Origin, open_form, origin_for
from commands.review import Form, loading, reopens
from commands.things import NOTHING_CHANGED
from commands.times import chosen, zone_of

CHANGE = "campaign.change"
_NEVER = 2**40
"""A time in Unix seconds at which no campaign's picture is forgotten: ClickSend keeps those."""
_READS = ("account.get", "lists.list", "search.contact_lists", "contacts.list", "uploads.upload")
_KEPT = ("sms.list_templates", "email_templates.list", "email_templates.get")

router: BotRouter = BotRouter()


@router.command(
    "campaign create",
    args="[sms|mms|email] [text]",
    summary=Phrase(
        "one message to a whole list, as `/clicksend campaign create sms We open at 9.`"
    ),
    uses=(
        *_READS,
        *_KEPT,
        *(f"{kind}_campaigns.{verb}" for kind in Kind for verb in ("price", "send")),
    ),
)
async def create(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    word, _, rest = call.text.strip().partition(" ")
    kind = Kind(word.lower()) if word.lower() in set(Kind) else Kind.SMS
    body = rest.strip() if word.lower() == kind else call.text.strip()
    work = open_form(call, "campaign", lambda origin: form(Typed(origin, kind, body=body)), body)
    call.later(work, doing=Phrase("opening the form"))


@router.action(CHANGE)
@router.command(
    "campaign change",
    args="<id>",
    summary=Phrase(
        "change a campaign that is not sent yet, as `/clicksend campaign change sms-123`"
    ),
    uses=(*_READS, *(f"{kind}_campaigns.{verb}" for kind in Kind for verb in ("get", "update"))),
)
async def change(call: BotCall) -> None:
    """Open the form of a campaign, typed or pressed."""
    call.later(_open(call, call.given), doing=Phrase("opening the form"))


@router.options(TEMPLATES[Kind.SMS])
async def sms_templates(call: BotCall) -> Ack:
    """Offer the SMS templates whose names match."""
    return await offered(call, ListSmsTemplates(), _named)


@router.options(TEMPLATES[Kind.EMAIL])
async def email_templates(call: BotCall) -> Ack:
    """Offer the email templates whose names match."""
    return await offered(call, ListEmailTemplates(), _named)


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; template, preview and price arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    time = await chosen(call, typed.words, typed.when)
    wrong = check(typed, time, call.services.now())
    if wrong:
        return Errors(wrong)
    prepare_later(
        call,
        partial(draft_of, call, typed, time),
        partial(form, replace(typed, origin=typed.origin.again())),
        doing=Phrase("preparing the campaign"),
        otherwise=Phrase("The campaign could not be prepared."),
    )
    return Update(loading(TITLES[typed.kind]))


@reopens(SendSmsCampaign.route.id)
@reopens(SendMmsCampaign.route.id)
@reopens(SendEmailCampaign.route.id)
@reopens(UpdateSmsCampaign.route.id)
@reopens(UpdateMmsCampaign.route.id)
@reopens(UpdateEmailCampaign.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft; a picture has to be attached again."""
    kind = Kind(row.operation.partition("_")[0])
    name_and_list = row.summary.split("\n")
    typed = replace(
        _filled(Origin.after(row), kind, operation.model_dump()),
        number=getattr(operation, f"{kind}_campaign_id", None),
        uploaded=None,
        list_name=name_and_list[1].removeprefix(to_list("")) if len(name_and_list) > 1 else "",
    )
    return partial(form, typed)


async def _open(call: BotCall, text: str) -> None:
    named = parse_id(text)
    if named is None:
        await call.reply(plain(f":warning: {named_so('change')} {NOTHING_CHANGED}"))
        return
    origin = await origin_for(call, "campaign")
    if origin is None:
        return
    kind, number = named
    try:
        found = await call.services.campaigns.whole(kind, number)
    except NotFound:
        await call.reply(none(f"{kind}-{number}"))
    except ClickSendError as error:
        await call.reply(trouble(say("The campaign could not be read"), error))
    else:
        await _open_found(call, origin, kind, found)


async def _open_found(call: BotCall, origin: Origin, kind: Kind, found: AnyCampaign) -> None:
    summary = summary_of(found)
    if not summary.may_be_cancelled:
        why = say("Too late: the campaign `{id}` is not waiting any more.", id=summary.id)
    elif len(found.body or "") > LONGEST:
        why = say(
            "A form holds {longest:,} characters, and this campaign has more.", longest=LONGEST
        )
    else:
        media = {"media_file": found.media_file_url} if isinstance(found, MmsCampaign) else {}
        typed = _filled(origin, kind, found.model_dump() | media)
        await call.open(form(replace(typed, number=summary.number)))
        await zone_of(call)  # kept for a while: the form is submitted faster
        return
    await call.reply(plain(f":warning: {why} {NOTHING_CHANGED}"))


def _filled(origin: Origin, kind: Kind, fields: dict[str, Any]) -> Typed:
    """The form of a campaign by its fields, as a draft or ClickSend has them."""

    def text(name: str) -> str:
        return str(fields.get(name) or "")

    is_email, list_id, media = kind is Kind.EMAIL, text("list_id"), text("media_file")
    sender = text("from_email_address_id" if is_email else "from_")
    body, style = as_typed(text("body")) if is_email else (text("body"), TEXT)
    is_long = len(body) > LONGEST
    schedule = fields.get("schedule")
    return Typed(
        origin,
        kind,
        name=clip(plain_name(text("name")), 100),
        list_id=list_id,
        list_name=text("list_name") or say("list {number}", number=list_id),
        subject=text("subject"),
        body="" if is_long else body,
        template=text("template_id") if is_long else "",
        template_name=say("template {number}", number=text("template_id")),
        style=style,
        link=text("url_to_shorten"),
        sender=sender,
        sender_name=say("address {number}", number=sender),
        from_name=text("from_name"),
        uploaded=Uploaded((media,), media.rpartition("/")[2] or media, _NEVER) if media else None,
        when=int(schedule.timestamp()) if isinstance(schedule, datetime) else None,
    )


def _named(template: SmsTemplate | EmailTemplate) -> tuple[int, str]:
    return template.template_id, template.template_name or say("(no name)")
