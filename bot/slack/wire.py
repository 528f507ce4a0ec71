"""What goes to Slack's Web API, and what its answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.blocks import Message, clip_mrkdwn
from bot.slack.errors import SlackError

_SERVER_ERROR = 500
_TEXT_BYTES = 4_000
_DOWN = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"}
)


def content(message: Message) -> dict[str, object]:
    """A message as `chat.postMessage` and `chat.update` take it.

    Beside blocks the text is a summary, and cut: one of more than 4,000 bytes can be posted, but
    never be changed again (`msg_too_long`).
    """
    return {
        "text": _fitting(message.text) if message.blocks else message.text,
        "blocks": [block.to_dict() for block in message.blocks] or None,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _fitting(text: str) -> str:
    """A text of at most 4,000 bytes in UTF-8, never cut within an entity or a link."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= _TEXT_BYTES:
        return text
    kept = encoded[: _TEXT_BYTES - len("…".encode())].decode("utf-8", "ignore")
    return clip_mrkdwn(f"{kept}…", len(kept))  # of one more than fits, so that its end is mended


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


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group: how it is mentioned, what it is called, and who is in it (Slack user ids)."""

    handle: str
    name: str
    users: frozenset[str]


def groups(listed: object) -> dict[str, UserGroup]:
    """The user groups of an answer of `usergroups.list`, by id."""
    return {
        str(each["id"]): UserGroup(
            str(each.get("handle") or each["id"]),
            str(each.get("name") or ""),
            frozenset(each.get("users") or ()),
        )
        for each in (listed if isinstance(listed, list) else ())
    }


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


async def answered(asked: Awaitable[AsyncSlackResponse], deadline: float) -> AsyncSlackResponse:
    """Wait for an answer, so many seconds at most.

    Raises:
        SlackError: Slack refused, or could not be reached in time.
    """
    try:
        async with asyncio.timeout(deadline):
            return await asked
    except SlackApiError as error:
        raise SlackError(code(error)) from None
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise SlackError("unavailable") from None
