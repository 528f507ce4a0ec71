"""`/clicksend issue`: deliveries that went wrong, as they were reported to ClickSend's staff."""

from __future__ import annotations

from bot.clicksend import ClickSend
from bot.clicksend.operations.delivery_issues import DeliveryIssue, ListDeliveryIssues
from bot.texts import Phrase, say
from commands.answers import moment, refused
from commands.changes import shown
from commands.context import BotCall, BotRouter
from commands.things import ON_A_PAGE, Entry, Sheet, page_number, show_sheet

PAGE = "issue.page"
_UNREAD = Phrase("The reports could not be read")
_EMPTY = Phrase("No delivery issue was reported. Report one: `/clicksend issue report`")

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "issue list",
    args="[page]",
    summary=Phrase("deliveries that were reported to ClickSend, and what came of it"),
    default=True,
    uses=("delivery_issues.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the reports, or turn the page."""
    call.later(_show(call, call.given, replace=call.pressed), doing=Phrase("reading the reports"))


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    if await refused(call):
        return
    reading = _page(call.services.clicksend, page_number(number))
    await show_sheet(call, reading, turn=PAGE, otherwise=_UNREAD, replace=replace)


async def _page(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListDeliveryIssues(page=number, limit=ON_A_PAGE))
    entries = [_entry(each) for each in found.data]
    return Sheet(say("Delivery issues"), entries, number, max(found.last_page or 1, 1), _EMPTY)


def _entry(issue: DeliveryIssue) -> Entry:
    state = (
        say(":white_check_mark: resolved")
        if issue.resolved
        else say(":hourglass_flowing_sand: open")
    )
    facts = (
        shown(issue.status, "", longest=50),
        shown((issue.type or "").replace("_", " ").lower(), ""),
        moment(issue.date_added) if issue.date_added else "",
        say("message {id}", id=shown(issue.message_id, longest=100)) if issue.message_id else "",
    )
    answer = f"\n>ClickSend: {shown(issue.support_comments)}" if issue.support_comments else ""
    line = " · ".join([f"`{issue.issue_id}` {state}", *(each for each in facts if each)])
    return Entry(
        " ".join((issue.description or say("(no description)")).split()), f"{line}{answer}"
    )
