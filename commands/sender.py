"""`/clicksend sender`: who messages can come from, and how far ClickSend's review of them is."""

from __future__ import annotations

from bot.clicksend import ClickSend, registry
from bot.services import api_rules, senders
from bot.services.explain import explain
from bot.services.senders import Sender
from bot.slack.blocks import clip, escape
from commands.api_views import refusal
from commands.context import BotCall, BotRouter
from commands.things import Entry, Sheet, cut, page_number, show_sheet

PAGE = "sender.page"
_EMPTY = "There are no senders yet. ClickSend chooses the number that your messages come from."
_STATUSES = {
    "APPROVED": ":white_check_mark: approved",
    "PENDING": ":hourglass_flowing_sand: being reviewed",
    "REJECTED": ":x: rejected",
}

router: BotRouter = BotRouter()


@router.command(
    "sender list",
    args="[page]",
    summary="numbers and names that messages can come from",
    default=True,
    uses=("numbers.list", "own_numbers.list", "alpha_tags.list"),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the senders."""
    await _show(call, call.text, replace=False)


@router.action(PAGE)
async def turn(call: BotCall) -> None:
    """Turn the page."""
    await _show(call, call.value, replace=True)


@router.command("sender verify", summary="where a number of your own is verified")
async def verify(call: BotCall) -> None:
    """Say that the code of a verification never passes through Slack, with the way to go."""
    operation = registry.operation("own_numbers.verify")
    message = refusal(operation, api_rules.kept_out(operation) or "it takes a code")
    call.later(call.reply(message), doing="saying where a number is verified")


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _page(call.services.clicksend, page_number(number))
    failed = "The senders could not be read"
    work = show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)
    call.later(work, doing="reading the senders")


async def _page(clicksend: ClickSend, number: int) -> Sheet:
    found = await senders.read(clicksend, words=explain)
    notes = tuple(f":warning: Not shown: {escape(each)}" for each in found.missing)
    entries = [_entry(each) for each in found.senders]
    return cut("Senders", entries, number, empty=_EMPTY, notes=notes)


def _entry(sender: Sender) -> Entry:
    status = _STATUSES.get(sender.status.upper(), escape(clip(sender.status.lower(), 50)))
    facts = (str(sender.kind), status, escape(clip(sender.more, 100)))
    return Entry(sender.name, " · ".join(each for each in facts if each))
