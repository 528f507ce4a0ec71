"""`/clicksend audit`: who did what, when, at what price, with what outcome; for admins."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from bot.services import audit_words
from bot.services.audit_trail import Export, Page
from bot.services.audit_words import AuditWordsError, Wish, read_wish
from bot.services.journal import BOT, CLI
from bot.services.money import amount
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    clip_mrkdwn,
    context,
    escape,
    header,
    paragraphs,
)
from bot.slack.client import SlackError
from bot.store.audit import Record
from bot.texts import Phrase, many, say
from commands.access_text import may_not, who
from commands.answers import moment, person, plain
from commands.context import BotCall, BotRouter
from commands.times import any_zone_of

PAGE, EXPORT = "audit.page", "audit.export"
_LONGEST = 600
_HOW = Phrase(
    "`/clicksend audit @user 7d` shows one person's last seven days; `bot` is the bot itself."
)

router: BotRouter = BotRouter()


@router.command(
    "audit",
    args="[@who] [7d | yesterday | 2026-11-01 | 2026-11]",
    summary=Phrase("who did what, for admins"),
    mentions=True,
)
async def audit(call: BotCall) -> None:
    """Answer with the newest records."""
    call.later(_show(call), doing=Phrase("reading the audit trail"))


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page."""
    call.later(_turn(call), doing=Phrase("reading the audit trail"))


@router.action(EXPORT)
async def export(call: BotCall) -> None:
    """Give a file with all of it."""
    call.later(_export(call), doing=Phrase("exporting the audit trail"))


async def _show(call: BotCall) -> None:
    if await may_not(call):
        return
    try:
        zone = await any_zone_of(call)
        wish = read_wish(call.text, now=call.services.now(), zone=zone)
    except AuditWordsError as error:
        await call.reply(plain(f":warning: {error}"))
        return
    await call.reply(render(wish, await call.services.audit.page(wish)))


async def _turn(call: BotCall) -> None:
    if await may_not(call):
        return
    wish, kept = _wish(call.value)
    page = await call.services.audit.page(wish, before=kept.get("before"), after=kept.get("after"))
    if not page.records and "after" in kept:  # they went with their time while this was open
        page = await call.services.audit.page(wish)
    await call.reply(render(wish, page), replace=True)


async def _export(call: BotCall) -> None:
    if await may_not(call):
        return
    wish, _ = _wish(call.value)
    made = await call.services.audit.export(wish, actor=call.user, where=call.channel or "")
    try:
        await call.slack.send_file(call.user, made.name, made.content, comment=_comment(wish, made))
    except SlackError as error:
        text = say(
            ":warning: Slack did not take the file: {error}. Try again later.",
            error=escape(str(error)),
        )
        await call.reply(plain(text))
        return
    text = say(
        ":page_facing_up: The file is in your direct messages: {count}.", count=_count(made.rows)
    )
    await call.reply(plain(text))


def render(wish: Wish, page: Page) -> Message:
    """A page of records, with ways to the others and to the file."""
    title = _title(wish)
    if not page.records:
        return plain(say("{title}: nothing was recorded.", title=title))
    lines = [line(record) for record in page.records]
    turns = ((say("Newer"), "after", page.newer), (say("Older"), "before", page.older))
    row = [
        button(text, f"{PAGE}:{way}", value=_value(wish, **{way: cursor}))
        for text, way, cursor in turns
        if cursor is not None
    ]
    blocks: list[Block] = [
        header(say("Audit trail")),
        context(title),
        *paragraphs(lines),
        buttons(*row, button(say("Export as CSV"), EXPORT, value=_value(wish))),
        context(_HOW),
    ]
    return Message(clip("\n".join([title, *lines]), 3000), tuple(blocks))


def line(record: Record) -> str:
    """A record (mrkdwn)."""
    facts = record.detail
    count, spent = facts.get("recipients"), audit_words.cost(record)
    people = many("{count:,} recipient", "{count:,} recipients", int(count)) if count else ""
    price = amount(spent, str(facts.get("currency") or "")) if spent is not None else ""
    rule, reason = (escape(str(facts.get(key) or "")) for key in ("rule", "reason"))
    text = escape(clip(str(facts.get("text") or ""), 150)).replace("\n", " ")
    of = who(record.subject) if record.action.startswith(("access ", "limit ")) else ""
    parts = (
        moment(record.at),
        _who(record) + _where(record),
        f"*{escape(audit_words.what(record))}*",
        of,
        people,
        price,
        say("under: {rule}", rule=rule) if rule else "",
        reason,
        f"“{text}”" if text else "",
    )
    return clip_mrkdwn(" · ".join(filter(None, parts)), _LONGEST)


def _who(record: Record) -> str:
    return say("the bot") if record.actor == BOT else person(record.actor)


def _where(record: Record) -> str:
    if not record.place:
        return ""
    if record.place == CLI:
        where = say("at the command line")
    elif record.place[:1] in {"C", "G"}:
        where = say("in <#{channel}>", channel=record.place)
    else:
        where = say("in a direct message")
    return f" {where}"


def _title(wish: Wish) -> str:
    whose = say("Everybody") if wish.actor is None else f"<@{wish.actor}>"
    whose = say("The bot") if wish.actor == BOT else whose
    if not wish.since:
        return say("{whose}, all that is kept", whose=whose)
    return say("{whose}, since {time}", whose=whose, time=moment(wish.since))


def _comment(wish: Wish, made: Export) -> str:
    comment = say("The audit trail: {which}. {count}.", which=_title(wish), count=_count(made.rows))
    if made.complete:
        return comment
    rest = say("There is more: these are the newest; choose a shorter time.")
    return f"{comment} {rest}"


def _count(rows: int) -> str:
    return many("{count:,} record", "{count:,} records", rows)


def _value(wish: Wish, **cursor: int | None) -> str:
    since = int(wish.since.timestamp()) if wish.since else None
    return json.dumps({"who": wish.actor, "since": since, **cursor})


def _wish(value: str) -> tuple[Wish, dict[str, int]]:
    kept = json.loads(value)
    since = kept.get("since")
    cursor = {key: int(kept[key]) for key in ("before", "after") if kept.get(key) is not None}
    return Wish(kept.get("who"), datetime.fromtimestamp(since, UTC) if since else None), cursor
