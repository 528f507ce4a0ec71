"""What `clicksend-slack sandbox` starts, and where it looks for the bot."""

from __future__ import annotations

from enum import StrEnum

REQUEST_URL = "http://127.0.0.1:3000/slack/events"


class Only(StrEnum):
    """One of the two."""

    CLICKSEND = "clicksend"
    SLACK = "slack"
