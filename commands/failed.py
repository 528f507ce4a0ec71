"""`/clicksend history failed`: what did not arrive lately, whoever sent it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.services.losses import Failed
from bot.services.notices import DeliveryFailures
from bot.services.receipts import cause
from bot.services.recipients import for_people
from bot.slack.blocks import Block, Message, button, buttons, clip, context, escape, header, section
from commands.answers import moment, person, plain
from commands.context import BotCall, BotRouter
from commands.issue_buttons import report_message
from commands.times import own_zone

OLDER = "failed.older"
_MOST = 20
_KINDS = {"sms": "SMS", "mms": "MMS", "fax": "Fax", "voice": "Voice call"}

router: BotRouter = BotRouter()


@router.command("history failed", summary="what did not arrive lately, whoever sent it")
async def failed(call: BotCall) -> None:
    """List the latest."""
    call.later(_list(call, None), doing="reading what failed")


@router.action(OLDER)
async def older(call: BotCall) -> None:
    """List what failed before that."""
    call.later(_list(call, int(call.value)), doing="reading what failed")


async def _list(call: BotCall, before: int | None) -> None:
    found, rest = await call.services.losses.recent(before=before)
    await call.reply(render(found, rest, await own_zone(call)))


def render(found: list[Failed], rest: int | None, zone: ZoneInfo | None = None) -> Message:
    """What did not arrive.

    Args:
        found: It, the latest first; at most 20.
        rest: Where what is older begins; None when there is nothing.
        zone: Of the reader.
    """
    if not found and rest is None:
        return plain(
            "No receipt says that something did not arrive. `/clicksend setup webhooks` shows "
            "whether ClickSend lets me see receipts."
        )
    lines = [_line(each, zone) for each in found]
    beside = [
        report_message(number, each.receipt.kind, each.receipt.message_id, cause(each.receipt))
        for number, each in enumerate(found)
    ]
    shown = [section(text, accessory=one) for text, one in zip(lines, beside, strict=True)]
    blocks: list[Block] = [header("Not delivered"), *shown]
    if rest is not None:
        blocks.append(buttons(button("Older", OLDER, value=str(rest))))
    return Message("\n".join(["*Not delivered*", *lines]), tuple(blocks))


def _line(each: Failed, zone: ZoneInfo | None) -> str:
    receipt, to = each.receipt, each.message.recipient if each.message else None
    who = f"sent by {person(each.send.actor)}" if each.send else "not sent from Slack"
    whom = f" to {escape(for_people(to))}" if to else ""
    why = escape(clip(cause(receipt), 200))
    kind = _KINDS.get(receipt.kind, receipt.kind)
    at = moment(receipt.at, zone)
    return f"*{kind}*{whom}: {why} · {at} · {who} · `{escape(receipt.message_id)}`"


def told_before(notice: DeliveryFailures) -> Message:
    """What a version before this one was about to tell; all of it is in the list, too."""
    count = len(notice.failures)
    title = "1 message was not delivered" if count == 1 else f"{count} messages were not delivered"
    lines = [
        f"*{_KINDS[each.channel]}*: {escape(each.cause)} · `{escape(each.message_id)}`"
        for each in notice.failures[:_MOST]
    ]
    more = context("`/clicksend history failed` lists them all.")
    text = "\n".join([f":rotating_light: {title}", *lines])
    return Message(text, (header(title), *(section(line) for line in lines), more))
