"""A file from Slack on its way to ClickSend: checked, uploaded, then the price."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

from pydantic import JsonValue
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.clicksend import ClickSendError
from bot.clicksend.operations.uploads import LARGEST_MEDIA, Convert, UploadMedia
from bot.services.explain import explain
from bot.services.sending import Draft
from bot.slack.blocks import Block, Message, clip, context, escape, input_block
from bot.slack.calls import View
from bot.slack.client import FileError, SlackError, SlackFile
from bot.texts import Phrase, Text, say
from commands.answers import NOTHING
from commands.context import BotCall
from commands.review import Form, price_and_review

Build = Callable[[], Awaitable[Draft]]
"""Brings files, makes the draft; raises AgainError, FileError, SlackError or ClickSendError."""


class AgainError(Exception):
    """The form has to come back, with something filled in that was not typed.

    Args:
        form: The form; builds itself with what is wrong at its top.
        problem: What is wrong, plain text.
    """

    def __init__(self, form: Form, problem: str) -> None:
        super().__init__(problem)
        self.form = form


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that a channel takes.

    Attributes:
        types: Slack's `filetype` of it; first those that people choose from.
        noun: What people call it, as "PNG, JPG or GIF picture".
        begins: The bytes it may begin with; none where they are not told apart.
        convert: What ClickSend makes of it.
        most: The largest size, in bytes.
    """

    types: tuple[str, ...]
    noun: Text
    begins: tuple[bytes, ...]
    convert: Convert
    most: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file at its address: its name, and what makes it the same file again."""

    url: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Files that ClickSend has already: a form that comes back need not have them attached again.

    Attributes:
        urls: Where they are.
        name: What people call them.
        until: When ClickSend forgets them, Unix seconds.
        digest: What makes them the same files again; empty where `same_as` says it.
        same_as: The fingerprint of the draft that has them; or empty.
    """

    urls: tuple[str, ...]
    name: str
    until: int
    digest: str = ""
    same_as: str = ""

    @classmethod
    def read(cls, view: View) -> Uploaded | None:
        """As a submitted form kept them; None where it did not."""
        kept = json.loads(view.private_metadata or "{}").get("uploaded")
        return cls(**{**kept, "urls": tuple(kept["urls"])}) if isinstance(kept, dict) else None

    @property
    def metadata(self) -> dict[str, JsonValue]:
        """What a form keeps of them."""
        return {"uploaded": {**asdict(self), "urls": list(self.urls)}}

    @property
    def shown(self) -> Block:
        """That they need not be attached again."""
        text = say(
            ":paperclip: *{name}* is attached already. Attach something only to take its place.",
            name=escape(self.name),
        )
        return context(text)

    def gone(self, now: datetime) -> str:
        """That they have to be attached again; empty while ClickSend has them."""
        if self.until > now.timestamp():
            return ""
        name = clip(self.name, 100)
        return say("ClickSend forgot {name} meanwhile: attach it again.", name=name)


PICTURE = Kind(
    ("png", "jpg", "jpeg", "gif"),
    Phrase("PNG, JPG or GIF picture"),
    (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"),
    Convert.MMS,
    LARGEST_MEDIA,
)
_NOT_TAKEN = Phrase("The file was not taken.")


async def bring(call: BotCall, file_id: str, kind: Kind) -> Document:
    """Fetch a file from Slack, check it, and upload it (operation `uploads.upload`).

    Raises:
        FileError: It is too large, of another kind, or Slack does not give it.
        SlackError: Slack cannot be reached.
        ClickSendError: It was not taken.
    """
    return await upload(call, await fetch(call, file_id, kind), kind)


async def fetch(call: BotCall, file_id: str, kind: Kind) -> SlackFile:
    """Fetch a file from Slack, and check what it is.

    Raises:
        FileError: It is too large, of another kind, or Slack does not give it.
        SlackError: Slack cannot be reached.
    """
    file = await call.slack.download(file_id, most=kind.most)
    known = not kind.begins or file.content.startswith(kind.begins)
    if file.filetype.lower() not in kind.types or not known:
        raise FileError(say("{name} is no {noun}.", name=file.name, noun=kind.noun))
    return file


async def upload(call: BotCall, file: SlackFile, kind: Kind) -> Document:
    """Give a file to ClickSend, which makes of it what the channel takes (`uploads.upload`).

    Raises:
        ClickSendError: It was not taken.
    """
    taken = await call.services.clicksend.run(UploadMedia.of(file.content, kind.convert))
    return Document(taken.url, file.name, hashlib.sha256(file.content).hexdigest())


def prepare_later(
    call: BotCall,
    build: Build,
    form: Form,
    *,
    doing: Text,
    otherwise: Text = _NOT_TAKEN,
) -> None:
    """Bring files after the acknowledgement; the loading view becomes review or form.

    Args:
        call: The submission of the form.
        build: Brings them.
        form: The form again.
        doing: What it is, for "Something went wrong while …".
        otherwise: What is said first when ClickSend refuses what is needed before the price.
    """
    view_id = call.view.id if call.view else ""

    async def failed(message: Message) -> None:
        await call.slack.update_view(view_id, form(message.text))

    call.later(_prepare(call, view_id, build, form, otherwise), doing=doing, failed=failed)


async def _prepare(call: BotCall, view_id: str, build: Build, form: Form, otherwise: Text) -> None:
    try:
        draft = await build()
    except AgainError as again:
        await call.slack.update_view(view_id, again.form(f"{escape(str(again))} {NOTHING}"))
    except (FileError, SlackError) as error:
        await call.slack.update_view(view_id, form(f"{escape(str(error))} {NOTHING}"))
    except ClickSendError as error:
        problem = f"{otherwise} {escape(explain(error))} {NOTHING}"
        await call.slack.update_view(view_id, form(problem))
    else:
        await price_and_review(call, view_id, draft, form)


def file_field(
    block_id: str, label: Text, kind: Kind, *, hint: Text, most: int = 1, optional: bool = False
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


def is_web(link: str) -> bool:
    """Whether a text is the address of something on the web."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


KEPT_SECONDS = 540
"""For how long an uploaded file is counted on: ClickSend forgets it after 600."""
ATTACH_AGAIN = Phrase("Attach it again: Slack forgets files when a form comes back.")
