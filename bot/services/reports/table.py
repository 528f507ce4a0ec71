"""A report as a table that lines up, and as CSV that no spreadsheet takes for formulas; pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.services.csv_out import BEGINNING, encoded
from bot.services.money import total
from bot.services.reports.figures import Line, Report
from bot.services.usage import Used, risen
from bot.texts import ENGLISH, figure, say, speaking

COLUMNS = ("what", "name", "count", "amount", "count before", "amount before", "currency")
MOST_LINES = 8
_NAME, _COUNT, _AMOUNT, _CHANGE = 20, 9, 13, 9


def lined_up(lines: Sequence[Line], *, most: int = MOST_LINES) -> str:
    """Lines as text in columns; what is beyond `most` is one line, so that the sums are whole.

    Args:
        lines: The dearest first.
        most: How many are shown; 2 at least.

    Returns:
        Text from outside, not escaped.
    """
    shown = list(lines)
    if len(shown) > most:
        rest = shown[most - 1 :]
        others = Line(
            say("{count:,} others", count=len(rest)),
            sum((each.now for each in rest), Used()),
            sum((each.before for each in rest), Used()),
        )
        shown = [*shown[: most - 1], others]
    count, spent, before, changed = say("count"), say("amount"), say("before"), say("change")
    sums = f"{count:>{_COUNT}}{spent:>{_AMOUNT}}{before:>{_AMOUNT}}"
    head = f"{'':{_NAME}}{sums}{changed:>{_CHANGE}}"
    return "\n".join([head, *map(_columns, shown)])


def compared(line: Line) -> str:
    """A line's change as a word that fits a column."""
    if not line.before.price:
        return say("new") if line.now.price else ""
    percent = risen(line.now.price, line.before.price)
    return f"{percent:+} %" if percent else say("same")


def as_csv(report: Report) -> bytes:
    """Everything in a report as CSV, in English, amounts as plain numbers."""
    with speaking(ENGLISH):
        return BEGINNING + encoded(_rows(report))


def _rows(report: Report) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [COLUMNS]
    for what, lines in (
        ("channel", report.channels),
        ("subaccount", report.subaccounts),
        ("country", report.countries),
    ):
        rows += [_row(what, line, report.currency) for line in lines]
    everything = Line("", report.total, report.total_before)
    rows.append(_row("total", everything, report.currency))
    now, before = report.delivery, report.delivery_before
    rows.append(("SMS", "delivered", str(now.delivered), "", str(before.delivered), "", ""))
    rows.append(("SMS", "not delivered", str(now.failed), "", str(before.failed), "", ""))
    rows += [("failure", str(cause), str(n), "", "", "", "") for cause, n in report.failures]
    return rows


def _row(what: str, line: Line, currency: str) -> tuple[str, ...]:
    now, before = line.now, line.before
    sums = (str(now.count), f"{now.price:f}", str(before.count), f"{before.price:f}")
    return (what, str(line.name), *sums, currency)


def _columns(line: Line) -> str:
    name = " ".join(str(line.name).split())
    name = name if len(name) < _NAME else f"{name[: _NAME - 2]}…"
    sums = f"{total(line.now.price, ''):>{_AMOUNT}}{total(line.before.price, ''):>{_AMOUNT}}"
    return f"{name:{_NAME}}{figure(line.now.count):>{_COUNT}}{sums}{compared(line):>{_CHANGE}}"
