"""The local Slack: what people do goes out signed, what the bot does comes in by the Web API."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.sandbox.serving import serve
from bot.sandbox.slack.block_kit import Json, problems, view_problems

TOKEN, SECRET = "xoxb-sandbox", "sandbox-signing-secret"
TEAM = "T0SANDBOX"
USERS = {"U0ADA": "Ada", "U0BEN": "Ben"}
CHANNELS = {"C0OPS": "ops", "C0SALES": "sales", "G0PRIVATE": "board"}
MEMBER_OF = frozenset({"C0OPS", "C0SALES"})
TRIGGER_SECONDS = 3.0
ACK_SECONDS = 3.0


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, code: str, details: list[str] | None = None) -> None:
        super().__init__(code)
        self.code, self.details = code, details


@dataclass
class Posted:
    """A message; `only_for` is who sees it when it is ephemeral."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    only_for: str | None = None


@dataclass(frozen=True)
class Delivery:
    """What became of a payload: the status, seconds to the acknowledgement, and its body."""

    status: int
    seconds: float
    body: Json

    @property
    def error(self) -> str | None:
        """What the person would see instead of an answer."""
        if self.seconds > ACK_SECONDS:
            return "operation_timeout"
        return None if self.status == 200 else f"dispatch_failed ({self.status})"  # noqa: PLR2004 - HTTP OK


@dataclass
class SlackSandbox:
    """One workspace.

    Attributes:
        request_url: Where the bot takes payloads.
        url: Where this Slack is served.
        messages: Everything posted, the oldest first.
        views: The open modal of each person.
        files: What people attached: name and bytes by id.
    """

    request_url: str = ""
    url: str = ""
    messages: list[Posted] = field(default_factory=list)
    views: dict[str, Json] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    _hooks: dict[str, tuple[str, str]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def serve(self, port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve it; the Web API is below the URL's `/api/`. Set `url` to what is yielded."""
        return serve(self._handle, port)

    async def command(self, user: str, channel: str, slash: str, text: str = "") -> Delivery:
        """Type a slash command."""
        delivery = await self._deliver(
            {
                "command": slash,
                "text": text,
                "user_id": user,
                "channel_id": channel,
                "team_id": TEAM,
                "trigger_id": self._trigger(user),
                "response_url": self._hook(user, channel),
            }
        )
        if delivery.body.get("text"):
            await self._post(channel, delivery.body, only_for=user)
        return delivery

    async def press(self, user: str, posted: Posted, action_id: str) -> Delivery:
        """Press a button of a message, and say yes if it asks."""
        button = next(
            element
            for block in posted.blocks
            for element in [*block.get("elements", []), block.get("accessory") or {}]
            if str(element.get("action_id", "")).startswith(action_id)
        )
        return await self._interact(
            user,
            type="block_actions",
            channel={"id": posted.channel},
            container={"type": "message", "message_ts": posted.ts},
            message={"ts": posted.ts},
            actions=[{**button, "block_id": "pressed"}],
            response_url=self._hook(user, posted.channel),
        )

    async def submit(self, user: str, typed: Json | None = None) -> Delivery:
        """Submit a person's open modal; what is typed is by block id."""
        view = self.views[user]
        values = {
            block["block_id"]: {
                block["element"]["action_id"]: _untouched(block["element"])
                | (typed or {}).get(block["block_id"], {})
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }
        delivery = await self._interact(
            user, type="view_submission", view={**view, "state": {"values": values}}
        )
        await self._act(user, delivery.body)
        return delivery

    async def wait_message(self, count: int) -> Posted:
        """Wait until there are so many messages; the last of them.

        Raises:
            TimeoutError: There were fewer after 20 seconds.
        """
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.messages) >= count)
        return self.messages[count - 1]

    async def wait_view(self, user: str, callback_id: str) -> Json:
        """Wait until a person's open modal is this one.

        Raises:
            TimeoutError: It was not after 20 seconds.
        """
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(
                lambda: self.views.get(user, {}).get("callback_id") == callback_id
            )
        return self.views[user]

    async def _interact(self, user: str, **payload: object) -> Delivery:
        whole = {
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM},
            "trigger_id": self._trigger(user),
            **payload,
        }
        return await self._deliver({"payload": json.dumps(whole)})

    async def _deliver(self, fields: dict[str, str]) -> Delivery:
        body, at, started = urlencode(fields), str(int(time.time())), time.monotonic()
        digest = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": at,
            "x-slack-signature": f"v0={digest}",
        }
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.request_url, data=body, headers=headers) as response,
        ):
            text = await response.text()
        answer = json.loads(text) if text.startswith("{") else {}
        return Delivery(response.status, time.monotonic() - started, answer)

    async def _act(self, user: str, answer: Json) -> None:
        """Do what the acknowledgement of a submission says."""
        action = answer.get("response_action")
        async with self.changed:
            if action == "update":
                _require(view_problems(answer["view"]))
                self.views[user] = {**answer["view"], "id": self.views[user]["id"]}
            elif action != "errors":
                self.views.pop(user, None)
            self.changed.notify_all()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/files/"):
            return self._file(request)
        if request.path.startswith("/hooks/"):
            return await self._answered(request)
        body: Json = dict(request.query)
        if request.content_type == "application/json":
            body |= await request.json()
        else:
            body |= {key: _decoded(str(value)) for key, value in (await request.post()).items()}
        method = request.path.removeprefix("/api/")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        self.calls.append((method, body))
        try:
            return web.json_response({"ok": True, **await self._api(method, body)})
        except ApiError as error:
            details = {"response_metadata": {"messages": error.details}} if error.details else {}
            return web.json_response({"ok": False, "error": error.code, **details})

    async def _api(self, method: str, body: Json) -> Json:
        if method == "chat.postMessage":
            return await self._post_message(body)
        if method in {"views.open", "views.update"}:
            return await self._show(method, body)
        answers: dict[str, Json] = {
            "auth.test": {"team_id": TEAM, "user_id": "U0BOT", "bot_id": "B0BOT"},
            "conversations.open": {"channel": {"id": f"D{str(body.get('users', ''))[1:]}"}},
            "users.info": {"user": {"id": body.get("user"), "tz": "Australia/Sydney"}},
            "chat.getPermalink": {
                "permalink": f"{self.url}/archives/{body.get('channel')}/p{body.get('message_ts')}"
            },
        }
        if method == "files.info":
            return self._file_info(str(body.get("file")))
        if method not in answers:
            raise ApiError("unknown_method")
        return answers[method]

    async def _post_message(self, body: Json) -> Json:
        channel = str(body.get("channel", ""))
        if channel not in CHANNELS and not channel.startswith("D"):
            raise ApiError("channel_not_found")
        if channel in CHANNELS and channel not in MEMBER_OF:
            raise ApiError("not_in_channel" if channel.startswith("C") else "channel_not_found")
        posted = await self._post(channel, body)
        return {"channel": channel, "ts": posted.ts}

    async def _post(self, channel: str, body: Json, *, only_for: str | None = None) -> Posted:
        blocks = body.get("blocks") or []
        if not body.get("text"):
            raise ApiError("no_text")
        _require(problems(blocks, "message"))
        ts = f"{int(time.time())}.{next(self._numbers):06}"
        posted = Posted(channel, ts, str(body["text"]), blocks, only_for)
        async with self.changed:
            self.messages.append(posted)
            self.changed.notify_all()
        return posted

    async def _show(self, method: str, body: Json) -> Json:
        view = body.get("view") or {}
        _require(view_problems(view))
        if method == "views.open":
            user, given = self._triggers.pop(str(body.get("trigger_id")), ("", 0.0))
            if not user or time.monotonic() - given > TRIGGER_SECONDS:
                raise ApiError("expired_trigger_id")
            view_id = f"V{next(self._numbers):05}"
        else:
            view_id = str(body.get("view_id"))
            user = next((u for u, v in self.views.items() if v["id"] == view_id), "")
            if not user:
                raise ApiError("not_found")
        async with self.changed:
            self.views[user] = {**view, "id": view_id}
            self.changed.notify_all()
        return {"view": self.views[user]}

    def _file_info(self, file_id: str) -> Json:
        if file_id not in self.files:
            raise ApiError("file_not_found")
        name = self.files[file_id][0]
        return {
            "file": {
                "id": file_id,
                "name": name,
                "filetype": name.rpartition(".")[2],
                "url_private_download": f"{self.url}/files/{file_id}",
            }
        }

    def _file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.path.removeprefix("/files/"))
        allowed = request.headers.get("authorization") == f"Bearer {TOKEN}"
        return web.Response(body=found[1]) if found and allowed else web.Response(status=404)

    async def _answered(self, request: web.Request) -> web.Response:
        """An answer through a `response_url`."""
        hook = self._hooks.get(request.path)
        if hook is None:
            return web.Response(status=404, text="expired_url")
        body = await request.json()
        user, channel = hook
        seen_by = None if body.get("response_type") == "in_channel" else user
        try:
            await self._post(channel, body, only_for=seen_by)
        except ApiError as error:
            return web.Response(status=400, text=error.code)
        return web.Response(text="ok")

    def _trigger(self, user: str) -> str:
        trigger = f"{next(self._numbers)}.{TEAM}.0"
        self._triggers[trigger] = (user, time.monotonic())
        return trigger

    def _hook(self, user: str, channel: str) -> str:
        path = f"/hooks/{next(self._numbers)}"
        self._hooks[path] = (user, channel)
        return self.url + path


def _require(found: list[str]) -> None:
    if found:
        raise ApiError("invalid_blocks", found)


def _decoded(value: str) -> object:
    """A form field: Slack's clients send structures as JSON in it."""
    return json.loads(value) if value.startswith(("{", "[")) else value


def _untouched(element: Json) -> Json:
    """What an untouched input holds."""
    return {
        "type": element["type"],
        "value": element.get("initial_value"),
        "selected_option": element.get("initial_option"),
        "selected_date_time": element.get("initial_date_time"),
        "files": [],
    }
