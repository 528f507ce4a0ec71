"""The figures as people read them: in a terminal, and in `docs/performance.md`."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from tests.bench.measure import Figure

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def verdict(figure: Figure) -> str:
    """Whether a target is met; stated, where there is none."""
    if figure.target is None:
        return "stated"
    return "met" if figure.met else "MISSED"


def rows(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """What stands in the columns: what, against, ours, ground, ratio, range, target, verdict."""
    return [
        (
            figure.what,
            figure.against,
            _value(figure.ours, figure.unit),
            "" if figure.ground is None else _value(figure.ground, figure.unit),
            f"{figure.ratio:.2f}",
            f"{min(figure.ratios):.2f}–{max(figure.ratios):.2f}" if len(figure.ratios) > 1 else "",
            str(figure.target or ""),
            verdict(figure),
        )
        for figure in figures
    ]


COLUMNS = ("what", "against", "ours", "ground", "ratio", "range", "target", "")


def terminal(figures: Sequence[Figure]) -> Table:
    """The table for a terminal."""
    table = Table(title="clicksend-slack beside the ground it stands on", show_lines=True)
    for name in COLUMNS:
        table.add_column(name, overflow="fold", justify="left" if name in COLUMNS[:2] else "right")
    for figure, row in zip(figures, rows(figures), strict=True):
        what = f"{row[0]}\n[dim]{figure.note}[/]" if figure.note else row[0]
        table.add_row(what, *row[1:], style="" if figure.met else "bold red")
    return table


def markdown(figures: Sequence[Figure]) -> str:
    """The table for the documentation, with the machine."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    for figure, row in zip(figures, rows(figures), strict=True):
        what = f"{row[0]} ({figure.note})" if figure.note else row[0]
        cells = (each.replace("|", "\\|") for each in (what, *row[1:]))
        lines.append(f"| {' | '.join(cells)} |")
    return f"{machine()}\n\n" + "\n".join(lines)


def machine() -> str:
    """What it was measured on."""
    model, memory = "", 0.0
    if Path("/proc/cpuinfo").exists():
        named = [
            line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
        ]
        model = named[0].partition(":")[2].strip() if named else ""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores "
        f"({model or platform.machine()}), {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}."
    )


def put(page: Path, figures: Sequence[Figure]) -> None:
    """Put the table in its place in a page."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{markdown(figures)}\n{END}{after}")


def _value(value: float, unit: str) -> str:
    if unit == "s" and value < 1:
        return f"{value * 1000:.3g} ms"
    if unit == "of the days":
        return f"{value:.1%}"
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"
