"""The Web API: tokens, scopes, rate limits, and a function for each method."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from bot.sandbox.slack.chat import Chat
from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.oauth import OAuth
from bot.sandbox.slack.pace import Pace
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.sockets import SocketMode
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.wire import Wire

_WITHOUT_TOKEN = frozenset({"oauth.v2.access", "oauth.v2.exchange"})
_STRUCTURED = frozenset({"attachments", "blocks", "files", "metadata", "view"})


class Method(NamedTuple):
    """A method: the scope it needs (empty: none), and what it does."""

    scope: str
    run: Callable[[Json], Json]


@dataclass
class WebApi:
    """Answers `/api/<method>`.

    Attributes:
        uninstalled: What happens when the bot uninstalls itself.
        strict: Whether calls beyond Slack's rate limits are refused.
        calls: Method and arguments of every call that had a good token.
    """

    chat: Chat
    views: Views
    directory: Directory
    files: Files
    sockets: SocketMode
    faults: Faults
    wire: Wire
    oauth: OAuth
    uninstalled: Callable[[], None]
    url: str = ""
    strict: bool = False
    calls: list[tuple[str, Json]] = field(default_factory=list)
    _pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._methods = self._table()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one call."""
        started = time.monotonic()
        method = request.path.removeprefix("/api/")
        body: Json = {}
        status, answer, headers = 200, {"ok": True}, {}
        try:
            body = await _body(request)
            await self.faults.before(method)
            token = _credentials(request, body)
            scopes = self._authorize(method, token)
            self.calls.append((method, body))
            answer |= self._run(method, body, scopes, token)
            headers["x-oauth-scopes"] = ",".join(sorted(scopes))
        except ApiError as error:
            answer = error.answer()
            if error.code == "ratelimited":
                wait = str(answer.pop("retry_after", 1))
                status, headers = 429, {"retry-after": wait}
            elif error.code == "service_unavailable":
                status = 503
        self.wire.crossed(
            "to Slack",
            method,
            "HTTP",
            seconds=time.monotonic() - started,
            outcome=str(answer.get("error", "ok")),
            both=(body, answer),
        )
        return web.json_response(answer, status=status, headers=headers)

    def _authorize(self, method: str, token: str) -> frozenset[str]:
        if method in _WITHOUT_TOKEN:
            return frozenset()
        if not token:
            raise ApiError("not_authed")
        kind, scopes = self.oauth.recognise(token)
        if (kind == "app") != (method == "apps.connections.open"):
            raise ApiError("not_allowed_token_type")
        return scopes

    def _run(self, method: str, body: Json, scopes: frozenset[str], token: str) -> Json:
        if method == "auth.revoke":
            return self.oauth.revoke(token)
        known = self._methods.get(method)
        if known is None:
            raise ApiError("unknown_method", req_method=method)
        if known.scope and known.scope not in scopes:
            provided = ",".join(sorted(scopes))
            raise ApiError("missing_scope", needed=known.scope, provided=provided)
        if self.strict:
            self._pace.admit(method, str(body.get("channel")))
        return known.run(body)

    def _uninstall(self, _: Json) -> Json:
        self.uninstalled()
        return {}

    def _table(self) -> dict[str, Method]:
        chat, views, directory, files = self.chat, self.views, self.directory, self.files
        return {
            "apps.connections.open": Method("", lambda _: self.sockets.ticket(self.url)),
            "apps.uninstall": Method("", self._uninstall),
            "oauth.v2.access": Method("", self.oauth.access),
            "oauth.v2.exchange": Method("", self.oauth.exchange),
            "api.test": Method("", lambda body: {"args": body}),
            "auth.test": Method("", directory.auth),
            "bots.info": Method("users:read", directory.bot),
            "team.info": Method("team:read", directory.team),
            "chat.postMessage": Method("chat:write", chat.post),
            "chat.postEphemeral": Method("chat:write", chat.post_ephemeral),
            "chat.update": Method("chat:write", chat.update),
            "chat.delete": Method("chat:write", chat.delete),
            "chat.getPermalink": Method("", directory.permalink),
            "reactions.add": Method("reactions:write", lambda b: chat.react(b, add=True)),
            "reactions.remove": Method("reactions:write", lambda b: chat.react(b, add=False)),
            "views.open": Method("", views.open),
            "views.push": Method("", views.push),
            "views.update": Method("", views.update),
            "views.publish": Method("", views.publish),
            "conversations.open": Method("im:write", directory.open),
            "conversations.info": Method("channels:read", directory.channel),
            "conversations.list": Method("channels:read", directory.channels),
            "conversations.members": Method("channels:read", directory.members),
            "users.info": Method("users:read", directory.user),
            "users.list": Method("users:read", directory.users),
            "usergroups.list": Method("usergroups:read", directory.groups),
            "usergroups.users.list": Method("usergroups:read", directory.group_users),
            "files.info": Method("files:read", files.info),
            "files.getUploadURLExternal": Method("files:write", files.upload_url),
            "files.completeUploadExternal": Method("files:write", files.complete),
        }


def _credentials(request: web.Request, body: Json) -> str:
    """The token, out of the header or the arguments; a client's id and secret go to the latter."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        body.update(zip(("client_id", "client_secret"), _basic(given), strict=True))
        return ""
    token = str(body.pop("token", ""))
    token = given if kind.lower() == "bearer" else token
    if request.path.removeprefix("/api/") == "oauth.v2.exchange":
        body["token"] = token  # what is exchanged, and no permission
    return token


def _basic(given: str) -> tuple[str, str]:
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ApiError("invalid_client_id") from None
    return name, secret


async def _body(request: web.Request) -> Json:
    """The arguments, wherever they are: query, form (structures in it as JSON) or JSON."""
    body: Json = {name: _decoded(name, value) for name, value in request.query.items()}
    if request.content_type == "application/json":
        try:
            found = await request.json()
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(found, dict):
            raise ApiError("json_not_object")
        return body | found
    form = await request.post()
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return body | {name: _decoded(name, value) for name, value in texts.items()}


def _decoded(name: str, value: str) -> object:
    if name not in _STRUCTURED:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # what takes it says that it is no such structure
