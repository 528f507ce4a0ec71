"""The review: what will be sent, to whom, at what price, and what speaks against it."""

from __future__ import annotations

import json
from dataclasses import replace
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import InteractiveElement

from bot.services.channels import Channel, channel_of
from bot.services.guards import Finding, Level
from bot.services.money import amount
from bot.services.recipients import for_people
from bot.services.sending import Draft, Quote
from bot.slack.blocks import (
    Block,
    Modal,
    button,
    buttons,
    clip,
    escape,
    fields,
    modal,
    picture,
    section,
)
from bot.slack.client import SlackError
from bot.texts import Phrase, figure, many, say
from commands.answers import moment, person
from commands.context import BotCall
from commands.times import own_zone

CONFIRM, CHANGE, OFFER, TEST = "send.confirm", "send.change", "send.offer", "campaign.test"
_MOST = 20
_FILES = ("file_url", "file_urls", "media_file")
_UNITS = {
    "part": Phrase("Parts"),
    "message": Phrase("Messages"),
    "page": Phrase("Pages"),
    "postcard": Phrase("Postcards"),
}
"""How many of what a price is for, by `Traits.unit`."""
_SOON = Phrase(
    "ClickSend keeps a file that was attached for ten minutes: with a second yes after that, it "
    "refuses the file, and nothing is sent."
)


def review(draft: Draft, quote: Quote, zone: ZoneInfo | None = None) -> Modal:
    """What will be sent, to whom, at what price, and what speaks against it.

    Args:
        draft: The draft.
        quote: Its price, and what was found.
        zone: The time zone that its reader has chosen.
    """
    channel = channel_of(draft.operation.route.id)
    verb = channel.traits.verb
    blocks: list[Block] = [
        section(f"*{_to(channel, quote)}*\n{_recipients(draft)}"),
        section(say("*What*\n{text}", text=escape(clip(draft.summary, 2500)))),
        *_pictures(draft),
        fields(*_facts(draft, quote, channel, zone)),
        *([section(f":warning: {not_taken(quote)}")] if quote.refused else []),
        *_sample(draft, quote, channel),
        *(section(finding(each)) for each in quote.findings[:_MOST]),
        *([section(f":busts_in_silhouette: {_approval(draft, quote)}")] if quote.approval else []),
        *_more(draft, quote),
    ]
    yes = say("{do} anyway", do=verb.do) if quote.warned else verb.do
    return modal(
        CONFIRM,
        say("{do} this?", do=verb.do),
        blocks,
        submit=say("Ask for approval") if quote.approval else yes,
        close=say("Cancel"),
        private_metadata=draft.id,
    )


async def show_review(call: BotCall, view_id: str, draft: Draft, quote: Quote) -> None:
    """The review takes the view's place; without its picture where Slack refuses to show it.

    Raises:
        SlackError: Slack does not take it.
    """
    zone = await own_zone(call)
    try:
        await call.slack.update_view(view_id, review(draft, quote, zone))
    except SlackError as error:
        if draft.picture is None or error.code == "unavailable":
            raise
        bare = replace(draft, picture=None)
        await call.slack.update_view(view_id, review(bare, quote, zone))


def _pictures(draft: Draft) -> list[Block]:
    if draft.picture is None:
        return []
    file_id, name = draft.picture
    return [picture(file_id, say("Sent with it: {name}", name=name))]


def _to(channel: Channel, quote: Quote) -> str:
    if not channel.traits.to_people:
        return str(channel.noun)
    return many("To {count:,} recipient", "To {count:,} recipients", quote.recipients)


