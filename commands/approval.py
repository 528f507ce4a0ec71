"""The second person's yes: the request, approved or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime

from slack_sdk.models.blocks import PlainTextInputElement

from bot.clicksend import ClickSendError
from bot.services.channels import SendOperation, channel_of
from bot.services.decisions import AskAgainError, OverLimitError
from bot.services.guards import Finding
from bot.services.money import amount
from bot.slack.blocks import (
    Block,
    Message,
    Modal,
    button,
    buttons,
    clip,
    confirm,
    context,
    escape,
    fields,
    input_block,
    modal,
    section,
)
from bot.slack.router import Ack, Clear, Errors
from bot.store.sends import Send, State
from bot.texts import Phrase, many, say
from commands.answers import NOTHING, moment, person, place, plain, trouble
from commands.context import BotCall, BotRouter
from commands.priced import finding, people

APPROVE, REFUSE, REASON = "approval.approve", "approval.refuse", "approval.reason"
ANYWAY = "approval.anyway"
WHY = "why"
_MOST = 20
_OPEN = Phrase("It still waits for a second yes: nothing was sent or charged.")

router: BotRouter = BotRouter()


@router.action(APPROVE)
async def approve(call: BotCall) -> None:
    """Say the second yes: the question was answered."""
    call.later(_approve(call), doing=Phrase("approving a send"))


@router.action(ANYWAY)
async def approve_anyway(call: BotCall) -> None:
    """Say the second yes in spite of what came up since."""
    call.later(_approve_anyway(call), doing=Phrase("approving a send"))


@router.action(REFUSE)
async def refuse(call: BotCall) -> None:
    """Ask for the reason."""
    call.later(_ask_why(call), doing=Phrase("asking for the reason"))


@router.view(REASON)
async def refused(call: BotCall) -> Ack:
    """Refuse it, with the reason."""
    if call.view is None:
        return None
    reason = call.view.text(WHY).strip()
    if not reason:
        return Errors({WHY: say("Say why, so that they know what to change.")})
    call.later(_refuse(call, call.view.private_metadata, reason), doing=Phrase("refusing a send"))
    return Clear()


async def _approve(call: BotCall) -> None:
    if await _may_not(call, call.value):
        return
    await _decide(call, call.value)


async def _approve_anyway(call: BotCall) -> None:
    wish = json.loads(call.value)
    if await _may_not(call, str(wish["send"])):
        return
    since = datetime.fromtimestamp(float(wish["at"]), UTC)
    await _decide(call, str(wish["send"]), knowing=wish["codes"], since=since)


async def _decide(
    call: BotCall,
    send_id: str,
    *,
    knowing: Collection[str] = (),
    since: datetime | None = None,
) -> None:
    now = call.services.now()
    decisions = call.services.decisions
    try:
        done = await decisions.approve(send_id, actor=call.user, knowing=knowing, since=since)
    except OverLimitError as error:
        await call.reply(plain(f":no_entry: {escape(str(error))} {_OPEN}"))
    except ClickSendError as error:
        text = trouble(Phrase("It could not be checked again"), error).text
        await call.reply(plain(f"{text} {_OPEN}"))
    except AskAgainError as error:
        await call.reply(_against(send_id, error.findings, [*knowing], now))
    else:
        if done is None:
            await call.reply(plain(say(":warning: That was decided before, or is too old.")))


def _against(
    send_id: str, findings: tuple[Finding, ...], known: list[str], at: datetime
) -> Message:
    """What came up since it was asked for, with a yes in spite of it."""
    codes = sorted({*known, *(each.code for each in findings)})
    value = json.dumps({"send": send_id, "codes": codes, "at": at.timestamp()})
    lines = [finding(each) for each in findings[:_MOST]]
    more = len(findings) - _MOST
    if more > 0:
        lines.append(many("and {count:,} more warning", "and {count:,} more warnings", more))
    came = say("This came up since it was asked for.")
    title = f"{came} {_OPEN}"
    anyway = button(say("Approve anyway"), ANYWAY, value=value, style="danger")
    blocks = (section(title), *(section(line) for line in lines), buttons(anyway))
    return Message("\n".join([title, *lines]), blocks)


async def _ask_why(call: BotCall) -> None:
    if not await _may_not(call, call.value):
        await call.open(why_form(REASON, call.value, call.channel or call.user))


def why_form(callback_id: str, subject: str, where: str) -> Modal:
    """The form for the reason of a refusal, which keeps what is refused, and where."""
    why = PlainTextInputElement(action_id=WHY, multiline=True, max_length=500)
    return modal(
        callback_id,
        say("Refuse it"),
        [input_block(WHY, say("Why"), why, hint=say("Who asked for it reads this."))],
        submit=say("Refuse"),
        close=say("Back"),
        private_metadata=f"{subject} {where}",
    )


async def _refuse(call: BotCall, kept: str, reason: str) -> None:
    send_id, _, acting = kept.partition(" ")
    if await _may_not(call, send_id, acting or None):
        return
    if await call.services.decisions.refuse(send_id, actor=call.user, reason=reason) is None:
        await call.reply(plain(say(":warning: That was decided before, or is too old.")))


async def _may_not(call: BotCall, send_id: str, acting: str | None = None) -> bool:
    """Whether this person may not decide on it; they are told why."""
    found = await call.services.sending.report(send_id)
    if found is None:
        return True
    if found[0].actor == call.user:
        await call.reply(plain(say(":no_entry: Your own request needs another person's yes.")))
        return True
    kind = channel_of(found[0].operation).kind
    decision = await call.services.access.may_approve(
        call.user, found[0].channel, kind=kind, acting=acting or call.channel or call.user
    )
    if not decision.allowed:
        await call.reply(plain(say(":no_entry: {reason} Nothing changed.", reason=decision.reason)))
    return not decision.allowed


def render(send: Send, operation: SendOperation) -> Message:
    """Exactly what would be sent, to whom, at what price; or what was decided."""
    channel = channel_of(send.operation)
    title = _title(send, str(channel.noun))
    recipients = channel.recipients(operation)
    price = amount(send.price, send.currency or "") if send.price is not None else say("unknown")
    when = moment(send.scheduled_for) if send.scheduled_for else say("at once")
    facts = (
        say("*Price*\n{price}", price=price),
        say("*Recipients*\n{count:,}", count=send.recipients),
        say("*When*\n{time}", time=when),
        say("*Asked in*\n{place}", place=place(send.channel)),
    )
    text = escape(clip(send.summary, 2500))
    blocks: list[Block] = [
        section(title),
        section(say("*To*\n{people}", people=people(recipients))),
        section(say("*What*\n{text}", text=text)),
        fields(*facts),
        context(escape(send.rule) if send.rule else say("by the rules of this bot")),
    ]
    if send.state is State.APPROVAL:
        blocks.append(_question(send, price))
    spoken = say(
        "{title}\nTo {people}\n{text}\nPrice {price}, {when}",
        title=title,
        people=people(recipients),
        text=text,
        price=price,
        when=when,
    )
    return Message(clip(spoken, 3000), tuple(blocks))


def _question(send: Send, price: str) -> Block:
    get = many(
        "{count:,} recipient gets it, for {price}.",
        "{count:,} recipients get it, for {price}.",
        send.recipients,
        price=price,
    )
    ask = confirm(say("Approve it?"), get, ok=say("Yes, send it"), deny=say("Not yet"))
    return buttons(
        button(say("Approve"), APPROVE, value=send.id, style="primary", ask=ask),
        button(say("Refuse…"), REFUSE, value=send.id, style="danger"),
    )


def _title(send: Send, noun: str) -> str:
    what = say("{noun} of {actor}", noun=noun, actor=person(send.actor))
    who = person(send.decided_by) if send.decided_by else ""
    if send.state is State.APPROVAL:
        until = moment(send.expires_at) if send.expires_at else ""
        return say(
            ":busts_in_silhouette: {what} needs a second yes until {until}", what=what, until=until
        )
    if send.state is State.DENIED:
        reason = escape(send.reason or "")
        said = say(
            ":no_entry: {what} was refused by {who}: {reason}", what=what, who=who, reason=reason
        )
        return f"{said} {NOTHING}"
    if send.state is State.EXPIRED:
        said = say(":alarm_clock: {what}: nobody approved it in time.", what=what)
        return f"{said} {NOTHING}"
    if send.state is State.UNDONE:
        said = say(":leftwards_arrow_with_hook: {what} was withdrawn by {who}.", what=what, who=who)
        return f"{said} {NOTHING}"
    return say(":white_check_mark: {what} was approved by {who}", what=what, who=who)
