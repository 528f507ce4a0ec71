"""A ClickSend that answers as documented, a Slack that records, and a user who signs."""

import asyncio
import hashlib
import hmac
import itertools
import json
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from aiohttp import web

from bot.sandbox.slack import block_kit

OPERATIONS = json.loads((Path(__file__).parents[1] / "data" / "operations.json").read_text())
LINKS = {
    "id": "short_urls.statistics",
    "method": "GET",
    "path": "/short-url/statistics/{source}/{source_id}",
    "response_example": None,
}
"""An operation that the reference does not document."""
SECRET = "sandbox-signing-secret"
_TLS = ssl.create_default_context()  # once: to read the certificates takes long
_PATIENCE = 30.0  # ten messages into one channel take as many seconds, on an idle machine
_TRIGGERS = itertools.count(1)
_BATCHES = {
    f"{kind}.{verb}" for kind in ("sms", "mms", "voice", "fax") for verb in ("price", "send")
}


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    """Serve every path with one handler."""
    app = web.Application(client_max_size=20_000_000)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _data_of(example: dict[str, Any]) -> Any:
    """The data of a documented answer; a few are shown without their envelope."""
    return example.get("data") if "http_code" in example else example


_ROUTES = sorted(
    (
        (
            each["id"],
            each["method"],
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(each["path"])) + "$"),
            _data_of(each["response_example"] or {}),
        )
        for each in (*OPERATIONS, LINKS)
    ),
    key=lambda each: each[2].pattern.count("[^/]"),
)
"""Every operation: its id, its method, its path and the data it answers; the exact paths first."""


