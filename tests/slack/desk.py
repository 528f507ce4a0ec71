"""The real ASGI app over a small Slack; its handlers write down what they were called with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from bot.slack.bolt import build_bolt
from bot.slack.calls import Call
from bot.slack.client import Slack
from bot.slack.router import Router
from bot.slack.tasks import Tasks
from bot.web.app import build_web
from tests.slack.payloads import SECRET, encoded, signed
from tests.slack.workspace import TOKEN, Workspace

Services = list[str]


@dataclass
class Desk:
    """Sends signed payloads to the bot, as Slack does."""

    http: httpx.AsyncClient
    workspace: Workspace
    slack: Slack
    tasks: Tasks
    calls: list[Call[Services]] = field(default_factory=list)

    async def send(self, payload: dict[str, Any]) -> httpx.Response:
        """Deliver a payload; the answer is its acknowledgement."""
        body, content_type = encoded(payload)
        return await self.post(body, signed(body) | {"content-type": content_type})

    async def post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return await self.http.post("/slack/events", content=body, headers=headers)

    def note(self, call: Call[Services]) -> None:
        self.calls.append(call)


@asynccontextmanager
async def opened(router: Router[Services], *, secret: str | None = SECRET) -> AsyncIterator[Desk]:
    """A desk with these handlers."""

    async def ready() -> dict[str, str | bool]:
        return {"database": True}

    tasks = Tasks()
    async with Workspace().serve() as workspace, aiohttp.ClientSession() as session:
        slack = Slack(SecretStr(TOKEN), workspace.api, session, clock=lambda: 0.0)
        bolt = build_bolt(
            router,
            ["the services"],
            slack=slack,
            tasks=tasks,
            token=SecretStr(TOKEN),
            signing_secret=SecretStr(secret) if secret else None,
        )
        web = build_web(bolt=bolt, ready=ready, metrics=CollectorRegistry())
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as http:
            yield Desk(http, workspace, slack, tasks)
            await tasks.drain(5)
