"""A bot in http mode that keeps what it gets, and answers what it is told to."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from bot.sandbox.serving import serve

SECRET = "sandbox-signing-secret"


@dataclass
class Receiver:
    """Checks the signature of each payload by itself, as Slack documents it."""

    payloads: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    answer: Any = ""
    hold: asyncio.Event | None = None

    async def __call__(self, request: web.Request) -> web.Response:
        body = await request.text()
        at = request.headers["x-slack-request-timestamp"]
        digest = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        assert request.headers["x-slack-signature"] == f"v0={digest}"
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if request.content_type == "application/json":
            self.payloads.append(json.loads(body))
        else:
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.payloads.append(json.loads(form["payload"]) if "payload" in form else form)
        if self.hold is not None:
            await self.hold.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, status=status)
        return web.json_response(self.answer, status=status)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        async with serve(self.__call__) as url:
            yield f"{url}/slack/events"
