"""Lists by the page, as Slack's cursors give them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from bot.sandbox.slack.shapes import ApiError, Json

_USUAL, _MOST = 100, 1_000


def page(name: str, found: Sequence[object], body: Json) -> Json:
    """A page of a list, and the cursor of the next; an empty one says that there is none.

    Args:
        name: What Slack calls the list.
        found: The whole of it.
        body: The arguments: `limit` (1 to 1,000, 100 unless told) and `cursor`.

    Raises:
        ApiError: `invalid_limit`, or `invalid_cursor` for a cursor that was never given out.
    """
    start, count = _start(str(body.get("cursor") or "")), _count(body.get("limit"))
    if start > len(found):
        raise ApiError("invalid_cursor")
    end = start + count
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(found) else ""
    return {name: list(found[start:end]), "response_metadata": {"next_cursor": cursor}}


def _count(limit: object) -> int:
    try:
        count = int(str(limit)) if limit else _USUAL
    except ValueError:
        count = 0
    if not 1 <= count <= _MOST:
        raise ApiError("invalid_limit")
    return count


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_cursor") from None
    if word != "next" or not (number.isascii() and number.isdigit()):
        raise ApiError("invalid_cursor")
    return int(number)
