"""`/slack/install` and `/slack/oauth_redirect`: Bolt's flow, on this web server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.slack.installing import INSTALL_PATH, REDIRECT_PATH
from bot.web.peers import Peers
from bot.web.webhooks import Bucket

_SECURITY: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https:; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # the address holds a code
    "cache-control": "no-store",
}
_TROUBLE = "The bot could not be installed just now. Nothing was changed. Try again in a minute."

_log = structlog.get_logger(__name__)
Serve = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class Installing:
    """The two pages.

    Args:
        flow: Bolt's.
        limit: Limits how often a stranger may begin an installation, or come back from one.
    """

    def __init__(self, flow: AsyncOAuthFlow, *, limit: Peers | None = None) -> None:
        self._flow = flow
        self._limit = limit or Peers(burst=20, rate=0.5, together=Bucket(burst=300, rate=30))

    def routes(self) -> Sequence[Route]:
        """The routes of the web app."""
        return (
            Route(INSTALL_PATH, self._begin, methods=["GET"]),
            Route(REDIRECT_PATH, self._end, methods=["GET"]),
        )

    async def _begin(self, request: Request) -> Response:
        return await self._served(request, self._flow.handle_installation)

    async def _end(self, request: Request) -> Response:
        return await self._served(request, self._flow.handle_callback)

    async def _served(self, request: Request, serve: Serve) -> Response:
        if not self._limit.take(request):
            return PlainTextResponse("Too many", 429, headers={"retry-after": "10"})
        asked = AsyncBoltRequest(
            body="", query=request.url.query, headers=dict(request.headers.items())
        )
        try:
            answer = await serve(asked)
        except Exception as error:  # noqa: BLE001 - Slack or the database is away; no traceback
            _log.error("an installation broke", problem=type(error).__name__)
            return PlainTextResponse(_TROUBLE, 502, headers=_SECURITY)
        made = Response(answer.body, answer.status, headers=_SECURITY)
        for name, values in answer.headers.items():
            for value in values:
                if name.lower() == "set-cookie":
                    made.headers.append(name, value)
                else:
                    made.headers[name] = value
        return made
