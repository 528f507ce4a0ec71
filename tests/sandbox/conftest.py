"""A local ClickSend that is served, and somebody who calls it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER


@dataclass
class Api:
    """Calls the sandbox as its account's owner, and expects an answer with a status."""

    client: httpx.AsyncClient
    url: str

    async def call(self, method: str, path: str, expect: int = 200, **more: Any) -> Any:
        """The data of an answer; the whole body where there is no envelope or no success."""
        response = await self.client.request(method, f"{self.url}/v3{path}", **more)
        assert response.status_code == expect, (response.status_code, response.text)
        body = response.json() if response.content else None
        enveloped = isinstance(body, dict) and "http_code" in body
        return body["data"] if enveloped and expect == 200 else body

    async def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        return await self.call("GET", path, expect, params=query)

    async def post(self, path: str, body: Any = None, expect: int = 200) -> Any:
        return await self.call("POST", path, expect, json={} if body is None else body)

    async def put(self, path: str, body: Any = None, expect: int = 200) -> Any:
        return await self.call("PUT", path, expect, json={} if body is None else body)

    async def delete(self, path: str, expect: int = 200) -> Any:
        return await self.call("DELETE", path, expect)

    async def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """What the control path answers."""
        sent = {} if body is None else {"json": body}
        response = await self.client.request(method, f"{self.url}/_sandbox/{path}", **sent)
        assert response.status_code == expect, response.text
        return response.json()


@pytest.fixture
async def sandbox() -> AsyncIterator[ClickSendSandbox]:
    """A new account, served, whose receipts arrive at once."""
    made = ClickSendSandbox()
    made.state.delay = 0.0
    async with made.serve():
        yield made


@pytest.fixture
async def api(sandbox: ClickSendSandbox) -> AsyncIterator[Api]:
    async with httpx.AsyncClient(auth=(USER, KEY), trust_env=False, timeout=20) as client:
        yield Api(client, sandbox.url)
