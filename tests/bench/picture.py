"""A small curve as SVG: the count by tenfold steps to the right, the cost upwards from nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 560, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 44, 44
_STROKES = (("#0b5cab", ""), ("#8a3b00", "6 4"))
_STEPS = 4
_OPENED = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
    'font-family="sans-serif" font-size="12">'
)


def _text(x: float, y: float, said: str, *, anchor: str = "middle", fill: str = "#333") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(said)}</text>'
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """A name, and a value at each count."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Picture:
    """Curves over counts; `name` is the file's."""

    name: str
    title: str
    axis: str
    counts: Sequence[int]
    curves: Sequence[Curve]

    @property
    def alt(self) -> str:
        """What it says, in words."""
        said = "; ".join(
            f"{curve.name}: "
            + ", ".join(
                f"{value:.3g} at {count:,}"
                for count, value in zip(self.counts, curve.values, strict=True)
            )
            for curve in self.curves
        )
        return f"{self.title}. {said}"

    def svg(self) -> str:
        """It as a file."""
        top = max(value for curve in self.curves for value in curve.values) * 1.15
        parts = [
            _OPENED,
            f"<title>{escape(self.alt)}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            f'<text x="{_LEFT}" y="20" font-size="13" fill="#111">{escape(self.title)}</text>',
            *self._across(top),
            *self._below(),
            *(part for number, _ in enumerate(self.curves) for part in self._curve(number, top)),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _x(self, count: int) -> float:
        low, high = math.log10(self.counts[0]), math.log10(self.counts[-1])
        share = (math.log10(count) - low) / (high - low) if high > low else 0.5
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    @staticmethod
    def _y(value: float, top: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    def _across(self, top: float) -> list[str]:
        found = []
        for step in range(_STEPS + 1):
            value = top * step / _STEPS
            y = self._y(value, top)
            right = _WIDTH - _RIGHT
            found += [
                f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#ddd"/>',
                _text(_LEFT - 8, y + 4, f"{value:.3g}", anchor="end"),
            ]
        return found

    def _below(self) -> list[str]:
        y = _HEIGHT - _BOTTOM + 16
        last = len(self.counts) - 1
        found = []
        for number, count in enumerate(self.counts):
            anchor = "start" if number == 0 else "end" if number == last else "middle"
            found.append(_text(self._x(count), y, f"{count:,}", anchor=anchor))
        found.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, y + 18, self.axis))
        return found

    def _curve(self, number: int, top: float) -> list[str]:
        curve, (colour, dashes) = self.curves[number], _STROKES[number]
        points = [
            (self._x(count), self._y(value, top))
            for count, value in zip(self.counts, curve.values, strict=True)
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        x, y = points[len(points) // 2]
        return [
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>',
            *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points),
            _text(x, y - 8, curve.name, fill=colour),
        ]
