"""The demo as `make demo TOUR=1` runs it, and that it notices what is not as it should be."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from bot.sandbox.demo import stage
from bot.sandbox.tour import Tour, TourError


async def test_the_tour_passes_on_the_real_bot() -> None:
    shown = Console(file=io.StringIO(), record=True, width=200)
    async with stage() as running:
        await Tour(running, shown).play()
    text = shown.export_text()
    for part in ("AUD 100.00 left", "SMS sent by", "Fax sent by", "is cancelled", "Low credit"):
        assert part in text
    assert "was not delivered" in text


async def test_the_tour_stops_at_what_is_wrong() -> None:
    async with stage() as running:
        running.clicksend.state.balance = Decimal("7.00")
        with pytest.raises(TourError, match=r"AUD 100\.00 left"):
            await Tour(running, Console(file=io.StringIO())).play()
