"""Thin builders over `slack_sdk.models`: they escape nothing, and cut to Slack's limits visibly.

Text from outside goes through `escape` before it goes into mrkdwn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    BlockElement,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    InputInteractiveElement,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.models.views import View as Modal

from bot.texts import Phrase, Text

__all__ = [
    "Block",
    "Message",
    "Modal",
    "Option",
    "button",
    "buttons",
    "clip",
    "clip_mrkdwn",
    "confirm",
    "context",
    "divider",
    "escape",
    "fields",
    "header",
    "input_block",
    "modal",
    "paragraphs",
    "picture",
    "preformatted",
    "section",
]

SECTION_TEXT = 3000
HEADER_TEXT = 150
ALT_TEXT = 2000
FIELD_TEXT = 2000
TITLE_TEXT = 24
MOST_FIELDS = 10
MOST_BLOCKS = 50
_HALF_ENTITY = re.compile(r"&[a-z]{0,4}$")
_BACKTICKS, _APART = re.compile("`(?=`)"), "`\u200b"  # an invisible space between each two
_FENCE = len("```\n\n```")
_HALF_LINK = re.compile(r"<[^<>]*$")
_CLOSE = Phrase("Close")

Blocks: TypeAlias = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message: `text` says it all for screen readers and notifications."""

    text: str
    blocks: Blocks = ()


def without_danger(message: Message) -> Message:
    """A message without its buttons that destroy something, for who may not press them."""
    blocks: list[Block] = []
    for block in message.blocks:
        if isinstance(block, ActionsBlock):
            left = [
                each
                for each in block.elements
                if isinstance(each, InteractiveElement) and getattr(each, "style", "") != "danger"
            ]
            blocks += [ActionsBlock(elements=left, block_id=block.block_id)] if left else []
        elif isinstance(block, SectionBlock) and _is_danger(block):
            blocks.append(SectionBlock(text=block.text, block_id=block.block_id))
        else:
            blocks.append(block)
    return Message(message.text, tuple(blocks))


def _is_danger(block: SectionBlock) -> bool:
    return getattr(block.accessory, "style", None) == "danger"


def escape(text: Text) -> str:
    """Outside text as mrkdwn that can mention nobody: `&`, `<` and `>` replaced."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: Text, longest: int) -> str:
    """A text of at most so many characters, with an ellipsis where it was cut."""
    text = str(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def clip_mrkdwn(text: str, longest: int) -> str:
    """Formatted text of at most so many characters, never cut within an entity or a link."""
    if len(text) <= longest:
        return text
    return _HALF_LINK.sub("", _HALF_ENTITY.sub("", text[: longest - 1])) + "…"


def preformatted(text: str, longest: int | None = None) -> str:
    """Outside text as it is, in fixed width: mrkdwn that it cannot break out of.

    Args:
        text: As it came.
        longest: What the whole may have in characters; None cuts nothing.
    """
    inside = _BACKTICKS.sub(_APART, escape(text))
    return f"```\n{inside if longest is None else clip_mrkdwn(inside, longest - _FENCE)}\n```"


def section(mrkdwn: Text, *, accessory: BlockElement | None = None) -> Block:
    """A paragraph of mrkdwn, with a button or a menu beside it."""
    text = _mrkdwn(mrkdwn, SECTION_TEXT)
    return SectionBlock(text=text, accessory=accessory)


def paragraphs(lines: Sequence[Text]) -> list[Block]:
    """Lines of mrkdwn in as few paragraphs as hold them."""
    texts: list[str] = []
    for line in (clip_mrkdwn(str(each), SECTION_TEXT) for each in lines):
        if texts and len(texts[-1]) + len(line) < SECTION_TEXT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return [section(text) for text in texts]


def fields(*mrkdwn: Text) -> Block:
    """At most ten short texts in two columns."""
    texts = [_mrkdwn(each, FIELD_TEXT) for each in mrkdwn[:MOST_FIELDS]]
    return SectionBlock(fields=texts)


def picture(file_id: str, alt: Text) -> Block:
    """A picture that is in Slack already: PNG, JPG or GIF; `alt` says what it shows."""
    return ImageBlock(slack_file=SlackFile(id=file_id), alt_text=clip(alt, ALT_TEXT))


def header(plain: Text) -> Block:
    """A headline."""
    return HeaderBlock(text=PlainTextObject(text=clip(plain, HEADER_TEXT)))


def context(mrkdwn: Text) -> Block:
    """Small print."""
    return ContextBlock(elements=[_mrkdwn(mrkdwn, FIELD_TEXT)])


def divider() -> Block:
    """A line."""
    return DividerBlock()


def buttons(*elements: InteractiveElement) -> Block:
    """A row of buttons."""
    return ActionsBlock(elements=list(elements))


def button(
    text: Text,
    action_id: str,
    *,
    value: str | None = None,
    style: str | None = None,
    url: str | None = None,
    ask: ConfirmObject | None = None,
) -> ButtonElement:
    """A button; with `ask`, Slack asks before it counts."""
    return ButtonElement(
        text=PlainTextObject(text=clip(text, 75)),
        action_id=action_id,
        value=value,
        style=style,
        url=url,
        confirm=ask,
    )


def confirm(title: Text, mrkdwn: Text, *, ok: Text, deny: Text) -> ConfirmObject:
    """The question before a button counts."""
    return ConfirmObject(
        title=clip(title, 100),
        text=_mrkdwn(mrkdwn, 300),
        confirm=clip(ok, 30),
        deny=clip(deny, 30),
    )


def input_block(
    block_id: str,
    label: Text,
    element: InputInteractiveElement,
    *,
    hint: Text | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A labelled input of a form; with `dispatch`, what is typed is sent as it changes."""
    return InputBlock(
        block_id=block_id,
        label=PlainTextObject(text=str(label)),
        element=element,
        hint=PlainTextObject(text=clip(hint, FIELD_TEXT)) if hint else None,
        optional=optional,
        dispatch_action=dispatch,
    )


def modal(
    callback_id: str,
    title: Text,
    blocks: Sequence[Block],
    *,
    submit: Text | None = None,
    close: Text = _CLOSE,
    private_metadata: str = "",
) -> Modal:
    """A modal; without `submit` it only shows."""
    return Modal(
        type="modal",
        callback_id=callback_id,
        title=PlainTextObject(text=clip(title, TITLE_TEXT)),
        submit=PlainTextObject(text=clip(submit, TITLE_TEXT)) if submit else None,
        close=PlainTextObject(text=clip(close, TITLE_TEXT)),
        blocks=list(blocks),
        private_metadata=private_metadata,
    )


def _mrkdwn(text: Text, longest: int) -> MarkdownTextObject:
    # verbatim: Slack does not turn names and addresses in it into mentions and links by itself.
    return MarkdownTextObject(text=clip_mrkdwn(str(text), longest), verbatim=True)
