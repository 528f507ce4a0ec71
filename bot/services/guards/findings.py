"""What a check found, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.services.recipients import for_people
from bot.texts import say

_NAMED = 3


class Level(StrEnum):
    """What a finding asks for."""

    BLOCK = "block"
    """It cannot be sent like this."""
    WARN = "warn"
    """It can, if the person says so once more."""
    NOTE = "note"
    """Shown; needs nothing."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way out, as a button.

    Attributes:
        action: `schedule` (to `at`) or `plain` (with `text` in place of the message).
        label: What the button says; plain text of at most 75 characters.
        at: The time to schedule for, aware.
        text: The message to send instead.
    """

    action: Literal["schedule", "plain"]
    label: str
    at: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know before the yes.

    Attributes:
        code: A stable name, for tests, metrics and the audit trail.
        level: What it asks for.
        reason: One to three sentences, plain text that is not escaped yet: what is wrong and what
            to do.
        offer: A way out.
        actor: The person it is about; the reason then goes on after their name
            (`sent this to …`). None: the reason stands alone.
        numbers: The recipients it is about, E.164, in the order of the send.
    """

    code: str
    level: Level
    reason: str
    offer: Offer | None = None
    actor: str | None = None
    numbers: tuple[str, ...] = ()


def named(numbers: Sequence[str]) -> str:
    """Recipients in words, the first three by number: `+61 411 111 111 and 2 more`."""
    shown = [for_people(number) for number in numbers[:_NAMED]]
    more = len(numbers) - len(shown)
    return in_words([*shown, say("{count:,} more", count=more)] if more else shown)


def in_words(words: Sequence[str]) -> str:
    """A list as people write it: `one, two and three`."""
    between = say("and")
    return f" {between} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
