"""Bolt, with one listener a kind of payload; the rest is a dictionary look-up."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot import tracing
from bot.slack.client import Slack
from bot.slack.dispatch import Body, Dispatch, Outside, Seen
from bot.slack.guests import Guest, Host
from bot.slack.router import Router
from bot.slack.signing import Signature
from bot.slack.tasks import Tasks

S = TypeVar("S")
_log = structlog.get_logger(__name__)
_ANY = re.compile(r".*", re.DOTALL)
Acknowledged = Callable[[str, float], None]
# Bolt's warnings and infos hold whole payloads: what people typed, and whom they wrote to.
_BOLT_LOG = logging.getLogger("bot.slack.bolt")
_BOLT_LOG.setLevel(logging.ERROR)


Answering: TypeAlias = Callable[[Body], Awaitable[BoltResponse]]


class SlackApp(AsyncApp):
    """Bolt's app, and what the door needs besides.

    Attributes:
        signature: What requests must carry.
        typed: Answers the form of a slash command as Bolt's listener does. To find that listener,
            and to make the client, context and helpers that no handler of ours asks for, takes
            Bolt longer than the rest of the way; and a command with `payload` in its text it takes
            for an interaction without one. None where a command is of one of many workspaces, which
            Bolt reads from it.
        pressed: Answers interactions in the same way, by their type; none of many workspaces.
    """

    signature: Signature
    typed: Answering | None = None
    pressed: Mapping[str, Answering] = MappingProxyType({})


def build_bolt(
    router: Router[S],
    services: S,
    *,
    slack: Slack,
    tasks: Tasks,
    token: SecretStr,
    signing_secret: SecretStr | None,
    seen: Seen = lambda _handler, _outcome: None,
    acknowledged: Acknowledged = lambda _kind, _seconds: None,
) -> SlackApp:
    """Put the handlers of the only workspace behind Bolt.

    Args:
        router: The handlers.
        services: What each call gets.
        slack: The Web API.
        tasks: This and the others as in `build_shared`.
        token: The bot's.
        signing_secret: The app's.
        seen: Told of handlers.
        acknowledged: Told of acknowledgements.
    """
    return build_shared(
        Guest(router, services, slack),
        slack=slack,
        tasks=tasks,
        token=token,
        signing_secret=signing_secret,
        seen=seen,
        acknowledged=acknowledged,
    )


def build_shared(
    host: Host | Guest[Any],
    *,
    slack: Slack,
    tasks: Tasks,
    token: SecretStr | None,
    signing_secret: SecretStr | None,
    seen: Seen = lambda _handler, _outcome: None,
    acknowledged: Acknowledged = lambda _kind, _seconds: None,
    outside: Mapping[str, Outside] = MappingProxyType({}),
) -> SlackApp:
    """Put whoever is served behind Bolt.

    Nothing asks Slack who the bot is at request time, nor at start: payloads say enough.

    Args:
        host: Finds whom a payload is of, and with what they are served; or the only one there is.
        slack: The Web API, for Socket Mode.
        tasks: Where slow work goes.
        token: The bot's token; None where each workspace has its own.
        signing_secret: Checks HTTP requests; with None (Socket Mode) none is ever believed.
        seen: Told of each handler that ran, and how that ended.
        acknowledged: Told how long each payload took to its acknowledgement.
        outside: What to do about events, by type, of whoever may be no guest any more.

    Returns:
        The app, for Bolt's ASGI adapter or a Socket Mode handler.
    """
    signature = Signature(signing_secret.get_secret_value() if signing_secret else None)
    app = SlackApp(
        name="clicksend-slack",
        logger=_BOLT_LOG,
        signing_secret=signature.secret,
        authorize=_authorizing(token),
        client=slack.web,
        process_before_response=True,
        request_verification_enabled=False,  # by the door, before the body is even parsed
        ignoring_self_events_enabled=False,  # it asks who the bot is; the payload says it
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.signature = signature
    dispatch = Dispatch(host, tasks, seen, outside)

    async def timed(kind: str, answer: Awaitable[BoltResponse]) -> BoltResponse:
        began = time.perf_counter()
        try:
            with tracing.span(f"slack.{kind}", "SERVER"):
                return await answer
        finally:
            acknowledged(kind, time.perf_counter() - began)

    async def command(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("command", dispatch.once(body, context, dispatch.command))

    async def action(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("action", dispatch.once(body, context, dispatch.action))

    async def view(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("view", dispatch.once(body, context, dispatch.view))

    async def closed(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await dispatch.at_once(body, context, dispatch.closed)

    async def shortcut(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("shortcut", dispatch.once(body, context, dispatch.shortcut))

    async def options(body: Body, context: AsyncBoltContext) -> BoltResponse:
        with tracing.span("slack.options", "SERVER"):
            return await dispatch.at_once(body, context, dispatch.options)

    async def event(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("event", dispatch.once(body, context, dispatch.event))

    if isinstance(host, Guest):
        nobody = AsyncBoltContext()  # whose it is, is read from it only where there are many
        app.typed = partial(command, context=nobody)
        app.pressed = {
            "view_submission": partial(view, context=nobody),
            "block_actions": partial(action, context=nobody),
        }
    app.command(_ANY)(command)
    app.action(_ANY)(action)
    app.view_submission(_ANY)(view)
    app.options(_ANY)(options)
    app.shortcut(_ANY)(shortcut)
    app.event(_ANY)(event)
    app.view_closed(_ANY)(closed)
    return app


def _authorizing(
    token: SecretStr | None,
) -> Callable[[str | None, str | None], Awaitable[AuthorizeResult]]:
    """Who the bot is, for Bolt: nobody asks Slack."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token.get_secret_value() if token else None,
        )

    return authorize
