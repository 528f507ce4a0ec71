"""An answer to a customer: a form with templates, then the price and the yes as for any send."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace

from slack_sdk.models.blocks import ExternalDataSelectElement, PlainTextInputElement
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.clicksend import ClickSendError
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.channels import SendOperation
from bot.services.desk import Standing
from bot.services.sending import Draft, new_id
from bot.slack.blocks import Block, Modal, Option, clip, context, escape, input_block, modal
from bot.slack.blocks import section as paragraph
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Options, Update
from bot.store.conversations import Conversation
from bot.store.sends import Send
from bot.texts import Phrase, say
from commands.answers import NOTHING, plain, refused
from commands.audience import LONGEST
from commands.context import BotCall, BotRouter
from commands.inbox_text import REPLY, who
from commands.review import IN_THREAD, Form, loading, reopens, review_later
from commands.sms_form import counted

FORM, COUNT, TEMPLATE = "inbox.form", "inbox.count", "inbox.template"
BODY, CHOSEN = "body", "template"
_OPTIONS_SECONDS = 2.0

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form holds, and whom it is for."""

    id: str
    to: str
    sender: str
    channel: str
    thread_ts: str
    title: str
    body: str = ""
    previous: str | None = None
    blank: int = 0
    """Changes when a template was chosen: Slack keeps what is typed in a block of the same id."""


@router.action(REPLY)
async def reply(call: BotCall) -> None:
    """Open the form."""
    call.later(_open(call), doing=Phrase("opening the form"))


async def _open(call: BotCall) -> None:
    if await refused(call):
        return
    standing = await call.services.desk.standing(call.value)
    if standing is None or standing.talk.thread_ts is None:
        await call.reply(plain(f":warning: {say('This conversation is gone.')} {NOTHING}"))
    elif standing.opted_out:
        await call.reply(plain(f":no_entry: {_stopped(standing)} {NOTHING}"))
    else:
        await call.open(form(answer_to(standing.talk)))


def _stopped(standing: Standing) -> str:
    return say(
        "{who} said STOP: nothing can be sent to them until they write START.",
        who=who(standing.talk),
    )


def answer_to(talk: Conversation, body: str = "") -> Answer:
    """An answer to a conversation, from the number that was written to."""
    return Answer(
        id=new_id(),
        to=talk.theirs,
        sender=talk.ours,
        channel=talk.channel,
        thread_ts=talk.thread_ts or "",
        title=who(talk),
        body=body,
    )


def draft_of(answer: Answer, user: str) -> Draft:
    """The draft that an answer makes."""
    message = SmsMessage(to=answer.to, body=answer.body, from_=answer.sender or None)
    return Draft(
        answer.id,
        user,
        answer.channel,
        SendSms(messages=(message,)),
        answer.body,
        answer.previous,
        thread_ts=answer.thread_ts,
    )


@router.action(COUNT)
async def count(call: BotCall) -> None:
    """Show the count of what is typed so far."""
    if call.view and call.view.callback_id == FORM:
        call.later(
            _redraw(call, read(call.view)), doing=Phrase("counting characters"), failed=_untold
        )


@router.options(TEMPLATE)
async def templates(call: BotCall) -> Ack:
    """Offer the account's templates whose names or texts match."""
    try:
        async with asyncio.timeout(_OPTIONS_SECONDS):
            known = await call.services.desk.templates()
    except (TimeoutError, ClickSendError):
        return Options(())
    wanted = call.value.strip().casefold()
    found = [
        Option(value=str(each.template_id), text=clip(each.template_name or "?", 75))
        for each in known
        if wanted in f"{each.template_name} {each.body}".casefold()
    ]
    return Options(found[:100])


@router.action(TEMPLATE)
async def choose(call: BotCall) -> None:
    """Put the chosen template into the form."""
    if call.view and call.view.callback_id == FORM:
        call.later(_fill(call, call.view), doing=Phrase("reading the template"))


async def _fill(call: BotCall, view: View) -> None:
    answer = read(view)
    known = await call.services.desk.templates()
    body = next((t.body for t in known if str(t.template_id) == call.value), None)
    if body:
        typed = f"{answer.body.rstrip()}\n{body}" if answer.body.strip() else body
        changed = replace(answer, body=typed[:LONGEST], blank=answer.blank + 1)
        await _redraw(call, changed)


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check the text; the price and the rest arrive in the loading view."""
    if call.view is None:
        return None
    answer = read(call.view)
    if not answer.body.strip():
        return Errors({_block(answer): say("Write the message.")})
    again = replace(answer, id=new_id())
    review_later(call, draft_of(answer, call.user), lambda problem: form(again, problem))
    return Update(loading(say("Reply")))


@reopens(IN_THREAD)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft."""
    if not isinstance(operation, SendSms):
        raise TypeError(f"{operation.route.id} is no SMS")
    first = operation.messages[0]
    answer = Answer(
        id=new_id(),
        to=first.to or "",
        sender=first.from_ or "",
        channel=row.channel,
        thread_ts=row.thread_ts or "",
        title=f"*{escape(first.to or '')}*",
        body=first.body,
        previous=row.id,
    )
    return lambda problem: form(answer, problem)


def read(view: View) -> Answer:
    """What was typed in the form."""
    kept = json.loads(view.private_metadata)
    answer = Answer(**kept)
    return replace(answer, body=view.text(_block(answer)))


def _block(answer: Answer) -> str:
    return f"{BODY}{answer.blank or ''}"


def form(answer: Answer, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = {name: getattr(answer, name) for name in Answer.__slots__ if name != "body"}
    blocks: list[Block] = [
        *([paragraph(f":warning: {problem}")] if problem else []),
        paragraph(say("An SMS to {who}", who=answer.title)),
        input_block(
            CHOSEN,
            say("Template"),
            ExternalDataSelectElement(
                action_id=TEMPLATE, placeholder=say("Type to search"), min_query_length=0
            ),
            optional=True,
            dispatch=True,
        ),
        input_block(
            _block(answer),
            say("Message"),
            PlainTextInputElement(
                action_id=COUNT,
                multiline=True,
                max_length=LONGEST,
                initial_value=answer.body or None,
                dispatch_action_config=DispatchActionConfig(
                    trigger_actions_on=["on_character_entered"]
                ),
            ),
            dispatch=True,
        ),
        context(counted(answer.body)),
    ]
    return modal(
        FORM,
        say("Reply"),
        blocks,
        submit=say("Price"),
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )


async def _redraw(call: BotCall, answer: Answer) -> None:
    if call.view:
        await call.slack.update_view(call.view.id, form(answer))


async def _untold(message: object) -> None:
    """A count that does not come is no reason to disturb somebody who is writing."""
    del message
