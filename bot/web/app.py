"""The ASGI app: Slack's endpoint goes to Bolt directly, health and metrics through Starlette."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.slack.bolt import SlackApp
from bot.web.slack_door import PATH, SlackDoor

Ready = Callable[[], Awaitable[Mapping[str, str | bool]]]
_PATIENCE = 5.0

_log = structlog.get_logger(__name__)


def build_web(
    *,
    bolt: SlackApp | None,
    ready: Ready,
    metrics: CollectorRegistry,
    before_metrics: Callable[[], Awaitable[None]] | None = None,
    routes: Sequence[BaseRoute] = (),
) -> ASGIApp:
    """Put the web app together.

    Args:
        bolt: Serves `/slack/events`; None with Socket Mode, when the path does not exist.
        ready: The state of each part, by name: False means that the bot cannot do its work, any
            text is information. Nothing secret: the answer is public.
        metrics: What `/metrics` shows.
        before_metrics: Brings up to date what is looked up for that; it does not raise.
        routes: More routes, such as webhooks.

    Returns:
        An ASGI app with `/slack/events`, `/healthz`, `/readyz`, `/metrics` and the given routes.
    """
    rest = Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/readyz", _readiness(ready)),
            Route("/metrics", _exposition(metrics, before_metrics)),
            *routes,
        ]
    )
    return rest if bolt is None else _Front(SlackDoor(bolt), rest)


class _Front:
    """Slack's path before any framework: three seconds are short, and it is the busiest."""

    def __init__(self, slack: SlackDoor, rest: ASGIApp) -> None:
        self._slack = slack
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._slack(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _readiness(ready: Ready) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        try:
            async with asyncio.timeout(_PATIENCE):
                parts = dict(await ready())
        except Exception:  # noqa: BLE001 - whatever breaks the look, the bot is not known to be ready
            _log.exception("readiness could not be told")
            parts = {"readiness": False}
        status = 503 if any(part is False for part in parts.values()) else 200
        return JSONResponse(parts, status, headers={"cache-control": "no-store"})

    return answer


def _exposition(
    metrics: CollectorRegistry, before: Callable[[], Awaitable[None]] | None
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        if before is not None:
            await before()
        return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)

    return answer
