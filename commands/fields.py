"""A field for text, as most forms have some."""

from __future__ import annotations

from slack_sdk.models.blocks import PlainTextInputElement

from bot.slack.blocks import Block, input_block
from bot.texts import Text
from commands.audience import LONGEST


def text_field(
    block_id: str,
    label: Text,
    value: str,
    *,
    most: int = LONGEST,
    multiline: bool = False,
    hint: Text | None = None,
    optional: bool = False,
) -> Block:
    """A field for text, with what was typed.

    Args:
        block_id: Of the block, and of what is typed in it.
        label: Above it.
        value: What was typed.
        most: Characters it holds.
        multiline: Whether it has lines.
        hint: Below it.
        optional: Whether it may stay empty.
    """
    element = PlainTextInputElement(
        action_id=block_id, multiline=multiline, max_length=most, initial_value=value or None
    )
    return input_block(block_id, label, element, hint=hint, optional=optional)
