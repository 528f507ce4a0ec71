"""The form of an email: its fields, and what is wrong with them."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ExternalDataSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement

from bot.slack.blocks import Block, Modal, Option, clip, input_block
from bot.slack.calls import View
from bot.texts import Phrase, say
from commands.fields import text_field
from commands.files import ATTACH_AGAIN
from commands.origin import Origin, channel_form
from commands.times import WHEN, WORDS, Chosen
from commands.times import fields as time_fields

FORM, SENDER = "email.form", "email.from"
NAME, TO, CC, BCC, SUBJECT, BODY, STYLE, FILES = (
    "name",
    "to",
    "cc",
    "bcc",
    "subject",
    "body",
    "style",
    "files",
)
TITLE = Phrase("Send an email")
TEXT, HTML = "text", "html"
LARGEST = 5_000_000
"""Bytes of all files together: they stand in the draft itself until it is sent."""
MOST_FILES = 5
MOST_RECIPIENTS = 50
_SUBJECT = 200
STYLES = {TEXT: Phrase("Text, as it is typed"), HTML: "HTML"}
_SEPARATORS = re.compile(r"[\s,;]+")
_ADDRESS = re.compile(
    r"(?=.{3,254}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds, and what it is for."""

    origin: Origin
    sender: str = ""
    sender_name: str = ""
    name: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    body: str = ""
    style: str = TEXT
    files: tuple[str, ...] = ()
    words: str = ""
    when: int | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a text of email addresses comes to; `valid` has each once, in order."""

    valid: tuple[str, ...]
    problems: tuple[str, ...]


def addresses(text: str) -> Addresses:
    """Read email addresses separated by commas, semicolons, spaces or lines."""
    typed = [each for each in _SEPARATORS.split(text) if each]
    good = {each.casefold(): each for each in reversed(typed) if _ADDRESS.fullmatch(each)}
    return Addresses(
        tuple(dict.fromkeys(good[e.casefold()] for e in typed if e.casefold() in good)),
        tuple(clip(each, 60) for each in typed if not _ADDRESS.fullmatch(each)),
    )


def read(view: View) -> Typed:
    """What was typed in the form."""
    return Typed(
        Origin.of(view),
        sender=view.choice(SENDER) or "",
        sender_name=view.choice_text(SENDER),
        name=view.text(NAME).strip(),
        to=view.text(TO),
        cc=view.text(CC),
        bcc=view.text(BCC),
        subject=view.text(SUBJECT).strip(),
        body=view.text(BODY),
        style=view.choice(STYLE) or TEXT,
        files=view.files(FILES),
        words=view.text(WORDS).strip(),
        when=view.moment(WHEN),
    )


def check(typed: Typed, time: Chosen) -> dict[str, str]:
    """What is wrong with a form, by block."""
    wrong = dict(time.wrong)
    people = {TO: addresses(typed.to), CC: addresses(typed.cc), BCC: addresses(typed.bcc)}
    for block, found in people.items():
        if found.problems:
            typed_wrong = ", ".join(found.problems[:5])
            wrong[block] = say("Not an email address: {text}.", text=typed_wrong)
    count = sum(len(each.valid) for each in people.values())
    if TO not in wrong and not people[TO].valid:
        wrong[TO] = say("Give an email address, such as test1@test.com.")
    elif TO not in wrong and count > MOST_RECIPIENTS:
        wrong[TO] = say(
            "At most {most:,} addresses, copies too; these are {count:,}.",
            most=MOST_RECIPIENTS,
            count=count,
        )
    if not (typed.sender.isascii() and typed.sender.isdigit()):
        wrong[SENDER] = say("Choose an address that is offered.")
    if not typed.subject:
        wrong[SUBJECT] = say("An email has a subject.")
    if not typed.body.strip():
        wrong[BODY] = say("Write the message.")
    if typed.style not in STYLES:
        wrong[STYLE] = say("Choose text or HTML.")
    if len(typed.files) > MOST_FILES:
        wrong[FILES] = say("At most {most} files.", most=MOST_FILES)
    return wrong


def markup(body: str, style: str) -> str:
    """The body as HTML: as it is, or text with nothing in it that means anything in HTML."""
    if style == HTML:
        return body
    return html.escape(body).replace("\r\n", "\n").replace("\n", "<br>\n")


def as_typed(body: str) -> tuple[str, str]:
    """The text and the style that make a body: a text where it says the same, or else HTML."""
    text = html.unescape(body.replace("<br>\n", "\n"))
    same = html.escape(text).replace("\n", "<br>\n") == body
    return (text, TEXT) if same else (body, HTML)


def style_menu(block_id: str, style: str) -> StaticSelectElement:
    """The menu of how a body is written.

    Args:
        block_id: Where it stands.
        style: What is chosen.
    """
    options = {name: Option(value=name, text=str(text)) for name, text in STYLES.items()}
    return StaticSelectElement(
        action_id=block_id, options=list(options.values()), initial_option=options[style]
    )


def form(typed: Typed, problem: str = "") -> Modal:
    """The form, with what was typed, and with a problem at its top."""
    back = bool(problem or typed.origin.previous)
    chosen = Option(value=typed.sender, text=clip(typed.sender_name, 75)) if typed.sender else None
    sender = ExternalDataSelectElement(
        action_id=SENDER,
        placeholder=say("Type to search"),
        min_query_length=0,
        initial_option=chosen,
    )
    largest = LARGEST // 1_000_000
    hint = say("{most} at most, {largest} MB together.", most=MOST_FILES, largest=largest)
    attached = FileInputElement(action_id=FILES, max_files=MOST_FILES)
    blocks: list[Block] = [
        input_block(
            SENDER, say("From"), sender, hint=say("The verified addresses of the account.")
        ),
        text_field(NAME, say("Name of the sender"), typed.name, most=100, optional=True),
        text_field(
            TO,
            say("To"),
            typed.to,
            hint=say("One or many addresses, separated by commas or lines."),
        ),
        text_field(CC, say("Copy to"), typed.cc, optional=True),
        text_field(BCC, say("Blind copy to"), typed.bcc, optional=True),
        text_field(SUBJECT, say("Subject"), typed.subject, most=_SUBJECT),
        text_field(BODY, say("Message"), typed.body, multiline=True),
        input_block(STYLE, say("Written in"), style_menu(STYLE, typed.style)),
        input_block(
            FILES,
            say("Files"),
            attached,
            hint=f"{hint} {ATTACH_AGAIN}" if back else hint,
            optional=True,
        ),
        *time_fields(typed.words, typed.when, hint=say("In your own time zone. Empty: now.")),
    ]
    return channel_form(FORM, TITLE, typed.origin, blocks, problem)
