"""The bench itself: its arithmetic, its table, its pictures, and what it does when one breaks."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from tests.bench import __main__ as bench
from tests.bench import load, servers, table
from tests.bench.measure import Figure, Target, pairs
from tests.bench.picture import Curve, Picture
from tests.bench.sink import sink


def figure(ratios: list[float], target: Target | None) -> Figure:
    """One of these ratios."""
    return Figure("a | b", "the ground", "s", ratios, 0.5, 1.0, target)


@pytest.mark.parametrize(
    ("target", "met", "said"),
    [
        (Target(">=", 0.9), True, "met"),
        (Target(">=", 1.1), False, "MISSED"),
        (Target("<=", 1.1), True, "met"),
        (Target("<=", 0.9), False, "MISSED"),
        (None, True, "stated"),
    ],
)
def test_the_median_decides(target: Target | None, met: bool, said: str) -> None:  # noqa: FBT001 - a case
    found = figure([0.1, 1.0, 9.0], target)
    assert found.ratio == 1.0
    assert found.met is met
    assert table.verdict(found) == said
    shown = found.shown()
    assert (shown["lowest"], shown["highest"]) == (0.1, 9.0)


async def test_pairs_are_taken_in_turn_and_the_first_does_not_count() -> None:
    order: list[str] = []

    async def ours() -> float:
        order.append("ours")
        return 100.0 if len(order) == 1 else 4.0

    async def ground() -> float:
        order.append("ground")
        return 2.0

    assert await pairs(ours, ground, count=2) == ([2.0, 2.0], 4.0, 2.0)
    assert order == ["ours", "ground"] * 3


async def test_a_group_that_breaks_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*, quick: bool) -> list[Figure]:
        raise ValueError(f"quick={quick}")

    async def works(*, quick: bool) -> list[Figure]:
        del quick
        return [figure([1.0], None)]

    monkeypatch.setattr(bench, "GROUPS", {"breaks": breaks, "works": works})
    out = io.StringIO()
    ran = bench.Bench(Console(file=out), quick=True)
    for name in bench.GROUPS:
        await ran.run(name)
    ran.write(tmp_path / "bench.json")
    written = json.loads((tmp_path / "bench.json").read_text())
    assert not ran.succeeded
    assert written["broken"] == {"breaks": "ValueError: quick=True"}
    assert [each["what"] for each in written["figures"]] == ["a | b"]
    assert "works: done" in out.getvalue()


def test_the_table_takes_its_place_in_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.put(page, [figure([0.5, 0.7], Target("<=", 1.0))])
    found = page.read_text()
    assert found.startswith("before\n")
    assert found.endswith(f"{table.END}\nafter\n")
    assert "old" not in found
    assert "| a \\| b | the ground | 500 ms | 1 s | 0.60 | 0.50–0.70 | ≤ 1 | met |" in found


def test_a_picture_is_svg_that_says_in_words_what_it_shows() -> None:
    picture = Picture("x", "Cost & count", "things", (1, 100), (Curve("ours", (2.0, 3.0)),))
    root = ET.fromstring(picture.svg())  # noqa: S314 - our own
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == "Cost & count. ours: 2 at 1, 3 at 100"


async def test_a_load_is_answered_and_answers_are_taken() -> None:
    async with (
        sink() as taken,
        servers.canned() as clicksend,
        servers.hello(CLICKSEND=f"http://127.0.0.1:{clicksend.port}") as hello,
    ):
        requests = [load.signed(load.command("", "/balance", answer_at=taken.url))] * 3
        found = await load.run(hello.port, requests, connections=2)
        await taken.until(3)
    assert len(found.each) == 3
    assert all(b" left" in body for body in taken.bodies)
