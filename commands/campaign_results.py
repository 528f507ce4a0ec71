"""`/clicksend campaign results`, `export`: who opened and clicked, as far as ClickSend says."""

from __future__ import annotations

from bot.clicksend import ClickSendError, NotFound
from bot.clicksend.operations.email_campaigns import (
    EmailCampaign,
    EmailCampaignRecord,
    ExportEmailCampaignHistory,
    ListEmailCampaignHistory,
)
from bot.clicksend.operations.short_urls import GetShortUrlStatistics, LinkStatistics
from bot.clicksend.operations.sms_campaigns import SHORT_LINK
from bot.services.campaigns import AnyCampaign, Kind, parse_id, summary_of
from bot.services.explain import explain
from bot.slack.blocks import Message, clip, escape
from bot.texts import Phrase, figure, many, say
from commands.answers import moment, plain, trouble
from commands.context import BotCall, BotRouter
from commands.exports import export
from commands.things import Entry, Sheet, page_number, render_sheet

PAGE, RESULTS = "campaign.results_page", "campaign.results"
_SOURCE = "sms_campaign"
_SHORT_HOST = SHORT_LINK.partition("/")[0] + "/"
_UNREAD = Phrase("The results could not be read")

router: BotRouter = BotRouter()


def named_so(verb: str, example: str = "sms-123") -> str:
    """How a campaign is named (mrkdwn), for a command that could not read which."""
    typed = f"/clicksend campaign {verb} {example}"
    return say("Name it as the list does, such as `{typed}`.", typed=typed)


def none(named: str) -> Message:
    """There is no campaign of this id, which is not escaped yet."""
    named = escape(named.strip()[:40])
    return plain(
        say(":warning: There is no campaign `{id}`. See `/clicksend campaign list`.", id=named)
    )


