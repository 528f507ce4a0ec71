"""`/sms`: a form, the price, the yes."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from slack_sdk.models.blocks import (
    DateTimePickerElement,
    ExternalDataSelectElement,
    PlainTextInputElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig

from bot.clicksend import ClickSendError
from bot.clicksend.operations.lists import ListContactLists
from bot.clicksend.operations.search import SearchContactLists
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services import parts, recipients
from bot.services.channels import SendOperation
from bot.services.sending import Draft, new_id
from bot.slack.blocks import Block, Modal, Option, clip, context, escape, input_block, modal
from bot.slack.blocks import section as paragraph
from bot.slack.calls import View
from bot.slack.router import Ack, Errors, Options, Update
from bot.store.sends import Send
from commands.answers import NOTHING, plain, refused
from commands.context import BotCall, BotRouter
from commands.review import Form, loading, reopens, review_later

FORM, COUNT, LIST = "sms.form", "sms.count", "sms.list"
TO, TO_LIST, SENDER, BODY, WHEN = "to", "list", "sender", "body", "when"
LONGEST = 3000
MOST_RECIPIENTS = 1000
_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)
_OPTIONS_SECONDS = 2.0

router: BotRouter = BotRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    id: str
    channel: str
    to: str = ""
    list_id: str = ""
    list_name: str = ""
    sender: str = ""
    body: str = ""
    when: int | None = None
    previous: str | None = None


@router.command(
    "sms send",
    args="[+61411111111 text]",
    summary="send an SMS",
    shortcut="/sms",
    default=True,
    uses=(
        "sms.price",
        "sms.send",
        "account.get",
        "contacts.list",
        "lists.list",
        "search.contact_lists",
    ),
)
async def send(call: BotCall) -> None:
    """Open the form, prefilled from what was typed."""
    to, body = recipients.split_prefill(call.text)
    call.later(_open(call, to, body), doing="opening the form")


async def _open(call: BotCall, to: str, body: str) -> None:
    if await refused(call):
        return
    if max(len(body), len(to)) > LONGEST:
        most = f"A form holds {LONGEST:,} characters, and this has {max(len(body), len(to)):,}."
        await call.reply(plain(f":warning: {most} {NOTHING} Shorten it and try again."))
        return
    await call.open(form(Typed(new_id(), call.channel or call.user, to=to, body=body)))


@router.action(COUNT)
async def count(call: BotCall) -> None:
    """Show the count of what is typed so far."""
    if call.view and call.view.callback_id == FORM:
        call.later(_recount(call, call.view), doing="counting characters", failed=_untold)


@router.options(LIST)
async def lists(call: BotCall) -> Ack:
    """Offer the contact lists whose names match."""
    try:
        async with asyncio.timeout(_OPTIONS_SECONDS):
            return Options(await _lists(call))
    except (TimeoutError, ClickSendError):
        return Options(())


@router.view(FORM)
async def submit(call: BotCall) -> Ack:
    """Check what can be checked here; the price and the rest arrive in the loading view."""
    if call.view is None:
        return None
    typed = read(call.view)
    wrong, draft = check(typed, call.user, call.services.default_country, call.services.now())
    if draft is None:
        return Errors(wrong)
    review_later(call, draft, lambda problem: form(replace(typed, id=new_id()), problem))
    return Update(loading("Send an SMS"))


@reopens(SendSms.route.id)
def reopened(row: Send, operation: SendOperation) -> Form:
    """The form filled from a draft."""
    if not isinstance(operation, SendSms):
        raise TypeError(f"{operation.route.id} is no SMS")
    first = operation.messages[0]
    lists = [message.list_id for message in operation.messages if message.list_id]
    typed = Typed(
        id=new_id(),
        channel=row.channel,
        to=", ".join(message.to for message in operation.messages if message.to),
        list_id=str(lists[0]) if lists else "",
        list_name=f"list {lists[0]}" if lists else "",
        sender=first.from_ or "",
        body=first.body,
        when=int(first.schedule.timestamp()) if first.schedule else None,
        previous=row.id,
    )
    return lambda problem: form(typed, problem)


def read(view: View) -> Typed:
    """What was typed in the form."""
    kept = json.loads(view.private_metadata or "{}")
    return Typed(
        id=str(kept.get("id", "")),
        channel=str(kept.get("channel", "")),
        previous=kept.get("previous"),
        to=view.text(TO),
        list_id=view.choice(TO_LIST) or "",
        list_name=view.choice_text(TO_LIST),
        sender=view.text(SENDER).strip(),
        body=view.text(BODY),
        when=view.moment(WHEN),
    )


def check(
    typed: Typed, user: str, country: str | None, now: datetime
) -> tuple[dict[str, str], Draft | None]:
    """What is wrong with a form, by block; or the draft it makes.

    Args:
        typed: The form.
        user: Whose it is.
        country: Of numbers without `+`.
        now: The present.
    """
    found = recipients.parse(typed.to, default_country=country)
    wrong = {
        **_wrong_recipients(typed, found),
        **wrong_sender(typed.sender, SENDER),
        **wrong_time(typed.when, WHEN, now),
    }
    if not typed.body.strip():
        wrong[BODY] = "Write the message."
    if wrong:
        return wrong, None
    schedule = datetime.fromtimestamp(typed.when, UTC) if typed.when else None
    common = {"body": typed.body, "from_": typed.sender or None, "schedule": schedule}
    targets: list[dict[str, object]] = [{"to": number} for number in found.valid]
    if typed.list_id:
        targets.append({"list_id": int(typed.list_id)})
    messages = tuple(SmsMessage.model_validate({**common, **target}) for target in targets)
    return {}, Draft(
        typed.id, user, typed.channel, SendSms(messages=messages), typed.body, typed.previous
    )


def wrong_sender(sender: str, block: str) -> dict[str, str]:
    """What is wrong with a sender ID: at most 11 letters and digits, or a number."""
    if not sender or _SENDER.fullmatch(sender):
        return {}
    if recipients.parse(sender, default_country=None).valid:
        return {}
    return {block: "At most 11 letters, digits and spaces, or a number such as +61411111111."}


def wrong_time(when: int | None, block: str, now: datetime) -> dict[str, str]:
    """What is wrong with the hour somebody picked."""
    if when is None:
        return {}
    picked = datetime.fromtimestamp(when, UTC)
    if picked <= now:
        return {block: "That time has passed. Pick a later one, or none to send it now."}
    if picked > now + timedelta(days=365):
        return {block: "That is more than a year away."}
    return {}


def _wrong_recipients(typed: Typed, found: recipients.Recipients) -> dict[str, str]:
    if found.problems:
        named = "; ".join(f"{each.typed}: {each.why}" for each in found.problems[:5])
        return {TO: clip(f"Not a phone number: {named}.", 500)}
    if not found.valid and not typed.list_id:
        return {TO: "Give a number, or choose a contact list below."}
    if len(found.valid) > MOST_RECIPIENTS:
        return {TO: f"At most {MOST_RECIPIENTS:,} numbers; these are {len(found.valid):,}."}
    if typed.list_id and not typed.list_id.isdigit():
        return {TO_LIST: "Choose a list that is offered."}
    return {}


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = {"id": typed.id, "channel": typed.channel, "previous": typed.previous}
    chosen = Option(value=typed.list_id, text=clip(typed.list_name, 75)) if typed.list_id else None
    blocks: list[Block] = [
        *([paragraph(f":warning: {problem}")] if problem else []),
        input_block(
            TO,
            "To",
            PlainTextInputElement(
                action_id=TO,
                multiline=True,
                max_length=LONGEST,
                initial_value=typed.to or None,
                placeholder="+61411111111, +61422222222",
            ),
            hint="One or many numbers, with country code, separated by commas or lines.",
            optional=True,
        ),
        input_block(
            TO_LIST,
            "Or a contact list",
            ExternalDataSelectElement(
                action_id=LIST,
                placeholder="Type to search",
                min_query_length=0,
                initial_option=chosen,
            ),
            optional=True,
        ),
        input_block(
            BODY,
            "Message",
            PlainTextInputElement(
                action_id=COUNT,
                multiline=True,
                max_length=LONGEST,
                initial_value=typed.body or None,
                dispatch_action_config=DispatchActionConfig(
                    trigger_actions_on=["on_character_entered"]
                ),
            ),
            dispatch=True,
        ),
        context(counted(typed.body)),
        input_block(
            SENDER,
            "From",
            PlainTextInputElement(
                action_id=SENDER,
                max_length=20,
                initial_value=typed.sender or None,
                placeholder="Your sender ID; empty: ClickSend chooses",
            ),
            optional=True,
        ),
        input_block(
            WHEN,
            "When",
            DateTimePickerElement(action_id=WHEN, initial_date_time=typed.when),
            hint="Empty: now.",
            optional=True,
        ),
    ]
    return modal(
        FORM,
        "Send an SMS",
        blocks,
        submit="Price",
        close="Cancel",
        private_metadata=json.dumps(kept),
    )


def counted(body: str) -> str:
    """Characters, parts and encoding in words (mrkdwn)."""
    found = parts.count(body)
    unit = "part" if found.parts == 1 else "parts"
    words = f"{found.characters:,} characters · {found.parts} {unit} · {found.encoding}"
    if found.unicode_because:
        because = " ".join(f"`{escape(char)}`" for char in found.unicode_because[:5])
        words += f" because of {because}"
    if len(found.kept) < len(body):
        words += f" · :warning: too long: only the first {len(found.kept):,} characters are sent"
    return words


async def _recount(call: BotCall, view: View) -> None:
    await call.slack.update_view(view.id, form(read(view)))


async def _untold(message: object) -> None:
    """A count that does not come is no reason to disturb somebody who is writing."""
    del message


async def _lists(call: BotCall) -> list[Option]:
    if call.value.strip():
        hits = await call.services.clicksend.run(SearchContactLists(q=call.value.strip()[:100]))
        found = [(hit.id, hit.name, hit.contacts_count) for hit in hits.data if hit.type == "list"]
    else:
        page = await call.services.clicksend.run(ListContactLists(limit=100))
        found = [(each.list_id, each.list_name, each.contacts_count) for each in page.data]
    return [
        Option(value=str(number), text=clip(_list_name(name, number, contacts), 75))
        for number, name, contacts in found[:100]
    ]


def _list_name(name: str | None, number: int, contacts: int | None) -> str:
    return f"{name or number}" + (f" ({contacts})" if contacts is not None else "")
