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
from bot.texts import many, say

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
        header(say("Report: {period}", period=report.period.title)),
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
    parts = [_headline(report), _sum(report)]
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
            "Bar chart of what was spent, {period} against {before}.",
            period=of.title,
            before=of.before.title,
        )
    ]
    for title, lines in _tables(report):
        bars = [_bar(line, report.currency) for line in lines[:_ON_PICTURE]]
        said.append(f"{title}: {'; '.join(bars)}.")
    return clip(" ".join(said), _ALT)


def _nothing(report: Report) -> Message:
    lines = [_headline(report), say("Nothing was sent, so there is nothing to show.")]
    lines += [*_outlook(report), *map(escape, report.notes)]
    return Message("\n".join(lines), tuple(section(line) for line in lines))


def _headline(report: Report) -> str:
    return f"*{say('Report: {period}', period=report.period.title)}*"


def _sum(report: Report) -> str:
    now, then, currency = report.total, report.total_before, report.currency
    is_first = now.price and not then.price
    return say(
        "*{price}* for *{count:,}* messages; {before}: {price_before} for {count_before:,} "
        "({change})",
        price=total(now.price, currency),
        count=now.count,
        before=report.period.before.title,
        price_before=total(then.price, currency),
        count_before=then.count,
        change=say("nothing before") if is_first else change(now.price, then.price),
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
    said = say(
        "*SMS delivered*: {rate} % of the {count:,} whose end is known",
        rate=now.rate,
        count=now.ended,
    )
    return said if before.rate is None else f"{said}; {say('before: {rate} %', rate=before.rate)}"


def _failures(report: Report) -> list[str]:
    if not report.failures:
        return []
    lines = [
        many(
            "• {count:,} time: {cause}",
            "• {count:,} times: {cause}",
            count,
            cause=escape(clip(cause, 120)),
        )
        for cause, count in report.failures
    ]
    return ["\n".join([say("*Why SMS were not delivered*"), *lines])]


def _outlook(report: Report) -> list[str]:
    found = report.outlook
    if found is None:
        return []
    left = amount(found.left, report.currency)
    if found.forecast is None:
        return [
            say(
                "*Left*: {left}. How long it lasts cannot be told yet: "
                "that takes three days of use.",
                left=left,
            )
        ]
    return [
        say("*Left*: {left}, which lasts {time}.", left=left, time=lasting(found.forecast)),
    ]


def _bar(line: Line, currency: str) -> str:
    before = total(line.before.price, currency)
    return say(
        "{name} {price} (before {before})",
        name=clip(line.name, 40),
        price=total(line.now.price, currency),
        before=before,
    )