@router.action(RESULTS)
@router.command(
    "campaign results",
    args="<id>",
    summary=Phrase("opens and clicks of a campaign, as `/clicksend campaign results email-12`"),
    uses=(
        *(f"{kind}_campaigns.get" for kind in Kind),
        "email_campaigns.history",
        "short_urls.statistics",
    ),
)
async def results(call: BotCall) -> None:
    """Answer with what came of a campaign, or turn the page."""
    call.later(
        _show(call, call.given, 1, replace=call.pressed), doing=Phrase("reading the results")
    )


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page of who got an email campaign."""
    named, _, number = call.value.partition(" ")
    work = _show(call, named, page_number(number), replace=True)
    call.later(work, doing=Phrase("reading the results"))


@router.command(
    "campaign export",
    args="<id>",
    summary=Phrase(
        "who got an email campaign as a CSV file, as `/clicksend campaign export email-12`"
    ),
    uses=("email_campaigns.export_history",),
)
async def export_(call: BotCall) -> None:
    """Give the history of an email campaign as a file."""
    call.later(_export(call), doing=Phrase("fetching the file"))


async def _export(call: BotCall) -> None:
    named = parse_id(call.text)
    if named is None:
        await call.reply(plain(f":warning: {named_so('export', 'email-12')}"))
        return
    kind, number = named
    if kind is not Kind.EMAIL:
        why = say(
            ":warning: ClickSend writes no file of the results of {kind} campaigns. "
            "`/clicksend campaign results` says what it knows.",
            kind=kind.upper(),
        )
        await call.reply(plain(why))
        return
    operation = ExportEmailCampaignHistory(email_campaign_id=number)
    what = say("the results of `email-{number}`", number=number)
    await export(call, operation, name=f"campaign-email-{number}.csv", what=what, kind="campaign")


async def _show(call: BotCall, text: str, number: int, *, replace: bool) -> None:
    named = parse_id(text)
    if named is None:
        await call.reply(plain(f":warning: {named_so('results', 'email-12')}"))
        return
    try:
        found = await call.services.campaigns.whole(*named)
        message = render_sheet(await _sheet(call, found, number), PAGE)
    except NotFound:
        message = none(f"{named[0]}-{named[1]}")
    except ClickSendError as error:
        message = trouble(_UNREAD, error)
    await call.reply(message, replace=replace)


async def _sheet(call: BotCall, found: AnyCampaign, number: int) -> Sheet:
    summary = summary_of(found)
    title = say("Results of {name}", name=clip(summary.name, 100))
    if isinstance(found, EmailCampaign):
        return await _emails(call, found, title, number)
    facts = [escape(summary.status)]
    if summary.recipients is not None:
        facts.append(many("{count:,} recipient", "{count:,} recipients", summary.recipients))
    links = await _links(call, summary.number, found)
    return Sheet(title, (), notes=(" · ".join(facts), links))


async def _emails(call: BotCall, found: EmailCampaign, title: str, number: int) -> Sheet:
    history = ListEmailCampaignHistory(email_campaign_id=found.email_campaign_id or 0, page=number)
    page = await call.services.clicksend.run(history)
    return Sheet(
        title,
        [entry_of(each) for each in page.data],
        number,
        page.last_page or 1,
        notes=(totals(found),),
        before=summary_of(found).id,
    )


async def _links(call: BotCall, number: int, found: AnyCampaign) -> str:
    """Who opened the short link of an SMS campaign (mrkdwn), as far as that is counted."""
    if summary_of(found).kind is not Kind.SMS or _SHORT_HOST not in (found.body or ""):
        return say("ClickSend counts opens and clicks of emails and of short links only.")
    wanted = GetShortUrlStatistics(source=_SOURCE, source_id=str(number))
    try:
        page = await call.services.clicksend.run(wanted)
    except NotFound:
        return say("Nobody opened the link so far, or ClickSend does not know it yet.")
    except ClickSendError as error:
        return say(
            ":warning: The clicks on its link could not be read. {why}", why=escape(explain(error))
        )
    return "\n".join(link_words(each) for each in page.data) or say(
        "Nobody opened the link so far."
    )


def link_words(link: LinkStatistics) -> str:
    """How often a short link was opened (mrkdwn)."""
    found = link.links
    if found is None:
        return say("ClickSend does not say how often the link was opened.")
    opened = _openers(found.opened_unique, found.total)
    if found.opened_total is None:
        return opened
    times = many("{count:,} time in all", "{count:,} times in all", found.opened_total)
    return f"{opened}, {times}"


def _openers(opened: int | None, total: int | None) -> str:
    if opened is None:
        return say("Opened by an unknown number")
    if total is None:
        return say("The link was opened by *{opened:,}*", opened=opened)
    return say(
        "The link was opened by *{opened:,}* of {total:,} who got it", opened=opened, total=total
    )


def totals(found: EmailCampaign) -> str:
    """What came of an email campaign, in one line (mrkdwn)."""
    counted = (
        (say("sent"), found.send_count),
        (say("opened"), found.open_count),
        (say("clicked"), found.click_count),
        (say("unsubscribed"), found.unsubscribe_count),
        (say("called it spam"), found.abuse_count),
        (say("bounced for good"), found.hard_bounce_count),
        (say("bounced for now"), found.soft_bounce_count),
    )
    said = [f"{figure(count)} {what}" for what, count in counted if count is not None]
    return " · ".join([escape(found.status or say("unknown")), *said])


def entry_of(record: EmailCampaignRecord) -> Entry:
    """What came of one contact's mail."""
    opened, clicked = record.open_count or 0, record.click_count or 0
    bounced = (record.hard_bounce_count or 0) + (record.soft_bounce_count or 0)
    facts = [
        escape(record.to_address or ""),
        say("opened {times:,}", times=opened),
        say("clicked {times:,}", times=clicked),
        *([say("bounced {times:,}", times=bounced)] if bounced else []),
        *([escape(record.status)] if record.status else []),
        *([moment(record.processed_at)] if record.processed_at else []),
    ]
    return Entry(
        record.to_name or record.to_address or say("(no name)"), " · ".join(filter(None, facts))
    )
