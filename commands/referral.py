"""`/clicksend referral`: the accounts that came by a referral, and the share of what they spend."""

from __future__ import annotations

from bot.clicksend import ClickSend
from bot.clicksend.operations.referrals import ListReferrals, Referral
from bot.texts import Phrase, say
from commands.answers import moment
from commands.context import BotCall, BotRouter
from commands.things import ON_A_PAGE, Entry, Sheet, page_number, show_sheet

PAGE = "referral.page"
_EMPTY = Phrase("No account came by a referral here. ClickSend's dashboard has the link to share.")

router: BotRouter = BotRouter()


@router.action(PAGE)
@router.command(
    "referral list",
    args="[page]",
    summary=Phrase("accounts that came by your referral"),
    default=True,
    uses=("referrals.list",),
)
async def list_(call: BotCall) -> None:
    """Answer with a page of the accounts, or turn the page."""
    await _show(call, call.given, replace=call.pressed)


async def _show(call: BotCall, number: str, *, replace: bool) -> None:
    reading = _page(call.services.clicksend, page_number(number))
    failed = Phrase("The referrals could not be read")
    work = show_sheet(call, reading, turn=PAGE, otherwise=failed, replace=replace)
    call.later(work, doing=Phrase("reading the referrals"))


async def _page(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(ListReferrals(page=number, limit=ON_A_PAGE))
    entries = [_entry(each) for each in found.data]
    return Sheet(say("Referrals"), entries, number, max(found.last_page or 1, 1), _EMPTY)


def _entry(referral: Referral) -> Entry:
    user, since, share = (
        referral.refered_user_id,
        referral.date_referred,
        referral.percentage_referral,
    )
    facts = [
        *([say("since {date}", date=moment(since))] if since else []),
        *([say("you get {share} % of what it spends", share=share)] if share is not None else []),
    ]
    name = say("Account {number}", number=user) if user is not None else say("(no account)")
    return Entry(name, " · ".join(facts))
