"""Commands by mention: `@ClickSend balance`, where a slash command cannot be typed (threads)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

_FIRST = re.compile(r"\s*<@([A-Z0-9]+)(?:\|[^<>]*)?>[\s:,]*")


def bots(body: Mapping[str, Any]) -> frozenset[str]:
    """The user ids that the bot itself has, as the payload of an event says."""
    installed = body.get("authorizations") or ()
    return frozenset(str(each.get("user_id")) for each in installed if each.get("is_bot"))


def command(event: Mapping[str, Any], bot: AbstractSet[str]) -> str | None:
    """What a person typed after the bot's name; None for what is not meant as a command.

    That is: what another bot wrote, what was changed afterwards (it was run before), and a message
    that only has the name somewhere in it.

    Args:
        event: An `app_mention`.
        bot: The bot's own user ids.
    """
    if event.get("bot_id") or event.get("subtype") or event.get("edited"):
        return None
    text = str(event.get("text", ""))
    first = _FIRST.match(text)
    if first is None or first[1] not in bot:
        return None
    return text[first.end() :].strip()
