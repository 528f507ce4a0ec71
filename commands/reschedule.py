"""*Change time…* on a scheduled SMS: the same message at another hour, in the place of the old."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial

from bot.clicksend import ClickSendError
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.channels import messages_of
from bot.services.scheduled import ScheduledSms
from bot.services.sending import Draft, new_id
from bot.slack.blocks import Block, Message, Modal, modal, section
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Update
from bot.texts import Phrase, say
from commands.answers import NOTHING, trouble
from commands.context import BotCall, BotRouter
from commands.review import loading, price_and_review, stopped
from commands.scheduled import CHANGE, not_theirs
from commands.times import WHEN, WORDS, Chosen, chosen, fields, zone_of

FORM = "scheduled.form"
_TITLE = Phrase("Change the time")

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form for another time holds, and which message it is for."""

    id: str
    message_id: str
    channel: str
    words: str = ""
    when: int | None = None


@router.action(CHANGE)
async def change(call: BotCall) -> None:
    """Ask for the other time."""
    call.later(_ask(call), doing=Phrase("opening the form"))


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Read the time; message and price arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    time = await chosen(call, typed.words, typed.when)
    wrong = dict(time.wrong)
    if not wrong and time.at is None:
        wrong = {WORDS: say("Say when, such as “tomorrow 9am”.")}
    if wrong:
        return Errors(wrong)
    view_id = call.view.id

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, stopped(_TITLE, message.text))

    call.later(
        _reprice(call, view_id, typed, time), doing=Phrase("asking for the price"), failed=failed
    )
    return Update(loading(_TITLE))


async def _ask(call: BotCall) -> None:
    wish = json.loads(call.value)
    if await not_theirs(call, str(wish["id"])):
        return
    typed = Typed(new_id(), str(wish["id"]), call.channel or call.user, when=int(wish["at"]))
    await call.open(form(typed))
    await zone_of(call)  # kept for a while: the form is submitted faster


async def _reprice(call: BotCall, view_id: str, typed: Typed, time: Chosen) -> None:
    """Price the same message at its other hour; the yes cancels the old one and sends this."""
    try:
        sms = await call.services.scheduled.find(typed.message_id)
    except ClickSendError as error:
        problem = trouble(say("The message could not be read"), error).text
        await call.slack.update_view(view_id, form(replace(typed, id=new_id()), problem))
        return
    if sms is None or not sms.recipient or not sms.body:
        late = say("Too late: that message does not wait any more. {nothing}", nothing=NOTHING)
        await call.slack.update_view(view_id, stopped(_TITLE, late))
        return
    draft = _moved(call, typed, sms, time, await _sender(call, sms))
    await price_and_review(call, view_id, draft, partial(form, replace(typed, id=new_id())))


async def _sender(call: BotCall, sms: ScheduledSms) -> str | None:
    """The sender that was asked for; where the bot did not send it, the one that it has."""
    kept = await call.services.sending.draft(sms.send_id) if sms.send_id else None
    messages = messages_of(kept[1]) if kept else ()
    return messages[0].from_ if messages else sms.sender


def _moved(
    call: BotCall, typed: Typed, sms: ScheduledSms, time: Chosen, sender: str | None
) -> Draft:
    message = SmsMessage(to=sms.recipient, body=sms.body, from_=sender, schedule=time.at)
    old = say(
        "It replaces the message of {time} UTC, which is cancelled first.",
        time=f"{sms.at:%Y-%m-%d %H:%M}",
    )
    return Draft(
        typed.id,
        call.user,
        typed.channel,
        SendSms(messages=(message,)),
        sms.body,
        previous=sms.send_id,
        replaces=sms.message_id,
        notes=tuple(filter(None, [old, time.note])),
    )


def read(view: View) -> Typed:
    """What was typed in the form for another time."""
    kept = json.loads(view.private_metadata or "{}")
    return Typed(
        str(kept.get("id", "")),
        str(kept.get("message_id", "")),
        str(kept.get("channel", "")),
        view.text(WORDS).strip(),
        view.moment(WHEN),
    )


def form(typed: Typed, problem: str = "") -> Modal:
    """The form for another time, with a problem at its top."""
    kept = {"id": typed.id, "message_id": typed.message_id, "channel": typed.channel}
    blocks: list[Block] = [
        *([section(f":warning: {problem}")] if problem else []),
        *fields(typed.words, typed.when, hint=say("In your own time zone.")),
    ]
    return modal(
        FORM,
        _TITLE,
        blocks,
        submit=say("Price"),
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )
