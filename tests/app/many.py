"""A bot for many workspaces between the fakes: Slack installs it by OAuth, and knows its tokens."""

from __future__ import annotations

import asyncio
import base64
import html
import re
import ssl
import zlib
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from aiohttp import web
from cryptography.fernet import Fernet

from bot.settings import Settings
from bot.store import Database, tables
from tests.app.world import SECRET, FakeClickSend, FakeSlack, User

TLS = ssl.create_default_context()  # once: to read the certificates takes long
ENCRYPTION_KEY = Fernet.generate_key().decode()
CLIENT_ID, CLIENT_SECRET = "1234.5678", "client-secret-of-many"


@dataclass(frozen=True)
class Team:
    """A workspace, or a whole Grid (`id` is empty), and who installs the bot in it."""

    id: str
    installer: str = "U0ADA"
    enterprise: str = ""


@dataclass
class ManySlack(FakeSlack):
    """Gives each team a token of its own, and writes down with which one it was called."""

    teams: dict[str, Team] = field(default_factory=dict)
    spoken: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    expires_in: int | None = None
    issued: int = 0
    dead: set[str] = field(default_factory=set)
    """Tokens that were revoked."""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        method = request.path.removeprefix("/api/")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        posted = dict(await request.post())
        token = token or str(posted.get("token", ""))
        if method == "oauth.v2.access":
            return web.json_response(self.granted(posted))
        if method == "auth.test":
            bot = {"ok": True, "bot_id": "B0BOT", "url": "https://grid.example.com/"}
            return web.json_response(bot)
        if token in self.dead:
            return web.json_response({"ok": False, "error": "token_revoked"})
        answer = await super().__call__(request)
        if self.calls and not method.startswith(("files/", "uploads/")):
            self.spoken.append((token, *self.calls[-1]))
        return answer

    def granted(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a code, or to a refresh token: each holds the team's key."""
        if asked.get("grant_type") == "refresh_token":
            name = str(asked["refresh_token"]).split("-")[2]
        else:
            name = str(asked.get("code", ""))
        if name not in self.teams:
            return {"ok": False, "error": "invalid_code"}
        team = self.teams[name]
        self.issued += 1
        grid = not team.id
        lasts = (
            {"refresh_token": f"xoxe-1-{name}-{self.issued}", "expires_in": self.expires_in}
            if self.expires_in is not None
            else {}
        )
        return {
            "ok": True,
            "access_token": f"xoxb-{name}-{self.issued}",
            "token_type": "bot",
            "scope": "chat:write,commands",
            "bot_user_id": "U0BOT",
            "app_id": "A0APP",
            "team": None if grid else {"id": team.id, "name": name},
            "enterprise": {"id": team.enterprise} if team.enterprise else None,
            "is_enterprise_install": grid,
            "authed_user": {"id": team.installer},
            **lasts,
        }

    def _answer(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = super()._answer(method, body)
        if method == "users.info":
            answer["user"] |= self.people.get(str(body.get("user")), {})
        return answer

    def tokens_for(self, *methods: str) -> set[str]:
        """The tokens with which methods were called."""
        return {token for token, method, _ in self.spoken if method in methods}


@dataclass
class ManyClickSend(FakeClickSend):
    """Knows some accounts by their keys, and writes down of which one each call is."""

    accounts: dict[str, str] = field(default_factory=dict)
    by: list[tuple[str, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        pair = request.headers.get("authorization", "").removeprefix("Basic ")
        name, _, key = base64.b64decode(pair).decode().partition(":")
        if self.accounts.get(name) != key:
            refusal = {"http_code": 401, "response_code": "UNAUTHORIZED", "response_msg": "No."}
            return web.json_response({**refusal, "data": None}, status=401)
        self.by.append((name, self._find(request.method, request.path.removeprefix("/v3"))[0]))
        _asking.set(name)  # this request's task alone has it
        return await super().__call__(request)

    def _data(self, name: str, body: Any, example: Any) -> Any:
        data = _named(super()._data(name, body, example), _asking.get())
        return {**data, **_identity(_asking.get())} if name == "account.get" else data


_asking = ContextVar("asking", default="")
_NAMES = {"account_name", "list_name", "template_name", "first_name", "name", "organization_name"}


def _identity(account: str) -> dict[str, Any]:
    """Each account has an id of its own; its name may be written in capitals."""
    number = zlib.crc32(account.lower().encode())
    return {"user_id": number, "_subaccount": {"subaccount_id": number}}


def _named(data: Any, account: str) -> Any:
    """The same data, in which each name says whose it is."""
    if isinstance(data, list):
        return [_named(each, account) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        key: f"{each} ({account})"
        if key in _NAMES and isinstance(each, str)
        else _named(each, account)
        for key, each in data.items()
    }


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so, ten seconds at most."""
    async with asyncio.timeout(10):
        while not await check():  # noqa: ASYNC110 - a job, a row: there is nothing to wait for
            await asyncio.sleep(0.05)


async def unstruck(settings: Settings) -> None:
    """Have every job's slot be as if nobody had done it: the next bot's clock strikes for all."""
    database = Database(settings.database_url)
    async with database.write() as connection:
        await connection.execute(tables.slots.delete())
    await database.close()


async def _nothing() -> None:
    """There is no bot yet, and so nothing that it does."""


@dataclass
class Many:
    """The fakes, and the settings of a bot that is not running yet."""

    clicksend: ManyClickSend
    slack: ManySlack
    settings: Settings
    url: str = ""
    idle: Callable[[], Awaitable[None]] = _nothing

    def user(self, id_: str, team: str) -> User:
        """Somebody in a workspace."""
        return User(self.url, self.slack.url, id_, team)

    async def install(self, name: str) -> httpx.Response:
        """Press the button of `/slack/install`, allow it, and come back."""
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, verify=TLS) as browser:
            page = await browser.get("/slack/install")
            (link,) = re.findall(r'href="(https?://[^"]*state=[^"]*)"', page.text)
            (state,) = parse_qs(urlsplit(html.unescape(link)).query)["state"]
            cookie = page.headers["set-cookie"].partition(";")[0]
            back = {"code": name, "state": state}
            return await browser.get(
                "/slack/oauth_redirect", params=back, headers={"cookie": cookie}
            )

    async def connect(self, user: User, account: str, **channels: str) -> str:
        """Type an account's name and key; what the form says in the end."""
        self.slack.calls.clear()
        await user.command("/clicksend", "connect")
        form = (await self.slack.next("views.open"))["view"]
        typed = {"connect.user": {"value": account}}
        typed["connect.key"] = {"value": self.clicksend.accounts.get(account, "wrong-key-00")}
        for block, channel in channels.items():
            typed[f"connect.{block}"] = {"selected_conversation": channel}
        await user.submit(form, **typed)
        return str((await self.slack.next("views.update"))["view"]["blocks"])


def settings_of(slack_url: str, clicksend_url: str, database_url: str, **more: object) -> Settings:
    """The settings of a bot for many workspaces."""
    return Settings.model_validate(
        {
            "bot_mode": "http",
            "slack_client_id": CLIENT_ID,
            "slack_client_secret": CLIENT_SECRET,
            "slack_authorize_url": f"{slack_url}/oauth/v2/authorize",
            "encryption_keys": ENCRYPTION_KEY,
            "slack_signing_secret": SECRET,
            "slack_api_url": f"{slack_url}/api/",
            "clicksend_base_url": f"{clicksend_url}/v3",
            "database_url": database_url,
            "bot_port": 0,
            "default_country": "AU",
            **more,
        }
    )
