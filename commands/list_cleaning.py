"""`/clicksend list duplicates` and `optouts`: what keeps a list clean, after a question."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence

from bot.clicksend import ClickSendError
from bot.clicksend.operations.contacts import RemoveOptedOutContacts
from bot.clicksend.operations.lists import ContactField, RemoveDuplicateContacts
from bot.services.contacts import NoneFound
from bot.slack.blocks import Message, button, buttons, confirm, section
from bot.texts import Phrase, say
from commands.answers import answer, plain
from commands.changes import NOT_CHANGED, changed, may_not, shown
from commands.context import BotCall, BotRouter
from commands.list_views import CLEAN, UNREAD, none, size

_OUT = "Opt-Out List"
"""How ClickSend calls the list of those who opted out."""

router: BotRouter = BotRouter()


@router.command(
    "list duplicates",
    args="<id or name> [by field, field]",
    summary=Phrase(
        "remove contacts that are there twice, as `/clicksend list duplicates 428 by email`"
    ),
    uses=("lists.remove_duplicates",),
)
async def duplicates(call: BotCall) -> None:
    """Ask whether the duplicates may go."""
    call.later(
        answer(call, _ask_duplicates(call), otherwise=UNREAD), doing=Phrase("reading a list")
    )


async def _ask_duplicates(call: BotCall) -> Message:
    text, by, named = call.text.rpartition(" by ")
    typed = named if by else "phone number"
    fields = ["_".join(each.lower().split()) for each in typed.split(",")]
    known = {field.value for field in ContactField}
    if not set(fields) <= known:
        why = say("Fields are {fields}.", fields=_spoken(sorted(known)))
        return plain(f":warning: {why} {NOT_CHANGED}")

    def said(name: str) -> str:
        return say(
            "Of contacts with the same {fields}, all but one are deleted from {list}.",
            fields=_spoken(fields),
            list=name,
        )

    return await _ask(call, text if by else call.text, said, {"fields": fields})


def _spoken(fields: Sequence[str]) -> str:
    return ", ".join(fields).replace("_", " ")


@router.command(
    "list optouts",
    args="<id or name>",
    summary=Phrase("remove everybody who opted out from a list"),
    uses=("contacts.remove_opted_out",),
)
async def optouts(call: BotCall) -> None:
    """Ask whether those who opted out may go."""
    call.later(answer(call, _ask_optouts(call), otherwise=UNREAD), doing=Phrase("reading a list"))


async def _ask_optouts(call: BotCall) -> Message:
    out = call.services.contacts.opt_out_list
    if out is None:
        found = await call.services.contacts.named(_OUT)
        out = None if isinstance(found, NoneFound) else found.list_id
    if out is None:
        why = say(
            "The setting OPT_OUT_LIST does not say which list holds those who opted out, "
            "and none is called {name}.",
            name=_OUT,
        )
        return plain(f":warning: {why} {NOT_CHANGED}")

    def said(name: str) -> str:
        return say(
            "Every contact that is in the list `{id}` of those who opted out is deleted "
            "from {list}.",
            id=out,
            list=name,
        )

    return await _ask(call, call.text, said, {"out": out})


async def _ask(
    call: BotCall, text: str, said: Callable[[str], str], kept: dict[str, object]
) -> Message:
    """Ask before anything is deleted; `said` says what is, of a list (mrkdwn)."""
    found = await call.services.contacts.named(text)
    if isinstance(found, NoneFound):
        return none(text, found)
    value = json.dumps({"list": found.list_id, **kept})
    name = shown(found.list_name, str(found.list_id), 100)
    ask = confirm(
        say("Delete them?"),
        f"{said(name)} {say('Nobody can put them back.')}",
        ok=say("Yes"),
        deny=say("Keep them"),
    )
    pressed = button(say("Delete them"), CLEAN, value=value, style="danger", ask=ask)
    words = f"{said(f'*{name}* (`{found.list_id}`)')} {say('Nothing changed so far.')}"
    return Message(words, (section(words), buttons(pressed)))


@router.action(CLEAN)
async def clean_pressed(call: BotCall) -> None:
    """Remove them: the question was answered with yes."""
    call.later(_clean(call), doing=Phrase("cleaning a list"))


async def _clean(call: BotCall) -> None:
    kept = json.loads(call.value)
    if await may_not(call):
        return
    operation: RemoveDuplicateContacts | RemoveOptedOutContacts
    if "fields" in kept:
        operation = RemoveDuplicateContacts(list_id=kept["list"], fields=kept["fields"])
    else:
        operation = RemoveOptedOutContacts(list_id=kept["list"], opt_out_list_id=kept["out"])
    # How many is known when it is done: `changed` puts the number there.
    words = say(
        "From the list `{id}` {number} contacts were deleted.", id=kept["list"], number="{deleted}"
    )
    within = await described(call, operation.route.id, operation.list_id)
    what = (
        say(
            "of {list}: the contacts that are twice by {fields}",
            list=within,
            fields=", ".join(kept["fields"]),
        )
        if "fields" in kept
        else say("of {list}: the contacts that are opted out", list=within)
    )
    await call.reply(await changed(call, operation, words, what=what))


async def described(call: BotCall, operation_id: str, list_id: int) -> str:
    """A list with its name and its contacts, for the second person where one is asked."""
    named = say("the list {id}", id=list_id)
    if not call.services.second.needed(operation_id):
        return named
    with contextlib.suppress(ClickSendError):
        found = await call.services.contacts.named(str(list_id))
        if not isinstance(found, NoneFound):
            return say(
                "{list}, {name}, with {contacts}",
                list=named,
                name=found.list_name,
                contacts=size(found),
            )
    return named
