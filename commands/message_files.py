"""The files of a message that a shortcut was used on: offered in the form, one of them chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from slack_sdk.models.blocks import StaticSelectElement

from bot.slack.blocks import Block, Option, clip, input_block
from bot.slack.calls import View
from bot.slack.said import Said
from bot.texts import Phrase, Text
from commands.files import Kind, file_field

OFFERED = "offered"
"""The block of the menu with the files of a message."""
Offered = tuple[tuple[str, str], ...]
"""The files of a message that a form offers: Slack's id and name of each."""


class Labels(NamedTuple):
    """What stands above the fields: of a file, of a message's files, of another one than those."""

    own: Text
    offered: Text
    other: Text


PICTURES = Labels(Phrase("Picture"), Phrase("Picture of the message"), Phrase("Or another picture"))
DOCUMENTS = Labels(
    Phrase("Document"), Phrase("Document of the message"), Phrase("Or another document")
)


def offered_by(said: Said | None, kind: Kind) -> Offered:
    """The files of a message that a channel takes."""
    found = said.files if said else ()
    return tuple((each.id, each.name) for each in found if each.filetype in kind.types)


def file_fields(
    block_id: str, labels: Labels, kind: Kind, *, hint: Text, files: FilesKept
) -> list[Block]:
    """The field for a file, and before it the menu of a message's files, where there are any.

    Args:
        block_id: Where the field stands.
        labels: What it is for.
        kind: What is taken.
        hint: What to know of it.
        files: What the message offered, and which of it was chosen.
    """
    if not files.offered:
        return [file_field(block_id, labels.own, kind, hint=hint, optional=files.optional)]
    options = [Option(value=key, text=clip(name, 75)) for key, name in files.offered]
    chosen = next((each for each in options if each.value == files.chosen), None)
    menu = StaticSelectElement(action_id=OFFERED, options=options, initial_option=chosen)
    other = file_field(block_id, labels.other, kind, hint=hint, optional=True)
    return [input_block(OFFERED, labels.offered, menu, optional=True), other]


@dataclass(frozen=True, slots=True)
class FilesKept:
    """The files that a message offered to a form; `optional`: the form does without one."""

    offered: Offered = ()
    chosen: str = ""
    optional: bool = False

    @classmethod
    def read(cls, view: View, *, optional: bool = False) -> FilesKept:
        """As a submitted form has them."""
        kept = json.loads(view.private_metadata or "{}").get(OFFERED) or []
        offered = tuple((str(key), str(name)) for key, name in kept)
        chosen = view.choice(OFFERED) or ""
        return cls(offered, chosen if chosen in dict(offered) else "", optional)

    @classmethod
    def of(cls, said: Said | None, kind: Kind, *, optional: bool = False) -> FilesKept:
        """Those of a message, the first one chosen."""
        offered = offered_by(said, kind)
        return cls(offered, offered[0][0] if offered else "", optional)

    def picked(self, view: View, block_id: str) -> str:
        """The id of the file: an attached one counts, where there are both."""
        return next(iter(view.files(block_id)), "") or self.chosen


NO_FILES = FilesKept()
