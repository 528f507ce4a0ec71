"""The form of a letter or a postcard: its files, who gets it, how it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.models.blocks import CheckboxesElement, ExternalDataSelectElement

from bot.clicksend.operations.uploads import Convert
from bot.clicksend.post import PostRecipient
from bot.slack.blocks import Block, Modal, Option, clip, context, input_block
from bot.slack.calls import View
from bot.texts import Phrase, Text, say
from commands.fields import text_field
from commands.files import ATTACH_AGAIN, Kind, Uploaded, file_field, is_web
from commands.origin import Origin, channel_form
from commands.post_address import Address, address_fields
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields

FILES, LINK, BACK, MADE = "files", "link", "back", "made"
RETURN = "post.return"
"""The menu of return addresses, in whatever form it stands."""
COLOUR, DUPLEX, PRIORITY = "colour", "duplex", "priority"
OPTIONS = {
    COLOUR: Phrase("In colour"),
    DUPLEX: Phrase("On both sides"),
    PRIORITY: Phrase("By priority post"),
}
_PDF, _DOC, _DOCX = b"%PDF-", b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_LARGEST = 10_000_000
LETTER = Kind(
    ("pdf", "doc", "docx"),
    Phrase("PDF, DOC or DOCX file"),
    (_PDF, _DOC, _DOCX),
    Convert.POST,
    _LARGEST,
)
POSTCARD = Kind(
    ("pdf", "doc", "docx", "jpg", "jpeg", "gif", "png", "bmp"),
    Phrase("PDF, DOC, DOCX, JPG, GIF, PNG or BMP file"),
    (_PDF, _DOC, _DOCX, b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"BM"),
    Convert.POSTCARD,
    _LARGEST,
)
_READ = Phrase(
    "Leave the address below empty to have ClickSend read it from the top of the PDF; you see it "
    "before anything is sent."
)


@dataclass(frozen=True, slots=True)
class Style:
    """What makes the form of a letter unlike that of a postcard."""

    channel: str
    form: str
    title: Text
    doing: Text
    kind: Kind
    label: Text
    hint: Text
    missing: Text
    most: int
    is_letter: bool


LETTER_STYLE = Style(
    "letter",
    "letter.form",
    Phrase("Send a letter"),
    Phrase("preparing the letter"),
    LETTER,
    Phrase("Letter"),
    Phrase("PDF, DOC or DOCX, 10 MB at most."),
    Phrase("Attach the letter, or give a link to it below."),
    1,
    is_letter=True,
)
POSTCARD_STYLE = Style(
    "postcard",
    "postcard.form",
    Phrase("Send a postcard"),
    Phrase("preparing the postcard"),
    POSTCARD,
    Phrase("Front and back"),
    Phrase(
        "One PDF with two pages, or two files: first the front, then the back. PDF, DOC, DOCX or a "
        "picture, 10 MB at most each."
    ),
    Phrase("Attach the front and the back."),
    2,
    is_letter=False,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for; `at` is the hour that it says, once it is read."""

    origin: Origin
    address: Address = field(default_factory=Address)
    files: tuple[str, ...] = ()
    uploaded: Uploaded | None = None
    link: str = ""
    back: str = ""
    back_name: str = ""
    made: frozenset[str] = frozenset()
    words: str = ""
    when: int | None = None
    at: datetime | None = None

    @property
    def recipient(self) -> PostRecipient:
        """Who gets it, of what is not wrong."""
        return PostRecipient.model_validate(
            {**self.address.wire, "return_address_id": int(self.back), "schedule": self.at}
        )


def read(view: View) -> Typed:
    """What was typed in the form."""
    return Typed(
        Origin.of(view),
        address=Address.read(view),
        files=view.files(FILES),
        uploaded=Uploaded.read(view),
        link=view.text(LINK).strip(),
        back=view.choice(BACK) or "",
        back_name=view.choice_text(BACK),
        made=view.choices(MADE) & OPTIONS.keys(),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def check(typed: Typed, style: Style, time: Chosen, now: datetime) -> dict[str, str]:
    """What is wrong with a form, by block; a letter's address may be in its file."""
    wrong = {**dict(time.wrong), **_wrong_files(typed, style, now)}
    in_file = style.is_letter and typed.address.is_empty and bool(typed.files)
    if not in_file:
        wrong |= typed.address.wrong
    if not (typed.back.isascii() and typed.back.isdigit()):
        wrong[BACK] = say("Choose a return address that is offered.")
    return wrong


def _wrong_files(typed: Typed, style: Style, now: datetime) -> dict[str, str]:
    kept = typed.uploaded
    if typed.link:
        if typed.files:
            return {LINK: say("Attach a file above, or give a link here: one of the two.")}
        web = is_web(typed.link)
        return {} if web else {LINK: say("A link to a PDF begins with https:// or http://.")}
    if len(typed.files) > style.most:
        return {FILES: say("At most {most} files.", most=style.most)}
    if not typed.files and kept is None:
        return {FILES: str(style.missing)}
    gone = kept.gone(now) if kept and not typed.files else ""
    return {FILES: gone} if gone else {}


def form(typed: Typed, style: Style, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    kept = typed.uploaded
    lost = bool(typed.files) and kept is None
    blocks: list[Block] = [
        *([kept.shown] if kept else []),
        file_field(
            FILES,
            style.label,
            style.kind,
            hint=f"{style.hint} {ATTACH_AGAIN}" if lost else style.hint,
            most=style.most,
            optional=style.is_letter or kept is not None,
        ),
        *([_link(typed.link), context(_READ)] if style.is_letter else []),
        *address_fields(typed.address, optional=style.is_letter),
        _back(typed),
        *([_made(typed.made)] if style.is_letter else []),
        *time_fields(typed.words, typed.when, hint=say("In your own time zone. Empty: now.")),
    ]
    more = kept.metadata if kept else {}
    return channel_form(style.form, style.title, typed.origin, blocks, problem, **more)


def _link(link: str) -> Block:
    hint = say("It must open without signing in.")
    return text_field(LINK, say("Or a link to a PDF"), link, hint=hint, optional=True)


def _back(typed: Typed) -> Block:
    chosen = Option(value=typed.back, text=clip(typed.back_name, 75)) if typed.back else None
    menu = ExternalDataSelectElement(
        action_id=RETURN,
        placeholder=say("Type to search"),
        min_query_length=0,
        initial_option=chosen,
    )
    hint = say("Where it goes back to. None yet? Save one with /clicksend address create")
    return input_block(BACK, say("Return address"), menu, hint=hint)


def _made(made: frozenset[str]) -> Block:
    options = {name: Option(value=name, text=str(text)) for name, text in OPTIONS.items()}
    boxes = CheckboxesElement(
        action_id=MADE,
        options=list(options.values()),
        initial_options=[options[name] for name in OPTIONS if name in made] or None,
    )
    return input_block(MADE, say("Printed and posted"), boxes, optional=True)
