"""App Home: shown at once from what is known, then as ClickSend says it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from bot.clicksend import ClickSendError
from bot.services.channels import channel_of
from bot.services.explain import explain
from bot.slack.blocks import escape
from bot.slack.router import Ack
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands import email, fax, history, inbox, mms, scheduled, sms, voice
from commands.context import BotCall, BotRouter
from commands.home_view import GO, HOME, REFRESH, SEND, Reply, Seen, refreshed, view
from commands.times import own_zone

_REPLIES = 3
_Run: TypeAlias = Callable[[BotCall], Awaitable[Ack]]
_FORMS: dict[str, _Run] = {
    "sms": sms.send,
    "mms": mms.send,
    "voice": voice.send,
    "fax": fax.send,
    "email": email.send,
}
_LISTS: dict[str, _Run] = {
    "scheduled": scheduled.scheduled,
    "inbox": inbox.inbox,
    "history": history.history,
}

router: BotRouter = BotRouter()


@router.event("app_home_opened")
async def opened(call: BotCall) -> None:
    """Show it to who looks at it."""
    if call.value == HOME and call.user:
        await show(call)


@router.action(REFRESH)
async def again(call: BotCall) -> None:
    """Show it anew."""
    call.later(show(call), doing=Phrase("reading your Home"))


@router.action(SEND)
async def send(call: BotCall) -> Ack:
    """Open the form of a channel."""
    run = _FORMS.get(call.value)
    return await run(replace(call, value="")) if run else None


@router.action(GO)
async def go(call: BotCall) -> Ack:
    """Give a list in the person's direct messages with the bot, beside Home."""
    run = _LISTS.get(call.value)
    return await run(replace(call, value="")) if run else None


async def show(call: BotCall) -> None:
    """Publish what is known; then what has to be asked for, if anything has.

    Raises:
        SlackError: Slack does not take it.
    """
    home = call.services.home
    seen = await _seen(call)
    stale = home.stale(seen.facts)
    note = refreshed(seen.facts.account_at) if stale else ""
    await call.slack.publish_home(call.user, view(replace(seen, note=note)))
    if not stale and not seen.replies:
        return
    links, note = await asyncio.gather(_links(call, seen), _read(call, stale=stale))
    facts = await home.known(call.user)
    whole = replace(seen, facts=facts, replies=links, note=note)
    await call.slack.publish_home(call.user, view(whole))


async def _links(call: BotCall, seen: Seen) -> list[Reply]:
    """The conversations, each with the address of its thread."""
    return [
        (talk, await call.slack.permalink(talk.channel, talk.thread_ts) if talk.thread_ts else None)
        for talk, _ in seen.replies
    ]


async def _read(call: BotCall, *, stale: bool) -> str:
    """Ask ClickSend; what to say when that fails (mrkdwn)."""
    try:
        if stale:
            await call.services.home.refresh()
    except ClickSendError as error:
        return say(":warning: It could not be read now. {why}", why=escape(explain(error)))
    return ""


async def _seen(call: BotCall) -> Seen:
    """Everything that this person's Home says, by what they may do; nobody is asked for it."""
    facts = await call.services.home.known(call.user)
    found, waiting = await call.services.desk.unanswered(limit=_REPLIES, offset=0)
    decision = await call.services.access.may_send(call.user)
    return Seen(
        facts=facts,
        replies=[(talk, None) for talk in found],
        waiting=waiting,
        approvals=[each for each in facts.approvals if await _may_approve(call, each)],
        refusal="" if decision.allowed else decision.reason,
        zone=await own_zone(call),
    )


async def _may_approve(call: BotCall, send_: Send) -> bool:
    if send_.actor == call.user:
        return False
    kind = channel_of(send_.operation).kind
    decision = await call.services.access.may_approve(
        call.user, send_.channel, kind=kind, acting=call.user
    )
    return decision.allowed
