"""`python -m tests.bench [--quick] [--docs] [group …]`: every figure, or those of some groups.

It prints the table, writes `bench.json`, and ends with 1 when a target is missed or a benchmark
broke. `--docs` puts the table and the pictures into `docs/` as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from tests.bench import (
    answers,
    clients,
    doors,
    growth,
    modals,
    replicas,
    starting,
    stored,
    table,
)
from tests.bench.measure import Figure
from tests.bench.picture import Picture

ROOT = Path(__file__).parents[2]
Group = Callable[..., Awaitable[list[Figure]]]
Drawn = Callable[..., Awaitable[tuple[list[Figure], Picture]]]

GROUPS: dict[str, Group] = {
    "doors": doors.figures,
    "balance": answers.balance,
    "acknowledged": answers.acknowledged,
    "modals": modals.figures,
    "clients": clients.figures,
    "receipts": stored.kept,
    "csv": stored.checked,
    "ready": starting.ready,
    "memory": starting.memory,
    "replicas": replicas.figures,
    "foreseen": stored.foreseen,
}
DRAWN: dict[str, Drawn] = {
    "handlers": growth.handlers,
    "alerts": growth.alerts,
    "home": growth.home,
}


class Bench:
    """Runs groups, one after the other; one that breaks does not stop the rest.

    Attributes:
        figures: What was measured.
        pictures: What was drawn.
        broken: Which groups broke, and how.
    """

    def __init__(self, console: Console, *, quick: bool) -> None:
        self._console = console
        self._quick = quick
        self.figures: list[Figure] = []
        self.pictures: list[Picture] = []
        self.broken: dict[str, str] = {}

    async def run(self, name: str) -> None:
        """Run a group."""
        started = time.perf_counter()
        try:
            if name in DRAWN:
                found, picture = await DRAWN[name](quick=self._quick)
                self.pictures.append(picture)
            else:
                found = await GROUPS[name](quick=self._quick)
            self.figures += found
        except Exception as error:  # noqa: BLE001 - the other groups can be measured all the same
            self.broken[name] = f"{type(error).__name__}: {error}"
            self._console.print(traceback.format_exc(), markup=False, highlight=False)
        seconds = time.perf_counter() - started
        said = "broke" if name in self.broken else "done"
        self._console.print(f"{name}: {said} in {seconds:.0f} s", highlight=False)

    @property
    def succeeded(self) -> bool:
        """Whether all ran, and no target was missed."""
        return not self.broken and all(figure.met for figure in self.figures)

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        whole = {
            "quick": self._quick,
            "machine": table.machine(),
            "figures": [figure.shown() for figure in self.figures],
            "broken": self.broken,
        }
        path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")


async def main(groups: list[str], *, quick: bool, docs: bool) -> bool:
    """Run, print, write; whether all is well."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    bench = Bench(console, quick=quick)
    for name in groups or [*GROUPS, *DRAWN]:
        await bench.run(name)
    console.print(table.terminal(bench.figures))
    for name, problem in bench.broken.items():
        console.print(f"{name} broke: {problem}", markup=False, style="bold red")
    missed = sum(not figure.met for figure in bench.figures)
    console.print(f"{len(bench.figures)} figures, {missed} targets missed; see docs/performance.md")
    bench.write(ROOT / "bench.json")
    if docs:
        table.put(ROOT / "docs" / "performance.md", bench.figures)
        for picture in bench.pictures:
            (ROOT / "docs" / f"performance-{picture.name}.svg").write_text(picture.svg())
    return bench.succeeded


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--quick", action="store_true", help="smaller counts, fewer pairs")
    parser.add_argument("--docs", action="store_true", help="write table and pictures into docs/")
    parser.add_argument("groups", nargs="*", metavar="group", choices=[[], *GROUPS, *DRAWN])
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    well = asyncio.run(main(given.groups, quick=given.quick, docs=given.docs))
    sys.exit(0 if well else 1)
