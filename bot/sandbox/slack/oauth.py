"""Installing the app by OAuth, and tokens that expire and are rotated."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.workspace import APP, BOT, TEAM

TOKEN, APP_TOKEN = "xoxb-sandbox", "xapp-sandbox"
CLIENT_ID, CLIENT_SECRET = "sandbox.client", "sandbox-client-secret"
CODE_SECONDS = 600.0
Kind = Literal["app", "bot"]


@dataclass
class Grant:
    """A token that was given out; without `expires_at` it does not expire."""

    scopes: frozenset[str]
    user: str
    expires_at: float | None = None
    revoked: bool = False


@dataclass
class _Code:
    user: str
    scopes: frozenset[str]
    redirect_uri: str
    made_at: float
    used: bool = False


@dataclass
class OAuth:
    """Gives tokens out, and knows which are good.

    Args:
        scopes: What the manifest asks for; more cannot be granted.
        rotation: Whether tokens expire, after 12 hours unless told, and come with a refresh token.
        now: Unix seconds.

    Attributes:
        lasts: Seconds until a token expires.
        redirects: Where somebody may be sent back to, the first one where the app does not say;
            empty: anywhere on this machine.
    """

    scopes: frozenset[str]
    rotation: bool = False
    now: Callable[[], float] = time.time
    lasts: float = 43_200.0
    redirects: tuple[str, ...] = ()
    _grants: dict[str, Grant] = field(default_factory=dict)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _refreshes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._grants[TOKEN] = Grant(self.scopes, "U0ADA")

    def recognise(self, token: str) -> tuple[Kind, frozenset[str]]:
        """What a token is, and what it may do.

        Raises:
            ApiError: `invalid_auth`, `token_expired` or `account_inactive`.
        """
        if token == APP_TOKEN:
            return "app", frozenset({"connections:write"})
        grant = self._grants.get(token)
        if grant is None:
            raise ApiError("invalid_auth")
        if grant.revoked:
            raise ApiError("account_inactive")
        if grant.expires_at is not None and grant.expires_at <= self.now():
            raise ApiError("token_expired")
        return "bot", grant.scopes

    def consent(self, query: Json) -> frozenset[str]:
        """What the person is asked to allow.

        Args:
            query: The query of `/oauth/v2/authorize`.

        Raises:
            ApiError: `invalid_client_id`, `invalid_scope` (named) or `bad_redirect_uri`.
        """
        if query.get("client_id") != CLIENT_ID:
            raise ApiError("invalid_client_id")
        wanted = frozenset(filter(None, str(query.get("scope") or "").split(",")))
        if not wanted or not wanted <= self.scopes:
            raise ApiError("invalid_scope", unknown=", ".join(sorted(wanted - self.scopes)))
        if not self._may_return(self.back(query)):
            raise ApiError("bad_redirect_uri")
        return wanted

    def decided(self, query: Json, user: str, *, allowed: bool) -> str:
        """Where the person's browser goes next.

        Args:
            query: The query of `/oauth/v2/authorize`.
            user: Who decided.
            allowed: What they decided.

        Raises:
            ApiError: As `consent`.
        """
        wanted, back = self.consent(query), self.back(query)
        state = {"state": str(query["state"])} if "state" in query else {}
        if not allowed:
            return _with(back, {"error": "access_denied", **state})
        code = secrets.token_hex(16)
        self._codes[code] = _Code(user, wanted, back, self.now())
        return _with(back, {"code": code, **state})

    def back(self, query: Json) -> str:
        """Where the person goes after the decision."""
        return str(query.get("redirect_uri") or next(iter(self.redirects), ""))

    def access(self, body: Json) -> Json:
        """Slack method `oauth.v2.access`: a code, or a refresh token, for a token.

        Raises:
            ApiError: `invalid_client_id`, `bad_client_secret`, `invalid_code`,
                `code_already_used`, `bad_redirect_uri`, `invalid_refresh_token` or
                `invalid_grant_type`.
        """
        self._client(body)
        kind = body.get("grant_type") or "authorization_code"
        if kind == "authorization_code":
            code = self._code(body)
            return self._granted(code.scopes, code.user)
        if kind != "refresh_token":
            raise ApiError("invalid_grant_type")
        old = self._refreshes.pop(str(body.get("refresh_token")), None)
        if old is None or self._grants[old].revoked:
            raise ApiError("invalid_refresh_token")
        return self._granted(self._grants[old].scopes, self._grants[old].user)

    def exchange(self, body: Json) -> Json:
        """Slack method `oauth.v2.exchange`: a token that lasts for one that is rotated.

        Raises:
            ApiError: `invalid_client_id`, `bad_client_secret`, `token_rotation_not_enabled`,
                `invalid_token` or `token_already_exchanged`.
        """
        self._client(body)
        if not self.rotation:
            raise ApiError("token_rotation_not_enabled")
        grant = self._grants.get(str(body.get("token")))
        if grant is None or grant.expires_at is not None:
            raise ApiError("invalid_token")
        if grant.revoked:
            raise ApiError("token_already_exchanged")
        grant.revoked = True
        return self._granted(grant.scopes, grant.user)

    def revoke(self, token: str) -> Json:
        """Slack method `auth.revoke`."""
        self._grants[token].revoked = True
        return {"revoked": True}

    def uninstall(self) -> None:
        """Make every bot's token that was given out useless."""
        for grant in self._grants.values():
            grant.revoked = True

    def _client(self, body: Json) -> None:
        if body.get("client_id") != CLIENT_ID:
            raise ApiError("invalid_client_id")
        if not secrets.compare_digest(str(body.get("client_secret") or ""), CLIENT_SECRET):
            raise ApiError("bad_client_secret")

    def _code(self, body: Json) -> _Code:
        code = self._codes.get(str(body.get("code")))
        if code is None or code.made_at + CODE_SECONDS <= self.now():
            raise ApiError("invalid_code")
        if code.used:
            raise ApiError("code_already_used")
        if body.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
            raise ApiError("bad_redirect_uri")
        code.used = True
        return code

    def _granted(self, scopes: frozenset[str], user: str) -> Json:
        rotated: Json = {}
        token = f"xoxb-{secrets.token_hex(12)}"
        expires_at = None
        if self.rotation:
            token, refresh = f"xoxe.{token}", f"xoxe-1-{secrets.token_hex(12)}"
            self._refreshes[refresh] = token
            expires_at = self.now() + self.lasts
            rotated = {"refresh_token": refresh, "expires_in": int(self.lasts)}
        self._grants[token] = Grant(scopes, user, expires_at)
        return {
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(sorted(scopes)),
            "bot_user_id": BOT,
            "app_id": APP,
            "team": {"id": TEAM, "name": "Sandbox"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": user},
            **rotated,
        }

    def _may_return(self, address: str) -> bool:
        if self.redirects:
            return address in self.redirects
        found = urlsplit(address)
        return found.scheme in {"http", "https"} and found.hostname in {"127.0.0.1", "localhost"}


def _with(address: str, more: dict[str, str]) -> str:
    """An address with a longer query."""
    found = urlsplit(address)
    query = urlencode([*parse_qsl(found.query, keep_blank_values=True), *more.items()])
    return urlunsplit(found._replace(query=query))
