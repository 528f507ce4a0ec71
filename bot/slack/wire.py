"""What goes to Slack's Web API, and what its answers mean: pure readings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk.errors import SlackApiError

from bot.slack.blocks import Message

_SERVER_ERROR = 500
_DOWN = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"}
)


def content(message: Message) -> dict[str, object]:
    """A message as `chat.postMessage` and `chat.update` take it."""
    return {
        "text": message.text,
        "blocks": [block.to_dict() for block in message.blocks] or None,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def code(error: SlackApiError) -> str:
    """Slack's name of an error; `unavailable` where trying again later may help."""
    data = error.response.data if hasattr(error.response, "data") else error.response
    name = str(data.get("error") or "unavailable") if isinstance(data, dict) else "unavailable"
    status = getattr(error.response, "status_code", 0)
    return "unavailable" if name in _DOWN or status >= _SERVER_ERROR else name


def scopes(headers: Mapping[str, str]) -> frozenset[str]:
    """The scopes that an answer's headers name."""
    named = _header(headers, "x-oauth-scopes")
    return frozenset(each.strip() for each in named.split(",") if each.strip())


def date(headers: Mapping[str, str]) -> datetime | None:
    """The time that an answer's headers give; None when they give none."""
    try:
        found = parsedate_to_datetime(_header(headers, "date"))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name; UTC when there is none of it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
