"""`/clicksend history failed`: what did not arrive lately, whoever sent it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.services.losses import Failed
from bot.services.receipts import cause
from bot.services.recipients import for_people
from bot.slack.blocks import Block, Message, button, buttons, clip, escape, header, section
from bot.texts import Phrase, Text, say
from commands.answers import moment, person, plain
from commands.context import BotCall, BotRouter
from commands.issue_buttons import report_message
from commands.times import own_zone

OLDER = "failed.older"
_KINDS: dict[str, Text] = {
    "sms": "SMS",
    "mms": "MMS",
    "fax": Phrase("Fax"),
    "voice": Phrase("Voice call"),
}

router: BotRouter = BotRouter()


@router.command("history failed", summary=Phrase("what did not arrive lately, whoever sent it"))
async def failed(call: BotCall) -> None:
    """List the latest."""
    call.later(_list(call, None), doing=Phrase("reading what failed"))


@router.action(OLDER)
async def older(call: BotCall) -> None:
    """List what failed before that."""
    call.later(_list(call, int(call.value)), doing=Phrase("reading what failed"))


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
            say(
                "No receipt says that something did not arrive. `/clicksend setup webhooks` shows "
                "whether ClickSend lets me see receipts."
            )
        )
    title = say("Not delivered")
    lines = [_line(each, zone) for each in found]
    beside = [
        report_message(number, each.receipt.kind, each.receipt.message_id, cause(each.receipt))
        for number, each in enumerate(found)
    ]
    shown = [section(text, accessory=one) for text, one in zip(lines, beside, strict=True)]
    blocks: list[Block] = [header(title), *shown]
    if rest is not None:
        blocks.append(buttons(button(say("Older"), OLDER, value=str(rest))))
    return Message("\n".join([f"*{title}*", *lines]), tuple(blocks))


def _line(each: Failed, zone: ZoneInfo | None) -> str:
    receipt = each.receipt
    kind, why = _KINDS.get(receipt.kind, receipt.kind), escape(clip(cause(receipt), 200))
    if each.message:
        to = escape(for_people(each.message.recipient))
        what = say("*{kind}* to {recipient}: {cause}", kind=kind, recipient=to, cause=why)
    else:
        what = say("*{kind}*: {cause}", kind=kind, cause=why)
    who = (
        say("sent by {person}", person=person(each.send.actor))
        if each.send
        else say("not sent from Slack")
    )
    return f"{what} · {moment(receipt.at, zone)} · {who} · `{escape(receipt.message_id)}`"
