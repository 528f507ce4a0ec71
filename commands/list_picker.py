"""Choosing a contact list: a menu that searches as somebody types, for every form."""

from __future__ import annotations

import asyncio

from slack_sdk.models.blocks import ExternalDataSelectElement

from bot.clicksend import ClickSendError
from bot.slack.blocks import Block, Option, clip, input_block
from bot.slack.router import Ack, Options
from bot.texts import Text, figure, say
from commands.context import BotCall, BotRouter

PICK = "lists.pick"
_SECONDS = 2.0
_MOST = 100

router: BotRouter = BotRouter()


@router.options(PICK)
async def offer(call: BotCall) -> Ack:
    """Offer the lists whose names match what is typed."""
    try:
        async with asyncio.timeout(_SECONDS):
            return Options(await _offered(call))
    except (TimeoutError, ClickSendError):
        return Options(())


async def _offered(call: BotCall) -> list[Option]:
    contacts, typed = call.services.contacts, call.value.strip()
    found: list[tuple[int, str | None, int | None]]
    if typed:
        hits = await contacts.find(typed, 1)
        found = [(hit.id, hit.name, hit.contacts_count) for hit in hits.data if hit.type == "list"]
    else:
        page = await contacts.lists(1, size=_MOST)
        found = [(each.list_id, each.list_name, each.contacts_count) for each in page.data]
    return [_option(*each) for each in found[:_MOST]]


def _option(number: int, name: str | None, contacts: int | None) -> Option:
    count = f" ({figure(contacts)})" if contacts is not None else ""
    return Option(value=str(number), text=f"{clip(name or str(number), 75 - len(count))}{count}")


def picker(
    block_id: str, label: Text, *, chosen: tuple[int, str] | None = None, optional: bool = False
) -> Block:
    """The menu as an input of a form.

    Args:
        block_id: Of the input.
        label: Above it.
        chosen: The id and name of what is chosen already.
        optional: Whether it may stay empty.
    """
    initial = _option(*chosen, None) if chosen else None
    menu = ExternalDataSelectElement(
        action_id=PICK,
        placeholder=say("Type to search"),
        min_query_length=0,
        initial_option=initial,
    )
    return input_block(block_id, label, menu, optional=optional)
