"""A small Slack: records what it is called with, and answers what it is told to."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiohttp import web

TOKEN = "xoxb-sandbox"


class Workspace:
    """Answers Web API methods, `response_url`s and file downloads on 127.0.0.1.

    Attributes:
        calls: What arrived: method, and its arguments.
        authorizations: The header of each request, by path.
        answers: What a method answers next, as (status, JSON); `{"ok": true}` without one.
        files: Path of a file to (status, headers, bytes).
        uploads: What was uploaded, by file id; answered with `upload_status`.
        held: What a method waits for before it answers.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.authorizations: list[tuple[str, str | None]] = []
        self.answers: dict[str, deque[tuple[int, Any]]] = defaultdict(deque)
        self.files: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.uploads: dict[str, bytes] = {}
        self.upload_status = 200
        self.held: dict[str, asyncio.Event] = {}
        self.base = ""

    @property
    def api(self) -> str:
        return f"{self.base}/api/"

    @property
    def response_url(self) -> str:
        return f"{self.base}/respond/once"

    def answer(self, method: str, body: Any = None, *, status: int = 200, **values: Any) -> None:
        self.answers[method].append((status, {"ok": True, **values} if body is None else body))

    def refuse(self, method: str, code: str) -> None:
        self.answer(method, {"ok": False, "error": code})

    def of(self, method: str) -> list[dict[str, Any]]:
        return [values for name, values in self.calls if name == method]

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._method)
        app.router.add_post("/respond/{id}", self._respond)
        app.router.add_get("/files/{name}", self._file)
        app.router.add_post("/uploads/{name}", self._upload)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.content_type == "application/json":
            values = await request.json()
        else:
            values = {**request.query, **await request.post()}
        if method in self.held:
            await self.held[method].wait()
        return self._answered(method, values, request)

    async def _respond(self, request: web.Request) -> web.Response:
        return self._answered("response_url", await request.json(), request)

    def _answered(self, method: str, values: dict[str, Any], request: web.Request) -> web.Response:
        self.calls.append((method, values))
        self.authorizations.append((request.path, request.headers.get("authorization")))
        queue = self.answers[method]
        status, body = queue.popleft() if queue else (200, {"ok": True})
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html")
        headers = {"retry-after": "0"} if status == 429 else {}
        return web.Response(
            status=status, text=json.dumps(body), content_type="application/json", headers=headers
        )

    async def _upload(self, request: web.Request) -> web.Response:
        self.authorizations.append((request.path, request.headers.get("authorization")))
        self.uploads[request.match_info["name"]] = await request.read()
        return web.Response(status=self.upload_status, text="OK")

    async def _file(self, request: web.Request) -> web.Response:
        self.authorizations.append((request.path, request.headers.get("authorization")))
        status, headers, content = self.files[request.match_info["name"]]
        return web.Response(status=status, headers=headers, body=content)
