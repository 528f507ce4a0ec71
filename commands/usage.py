"""`/usage`: what a month's messages came to."""

from __future__ import annotations

from bot.services.money import total
from bot.services.usage import Month, MonthError, MonthReport, Used, change, month_report
from bot.slack.blocks import Message, context, divider, escape, fields, header, section
from bot.texts import Phrase, many, say
from commands.answers import answer, plain
from commands.context import BotCall, BotRouter
from commands.times import any_zone_of

router: BotRouter = BotRouter()

NAMES = {
    "sms": Phrase("SMS"),
    "mms": Phrase("MMS"),
    "voice": Phrase("Voice"),
    "fax": Phrase("Fax"),
    "email": Phrase("Email"),
    "post": Phrase("Post"),
}
_MOST = 10


@router.command(
    "usage",
    args="[YYYY-MM]",
    summary=Phrase("count and cost of a month"),
    shortcut="/usage",
    uses=("account.usage", "account.get"),
)
async def usage(call: BotCall) -> None:
    """Answer with a month's use."""
    call.later(
        answer(call, _read(call), otherwise=Phrase("The usage could not be read")),
        doing=Phrase("reading the usage"),
    )


async def _read(call: BotCall) -> Message:
    zone = await any_zone_of(call)
    try:
        month = Month.read(call.text, today=call.services.now().astimezone(zone))
    except MonthError as error:
        typed = escape(call.text.strip()[:40])
        return plain(f":warning: `{typed}`: {error}.")
    report = await month_report(call.services.clicksend, month)
    balance = await call.services.account.balance()
    return render(report, balance.currency)


def render(report: MonthReport, currency: str) -> Message:
    """A month as a message."""
    sums = report.total
    compared = change(sums.price, report.previous_total.price)
    about = {
        "count": sums.count,
        "price": total(sums.price, currency),
        "before": report.month.before,
        "count_before": report.previous_total.count,
        "price_before": total(report.previous_total.price, currency),
        "change": compared,
    }
    text = say(
        "{month}: {count:,} messages, {price} ({before}: {price_before}, {change})",
        month=report.month,
        **about,
    )
    whole = say(
        "*{count:,}* messages for *{price}*\n"
        "{before}: {count_before:,} for {price_before} ({change})",
        **about,
    )
    blocks = [header(say("Usage of {month}", month=report.month)), section(whole)]
    names = {str(NAMES[key]): used for key, used in report.channels.items()}
    if names:
        blocks += [divider(), fields(*_lines(names, currency))]
    if len(report.subaccounts) > 1:
        shown = dict(list(report.subaccounts.items())[:_MOST])
        blocks += [section(say("*By subaccount*")), fields(*_lines(shown, currency))]
        if len(report.subaccounts) > _MOST:
            more = len(report.subaccounts) - _MOST
            blocks.append(
                context(many("and {count} more subaccount", "and {count} more subaccounts", more))
            )
    spoken = [line.replace("\n", ": ").replace("*", "") for line in _lines(names, currency)]
    return Message("\n".join([text, *spoken]), tuple(blocks))


def _lines(rows: dict[str, Used], currency: str) -> list[str]:
    return [
        say(
            "*{name}*\n{count:,} for {price}",
            name=escape(name),
            count=used.count,
            price=total(used.price, currency),
        )
        for name, used in rows.items()
    ]
