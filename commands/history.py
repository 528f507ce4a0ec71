"""`/clicksend history`: what was sent."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.services.money import amount
from bot.slack.blocks import (
    Block,
    Message,
    clip,
    escape,
    header,
    section,
)
from bot.store.sends import Send, State
from bot.texts import Phrase, many, say
from commands.answers import moment, person, plain
from commands.context import BotCall, BotRouter
from commands.times import own_zone

_MOST = 20
STATES = {
    State.QUEUED: Phrase(":hourglass_flowing_sand: waiting"),
    State.SENDING: Phrase(":hourglass_flowing_sand: being sent"),
    State.SENT: Phrase(":white_check_mark: sent"),
    State.REFUSED: Phrase(":x: not sent"),
    State.UNKNOWN: Phrase(":grey_question: outcome unknown"),
    State.RECONCILED: Phrase(":white_check_mark: sent, found afterwards"),
    State.APPROVAL: Phrase(":busts_in_silhouette: waiting for approval"),
    State.REPRICED: Phrase(":moneybag: the price rose, waiting for a yes"),
    State.UNDONE: Phrase(":leftwards_arrow_with_hook: undone, not sent"),
    State.DENIED: Phrase(":no_entry: not approved, not sent"),
    State.EXPIRED: Phrase(":alarm_clock: not approved in time, not sent"),
    State.DROPPED: Phrase(":wastebasket: given up"),
}

router: BotRouter = BotRouter()


@router.command("history", summary=Phrase("the last 20 things sent from Slack"))
async def history(call: BotCall) -> None:
    """Answer with the newest sends."""
    call.later(_history(call), doing=Phrase("reading the history"))


async def _history(call: BotCall) -> None:
    found = await call.services.sending.recent(limit=_MOST)
    await call.reply(render_history(found, await own_zone(call)))


def render_history(found: list[Send], zone: ZoneInfo | None = None) -> Message:
    """The newest sends; times in the zone that the reader has chosen."""
    if not found:
        return plain(say("Nothing was sent from Slack yet. Start with `/sms` or `/fax`."))
    blocks: list[Block] = [header(say("Sent from Slack"))]
    lines = []
    for send in found:
        line = _line(send, zone)
        lines.append(line)
        blocks.append(section(line))
    return Message("\n".join(lines), tuple(blocks))


def _line(send: Send, zone: ZoneInfo | None) -> str:
    cost = send.total if send.total is not None else send.price
    price = f" · {amount(cost, send.currency or '')}" if cost is not None else ""
    people = many("{count:,} recipient", "{count:,} recipients", send.recipients)
    why = f"\n{escape(send.reason)}" if send.reason else ""
    state, at = STATES.get(send.state, send.state), moment(send.created_at, zone)
    quote = escape(clip(send.summary, 150)).replace("\n", " ")
    return f"{state} · {at} · {person(send.actor)} · {people}{price}\n>{quote}{why}"
