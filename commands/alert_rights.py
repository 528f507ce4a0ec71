"""Whose alert it is: found by its id, and whether this person may do something about it."""

from __future__ import annotations

import re

from bot.services.alerts.hands import may_handle
from bot.services.alerts.model import Group
from bot.texts import Phrase, say
from commands.answers import plain
from commands.context import BotCall

_ID = re.compile(r"[0-9a-f]{16}")
_GONE = Phrase(":warning: There is no such alert. `/clicksend alert` lists them.")


async def found(call: BotCall, alert_id: str) -> Group | None:
    """An alert; None where there is none of this id, which they are told."""
    group = await call.services.alerts.get(alert_id) if _ID.fullmatch(alert_id) else None
    if group is None:
        await call.reply(plain(str(_GONE)))
    return group


async def theirs(call: BotCall, alert_id: str) -> Group | None:
    """An alert that this person may do something about, where they are; they are told if not."""
    group = await found(call, alert_id)
    if group is None:
        return None
    desk = call.services.alerts
    places = await desk.places_of(group)
    sender = await call.services.access.may_send(call.user, call.channel)
    if may_handle(
        group,
        call.user,
        acting=call.channel,
        places=places,
        oncall=desk.oncall(group, await desk.book()),
        may_send=sender.allowed,
    ):
        return group
    where = next((f"<#{each}>" for each in places if each and each[0] in "CG"), None)
    await call.reply(
        plain(
            say(
                ":no_entry: Whoever is in {where}, is on call or may send can do this. Do it "
                "there, or ask them. Nothing changed.",
                where=where or say("its channel"),
            )
        )
    )
    return None
