"""`/clicksend stats`: how many SMS and calls went out, came in and bounced, by day."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.clicksend import ClickSend
from bot.clicksend.operations.statistics import (
    DayOfSms,
    DayOfVoice,
    GetSmsStatistics,
    GetVoiceStatistics,
    Tally,
)
from bot.services.money import total
from bot.texts import Phrase, say
from commands.context import BotCall, BotRouter
from commands.things import Entry, Sheet, cut, page_number, show_sheet

SMS_PAGE, VOICE_PAGE = "stats.sms", "stats.voice"
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_EMPTY = Phrase("ClickSend has no statistics of these yet.")
_OTHERS = Phrase("Of the other channels ClickSend counts whole months: `/usage`.")

router: BotRouter = BotRouter()


@router.action(SMS_PAGE)
@router.command(
    "stats sms",
    args="[page]",
    summary=Phrase("SMS out, in and bounced, by day"),
    default=True,
    uses=("statistics.sms",),
)
async def sms(call: BotCall) -> None:
    """Answer with the days of SMS, the newest first, or turn the page."""
    await _show(call, call.given, SMS_PAGE, replace=call.pressed)


@router.action(VOICE_PAGE)
@router.command(
    "stats voice",
    args="[page]",
    summary=Phrase("calls out and bounced, by day"),
    uses=("statistics.voice",),
)
async def voice(call: BotCall) -> None:
    """Answer with the days of calls, the newest first, or turn the page."""
    await _show(call, call.given, VOICE_PAGE, replace=call.pressed)


async def _show(call: BotCall, number: str, turn: str, *, replace: bool) -> None:
    read = _sms if turn == SMS_PAGE else _voice
    reading = read(call.services.clicksend, page_number(number))
    failed = Phrase("The statistics could not be read")
    work = show_sheet(call, reading, turn=turn, otherwise=failed, replace=replace)
    call.later(work, doing=Phrase("reading the statistics"))


async def _sms(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(GetSmsStatistics())
    currency = (found.currency.currency_name_short if found.currency else "") or ""
    return sheet_of(say("SMS by day"), found.stat, found.total, currency, number)


async def _voice(clicksend: ClickSend, number: int) -> Sheet:
    found = await clicksend.run(GetVoiceStatistics())
    currency = (found.currency.currency_name_short if found.currency else "") or ""
    return sheet_of(say("Calls by day"), found.stats, found.total, currency, number)


def sheet_of(
    title: str,
    days: tuple[DayOfSms | DayOfVoice, ...],
    together: DayOfSms | DayOfVoice | None,
    currency: str,
    number: int,
) -> Sheet:
    """A page of days, the newest first, below what they come to together."""
    newest = sorted(days, key=lambda day: day.date or _FIRST, reverse=True)
    entries = [
        Entry(f"{day.date:%Y-%m-%d}" if day.date else say("(no date)"), _facts(day, currency))
        for day in newest
    ]
    if not entries:
        return cut(title, entries, number, empty=f"{_EMPTY} {_OTHERS}")
    sums = (say("Together: {facts}", facts=_facts(together, currency)),) if together else ()
    return cut(title, entries, number, empty="", notes=(*sums, str(_OTHERS)))


def _facts(day: DayOfSms | DayOfVoice, currency: str) -> str:
    inbound = day.inbound if isinstance(day, DayOfSms) else None
    said = []
    if (sent := day.outbound) is not None:
        said.append(_priced(say("{count:,} out", count=sent.count or 0), sent, currency))
    if inbound is not None:
        said.append(_priced(say("{count:,} in", count=inbound.count or 0), inbound, currency))
    if (lost := day.bounced) is not None:
        said.append(_priced(say("{count:,} bounced", count=lost.count or 0), lost, currency))
    return " · ".join(said) or say("nothing")


def _priced(what: str, tally: Tally, currency: str) -> str:
    if tally.price is None:
        return what
    return say("{what} for {price}", what=what, price=total(tally.price, currency))
