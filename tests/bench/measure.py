"""Figures: a ratio of ours to the ground, measured alternately, with its target."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

PAIRS = 5
Direction = Literal[">=", "<="]


@dataclass(frozen=True)
class Target:
    """What a ratio must be; None: it is only stated."""

    sign: Direction
    value: float

    def met(self, ratio: float) -> bool:
        """Whether a ratio is good enough."""
        return ratio >= self.value if self.sign == ">=" else ratio <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.sign == '>=' else '≤'} {self.value:g}"


@dataclass
class Figure:
    """A line of the table.

    Attributes:
        what: What is measured.
        against: The ground or the peer.
        unit: Of the two absolute values.
        ratios: Ours by the ground, a pair each; the figure itself where there is no ground.
        ours: The median of our values.
        ground: The median of the others'; None where there is nothing beside it.
        target: What the median ratio must be.
        note: What else must be known to read it.
    """

    what: str
    against: str
    unit: str
    ratios: list[float]
    ours: float
    ground: float | None
    target: Target | None = None
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """The median."""
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool:
        """Whether the target is met; what has none always is."""
        return self.target is None or self.target.met(self.ratio)

    def shown(self) -> dict[str, Any]:
        """It as JSON."""
        target = {"sign": self.target.sign, "value": self.target.value} if self.target else None
        return {
            **asdict(self),
            "target": target,
            "ratio": self.ratio,
            "lowest": min(self.ratios),
            "highest": max(self.ratios),
            "met": self.met,
        }


async def pairs(
    ours: Callable[[], Awaitable[float]],
    ground: Callable[[], Awaitable[float]],
    *,
    count: int = PAIRS,
    warm: bool = True,
) -> tuple[list[float], float, float]:
    """Measure the two in turn, with a pair before to warm up.

    Args:
        ours: Measures ours; a rate or a time, in whatever unit the other one has too.
        ground: Measures the ground.
        count: How many pairs count.
        warm: Whether a pair goes before that does not count.

    Returns:
        The ratio of each pair, and the median of each side.
    """
    mine: list[float] = []
    theirs: list[float] = []
    first = int(warm)
    for _ in range(count + first):
        for measured, values in ((ours, mine), (ground, theirs)):
            gc.collect()
            values.append(await measured())
    found = [a / b for a, b in zip(mine[first:], theirs[first:], strict=True)]
    return found, statistics.median(mine[first:]), statistics.median(theirs[first:])
