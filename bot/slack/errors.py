"""What goes wrong with Slack."""

from __future__ import annotations


class SlackError(Exception):
    """Slack did not do what it was asked; `code` is its error, or `unavailable`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}" if code != "unavailable" else "Slack is down")
        self.code = code


PASSING = frozenset(
    {
        "unavailable",
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
"""What Slack answers when the same may well be taken a little later."""


class FileError(Exception):
    """A file cannot be had; the text says why, for people."""
