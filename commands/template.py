"""`/clicksend template`: SMS and email templates; used, and deleted after a question."""

from __future__ import annotations

from bot.clicksend import ClickSendError, NotFound
from bot.services import campaigns
from bot.services.sending import new_id
from bot.services.templates import Kind, Template, TemplatePage, Templates, deletion, parse_id
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    escape,
    header,
    preformatted,
    section,
)
from bot.texts import Phrase, say
from commands import campaign_form
from commands.answers import fitting, plain, refused, trouble
from commands.context import BotCall, BotRouter
from commands.origin import origin_for
from commands.sms_form import Typed
from commands.sms_form import form as sms_form
from commands.template_forms import CHANGE, LIST, open_change
from commands.things import Entry, Sheet, Words, change, page_number, show_sheet

PAGE, SHOW, DELETE, USE = "template.page", "template.show", "template.delete", "template.use"
CAMPAIGN = "template.campaign"
_SHOWN = 2900
_LISTS = ("sms.list_templates", "email_templates.list")
_READS = ("sms.list_templates", "email_templates.get")
_NOT_READ = Phrase("The template could not be read")

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "template list",
    args="[page]",
    summary=Phrase("SMS and email templates, as `/clicksend template list 2`"),
    default=True,
    uses=_LISTS,
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the list, or turn the page."""
    await _show(call, call.given, replace=call.pressed)


@router.action(SHOW)
@router.command(
    "template show",
    args="<id>",
    summary=Phrase("one template, as `/clicksend template show sms-123`"),
    uses=_READS,
)
async def show(call: BotCall) -> None:
    """Answer with one template, typed or pressed."""
    call.later(_one(call, call.given, "show"), doing=Phrase("reading the template"))


@router.action(CHANGE)
@router.command(
    "template change",
    args="<id>",
    summary=Phrase("change one, as `/clicksend template change sms-123`"),
    uses=(*_READS, "sms.update_template", "email_templates.update"),
)
async def change_asked(call: BotCall) -> None:
    """Open the form of a template, typed or pressed."""
    call.later(_open_change(call, call.given), doing=Phrase("opening the form"))


@router.command(
    "template delete",
    args="<id>",
    summary=Phrase("delete a template, as `/clicksend template delete sms-123`"),
    uses=(*_READS, "sms.delete_template", "email_templates.delete"),
)
async def delete(call: BotCall) -> None:
    """Show what would be deleted, with the button that asks first."""
    call.later(_asked(call), doing=Phrase("reading the template"))


async def _asked(call: BotCall) -> None:
    if not await refused(call):
        await _one(call, call.text, "delete")


@router.action(DELETE)
async def delete_pressed(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing=Phrase("deleting the template"))


@router.action(USE)
async def use(call: BotCall) -> None:
    """Open the form of an SMS with the template's text."""
    call.later(_use(call), doing=Phrase("opening the form"))


@router.action(CAMPAIGN)
async def use_in_campaign(call: BotCall) -> None:
    """Open the form of a campaign with this template."""
    call.later(_use_in_campaign(call), doing=Phrase("opening the form"))


async def _use_in_campaign(call: BotCall) -> None:
    origin = await origin_for(call, "campaign")
    if origin is None:
        return
    found = await _found(call, call.value, "show")
    if isinstance(found, Template):
        typed = campaign_form.Typed(
            origin,
            campaigns.Kind(found.kind),
            template=str(found.number),
            template_name=found.name,
        )
        await call.open(campaign_form.form(typed))
    else:
        await call.reply(found)


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _page(call.services.templates, page_number(number))
    failed = Phrase("The templates could not be read")
    work = show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)
    call.later(work, doing=Phrase("reading the templates"))


async def _page(templates: Templates, number: int) -> Sheet:
    return sheet_of(await templates.page(number))


async def _found(call: BotCall, text: str, verb: str) -> Template | Message:
    """The template that is named; or why there is none."""
    named = parse_id(text)
    if named is None:
        return plain(
            say(
                ":warning: Name it as the list does, such as `/clicksend template {verb} sms-123`.",
                verb=verb,
            )
        )
    try:
        return await call.services.templates.get(*named)
    except NotFound:
        kind, number = named
        return plain(
            say(
                ":warning: There is no template `{id}`. See `/clicksend template list`.",
                id=f"{kind}-{number}",
            )
        )
    except ClickSendError as error:
        return trouble(_NOT_READ, error)


async def _one(call: BotCall, text: str, verb: str) -> None:
    await call.reply(await fitting(call, _rendered(call, text, verb)))


async def _rendered(call: BotCall, text: str, verb: str) -> Message:
    found = await _found(call, text, verb)
    return render(found) if isinstance(found, Template) else found


async def _open_change(call: BotCall, text: str) -> None:
    if await refused(call):
        return
    found = await _found(call, text, "change")
    if isinstance(found, Template):
        await open_change(call, found)
    else:
        await call.reply(found)


async def _delete(call: BotCall) -> None:
    named = parse_id(call.value)
    if named is None or await refused(call):
        return
    id_ = "-".join(map(str, named))
    words = Words(
        lambda: say("The template `{id}` is deleted.", id=id_),
        say("The template `{id}` was not deleted.", id=id_),
        LIST,
    )
    await change(call, deletion(*named), words, what=say("the template {id}", id=id_))


async def _use(call: BotCall) -> None:
    if await refused(call, Kind.SMS):
        return
    found = await _found(call, call.value, "show")
    if isinstance(found, Template):
        sender = (await call.services.own.of(call.user)).sender
        typed = Typed(new_id(), call.channel or call.user, body=found.body, sender=sender)
        await call.open(sms_form(typed))
    else:
        await call.reply(found)


def sheet_of(page: TemplatePage) -> Sheet:
    """A page of the list."""
    entries = [
        Entry(
            each.name,
            f"`{each.id}` {escape(clip(each.body, 100))}".strip(),
            button(say("Show"), f"{SHOW}:{each.id}", value=each.id),
        )
        for each in page.templates
    ]
    notes = tuple(say(":warning: Not shown: {what}", what=escape(each)) for each in page.missing)
    empty = say("There are no templates here. Write one: `/clicksend template create sms`")
    return Sheet(say("Templates"), entries, page.number, page.last, empty, notes)


def render(template: Template) -> Message:
    """One template, with what can be done with it."""
    named = f"*{escape(clip(template.name, 100))}*"
    ask = confirm(
        say("Delete this template?"),
        say("{name} is gone for everybody, and cannot be brought back.", name=named),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    known, body = template.id, template.body
    send = button(say("Send as SMS…"), USE, value=known, style="primary")
    pressed = [
        *([send] if template.kind is Kind.SMS and body else []),
        button(say("Use in a campaign…"), CAMPAIGN, value=known),
        button(say("Change…"), CHANGE, value=known),
        button(say("Delete"), DELETE, value=known, style="danger", ask=ask),
    ]
    blocks: list[Block] = [
        header(clip(template.name, 140)),
        section(preformatted(body, _SHOWN) if body else say("It has no text.")),
        context(f"`{known}`"),
        buttons(*pressed),
    ]
    if len(preformatted(body)) > _SHOWN:
        blocks.insert(2, context(say("The first part of {count:,} characters.", count=len(body))))
    return Message(f"{named} (`{known}`): {escape(clip(body, 500))}", tuple(blocks))
