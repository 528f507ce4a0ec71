"""Draws a report away from the event loop; Pillow is loaded when the first picture is drawn."""

from __future__ import annotations

import asyncio

from bot.services.reports.figures import Report


async def picture(report: Report) -> bytes:
    """The chart of a report as PNG."""
    return await asyncio.to_thread(_draw, report)


def _draw(report: Report) -> bytes:
    from bot.services.reports.chart import png  # noqa: PLC0415 - most bots never draw

    return png(report)
