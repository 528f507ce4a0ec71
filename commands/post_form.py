"""The form of a letter or a postcard: its files, who gets it, how it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from slack_sdk.models.blocks import CheckboxesElement, ExternalDataSelectElement
from slack_sdk.models.blocks import PlainTextInputElement as TextInput

from bot.clicksend.operations.uploads import Convert
from bot.clicksend.post import PostRecipient
from bot.slack.blocks import Block, Modal, Option, clip, context, input_block
from bot.slack.calls import View
from commands.audience import LONGEST
from commands.files import ATTACH_AGAIN, Kind, file_field, is_web
from commands.origin import Origin, channel_form
from commands.post_address import Address, address_fields
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields

FILES, LINK, BACK, MADE = "files", "link", "back", "made"
RETURN = "post.return"
"""The menu of return addresses, in whatever form it stands."""
COLOUR, DUPLEX, PRIORITY = "colour", "duplex", "priority"
OPTIONS = {
    COLOUR: "In colour",
    DUPLEX: "On both sides",
    PRIORITY: "By priority post",
}
_PDF, _DOC, _DOCX = b"%PDF-", b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_LARGEST = 10_000_000
LETTER = Kind(
    ("pdf", "doc", "docx"), "PDF, DOC or DOCX file", (_PDF, _DOC, _DOCX), Convert.POST, _LARGEST
)
POSTCARD = Kind(
    ("pdf", "doc", "docx", "jpg", "jpeg", "gif", "png", "bmp"),
    "PDF, DOC, DOCX, JPG, GIF, PNG or BMP file",
    (_PDF, _DOC, _DOCX, b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"BM"),
    Convert.POSTCARD,
    _LARGEST,
)
_READ = (
    "Leave the address below empty to have ClickSend read it from the top of the PDF; you see it "
    "before anything is sent."
)


@dataclass(frozen=True, slots=True)
class Style:
    """What makes the form of a letter unlike that of a postcard."""

    channel: str
    form: str
    title: str
    kind: Kind
    label: str
    hint: str
    most: int
    is_letter: bool


LETTER_STYLE = Style(
    "letter",
    "letter.form",
    "Send a letter",
    LETTER,
    "Letter",
    "PDF, DOC or DOCX, 10 MB at most.",
    1,
    is_letter=True,
)
POSTCARD_STYLE = Style(
    "postcard",
    "postcard.form",
    "Send a postcard",
    POSTCARD,
    "Front and back",
    "One PDF with two pages, or two files: first the front, then the back. PDF, DOC, DOCX or a "
    "picture, 10 MB at most each.",
    2,
    is_letter=False,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    origin: Origin
    address: Address = field(default_factory=Address)
    files: tuple[str, ...] = ()
    link: str = ""
    back: str = ""
    back_name: str = ""
    made: frozenset[str] = frozenset()
    words: str = ""
    when: int | None = None

    def recipient(self, address: Address, time: Chosen) -> PostRecipient:
        """Who gets it, of what is not wrong."""
        return PostRecipient.model_validate(
            {**address.wire, "return_address_id": int(self.back), "schedule": time.at}
        )


def read(view: View) -> Typed:
    """What was typed in the form."""
    return Typed(
        Origin.of(view),
        address=Address.read(view),
        files=view.files(FILES),
        link=view.text(LINK).strip(),
        back=view.choice(BACK) or "",
        back_name=view.choice_text(BACK),
        made=view.choices(MADE) & OPTIONS.keys(),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def check(typed: Typed, style: Style, time: Chosen) -> dict[str, str]:
    """What is wrong with a form, by block; a letter's address may be in its file."""
    wrong = dict(time.wrong)
    in_file = style.is_letter and typed.address.is_empty and bool(typed.files)
    if not in_file:
        wrong |= typed.address.wrong
    if not (typed.back.isascii() and typed.back.isdigit()):
        wrong[BACK] = "Choose a return address that is offered."
    if style.is_letter and bool(typed.files) == bool(typed.link):
        wrong[LINK] = "Attach a file above, or give a link here: one of the two."
    elif typed.link and not is_web(typed.link):
        wrong[LINK] = "A link to a PDF begins with https:// or http://."
    elif not style.is_letter and not typed.files:
        wrong[FILES] = "Attach the front and the back."
    elif len(typed.files) > style.most:
        wrong[FILES] = f"At most {style.most} files."
    return wrong


def form(typed: Typed, style: Style, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    lost = bool(problem or typed.origin.previous) and not typed.link
    blocks: list[Block] = [
        file_field(
            FILES,
            style.label,
            style.kind,
            hint=style.hint + (ATTACH_AGAIN if lost else ""),
            most=style.most,
            optional=style.is_letter,
        ),
        *([_link(typed.link), context(_READ)] if style.is_letter else []),
        *address_fields(typed.address, optional=style.is_letter),
        _back(typed),
        *([_made(typed.made)] if style.is_letter else []),
        *time_fields(typed.words, typed.when, hint="In your own time zone. Empty: now."),
    ]
    return channel_form(style.form, style.title, typed.origin, blocks, problem)


def _link(link: str) -> Block:
    element = TextInput(action_id=LINK, max_length=LONGEST, initial_value=link or None)
    hint = (
        "It must open without signing in. A file that was attached before stands here, and is kept "
        "for ten minutes."
    )
    return input_block(LINK, "Or a link to a PDF", element, hint=hint, optional=True)


def _back(typed: Typed) -> Block:
    chosen = Option(value=typed.back, text=clip(typed.back_name, 75)) if typed.back else None
    menu = ExternalDataSelectElement(
        action_id=RETURN,
        placeholder="Type to search",
        min_query_length=0,
        initial_option=chosen,
    )
    hint = "Where it goes back to. None yet? Save one with /clicksend address create"
    return input_block(BACK, "Return address", menu, hint=hint)


def _made(made: frozenset[str]) -> Block:
    options = {name: Option(value=name, text=text) for name, text in OPTIONS.items()}
    boxes = CheckboxesElement(
        action_id=MADE,
        options=list(options.values()),
        initial_options=[options[name] for name in OPTIONS if name in made] or None,
    )
    return input_block(MADE, "Printed and posted", boxes, optional=True)
