"""What nobody knows: the evidence, and a person's word on it."""

from __future__ import annotations

from collections import Counter

from bot.services.channels import ACCEPTED, NO_ANSWER, Channel, SendOperation, channel_of
from bot.services.recipients import for_people
from bot.slack.blocks import Message, button, buttons, clip, confirm, escape, section
from bot.store.deliveries import SentMessage
from bot.store.sends import Send, State
from bot.texts import Phrase, say
from commands.again import again
from commands.answers import may, moment, person, plain
from commands.context import BotCall, BotRouter

SENT, AGAIN, DROP = "unsettled.sent", "unsettled.again", "unsettled.drop"
_MOST = 20
_BEFORE = Phrase(":warning: Somebody decided that before; nothing changed.")

router: BotRouter = BotRouter()


@router.action(SENT)
async def was_sent(call: BotCall) -> None:
    """It was sent: the question was answered with yes."""
    call.later(_was_sent(call), doing=Phrase("settling a send"))


@router.action(AGAIN)
async def send_again(call: BotCall) -> None:
    """Send it again to those of whom nothing was found: price and yes first."""
    call.later(_send_again(call), doing=Phrase("asking for the price"))


@router.action(DROP)
async def drop(call: BotCall) -> None:
    """Leave it as it is."""
    call.later(_drop(call), doing=Phrase("settling a send"))


async def _was_sent(call: BotCall) -> None:
    if await _theirs(call) is None:
        return
    if await call.services.decisions.was_sent(call.value, actor=call.user) is None:
        await call.reply(plain(_BEFORE))


async def _drop(call: BotCall) -> None:
    if await _theirs(call) is None:
        return
    if await call.services.decisions.drop(call.value, actor=call.user) is None:
        await call.reply(plain(_BEFORE))


async def _send_again(call: BotCall) -> None:
    found = await _theirs(call)
    kept = await call.services.sending.draft(call.value)
    if found is None or kept is None:
        return
    send, messages = found
    if send.state is not State.UNKNOWN:
        await call.reply(plain(_BEFORE))
        return
    await again(call, send, missing(send, kept[1], messages))


def missing(send: Send, operation: SendOperation, messages: list[SentMessage]) -> tuple[str, ...]:
    """Of whom nothing was found; all of them where it goes to all or to none."""
    channel = channel_of(send.operation)
    if channel.traits.can_split:
        return tuple(m.recipient for m in messages if m.status == NO_ANSWER)
    lost = not any(m.status == ACCEPTED for m in messages)
    return channel.recipients(operation) if lost else ()


async def _theirs(call: BotCall) -> tuple[Send, list[SentMessage]] | None:
    """The send, for who may send what it is; None for others, who are told whom to ask."""
    found = await call.services.sending.report(call.value)
    if found is None:
        return None
    decision = await may(call, found[0])
    if not decision.allowed:
        await call.reply(plain(say(":no_entry: {reason} Nothing changed.", reason=decision.reason)))
    return found if decision.allowed else None


def render(send: Send, messages: list[SentMessage]) -> Message:
    """The evidence with its three ways on; or what was decided."""
    channel = channel_of(send.operation)
    verb = channel.traits.verb
    what = say(
        "{noun} of {person}, {time}",
        noun=channel.noun,
        person=person(send.actor),
        time=moment(send.confirmed_at or send.created_at),
    )
    quote = ">" + escape(clip(send.summary, 300)).replace("\n", "\n>")
    if send.state is not State.UNKNOWN:
        text = f":ballot_box_with_check: {what}: {_decided(send)}"
        return Message(f"{text}\n{quote}", (section(text), section(quote)))
    title = say(
        ":grey_question: {what}: nobody knows whether it was {done}.", what=what, done=verb.done
    )
    evidence = _evidence(channel, messages)
    sure = say("It was {done}", done=verb.done)
    ask = confirm(f"{sure}?", say("You are sure: ClickSend has it."), ok=sure, deny=say("Not sure"))
    give_up = confirm(
        say("Drop it?"),
        say("It stays unknown, and nothing more is done."),
        ok=say("Drop it"),
        deny=say("Not yet"),
    )
    row = buttons(
        button(sure, SENT, value=send.id, ask=ask),
        button(say("{do} it again…", do=verb.do), AGAIN, value=send.id),
        button(say("Drop it"), DROP, value=send.id, style="danger", ask=give_up),
    )
    blocks = (section(title), section(quote), section(evidence), row)
    return Message(f"{title}\n{quote}\n{evidence}", blocks)


def _evidence(channel: Channel, messages: list[SentMessage]) -> str:
    """What ClickSend shows of it, and what it does not (mrkdwn)."""
    done = channel.traits.verb.done
    seen = Counter(m.recipient for m in messages if m.status == ACCEPTED)
    missing = [m.recipient for m in messages if m.status == NO_ANSWER]
    twice = [who for who, times in seen.items() if times > 1]
    notes = [m for m in messages if m.status not in {ACCEPTED, NO_ANSWER}]
    total = len(seen.keys() | {m.recipient for m in messages})
    told = (
        say(
            "ClickSend's history has {count} of {total} recipients of it. Not found: {people}.",
            count=len(seen),
            total=total,
            people=_named(missing),
        )
        if channel.traits.is_listed
        else say("ClickSend keeps no list that would show it.")
    )
    look = (
        say(
            "It may have been {done} and charged all the same: "
            "look in ClickSend, ask a recipient, then decide.",
            done=done,
        )
        if channel.traits.to_people
        else say(
            "It may have been {done} and charged all the same: look in ClickSend, then decide.",
            done=done,
        )
    )
    said = [
        told,
        *([say("Found more than once: {people}.", people=_named(twice))] if twice else []),
        *(f"{escape(m.recipient)} {escape(m.status)}." for m in notes[:_MOST]),
        look,
    ]
    return " ".join(said)


def _named(who: list[str]) -> str:
    shown = ", ".join(escape(for_people(each)) for each in who[:_MOST]) or say("nobody")
    if len(who) <= _MOST:
        return shown
    return say("{people} and {count} more", people=shown, count=len(who) - _MOST)


def _decided(send: Send) -> str:
    who = person(send.decided_by) if send.decided_by else say("ClickSend's history")
    if send.state is State.RECONCILED:
        return say(
            "it was {done}, says {who}.", done=channel_of(send.operation).traits.verb.done, who=who
        )
    return say(
        "{who} decided: {reason}", who=who, reason=escape(send.reason or say("it is dropped"))
    )
