"""`/clicksend campaign`: SMS, MMS and email campaigns in one list; cancelled after a question."""

from __future__ import annotations

from datetime import datetime

from bot.clicksend import ClickSendError, NotFound
from bot.services.campaigns import Campaign, CampaignPage, CancelResult, parse_id
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    confirm,
    context,
    escape,
    fields,
    header,
    section,
)
from bot.texts import Phrase, aloud, figure, many, say
from commands.answers import answer, moment, plain, refused, trouble
from commands.campaign_create import CHANGE
from commands.campaign_results import RESULTS, named_so, none
from commands.context import BotCall, BotRouter

PAGE, SHOW, CANCEL = "campaign.page", "campaign.show", "campaign.cancel"
_MOST = 15
_READING = Phrase("reading the campaigns")
_UNREAD = Phrase("The campaign could not be read")
_KINDS = ("sms_campaigns", "mms_campaigns", "email_campaigns")

router: BotRouter = BotRouter()


def _each(*names: str) -> tuple[str, ...]:
    """The operations of these names, of each kind of campaign."""
    return tuple(f"{kind}.{name}" for kind in _KINDS for name in names)


@router.command(
    "campaign list",
    args="[page]",
    summary=Phrase("every campaign, the newest first"),
    default=True,
    uses=_each("list"),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the list."""
    text = call.text.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1  # noqa: PLR2004 - a sane page
    call.later(_show_page(call, max(number, 1), replace=False), doing=_READING)


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page."""
    number = int(call.value) if call.value.isdigit() else 1
    call.later(_show_page(call, number, replace=True), doing=_READING)


async def _show_page(call: BotCall, number: int, *, replace: bool) -> None:
    try:
        message = render_page(await call.services.campaigns.page(number))
    except ClickSendError as error:
        message = trouble(say("The campaigns could not be read"), error)
    await call.reply(message, replace=replace)


@router.action(SHOW)
@router.command(
    "campaign show",
    args="<id>",
    summary=Phrase("one campaign, as `/clicksend campaign show sms-123`"),
    uses=_each("get"),
)
async def show(call: BotCall) -> None:
    """Answer with one campaign, typed or pressed."""
    call.later(
        answer(call, _read(call, call.given), otherwise=_UNREAD),
        doing=Phrase("reading the campaign"),
    )


@router.command(
    "campaign cancel",
    args="<id>",
    summary=Phrase("stop a campaign that is not sent yet"),
    uses=_each("get", "cancel"),
)
async def cancel(call: BotCall) -> None:
    """Show what would be cancelled, with the button that asks first."""
    call.later(answer(call, _ask(call), otherwise=_UNREAD), doing=Phrase("reading the campaign"))


@router.action(CANCEL)
async def cancel_pressed(call: BotCall) -> None:
    """Cancel it: the question was answered with yes."""
    call.later(_cancel(call), doing=Phrase("cancelling the campaign"))


async def _read(call: BotCall, text: str) -> Message:
    named = parse_id(text)
    if named is None:
        return plain(f":warning: {named_so('show')}")
    try:
        return render(await call.services.campaigns.get(*named))
    except NotFound:
        return none(text)


async def _ask(call: BotCall) -> Message:
    named = parse_id(call.text)
    if named is None:
        return plain(f":warning: {named_so('cancel')} {say('Nothing was cancelled.')}")
    try:
        campaign = await call.services.campaigns.get(*named)
    except NotFound:
        return none(call.text)
    if not campaign.may_be_cancelled:
        result = CancelResult.ALREADY if campaign.is_cancelled else CancelResult.TOO_LATE
        return plain(outcome(result, campaign))
    return render(campaign)


async def _cancel(call: BotCall) -> None:
    named = parse_id(call.value)
    if named is None or await refused(call):
        return
    try:
        result, campaign = await call.services.campaigns.cancel(*named, actor=call.user)
    except NotFound:
        await call.reply(none(call.value))
        return
    except ClickSendError as error:
        await call.reply(trouble(say("The campaign was not cancelled"), error))
        return
    if result is not CancelResult.CANCELLED:
        await call.reply(plain(outcome(result, campaign)))
        return
    with aloud():
        done = outcome(result, campaign)
        message = plain(say("{done} By <@{user}>.", done=done, user=call.user))
    await call.reply(message, in_channel=True)


def outcome(result: CancelResult, campaign: Campaign) -> str:
    """What became of a cancellation (mrkdwn)."""
    name = f"*{escape(clip(campaign.name, 200))}* (`{campaign.id}`)"
    if result is CancelResult.CANCELLED:
        return say(":white_check_mark: The campaign {name} is cancelled.", name=name)
    if result is CancelResult.ALREADY:
        return say("The campaign {name} was cancelled before; nothing changed.", name=name)
    if result is CancelResult.TOO_LATE:
        status = escape(campaign.status)
        return say(
            ":warning: Too late: the campaign {name} is past cancelling (it was {status}). "
            "Nothing was cancelled; what was sent is sent and charged.",
            name=name,
            status=status,
        )
    return say(
        ":grey_question: ClickSend's answer was lost, so it is not certain whether {name} is "
        "cancelled. Look again with `/clicksend campaign show {id}`.",
        name=name,
        id=campaign.id,
    )


def render_page(page: CampaignPage) -> Message:
    """A page of the list."""
    if not page.campaigns and not page.missing:
        return plain(say("There are no campaigns here."))
    blocks: list[Block] = [header(say("Campaigns"))]
    for campaign in page.campaigns[: _MOST * 3]:
        line = f"*{escape(clip(campaign.name, 150))}*\n{_facts(campaign)}"
        blocks.append(
            section(line, accessory=button(say("Show"), f"{SHOW}:{campaign.id}", value=campaign.id))
        )
    blocks += [
        context(say(":warning: Not shown: {what}", what=escape(each))) for each in page.missing
    ]
    turns = [
        button(text, f"{PAGE}:{number}", value=str(number))
        for text, number in ((say("Newer"), page.number - 1), (say("Older"), page.number + 1))
        if 1 <= number <= page.last
    ]
    if turns:
        blocks.append(buttons(*turns))
    spoken = "\n".join(f"{escape(c.name)}: {_facts(c)}" for c in page.campaigns[:_MOST])
    title = say("Campaigns, page {number} of {last}", number=page.number, last=page.last)
    return Message(f"{title}\n{spoken}", tuple(blocks))


def render(campaign: Campaign) -> Message:
    """One campaign, with a button to cancel it while that helps."""
    name, size = escape(clip(campaign.name, 140)), campaign.recipients
    blocks: list[Block] = [
        header(clip(campaign.name, 140)),
        fields(
            f"*{say('Id')}*\n`{campaign.id}`",
            f"*{say('Status')}*\n{escape(campaign.status)}",
            f"*{say('When')}*\n{_date(campaign.schedule or campaign.added)}",
            f"*{say('Recipients')}*\n{say('unknown') if size is None else figure(size)}",
        ),
    ]
    if campaign.body:
        blocks.append(section(escape(clip(campaign.body, 1500))))
    if campaign.may_be_cancelled:
        ask = confirm(
            say("Cancel this campaign?"),
            say("*{name}* will not be sent.", name=escape(clip(campaign.name, 100))),
            ok=say("Yes, cancel it"),
            deny=say("Keep it"),
        )
        change = button(say("Change…"), CHANGE, value=campaign.id)
        cancelled = button(
            say("Cancel campaign"), CANCEL, value=campaign.id, style="danger", ask=ask
        )
        blocks.append(buttons(change, cancelled))
    else:
        blocks.append(buttons(button(say("Results"), RESULTS, value=campaign.id)))
    return Message(f"{name}: {_facts(campaign)}", tuple(blocks))


def _facts(campaign: Campaign) -> str:
    when = _date(campaign.schedule or campaign.added)
    facts = [f"`{campaign.id}`", escape(campaign.status), when]
    if campaign.recipients is not None:
        facts.append(many("{count:,} recipient", "{count:,} recipients", campaign.recipients))
    return " · ".join(facts)


def _date(at: datetime | None) -> str:
    return moment(at) if at else say("no date")
