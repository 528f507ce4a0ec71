"""Of which workspace a payload is, and what is served to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack import stamps
from bot.slack.blocks import Message, section
from bot.slack.client import Slack
from bot.slack.router import Router
from bot.texts import say

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a verified payload comes from, as Bolt reads it.

    Attributes:
        team: The workspace in which the bot is installed, or empty.
        enterprise: Its Enterprise Grid, or empty.
        channel: The Slack channel, or empty.
        stamp: The stamp of what was pressed or submitted, or empty.
    """

    team: str
    enterprise: str
    channel: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Guest(Generic[S]):
    """What is served to whom a payload comes from.

    Attributes:
        router: The handlers.
        services: What each call gets.
        slack: The Web API, with this workspace's token.
        otherwise: Says the answer to whatever the handlers do not know; None: theirs.
        stamp: What acknowledgements carry; empty where there is one account only.
    """

    router: Router[S]
    services: S
    slack: Slack
    otherwise: Callable[[], Message] | None = None
    stamp: str = ""


# Of any services: each guest's router and services fit each other, and nobody else looks at them.
Host: TypeAlias = Callable[[Place], Awaitable[Guest[Any] | None]]


def stranger() -> Message:
    """The answer to a workspace that has not installed the bot."""
    text = say(
        "This bot is not installed in this workspace any more. Nothing was sent or charged. "
        "Whoever runs it has the address at which it is installed."
    )
    return Message(text, (section(text),))


def where(context: AsyncBoltContext, body: Mapping[str, Any]) -> Place:
    """Where a payload comes from.

    In channels shared between workspaces it is the one whose installation Slack tells
    (`authorizations`), and of a form the one in which the bot is installed
    (`app_installed_team_id`); of which Grid that one is, such a form does not say: the payload's
    may be that of whoever filled it in.
    """
    view = body.get("view")
    elsewhere = isinstance(view, dict) and view.get("app_installed_team_id")
    return Place(
        context.team_id or "",
        "" if elsewhere else context.enterprise_id or "",
        context.channel_id or "",
        stamps.read(body),
    )
