"""Whose jobs are those of a bot for many workspaces itself, and how often they run."""

from __future__ import annotations

from typing import Final

from bot.settings import Settings
from bot.store import Scope

GROUND: Final = Scope("every workspace", "")
"""Whose jobs are those of the bot itself."""
_SECONDS: Final = {"tokens": 60, "reseal": 3_600, "disconnected": 86_400, "heartbeat": 60}


def ground_intervals(settings: Settings) -> dict[str, int]:
    """The seconds between two runs of each job that is of no workspace."""
    return {
        name: seconds
        for name, seconds in _SECONDS.items()
        if name != "heartbeat" or settings.heartbeat_url
    }
