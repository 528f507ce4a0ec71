"""What goes wrong with Slack."""

from __future__ import annotations


class SlackError(Exception):
    """Slack did not do what it was asked; `code` is its error, or `unavailable`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}" if code != "unavailable" else "Slack is down")
        self.code = code


class FileError(Exception):
    """A file cannot be had; the text says why, for people."""
