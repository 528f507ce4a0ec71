"""A file from Slack on its way to ClickSend: checked, uploaded, then the price."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_sdk.models.blocks.block_elements import FileInputElement, StaticSelectElement

from bot.clicksend import ClickSendError
from bot.clicksend.operations.uploads import LARGEST_MEDIA, Convert, UploadMedia
from bot.services.explain import explain
from bot.services.sending import Draft
from bot.slack.blocks import Block, Message, Option, clip, escape, input_block
from bot.slack.calls import View
from bot.slack.client import FileError, SlackError
from bot.slack.said import Said
from commands.answers import NOTHING
from commands.context import BotCall
from commands.review import Form, price_and_review

Build = Callable[[], Awaitable[Draft]]
"""Brings the files and makes the draft; raises FileError, SlackError or ClickSendError."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that a channel takes.

    Attributes:
        types: Slack's `filetype` of it; first those that people choose from.
        noun: What people call it.
        begins: The bytes it may begin with; none where they are not told apart.
        convert: What ClickSend makes of it.
        most: The largest size, in bytes.
    """

    types: tuple[str, ...]
    noun: str
    begins: tuple[bytes, ...]
    convert: Convert
    most: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file at its address: its name, and what makes it the same file again."""

    url: str
    name: str
    digest: str


PICTURE = Kind(
    ("png", "jpg", "jpeg", "gif"),
    "PNG, JPG or GIF picture",
    (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"),
    Convert.MMS,
    LARGEST_MEDIA,
)


async def bring(call: BotCall, file_id: str, kind: Kind) -> Document:
    """Fetch a file from Slack, check it, and upload it (operation `uploads.upload`).

    Raises:
        FileError: It is too large, of another kind, or Slack does not give it.
        SlackError: Slack cannot be reached.
        ClickSendError: It was not taken.
    """
    file = await call.slack.download(file_id, most=kind.most)
    known = not kind.begins or file.content.startswith(kind.begins)
    if file.filetype.lower() not in kind.types or not known:
        raise FileError(f"{file.name} is no {kind.noun}.")
    upload = await call.services.clicksend.run(UploadMedia.of(file.content, kind.convert))
    return Document(upload.url, file.name, hashlib.sha256(file.content).hexdigest())


def prepare_later(call: BotCall, build: Build, form: Form, *, doing: str) -> None:
    """Bring files after the acknowledgement; the loading view becomes review or form.

    Args:
        call: The submission of the form.
        build: Brings them.
        form: The form again.
        doing: What it is, for "Something went wrong while …".
    """
    view_id = call.view.id if call.view else ""

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, form(message.text))

    call.later(_prepare(call, view_id, build, form), doing=doing, failed=failed)


async def _prepare(call: BotCall, view_id: str, build: Build, form: Form) -> None:
    try:
        draft = await build()
    except (FileError, SlackError) as error:
        await call.slack.update_view(view_id, form(f"{escape(str(error))} {NOTHING}"))
    except ClickSendError as error:
        problem = f"The file was not taken. {escape(explain(error))} {NOTHING}"
        await call.slack.update_view(view_id, form(problem))
    else:
        await price_and_review(call, view_id, draft, form)


def file_field(
    block_id: str, label: str, kind: Kind, *, hint: str, most: int = 1, optional: bool = False
) -> Block:
    """The field for files; Slack forgets them when a form comes back.

    Args:
        block_id: Where it stands.
        label: What it is for.
        kind: What is taken.
        hint: What to know of it.
        most: How many.
        optional: Whether it may stay empty.
    """
    element = FileInputElement(action_id=block_id, filetypes=list(kind.types), max_files=most)
    return input_block(block_id, label, element, hint=hint, optional=optional)


OFFERED = "offered"
"""The block of the menu with the files of a message."""
Offered = tuple[tuple[str, str], ...]
"""The files of a message that a form offers: Slack's id and name of each."""


def offered_by(said: Said | None, kind: Kind) -> Offered:
    """The files of a message that a channel takes."""
    found = said.files if said else ()
    return tuple((each.id, each.name) for each in found if each.filetype in kind.types)


def file_fields(
    block_id: str, label: str, kind: Kind, *, hint: str, files: FilesKept
) -> list[Block]:
    """The field for a file, and before it the menu of a message's files, where there are any.

    Args:
        block_id: Where the field stands.
        label: What it is for.
        kind: What is taken.
        hint: What to know of it.
        files: What the message offered, and which of it was chosen.
    """
    if not files.offered:
        return [file_field(block_id, label, kind, hint=hint, optional=files.optional)]
    options = [Option(value=key, text=clip(name, 75)) for key, name in files.offered]
    chosen = next((each for each in options if each.value == files.chosen), None)
    menu = StaticSelectElement(action_id=OFFERED, options=options, initial_option=chosen)
    other = file_field(block_id, f"Or another {label.lower()}", kind, hint=hint, optional=True)
    return [input_block(OFFERED, f"{label} of the message", menu, optional=True), other]


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

ATTACH_AGAIN = " Attach it again: Slack forgets files when a form comes back."