@dataclass
class FakeClickSend:
    """Answers as documented; `answers` changes the data of an operation, `hold` delays answers.

    It delays all of them, or those to the operation in `hold_only`.

    An answer that is a function gets the body; `reshape` changes every answer's data.
    """

    arrivals: list[tuple[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    hold: asyncio.Event | None = None
    hold_only: str | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    balance: str = "100.00"
    low_credit_amount: str = "20.00"
    refused: dict[str, str] = field(default_factory=dict)
    price: str = "0.077"
    files: dict[str, bytes] = field(default_factory=dict)
    reshape: Callable[[Any, Any], Any] | None = None

    def of(self, operation: str) -> list[Any]:
        """The bodies with which an operation arrived."""
        return [body for name, body in self.arrivals if name == operation]

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/v3")
        if path in self.files:
            return web.Response(body=self.files[path])
        name, example = self._find(request.method, path)
        body = await request.json() if request.can_read_body else dict(request.query)
        async with self.changed:
            self.arrivals.append((name, body))
            self.changed.notify_all()
        if self.hold is not None and self.hold_only in {None, name}:
            await self.hold.wait()
        if name in self.cut and request.transport is not None:
            request.transport.abort()
        status = self.statuses.get(name, 200)
        if status != 200:
            return web.json_response(
                {
                    "http_code": status,
                    "response_code": "ERROR",
                    "response_msg": "No.",
                    "data": None,
                },
                status=status,
            )
        data = self._data(name, body, example)
        data = self.reshape(data, body) if self.reshape else data
        return web.json_response(
            {"http_code": 200, "response_code": "SUCCESS", "response_msg": "ok", "data": data}
        )

    async def next(self, operation: str, count: int = 1) -> Any:
        """Wait until an operation arrived so many times; the body of the last."""
        async with asyncio.timeout(_PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.of(operation)) >= count)
        return self.of(operation)[count - 1]

    def _find(self, method: str, path: str) -> tuple[str, Any]:
        return next((n, e) for n, m, p, e in _ROUTES if m == method and p.match(path))

    def _data(self, name: str, body: Any, example: Any) -> Any:
        if name in self.answers:
            given = self.answers[name]
            return given(body) if callable(given) else given
        if name == "account.get":
            return {
                **example,
                "balance": self.balance,
                "low_credit_amount": self.low_credit_amount,
                "account_name": "Harbour <!channel> & Sons",
            }
        if name == "recharge.payment_info":
            example = {**example, "expiry_year": 2099}  # the documented card has expired
        if name in _BATCHES:
            return self._messages(body)
        if name.endswith("_rules.list"):
            return self._rules(example)
        if name.endswith("receipts") or name == "sms.inbound":
            return {"total": 0, "current_page": 1, "last_page": 0, "data": []}
        return example

    def _rules(self, example: Any) -> Any:
        """One rule, which has everything polled."""
        rule = {**example["data"][0], "action": "POLL", "action_address": "", "enabled": 1}
        return {**example, "total": 1, "last_page": 1, "data": [rule]}

    def _messages(self, body: Any) -> Any:
        outcomes = [
            {
                **{k: v for k, v in each.items() if k in {"to", "list_id", "custom_string"}},
                "status": self.refused.get(each.get("to", ""), "SUCCESS"),
                "message_id": f"M{index}",
                "message_parts": 1,
                "message_pages": 1,
                "message_price": self.price,
            }
            for index, each in enumerate(body["messages"])
        ]
        taken = sum(each["status"] == "SUCCESS" for each in outcomes)
        return {"total_price": str(Decimal(self.price) * taken), "messages": outcomes}


def problems(method: str, body: dict[str, Any]) -> list[str]:
    """What Slack would refuse about a message or a view, by its documented limits."""
    if method.startswith("views."):
        view = body["view"]
        large = ["view_too_large"] if block_kit.is_too_large(view) else []
        return [*block_kit.view_problems(view), *large]
    if method not in {"chat.postMessage", "chat.postEphemeral", "chat.update", "respond"}:
        return []
    blocks = body.get("blocks")
    text = str(body.get("text") or "")
    return [
        *(block_kit.problems(blocks, "message") if blocks is not None else []),
        *([] if text.strip() else ["no text for screen readers and notifications"]),
        *(["msg_too_long"] if len(text) > 40_000 else []),
    ]


def answer_problems(body: str, answer: httpx.Response) -> list[str]:
    """What Slack would refuse about the acknowledgement of a payload."""
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return []
    said = answer.json()
    if "view" in said:
        return problems("views.update", said)
    if "text" in said:
        return problems("respond", said)
    if "options" in said or "option_groups" in said:
        menu = {"type": "static_select", "action_id": "a", **said}
        filled = bool(said.get("options") or said.get("option_groups"))
        block = {"type": "actions", "elements": [menu]}
        return block_kit.problems([block], "message") if filled else []
    fields = set(said.get("errors", {}))
    payload = json.loads(parse_qs(body).get("payload", ["{}"])[0])
    blocks = payload.get("view", {}).get("blocks", [])
    inputs = {each.get("block_id") for each in blocks if each["type"] == "input"}
    return [f"an error at {name}, which is no input" for name in sorted(fields - inputs)]


@dataclass
class FakeSlack:
    """Records each Web API call and each answer through a `response_url`.

    What Slack would refuse by its documented limits stands in `invalid`, and fails the test.
    """

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    down: bool = False
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    closed: bool = False
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    tokens: list[str] = field(default_factory=list)
    url: str = ""
    scopes: str = ""
    groups: list[dict[str, Any]] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    unshown: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    """Channels in which nothing can be posted any more."""
    locales: dict[str, str] = field(default_factory=dict)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        method = request.path.removeprefix("/api/").lstrip("/")
        if method.startswith("files/"):
            self.tokens.append(request.headers.get("authorization", ""))
            return web.Response(body=self.files[method.removeprefix("files/")][1])
        if self.down:
            return web.Response(status=503)
        if method.startswith("uploads/"):
            self.uploads[method.removeprefix("uploads/")] = await request.read()
            return web.Response(text="OK")
        if "json" in request.content_type:
            body = await request.json()
        else:
            body = {**request.query, **await request.post()}
        async with self.changed:
            self.calls.append((method, body))
            self.invalid += [f"{method}: {each}" for each in problems(method, body)]
            self.changed.notify_all()
        if error := self._error(method, body):
            return web.json_response({"ok": False, "error": error})
        headers = {"x-oauth-scopes": self.scopes} if method == "auth.test" else {}
        return web.json_response(self._answer(method, body), headers=headers)

    def _error(self, method: str, body: dict[str, Any]) -> str | None:
        if method == "views.update" and self.closed:
            return "not_found"
        if any(f'"slack_file": {{"id": "{each}"' in json.dumps(body) for each in self.unshown):
            return "invalid_blocks"
        if method == "chat.postMessage" and body.get("channel") in self.shut:
            return "is_archived"
        return self.errors.get(method)

    def _answer(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if method == "files.info":
            name = self.files[body["file"]][0]
            url = f"{self.url}/files/{body['file']}"
            info = {"id": body["file"], "name": name, "filetype": name.rpartition(".")[2]}
            return {"ok": True, "file": {**info, "url_private_download": url}}
        if method == "files.getUploadURLExternal":
            file_id = f"F{len(self.calls)}"
            url = f"{self.url}/uploads/{file_id}"
            return {"ok": True, "file_id": file_id, "upload_url": url}
        return {
            "ok": True,
            "ts": f"{len(self.calls)}.0001",
            "channel": {"id": "D0ADA"} if method == "conversations.open" else body.get("channel"),
            "view": {"id": "V0FORM"},
            "user": {"tz": "Australia/Sydney", "real_name": "Ada"} | self._locale(body),
            "usergroups": self.groups,
            "permalink": "https://example.slack.com/archives/C0OPS/p1",
        }

    def _locale(self, body: dict[str, Any]) -> dict[str, str]:
        """Slack says it only when it is asked."""
        found = self.locales.get(str(body.get("user")))
        return {"locale": found} if found and body.get("include_locale") else {}

    def of(self, method: str) -> list[dict[str, Any]]:
        """The bodies of a method's calls."""
        return [body for name, body in self.calls if name == method]

    async def next(self, method: str, count: int = 1) -> dict[str, Any]:
        """Wait until a method was called so many times; the body of the last."""
        async with asyncio.timeout(_PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.of(method)) >= count)
        return self.of(method)[count - 1]


@dataclass
class User:
    """Somebody in Slack whose payloads are signed like Slack's."""

    bot_url: str
    slack_url: str
    id: str = "U0ADA"
    team: str = "T0SANDBOX"

    async def command(self, slash: str, text: str = "", channel: str = "C0OPS") -> httpx.Response:
        return await self.send(
            urlencode(
                {
                    "command": slash,
                    "text": text,
                    "user_id": self.id,
                    "channel_id": channel,
                    "team_id": self.team,
                    "trigger_id": f"{next(_TRIGGERS)}.2.3",
                    "response_url": f"{self.slack_url}/respond",
                }
            )
        )

    async def interact(self, **payload: Any) -> httpx.Response:
        whole = {
            "user": {"id": self.id, "team_id": self.team},
            "team": {"id": self.team},
            "trigger_id": f"{next(_TRIGGERS)}.2.3",
            **payload,
        }
        return await self.send(urlencode({"payload": json.dumps(whole)}))

    async def submit(self, view: dict[str, Any], **typed: dict[str, Any]) -> httpx.Response:
        """Submit a modal; what is typed is by block id."""
        values = {block: {block: element} for block, element in typed.items()}
        submitted = {"id": "V0FORM", "type": "modal", **view, "state": {"values": values}}
        return await self.interact(type="view_submission", view=submitted)

    async def press(self, action_id: str, value: str, **more: Any) -> httpx.Response:
        """Press a button."""
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        return await self.interact(type="block_actions", actions=[action], **more)

    async def shortcut(
        self, callback_id: str, message: dict[str, Any] | None = None, channel: str = "C0OPS"
    ) -> httpx.Response:
        """Use a global shortcut, or one on a message."""
        if message is None:
            return await self.interact(type="shortcut", callback_id=callback_id)
        return await self.interact(
            type="message_action",
            callback_id=callback_id,
            message=message,
            channel={"id": channel},
            response_url=f"{self.slack_url}/respond",
        )

    async def event(
        self, event_id: str = "", outer: dict[str, Any] | None = None, **event: Any
    ) -> httpx.Response:
        """Something happened in Slack; of one id, it is the same again; `outer` is around it."""
        body = {
            "type": "event_callback",
            "event_id": event_id or f"Ev{next(_TRIGGERS)}",
            "event": {"user": self.id, **event},
            "team_id": self.team,
            "authorizations": [{"team_id": self.team, "user_id": "U0BOT", "is_bot": True}],
            "api_app_id": "A0APP",
            **(outer or {}),
        }
        return await self.send(json.dumps(body), kind="application/json")

    async def mention(self, text: str, **event: Any) -> httpx.Response:
        """Write something that mentions the bot."""
        said = {"type": "app_mention", "channel": "C0OPS", "ts": "5.1", "text": text, **event}
        return await self.event(**said)

    async def send(self, body: str, **headers: str) -> httpx.Response:
        """Deliver a signed body; headers replace the right ones."""
        at = headers.get("at", str(int(time.time())))
        base = f"v0:{at}:{headers.get('signed_body', body)}".encode()
        signature = "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
        async with httpx.AsyncClient(trust_env=False, timeout=20, verify=_TLS) as client:
            answer = await client.post(
                f"{self.bot_url}/slack/events",
                content=body,
                headers={
                    "content-type": headers.get("kind", "application/x-www-form-urlencoded"),
                    "x-slack-request-timestamp": at,
                    "x-slack-signature": headers.get("signature", signature),
                },
            )
        assert answer_problems(body, answer) == []
        return answer
