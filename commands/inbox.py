"""`/clicksend inbox`: who waits for an answer; the buttons of a conversation; where they belong."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.services.recipients import parse
from bot.services.routing import KEYWORD, LIST, NUMBER
from bot.slack.blocks import Message, escape
from bot.store.routes import StoredRoute
from bot.texts import Phrase, aloud, say
from commands.answers import plain, refused
from commands.changes import NOT_CHANGED
from commands.context import BotCall, BotRouter
from commands.inbox_text import (
    CLOSE,
    HISTORY,
    HOUR,
    LEAVE,
    MORE,
    PAGE,
    PAGE_SIZE,
    REOPEN,
    TAKE,
    TOMORROW,
    WEEK,
    history,
    waiting_list,
)
from commands.times import any_zone_of

_ROUTE = re.compile(
    r"(number|list|keyword)\s+(\S+)\s+(?:<#([A-Z0-9]+)(?:\|[^>]*)?>|(off))", re.IGNORECASE
)
_KINDS = {NUMBER: Phrase("number"), LIST: Phrase("list"), KEYWORD: Phrase("keyword")}
_HOW = Phrase(
    "Type for example `/clicksend inbox route number +61411111111 #support`, "
    "`… keyword HELP #support`, `… list 428 #vip`, or `off` instead of the channel."
)
_GONE = Phrase(":information_source: Somebody was quicker, or it is closed: nothing changed.")

router: BotRouter = BotRouter()


@router.command(
    "inbox",
    summary=Phrase("who waits for an answer, the longest first"),
    uses=(
        "sms.inbound",
        "sms.mark_inbound_message_read",
        "search.contact_lists",
        "sms.list_templates",
        "sms.price",
        "sms.send",
    ),
)
async def inbox(call: BotCall) -> None:
    """Answer with the conversations that nobody has answered."""
    call.later(_list(call, 0), doing=Phrase("reading the inbox"))


@router.command(
    "inbox route",
    args="[number|list|keyword VALUE #channel|off]",
    summary=Phrase("which channel conversations belong in"),
    mentions=True,
    uses=("contacts.list",),
)
async def route(call: BotCall) -> None:
    """Show the routes, or set the one that was typed."""
    call.later(_route(call), doing=Phrase("setting a route"))


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Show another page of the list."""
    page = int(call.value) if call.value.isdecimal() and len(call.value) < 6 else 0  # noqa: PLR2004 - a page number
    call.later(_list(call, page, replace=True), doing=Phrase("reading the inbox"))


@router.action(REOPEN)
async def reopen(call: BotCall) -> None:
    """Take a close back."""
    call.later(_reopen(call), doing=Phrase("reopening a conversation"))


@router.action(MORE)
async def more(call: BotCall) -> None:
    """Close, assign, put off, or show what was written before."""
    what, _, talk_id = call.value.partition(":")
    if what == HISTORY:
        call.later(_history(call, talk_id), doing=Phrase("reading earlier messages"))
    else:
        call.later(_change(call, what, talk_id), doing=Phrase("changing a conversation"))


async def _list(call: BotCall, page: int, *, replace: bool = False) -> None:
    found, total = await call.services.desk.unanswered(limit=PAGE_SIZE, offset=page * PAGE_SIZE)
    linked = [
        (
            talk,
            await call.slack.permalink(talk.channel, talk.thread_ts) if talk.thread_ts else None,
        )
        for talk in found
    ]
    message = waiting_list(linked, total, page, call.services.now())
    await call.reply(message, replace=replace)


async def _reopen(call: BotCall) -> None:
    if not await refused(call) and not await call.services.desk.reopen(call.value, actor=call.user):
        await call.reply(plain(_GONE))


async def _history(call: BotCall, talk_id: str) -> None:
    standing = await call.services.desk.standing(talk_id)
    if standing is None:
        return
    came, went = await call.services.desk.history(standing.talk.theirs, limit=20)
    await call.open(history(standing.talk, came, went))


async def _change(call: BotCall, what: str, talk_id: str) -> None:
    """What a conversation's button asks for; whoever may send may do it."""
    if await refused(call):
        return
    desk, now = call.services.desk, call.services.now()
    if what == CLOSE:
        done = await desk.close(talk_id, actor=call.user)
    elif what in {TAKE, LEAVE}:
        whom = call.user if what == TAKE else None
        done = await desk.assign(talk_id, whom, actor=call.user)
    else:
        until = await _until(call, what, now)
        done = until is not None and await desk.snooze(talk_id, until, actor=call.user)
    if not done:
        await call.reply(plain(_GONE))


async def _until(call: BotCall, what: str, now: datetime) -> datetime | None:
    """When a snooze ends; tomorrow is the person's."""
    if what == HOUR:
        return now + timedelta(hours=1)
    if what == WEEK:
        return now + timedelta(weeks=1)
    if what != TOMORROW:
        return None
    zone = await any_zone_of(call)
    there = now.astimezone(zone) + timedelta(days=1)
    return there.replace(hour=9, minute=0, second=0, microsecond=0)


async def _route(call: BotCall) -> None:
    if not call.text.strip():
        await call.reply(_routes(await call.services.inbox.routes()))
        return
    decision = await call.services.access.may_administer(call.user)
    if not decision.allowed:
        await call.reply(plain(f":no_entry: {decision.reason} {NOT_CHANGED}"))
        return
    typed = _ROUTE.fullmatch(call.text.strip())
    value = _value(typed[1].lower(), typed[2], call.services.default_country) if typed else None
    if typed is None or value is None:
        why = say("That is no route.")
        await call.reply(plain(f":warning: {why} {_HOW} {NOT_CHANGED}"))
        return
    await _set(call, typed[1].lower(), value, typed[3])


async def _set(call: BotCall, kind: str, value: str, channel: str | None) -> None:
    if channel is None:
        where = _by(kind, value)
        said = (
            say("<@{user}> took the route of {where} away.", user=call.user, where=where)
            if await call.services.inbox.unroute(kind, value, actor=call.user)
            else say("<@{user}> found no route of {where}.", user=call.user, where=where)
        )
        await call.reply(plain(f":twisted_rightwards_arrows: {said}"))
        return
    stored = StoredRoute(
        kind=kind, value=value, channel=channel, set_by=call.user, set_at=call.services.now()
    )
    await call.services.inbox.route(stored)
    with aloud():
        said = say(
            "Conversations by {where} that begin from now on belong in <#{channel}>.",
            where=_by(kind, value),
            channel=channel,
        )
    await call.reply(plain(f":twisted_rightwards_arrows: {said}"), in_channel=True)


def _by(kind: str, value: str) -> str:
    """What a route goes by (mrkdwn)."""
    return f"{_KINDS.get(kind, kind)} `{escape(value)}`"


def _value(kind: str, typed: str, country: str | None) -> str | None:
    """What a route is for, as it is stored; None when it is none."""
    if kind == KEYWORD:
        return typed.strip(".,:;!?").casefold()[:64] or None
    if kind == LIST:
        return typed if typed.isdecimal() and typed.isascii() and len(typed) < 12 else None  # noqa: PLR2004 - an id
    found = parse(typed, default_country=country).valid if kind == NUMBER else ()
    return found[0] if found else None


def _routes(found: list[StoredRoute]) -> Message:
    lines = [
        say(
            "{where} → <#{channel}>, set by <@{user}>",
            where=_by(each.kind, each.value),
            channel=each.channel,
            user=each.set_by,
        )
        for each in found
    ]
    none = say("There is no route: every conversation belongs in the inbox's own channel.")
    return plain("\n".join([*(lines or [none]), str(_HOW)]))
