"""`/clicksend contact copy` and `move`: typed whole, or with a form that asks for the list."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.clicksend import Operation
from bot.clicksend.operations.contacts import CopyContact, TransferContact
from bot.services.contacts import NoneFound, Ref, read_ref
from bot.services.sending import new_id
from bot.slack.blocks import Message, modal
from bot.slack.router import Ack, Clear, Errors
from bot.texts import Phrase, say
from commands.answers import answer, plain
from commands.changes import NOT_CHANGED, change_later, changed, how, may_not, shown
from commands.contact_views import COPY, MOVE
from commands.context import BotCall, BotRouter
from commands.list_picker import picker

TO_FORM = "contact.to_form"
LIST = "list"
_COPYING = Phrase("Copy contact"), Phrase("Copy")
_MOVING = Phrase("Move contact"), Phrase("Move")
_TO = re.compile(r"^to\s+", re.IGNORECASE)

router: BotRouter = BotRouter()


@router.command(
    "contact copy",
    args="<list/contact> [to <list>]",
    summary=Phrase("put a contact into another list, too"),
    uses=("contacts.copy",),
)
async def copy(call: BotCall) -> None:
    """Copy it, or ask where to."""
    call.later(_take(call, call.text, COPY), doing=Phrase("copying a contact"))


@router.command(
    "contact move",
    args="<list/contact> [to <list>]",
    summary=Phrase("put a contact into another list instead"),
    uses=("contacts.transfer",),
)
async def move(call: BotCall) -> None:
    """Move it, or ask where to."""
    call.later(_take(call, call.text, MOVE), doing=Phrase("moving a contact"))


@router.action(COPY)
async def copy_pressed(call: BotCall) -> None:
    """Ask where to."""
    call.later(_take(call, call.value, COPY), doing=Phrase("copying a contact"))


@router.action(MOVE)
async def move_pressed(call: BotCall) -> None:
    """Ask where to."""
    call.later(_take(call, call.value, MOVE), doing=Phrase("moving a contact"))


async def _take(call: BotCall, text: str, way: str) -> None:
    named = read_ref(text)
    if named is None:
        await call.reply(plain(f":warning: {how(way.partition('.')[2])}"))
        return
    if await may_not(call):
        return
    ref, to = named[0], _TO.sub("", named[1])
    if not to:
        await _open_to(call, ref, way)
        return
    await answer(call, _taken(call, ref, to, way), otherwise=Phrase("Nothing was copied or moved"))


async def _taken(call: BotCall, ref: Ref, to: str, way: str) -> Message:
    found = await call.services.contacts.named(to)
    if isinstance(found, NoneFound):
        why = say(
            "There is no list {name}, or more than one. `/clicksend list` shows them.",
            name=shown(to),
        )
        return plain(f":warning: {why} {NOT_CHANGED}")
    return await changed(call, *taking(ref, found.list_id, way))


async def _open_to(call: BotCall, ref: Ref, way: str) -> None:
    """Ask for the list that a contact is copied or moved to."""
    title, submit = _COPYING if way == COPY else _MOVING
    kept = {"id": new_id(), "list": ref.list_id, "contact": ref.contact_id, "how": way}
    blocks = [picker(LIST, say("To the list"))]
    form = modal(
        TO_FORM,
        title,
        blocks,
        submit=submit,
        close=say("Cancel"),
        private_metadata=json.dumps(kept),
    )
    await call.open(form)


@router.view(TO_FORM)
async def take(call: BotCall) -> Ack:
    """Copy or move it."""
    if call.view is None:
        return None
    kept, to = json.loads(call.view.private_metadata), call.view.choice(LIST) or ""
    if not to.isdigit():
        return Errors({LIST: say("Choose a list that is offered.")})
    ref = Ref(int(kept["list"]), int(kept["contact"]))
    change_later(call, *taking(ref, int(to), kept["how"]))
    return Clear()


def taking(ref: Ref, to: int, way: str) -> tuple[Operation[Any], str]:
    """The operation that copies or moves a contact, and what to say of it."""
    at = {"from_list_id": ref.list_id, "contact_id": ref.contact_id, "to_list_id": to}
    if way == COPY:
        done = say("The contact `{id}` is copied to the list `{list}`.", id=ref, list=to)
        return CopyContact(**at), done
    done = say("The contact `{id}` is moved to the list `{list}`.", id=ref, list=to)
    return TransferContact(**at), done
