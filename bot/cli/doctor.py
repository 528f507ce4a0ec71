"""What `clicksend-slack doctor` prints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from bot.cli.printing import printable
from bot.services.doctor import Finding, Health

_STYLES = {Health.GOOD: "green", Health.POOR: "yellow", Health.BAD: "bold red"}


def settings_problems(problems: Sequence[str]) -> list[Finding]:
    """What is wrong with the settings; with them nothing else can be looked at."""
    return [
        Finding("Settings", Health.BAD, problem, "Set it in the environment or in .env.")
        for problem in problems
    ]


def report(findings: Sequence[Finding], console: Console) -> int:
    """Print what was found: a table on a terminal, plain lines anywhere else.

    Returns:
        The exit status: 1 when a part is ill, 0 when none is.
    """
    if console.is_terminal:
        console.print(_table(findings))
    else:
        for line in lines(findings):
            console.print(line)
    return int(any(each.health is Health.BAD for each in findings))


def lines(findings: Sequence[Finding]) -> list[str]:
    """What was found, a line each, as plain text."""
    return [
        printable(f"{each.health.value:<5}{each.part}: {each.said}")
        + (f" -> {printable(each.mend)}" if each.mend else "")
        for each in findings
    ]


def _table(findings: Sequence[Finding]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("", "part", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for each in findings:
        sign = Text(each.health.value, style=_STYLES[each.health])
        table.add_row(sign, each.part, Text(printable(each.said)), Text(printable(each.mend)))
    return table
