"""A report as a picture; see docs/decisions/0014-pictures-with-pillow.md.

This module loads Pillow: import it where a picture is drawn, in a thread, and nowhere else.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from PIL import Image, ImageDraw, ImageFont

from bot.services.money import total
from bot.services.reports.figures import Line, Report
from bot.texts import say

_WIDTH, _MARGIN, _LABEL, _VALUE = 1000, 40, 230, 170
_HEAD, _PANEL, _LINE, _BAR, _FOOT = 110, 64, 60, 20, 30
_MOST = 6
_INK, _PALE, _NOW, _BEFORE, _EDGE = "#1d1c1d", "#5f5e60", "#1264a3", "#d5dbe3", "#5f6b7a"
_FONT = {size: ImageFont.load_default(size) for size in (18, 20, 24, 32)}


def png(report: Report) -> bytes:
    """The chart of a report as PNG: two bars a line, this period's above the one before.

    The bars differ by place, edge and number, not by colour alone.
    """
    panels = [(title, lines[:_MOST]) for title, lines in _panels(report) if lines]
    height = _HEAD + sum(_PANEL + _LINE * len(lines) for _, lines in panels) + _FOOT
    image = Image.new("RGB", (_WIDTH, height), "white")
    draw = ImageDraw.Draw(image)
    _head(draw, report)
    top = _HEAD
    for title, lines in panels:
        draw.text((_MARGIN, top + 18), title, fill=_INK, font=_FONT[24])
        top = _bars(draw, lines, top + _PANEL, report.currency)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG")
    return out.getvalue()


def _panels(report: Report) -> Sequence[tuple[str, Sequence[Line]]]:
    whose = report.subaccounts if len(report.subaccounts) > 1 else ()
    return (
        (say("By channel"), report.channels),
        (say("By subaccount"), whose),
        (say("By country"), report.countries),
    )


def _head(draw: ImageDraw.ImageDraw, report: Report) -> None:
    title = say("Spent: {period}", period=report.period.title)
    draw.text((_MARGIN, 24), title, fill=_INK, font=_FONT[32])
    _bar(draw, (_MARGIN, 76), 28, now=True)
    draw.text((_MARGIN + 38, 73), say("above: this period"), fill=_PALE, font=_FONT[20])
    _bar(draw, (_MARGIN + 260, 76), 28, now=False)
    before = say("below: {period}", period=report.period.before.title)
    draw.text((_MARGIN + 298, 73), before, fill=_PALE, font=_FONT[20])


def _bars(draw: ImageDraw.ImageDraw, lines: Sequence[Line], top: int, currency: str) -> int:
    """Draw the bars of a panel; where the next one begins."""
    most = max(max(line.now.price, line.before.price) for line in lines) or Decimal(1)
    left, room = _MARGIN + _LABEL, _WIDTH - 2 * _MARGIN - _LABEL - _VALUE
    for line in lines:
        draw.text((_MARGIN, top + 8), _fitting(draw, str(line.name)), fill=_INK, font=_FONT[20])
        for price, offset, now in ((line.now.price, 0, True), (line.before.price, _BAR + 3, False)):
            length = int(max(price, Decimal(0)) / most * room)
            _bar(draw, (left, top + offset), length, now=now)
            value = (left + length + 8, top + offset - 1)
            draw.text(value, total(price, currency), fill=_INK if now else _PALE, font=_FONT[18])
        top += _LINE
    return top


def _bar(draw: ImageDraw.ImageDraw, at: tuple[int, int], length: int, *, now: bool) -> None:
    left, top = at
    edge = _NOW if now else _EDGE
    box = (left, top, left + max(length, 1), top + _BAR)
    draw.rectangle(box, fill=_NOW if now else _BEFORE, outline=edge)


def _fitting(draw: ImageDraw.ImageDraw, name: str) -> str:
    """A name as far as there is room, in the letters that the font has."""
    shown = " ".join(name[:80].encode("latin-1", "replace").decode("latin-1").split())
    while draw.textlength(shown, font=_FONT[20]) > _LABEL - 16:
        shown = f"{shown.rstrip('.')[:-1]}..."
    return shown