def _facts(draft: Draft, quote: Quote, channel: Channel, zone: ZoneInfo | None) -> list[str]:
    """Price and what follows from it; what means nothing for a channel is left out."""
    schedule, unit = channel.schedule(draft.operation), channel.traits.unit
    facts = [say("*Price*\n{price}", price=amount(quote.price, quote.currency))]
    if unit:
        facts.append(f"*{_UNITS[unit]}*\n{figure(quote.parts)}")
    if quote.from_balance:
        after = amount(quote.balance_after, quote.currency)
        facts.append(say("*Balance after*\n{money}", money=after))
    else:
        now = amount(quote.balance, quote.currency)
        facts.append(say("*Paid with*\nthe card on file; balance now {money}", money=now))
    if channel.traits.can_wait:
        time = moment(schedule, zone) if schedule else say("now")
        facts.append(say("*When*\n{time}", time=time))
    return facts


def _sample(draft: Draft, quote: Quote, channel: Channel) -> list[Block]:
    """The text as ClickSend fills it in for one recipient, where that makes a difference."""
    shown = (channel.text(draft.operation), *(each.reason for each in quote.findings))
    if not quote.sample or any(quote.sample in each for each in shown):
        return []
    text = escape(clip(quote.sample, 1000))
    return [section(say("*As ClickSend fills it in*\n{text}", text=text))]


def finding(found: Finding) -> str:
    """A warning or a note (mrkdwn)."""
    mark = ":information_source:" if found.level is Level.NOTE else ":warning:"
    who = f"{person(found.actor)} " if found.actor else ""
    return f"{mark} {who}{escape(found.reason)}"


def _more(draft: Draft, quote: Quote) -> list[Block]:
    """The better ways, and the way back; not for what replaces another, as a form would not."""
    change = [] if draft.replaces else [button(say("Change"), CHANGE, value=draft.id)]
    is_campaign = channel_of(draft.operation.route.id).kind == "campaign"
    test = [button(say("Send me a test first…"), TEST, value=draft.id)] if is_campaign else []
    pressed = [*_offers(draft, quote), *test, *change]
    return [buttons(*pressed)] if pressed else []


def _offers(draft: Draft, quote: Quote) -> list[InteractiveElement]:
    can_wait = channel_of(draft.operation.route.id).traits.can_wait
    made: list[InteractiveElement] = []
    for index, each in enumerate(quote.findings):
        if each.offer is None or len(made) == 4:  # noqa: PLR2004 - five buttons in a row look right
            continue
        if each.offer.action == "schedule" and not can_wait:
            continue
        at = int(each.offer.at.timestamp()) if each.offer.at else 0
        value = json.dumps({"draft": draft.id, "action": each.offer.action, "at": at})
        made.append(button(each.offer.label, f"{OFFER}:{index}", value=value))
    return made


def _approval(draft: Draft, quote: Quote) -> str:
    rule = escape(quote.approval or "")
    why = say("A second person has to approve it, because {rule}.", rule=rule)
    has_file = any(hasattr(draft.operation, name) for name in _FILES)
    return f"{why} {_SOON}" if has_file else why


def _recipients(draft: Draft) -> str:
    recipients = channel_of(draft.operation.route.id).recipients(draft.operation)
    return people(recipients)


def people(recipients: tuple[str, ...]) -> str:
    """The first recipients, and how many more there are (mrkdwn)."""
    shown = ", ".join(escape(for_people(each)) for each in recipients[:_MOST])
    return _and_more(shown, len(recipients) - _MOST)


def _and_more(named: str, rest: int) -> str:
    return say("{named} and {count:,} more", named=named, count=rest) if rest > 0 else named


def not_taken(quote: Quote) -> str:
    """The recipients that ClickSend refuses (mrkdwn); empty when it takes all."""
    if not quote.refused:
        return ""
    named = ", ".join(
        f"{escape(for_people(each.recipient))} ({escape(each.status)})"
        for each in quote.refused[:_MOST]
    )
    named = _and_more(named, len(quote.refused) - _MOST)
    return say("ClickSend will not take {named}.", named=named)


def money(quote: Quote) -> str:
    """Price and balance in a sentence."""
    return say(
        "Price {price}, balance {balance}.",
        price=amount(quote.price, quote.currency),
        balance=amount(quote.balance, quote.currency),
    )
