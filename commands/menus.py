"""Menus that search as somebody types, in lists of any length."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from bot.clicksend import ClickSendError, Operation, Page
from bot.slack.blocks import Option, clip
from bot.slack.router import Options
from commands.context import BotCall

_MOST = 100
"""Options that Slack shows at most: typing more finds the others."""
_SECONDS = 2.0


async def offered(
    call: BotCall, listing: Operation[Page[Any]], name: Callable[[Any], tuple[int, str]]
) -> Options:
    """What a menu offers: the things of a list whose names match what is typed, in time.

    Args:
        call: What is typed.
        listing: The list, from its first page on; of anything, for `name` reads it.
        name: The number and the name of each.
    """
    wanted, found = call.value.strip().casefold(), list[Option]()
    try:
        async with (
            asyncio.timeout(_SECONDS),
            aclosing(call.services.clicksend.pages(listing)) as all_,
        ):
            async for each in all_:
                number, text = name(each)
                if wanted in text.casefold():
                    found.append(Option(value=str(number), text=clip(text or str(number), 75)))
                if len(found) == _MOST:
                    break
    except (TimeoutError, ClickSendError):
        pass  # what was found until then is better than nothing
    return Options(found)
