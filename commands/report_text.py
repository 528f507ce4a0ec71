"""A report as Slack shows it: a message, the comment of its files, what its picture shows."""

from __future__ import annotations

from bot.services.alerts.rules.days_left import lasting
from bot.services.money import amount, total
from bot.services.reports.figures import Line, Report
from bot.services.reports.table import lined_up
from bot.services.usage import change
from bot.slack.blocks import (
    Block,
    Message,
    button,
    buttons,
    clip,
    context,
    escape,
    header,
    preformatted,
    section,
)
from bot.texts import say

POST = "report.post"
_ALT, _COMMENT, _TABLE = 1000, 3800, 2900
_ON_PICTURE = 6


def render(report: Report, *, post: str | None = None) -> Message:
    """A report as a message.

    Args:
        report: It.
        post: What the button that posts it in the channel sends; None: no button.
    """
    if report.is_empty:
        return _nothing(report)
    blocks: list[Block] = [
        header(say("Report: {title}", title=report.period.title)),
        section(_sum(report)),
    ]
    for title, lines in _tables(report):
        blocks += [section(f"*{title}*"), section(preformatted(lined_up(lines), _TABLE))]
    blocks += [section(line) for line in _rest(report)]
    blocks += [context(escape(" ".join(report.notes)))] if report.notes else []
    if post is not None:
        blocks.append(buttons(button(say("Post in this channel"), POST, value=post)))
    return Message(comment(report), tuple(blocks))


def comment(report: Report) -> str:
    """The same as one text (mrkdwn): what stands above the files, and what is read aloud."""
    parts = [say("*Report: {title}*", title=report.period.title), _sum(report)]
    for title, lines in _tables(report):
        parts.append(f"*{title}*\n{preformatted(lined_up(lines))}")
    rest = [*_rest(report), *map(escape, report.notes)]
    while len("\n".join([*parts, *rest])) > _COMMENT and len(parts) > 3:  # noqa: PLR2004 - the channels stay
        parts.pop()
    return "\n".join([*parts, *rest])


def alt(report: Report) -> str:
    """What the picture shows, in plain words."""
    of = report.period
    said = [
        say(
            "Bar chart of what was spent, {title} against {title2}.",
            title=of.title,
            title2=of.before.title,
        )
    ]
    for title, lines in _tables(report):
        bars = [_bar(line, report.currency) for line in lines[:_ON_PICTURE]]
        said.append(f"{title}: {'; '.join(bars)}.")
    return clip(" ".join(said), _ALT)


def _nothing(report: Report) -> Message:
    lines = [
        say("*Report: {title}*", title=report.period.title),
        say("Nothing was sent, so there is nothing to show."),
    ]
    lines += [*_outlook(report), *map(escape, report.notes)]
    return Message("\n".join(lines), tuple(section(line) for line in lines))


def _sum(report: Report) -> str:
    now, before, currency = report.total, report.total_before, report.currency
    said = change(now.price, before.price).replace(say("the month before"), "before")
    then = say(
        "{price} for {count:,} ({said})",
        price=total(before.price, currency),
        count=before.count,
        said=said,
    )
    return say(
        "*{price}* for *{count:,}* messages; {title}: {then}",
        price=total(now.price, currency),
        count=now.count,
        title=report.period.before.title,
        then=then,
    )


def _tables(report: Report) -> list[tuple[str, tuple[Line, ...]]]:
    currency = report.currency
    tables = [
        (say("By channel ({currency})", currency=currency), report.channels),
        (say("By country ({currency}, without emails)", currency=currency), report.countries),
    ]
    if len(report.subaccounts) > 1:
        tables.insert(1, (say("By subaccount ({currency})", currency=currency), report.subaccounts))
    return [(title, lines) for title, lines in tables if lines]


def _rest(report: Report) -> list[str]:
    return [_delivery(report), *_failures(report), *_outlook(report)]


def _delivery(report: Report) -> str:
    now, before = report.delivery, report.delivery_before
    if now.rate is None:
        return say("*SMS delivered*: nothing is known of it.")
    compared = "" if before.rate is None else say("; before: {rate} %", rate=before.rate)
    return say(
        "*SMS delivered*: {rate} % of the {ended:,} whose end is known{compared}",
        rate=now.rate,
        ended=now.ended,
        compared=compared,
    )


def _failures(report: Report) -> list[str]:
    if not report.failures:
        return []
    lines = [
        say("• {count:,} times: {cause}", count=count, cause=escape(clip(cause, 120)))
        for cause, count in report.failures
    ]
    return ["\n".join([say("*Why SMS were not delivered*"), *lines])]


def _outlook(report: Report) -> list[str]:
    found = report.outlook
    if found is None:
        return []
    left = say("*Left*: {left}", left=amount(found.left, report.currency))
    if found.forecast is None:
        return [
            say(
                "{left}. How long it lasts cannot be told yet: that takes three days of use.",
                left=left,
            )
        ]
    return [say("{left}, which lasts {lasting}.", left=left, lasting=lasting(found.forecast))]


def _bar(line: Line, currency: str) -> str:
    before = total(line.before.price, currency)
    return say(
        "{name} {price} (before {before})",
        name=clip(line.name, 40),
        price=total(line.now.price, currency),
        before=before,
    )
