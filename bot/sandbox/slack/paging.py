"""Lists by the page, as Slack's cursors give them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from bot.sandbox.slack.shapes import ApiError, Json

_USUAL, _MOST = 100, 1_000


def page(name: str, found: Sequence[object], body: Json, *, usual: int = _USUAL) -> Json:
    """A page of a list, and the cursor of the next; an empty one says that there is none.

    Args:
        name: What Slack calls the list.
        found: The whole of it.
        body: The arguments: `limit` (1 to 1,000) and `cursor`.
        usual: How many come without a `limit`; 0: all of them, as Slack says of `users.list`.

    Raises:
        ApiError: `invalid_limit`, or `invalid_cursor` for a cursor that was never given out.
    """
    start = _start(str(body.get("cursor") or ""))
    count = _count(body.get("limit"), usual) or len(found)
    if start > len(found):
        raise ApiError("invalid_cursor")
    end = start + count
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(found) else ""
    return {name: list(found[start:end]), "response_metadata": {"next_cursor": cursor}}


def _count(limit: object, usual: int) -> int:
    try:
        count = int(str(limit)) if limit else usual
    except ValueError:
        count = -1
    if not min(1, usual) <= count <= _MOST:
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
