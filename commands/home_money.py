"""The money in App Home: what is left, how long it lasts, the month's chart."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.services.alerts.forecast import Forecast
from bot.services.home import AccountKept, Facts, UsageKept
from bot.services.money import amount, total
from bot.services.reports.figures import NAMES
from bot.services.usage import change
from bot.slack.blocks import (
    Block,
    context,
    divider,
    escape,
    fields,
    header,
    preformatted,
    section,
)
from bot.texts import figure, many, say
from commands.answers import moment

_WIDTH, _NAME = 20, 6
_LONG = 365


def balance(facts: Facts, zone: ZoneInfo | None, note: str) -> list[Block]:
    """What is left, and how long it lasts.

    Args:
        facts: What is known.
        zone: The time zone that its only reader has chosen; None for Slack's.
        note: How the reading goes (mrkdwn).
    """
    account, at = facts.account, facts.account_at
    title = header(say("Balance"))
    if account is None or at is None:
        return [divider(), title, section(note or say("Not read yet."))]
    money = amount(account.amount, account.currency)
    if account.low_credit is not None and account.amount < account.low_credit:
        money = say("{money} :warning: low", money=money)
    left = say("*Left*\n{money}", money=money)
    lasts = say("*Lasts*\n{days}", days=_lasts(facts.forecast))
    blocks = [divider(), title, fields(left, lasts)]
    as_of = say("{name}, as of {at}", name=escape(account.name), at=moment(at, zone))
    return [*blocks, context(f"{as_of} · {note}" if note else as_of)]


def _lasts(found: Forecast | None) -> str:
    """Days left, in words."""
    if found is None:
        return say("not known yet: some days of spending are needed")
    if found.days > _LONG:
        return say("more than a year at this pace")
    about = say("less than a day")
    if found.days >= 1:
        about = many("about {count} day", "about {count} days", round(found.days))
    if found.high > _LONG:
        return say("{about} (between {low:.0f} and many)", about=about, low=found.low)
    if round(found.low) == round(found.high):
        return about
    return say(
        "{about} (between {low:.0f} and {high:.0f})", about=about, low=found.low, high=found.high
    )


def month(usage: UsageKept | None, account: AccountKept | None) -> list[Block]:
    """What was used this month, and the month before."""
    if usage is None or account is None:
        return []
    spent = sum((price for _, price in usage.channels.values()), Decimal(0))
    count = sum(number for number, _ in usage.channels.values())
    compared = change(spent, usage.before_price)
    words = many(
        "*{count:,}* message for *{spent}*, {compared} against the whole of {before}",
        "*{count:,}* messages for *{spent}*, {compared} against the whole of {before}",
        count,
        spent=total(spent, account.currency),
        compared=compared,
        before=usage.before,
    )
    blocks = [divider(), header(say("Usage of {month}", month=usage.month)), section(words)]
    if usage.channels:
        lines = [
            say(
                "*{channel}*\n{count:,} for {price}",
                channel=NAMES.get(name, name),
                count=number,
                price=total(price, account.currency),
            )
            for name, (number, price) in usage.channels.items()
        ]
        blocks += [section(preformatted(chart(usage.channels))), fields(*lines)]
    return blocks


def chart(channels: dict[str, tuple[int, Decimal]]) -> str:
    """A bar for what each channel cost; the longest is 20 characters.

    Args:
        channels: Count and price by channel.
    """
    most = max((price for _, price in channels.values()), default=Decimal(0))
    names = {name: str(NAMES.get(name, name)) for name in channels}
    width = max([_NAME, *(len(name) + 1 for name in names.values())])
    lines = []
    for name, (_, price) in channels.items():
        length = int((price / most * _WIDTH).to_integral_value()) if most else 0
        bar = "█" * max(length, 1 if price else 0)
        cost = figure(price.quantize(Decimal("0.01")))
        lines.append(f"{names[name]:<{width}}{bar:<{_WIDTH}} {cost}")
    return "\n".join(lines)
