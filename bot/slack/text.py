"""Text to and from Slack: escaping, clipping, and undoing what Slack did to what was typed."""

from __future__ import annotations

import re

_ELLIPSIS = "…"
_LINK = re.compile(r"<((?:https?|tel|mailto):[^|<>\s]*)(?:\|([^<>]*))?>")
_HALF_ENTITY = re.compile(r"&[a-z]{0,4}$")
_HALF_LINK = re.compile(r"<[^<>]*$")


def escape(text: str) -> str:
    """Make text from outside harmless in mrkdwn: nobody gets to mention a channel with it.

    Args:
        text: Any text.

    Returns:
        The text with `&`, `<` and `>` escaped, everything else as it was.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Text from outside as inline code, with nothing in it that could end the code.

    Args:
        text: Any text.

    Returns:
        mrkdwn.
    """
    return f"`{escape(' '.join(text.split()).replace('`', chr(39)))}`"


def link(url: str, label: str) -> str:
    """A link with a label.

    Args:
        url: Where to; trusted.
        label: What to show; escaped here.

    Returns:
        mrkdwn.
    """
    return f"<{escape(url).replace('|', '%7C')}|{escape(label).replace('|', '¦')}>"


def clip(text: str, limit: int) -> str:
    """Cut text to Slack's limit, visibly.

    Args:
        text: Plain text.
        limit: The most characters.

    Returns:
        The text, ending in `…` if it was cut.
    """
    return text if len(text) <= limit else text[: limit - 1] + _ELLIPSIS


def clip_mrkdwn(text: str, limit: int) -> str:
    """Cut mrkdwn to Slack's limit, visibly, without cutting an entity or a link in two.

    Args:
        text: Escaped mrkdwn.
        limit: The most characters.

    Returns:
        The text, ending in `…` if it was cut.
    """
    if len(text) <= limit:
        return text
    whole = _HALF_LINK.sub("", _HALF_ENTITY.sub("", text[: limit - 1]))
    return whole + _ELLIPSIS


def typed(text: str) -> str:
    """Undo what Slack did to typed text: entities, and links made of numbers and addresses.

    Mentions of people and channels (`<@U1>`, `<#C1>`) stay as they are.

    Args:
        text: A command's or a message's text as Slack delivers it.

    Returns:
        What the person typed.
    """
    plain = _LINK.sub(_unlink, text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unlink(match: re.Match[str]) -> str:
    url, label = match.group(1), match.group(2)
    return label or url.removeprefix("tel:").removeprefix("mailto:")
