"""`/clicksend list duplicates` and `optouts`: what keeps a list clean, after a question."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence

from bot.clicksend import ClickSendError
from bot.clicksend.operations.contacts import RemoveOptedOutContacts
from bot.clicksend.operations.lists import ContactField, RemoveDuplicateContacts
from bot.services.contacts import NoneFound
from bot.slack.blocks import Message, button, buttons, confirm, section
from bot.texts import Phrase, say
from commands.answers import answer, plain
from commands.changes import NOT_CHANGED, changed, may_not, shown
from commands.context import BotCall, BotRouter
from commands.list_views import CLEAN, UNREAD, many, none

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
    typed = named if by else say("phone number")
    fields = ["_".join(each.lower().split()) for each in typed.split(",")]
    known = {field.value for field in ContactField}
    if not set(fields) <= known:
        return plain(
            say(
                ":warning: Fields are {spoken}. {not_changed}",
                spoken=_spoken(sorted(known)),
                not_changed=NOT_CHANGED,
            )
        )
    what = say(
        "Of contacts with the same {spoken}, all but one are deleted", spoken=_spoken(fields)
    )
    return await _ask(call, text if by else call.text, what, {"fields": fields})


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
        found = await call.services.contacts.named(say("Opt-Out List"))
        out = None if isinstance(found, NoneFound) else found.list_id
    if out is None:
        why = say("The setting OPT_OUT_LIST does not say which list holds those who opted out")
        return plain(
            say(
                ":warning: {why}, and none is called Opt-Out List. {not_changed}",
                why=why,
                not_changed=NOT_CHANGED,
            )
        )
    what = say(
        "Every contact that is in the list `{out}` of those who opted out is deleted", out=out
    )
    return await _ask(call, call.text, what, {"out": out})


async def _ask(call: BotCall, text: str, what: str, kept: dict[str, object]) -> Message:
    found = await call.services.contacts.named(text)
    if isinstance(found, NoneFound):
        return none(text, found)
    value = json.dumps({"list": found.list_id, **kept})
    name = shown(found.list_name, str(found.list_id), 100)
    ask = confirm(
        say("Delete them?"),
        say("{what} from {name}. Nobody can put them back.", what=what, name=name),
        ok=say("Yes"),
        deny=say("Keep them"),
    )
    pressed = button(say("Delete them"), CLEAN, value=value, style="danger", ask=ask)
    words = say(
        "{what} from *{name}* (`{list_id}`). {not_changed} so far.",
        what=what,
        name=name,
        list_id=found.list_id,
        not_changed=NOT_CHANGED[:-1],
    )
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
    words = say("From the list `{kept}` {{deleted}} contacts were deleted.", kept=kept["list"])
    within = await described(call, operation.route.id, operation.list_id)
    which = (say("twice by ") + ", ".join(kept["fields"])) if "fields" in kept else say("opted out")
    what = say("of {within}: the contacts that are {which}", within=within, which=which)
    await call.reply(await changed(call, operation, words, what=what))


async def described(call: BotCall, operation_id: str, list_id: int) -> str:
    """A list with its name and its contacts, for the second person where one is asked."""
    named = say("the list {list_id}", list_id=list_id)
    if not call.services.second.needed(operation_id):
        return named
    with contextlib.suppress(ClickSendError):
        found = await call.services.contacts.named(str(list_id))
        if not isinstance(found, NoneFound):
            return say(
                "{named}, {list_name}, with {many}",
                named=named,
                list_name=found.list_name,
                many=many(found),
            )
    return named
