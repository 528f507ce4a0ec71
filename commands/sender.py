"""`/clicksend sender`: who messages can come from, and how far ClickSend's review of them is."""

from __future__ import annotations

from slack_sdk.models.blocks import ButtonElement

from bot.clicksend import ClickSend
from bot.services import senders
from bot.services.explain import explain
from bot.services.senders import Sender
from bot.slack.blocks import Message, button, clip, confirm, escape
from bot.texts import Phrase, say
from commands.access_text import may_not
from commands.answers import answer, plain
from commands.changes import NOT_CHANGED, shown
from commands.context import BotCall, BotRouter
from commands.things import (
    Entry,
    Sheet,
    Words,
    change,
    cut,
    page_number,
    render_sheet,
    show_sheet,
)

PAGE, DELETE = "sender.page", "sender.delete"
LIST = "/clicksend sender list"
_EMPTY = Phrase(
    "There are no senders yet. ClickSend chooses the number that your messages come from."
)
_STATUSES = {
    "APPROVED": Phrase(":white_check_mark: approved"),
    "PENDING": Phrase(":hourglass_flowing_sand: being reviewed"),
    "REJECTED": Phrase(":x: rejected"),
}

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "sender list",
    args="[page]",
    summary=Phrase("numbers and names that messages can come from"),
    default=True,
    uses=("numbers.list", "own_numbers.list", "alpha_tags.list"),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the senders, or turn the page."""
    await _show(call, call.given, replace=call.pressed)


@router.command(
    "sender delete",
    args="<name or number>",
    summary=Phrase("delete an alpha tag or a number of your own (admins)"),
    uses=("own_numbers.list", "own_numbers.delete", "alpha_tags.list", "alpha_tags.delete"),
)
async def delete(call: BotCall) -> None:
    """Show what would be deleted, with the button that asks first."""
    call.later(_asked(call), doing=Phrase("reading the senders"))


async def _asked(call: BotCall) -> None:
    if not await may_not(call):
        await answer(call, _named(call), otherwise=Phrase("The senders could not be read"))


@router.action(DELETE)
async def deleted(call: BotCall) -> None:
    """Delete it: the question was answered with yes."""
    call.later(_delete(call), doing=Phrase("deleting a sender"))


async def _named(call: BotCall) -> Message:
    found = await senders.read(call.services.clicksend, words=explain)
    named = senders.called(found.senders, call.text)
    if named:
        return render_sheet(Sheet(say("Delete a sender"), [_entry(each) for each in named]), PAGE)
    said = [
        say(
            ":warning: There is no alpha tag and no number of your own {name}.",
            name=shown(call.text, say("without a name")),
        ),
        say("See `{command}`.", command=LIST),
        *(say("Not looked at: {what}", what=escape(each)) for each in found.missing),
        str(NOT_CHANGED),
    ]
    return plain(" ".join(said))


async def _delete(call: BotCall) -> None:
    key, _, name = call.value.partition("\n")
    operation = senders.deletion(key)
    if operation is None or await may_not(call):
        return
    named = shown(name, longest=100)
    words = Words(
        lambda: say("The sender *{name}* is deleted.", name=named),
        say("The sender *{name}* was not deleted.", name=named),
        LIST,
    )
    await change(call, operation, words, what=say("the sender {name}", name=name))


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    is_admin = (await call.services.access.may_administer(call.user)).allowed
    reading = _page(call.services.clicksend, page_number(number), deletable=is_admin)
    failed = Phrase("The senders could not be read")
    work = show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)
    call.later(work, doing=Phrase("reading the senders"))


async def _page(clicksend: ClickSend, number: int, *, deletable: bool) -> Sheet:
    found = await senders.read(clicksend, words=explain)
    notes = tuple(say(":warning: Not shown: {what}", what=escape(each)) for each in found.missing)
    entries = [_entry(each, deletable=deletable) for each in found.senders]
    return cut(say("Senders"), entries, number, empty=_EMPTY, notes=notes)


def _entry(sender: Sender, *, deletable: bool = True) -> Entry:
    known = _STATUSES.get(sender.status.upper())
    status = str(known) if known else escape(clip(sender.status.lower(), 50))
    facts = (sender.kind.words, status, escape(clip(sender.more, 100)))
    said = " · ".join(each for each in facts if each)
    return Entry(sender.name, said, _delete_button(sender) if sender.id and deletable else None)


def _delete_button(sender: Sender) -> ButtonElement:
    ask = confirm(
        say("Delete this sender?"),
        say(
            "No message can come from *{name}* any more, until it is registered and reviewed anew.",
            name=shown(sender.name, longest=100),
        ),
        ok=say("Yes, delete it"),
        deny=say("Keep it"),
    )
    value = f"{sender.key}\n{clip(sender.name, 100)}"
    return button(
        say("Delete"), f"{DELETE}:{sender.id}"[:255], value=value, style="danger", ask=ask
    )
