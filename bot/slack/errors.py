"""What goes wrong with Slack."""

from __future__ import annotations

from bot.texts import say


class SlackError(Exception):
    """Slack did not do what it was asked; `code` is its error, or `unavailable`.

    Its text is for logs; `words` are for people.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code}" if code != "unavailable" else "Slack is down")
        self.code = code

    @property
    def words(self) -> str:
        """The same in words for people, plain text that is not escaped."""
        if self.code == "unavailable":
            return say("Slack is down")
        return say("Slack answered {code}", code=self.code)


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
