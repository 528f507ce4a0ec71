"""Who gets a message: the fields for numbers and a contact list, and what is wrong with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from slack_sdk.models.blocks import ExternalDataSelectElement, PlainTextInputElement

from bot.clicksend import ClickSendError
from bot.clicksend.operations.lists import ListContactLists
from bot.clicksend.operations.search import SearchContactLists
from bot.clicksend.requests import Callee
from bot.services import parts, recipients
from bot.slack.blocks import Block, Option, clip, input_block
from bot.slack.router import Ack, Options
from bot.texts import say
from commands.context import BotCall, BotRouter

TO, TO_LIST, SENDER = "to", "list", "sender"
LIST = "sms.list"
"""The menu of contact lists, in whatever form it stands."""
LONGEST = 3000
MOST_RECIPIENTS = 1000
_OPTIONS_SECONDS = 2.0
_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", re.ASCII)

router: BotRouter = BotRouter()


@router.options(LIST)
async def lists(call: BotCall) -> Ack:
    """Offer the contact lists whose names match."""
    try:
        async with asyncio.timeout(_OPTIONS_SECONDS):
            return Options(await _lists(call))
    except (TimeoutError, ClickSendError):
        return Options(())


def wrong_recipients(found: recipients.Recipients, list_id: str) -> dict[str, str]:
    """What is wrong with numbers and list, by block."""
    if found.problems:
        named = "; ".join(f"{each.typed}: {each.why}" for each in found.problems[:5])
        return {TO: clip(say("Not a phone number: {named}.", named=named), 500)}
    if not found.valid and not list_id:
        return {TO: say("Give a number, or choose a contact list below.")}
    if len(found.valid) > MOST_RECIPIENTS:
        return {
            TO: say(
                "At most {most:,} numbers; these are {count:,}.",
                most=MOST_RECIPIENTS,
                count=len(found.valid),
            )
        }
    if list_id and not list_id.isdigit():
        return {TO_LIST: say("Choose a list that is offered.")}
    return {}


def targets(found: recipients.Recipients, list_id: str) -> list[dict[str, str | int]]:
    """The `to` or `list_id` of each message, of what is not wrong."""
    made: list[dict[str, str | int]] = [{"to": number} for number in found.valid]
    if list_id:
        made.append({"list_id": int(list_id)})
    return made


def wrong_sender(sender: str, block: str) -> dict[str, str]:
    """What is wrong with a sender ID: at most 11 letters and digits, or a number."""
    if not sender or _SENDER.fullmatch(sender):
        return {}
    if recipients.parse(sender, default_country=None).valid:
        return {}
    return {block: say("At most 11 letters, digits and spaces, or a number such as +61411111111.")}


def wrong_text(body: str, block: str, *, most: int, most_unicode: int) -> dict[str, str]:
    """What is wrong with a text that ClickSend would cut: nothing is cut here unsaid.

    Args:
        body: The text.
        block: Where it stands.
        most: Characters of the GSM alphabet.
        most_unicode: Characters where one of them is not in the GSM alphabet.
    """
    if not body.strip():
        return {block: say("Write the message.")}
    found = parts.count(body)
    unicode = found.encoding is parts.Encoding.UNICODE
    longest = most_unicode if unicode else most
    if found.characters <= longest:
        return {}
    most, count = longest, found.characters
    if not unicode:
        wrong = say("At most {most:,} characters; these are {count:,}.", most=most, count=count)
    else:
        wrong = say(
            "At most {most:,} characters because of {rare}; these are {count:,}.",
            most=most,
            rare=" ".join(found.unicode_because[:5]),
            count=count,
        )
    return {block: wrong}


def audience_of(messages: Sequence[Callee]) -> tuple[str, str, str]:
    """The numbers, the list's number and its name, as the fields take them, of a draft."""
    lists = [message.list_id for message in messages if message.list_id]
    numbers = ", ".join(message.to for message in messages if message.to)
    if not lists:
        return numbers, "", ""
    return numbers, str(lists[0]), say("list {number}", number=lists[0])


def audience_fields(to: str, list_id: str, list_name: str) -> list[Block]:
    """The two fields, with what was typed."""
    chosen = Option(value=list_id, text=clip(list_name, 75)) if list_id else None
    return [
        input_block(
            TO,
            say("To"),
            PlainTextInputElement(
                action_id=TO,
                multiline=True,
                max_length=LONGEST,
                initial_value=to or None,
                placeholder="+61411111111, +61422222222",
            ),
            hint=say("One or many numbers, with country code, separated by commas or lines."),
            optional=True,
        ),
        input_block(
            TO_LIST,
            say("Or a contact list"),
            ExternalDataSelectElement(
                action_id=LIST,
                placeholder=say("Type to search"),
                min_query_length=0,
                initial_option=chosen,
            ),
            optional=True,
        ),
    ]


def sender_field(sender: str) -> Block:
    """The field for a sender ID, with what was typed."""
    element = PlainTextInputElement(
        action_id=SENDER,
        max_length=20,
        initial_value=sender or None,
        placeholder=say("Your sender ID; empty: ClickSend chooses"),
    )
    return input_block(SENDER, say("From"), element, optional=True)


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
