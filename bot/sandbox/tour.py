"""The tour: each scene played in turn, by Ada and Ben, checked at each step."""

from __future__ import annotations

import time

from rich.console import Console

from bot.sandbox.demo import Stage
from bot.sandbox.hand import ADA, Hand, TourError
from bot.sandbox.scenes import SCENES

__all__ = ["ADA", "Tour", "TourError"]

_SCENE_SECONDS = 2.0


class Tour:
    """Plays the scenes.

    Args:
        stage: What runs.
        console: Where it is shown.
    """

    def __init__(self, stage: Stage, console: Console) -> None:
        self._guide = stage.slack.guide
        self._hand = Hand(stage, console)
        self._console = console

    async def play(self) -> None:
        """Play everything, at leisure when somebody watches the page, until they skip it.

        Raises:
            TourError: At the first thing that is not as it should be.
        """
        started = time.monotonic()
        try:
            for scene in SCENES:
                if self._guide.skipped:
                    self._console.print("\n[bold]The tour was skipped.[/]")
                    return
                await scene(self._hand)
                await self._guide.pause(_SCENE_SECONDS)
        finally:
            self._guide.say("")
        took = time.monotonic() - started
        self._console.print(f"\n[bold green]The tour is complete[/] ({took:.1f} s).")
