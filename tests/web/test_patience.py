"""Clients that are slow on purpose: each is cut off, and holds nobody else up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from bot.web.patience import MOST_HEAD_BYTES, PatientProtocol
from bot.web.server import WebServer

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
SECONDS = PatientProtocol.seconds
LARGE = 24 * 1024 * 1024
"""More than the kernel and uvicorn take before somebody has to read."""


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PatientProtocol, "seconds", (inf, 0.3, 0.3, 0.3))
    monkeypatch.setattr(PatientProtocol, "every", 0.05)


@asynccontextmanager
async def serving() -> AsyncIterator[int]:
    """An app that reads everything and answers with as much as the path says."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body", False):
            pass
        body = b"x" * (LARGE if scope["path"] == "/large" else 2)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    server = WebServer(app, "127.0.0.1", 0)
    try:
        yield await server.start()
    finally:
        await server.stop()


async def drip(port: int, begun: bytes, drop: bytes = b"", *, every: float = 0.05) -> bytes:
    """Send the beginning, then a drop now and then; what came back until the connection ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def drops() -> None:
        while drop:
            await asyncio.sleep(every)
            writer.write(drop)

    writer.write(begun)
    dripping = asyncio.create_task(drops())
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        dripping.cancel()
        writer.close()


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        (b"", b""),
        (b"GET / HT", b""),
        (b"GET / HTTP/1.1\r\nhost: x\r\n", b"a: b\r\n"),
        (b"", b"\r\n"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n", b"x"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["silent", "half a line", "headers without end", "empty lines", "body", "chunks"],
)
async def test_who_never_comes_to_an_end_is_cut_off(begun: bytes, drop: bytes) -> None:
    async with serving() as port, asyncio.timeout(4):
        assert await drip(port, begun, drop) == b""


async def test_a_second_request_on_a_kept_connection_is_as_limited() -> None:
    async with serving() as port:
        answered = await drip(port, GET + b"GET / HTTP/1.1\r\n", b"a: b\r\n")
    assert answered.count(b"HTTP/1.1 200") == 1


async def test_who_does_not_read_the_answer_is_cut_off() -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0.5)  # longer than the server's patience: it is what is tested
        read = 0
        try:
            async with asyncio.timeout(4):
                while part := await reader.read(1024 * 1024):
                    read += len(part)
        except ConnectionResetError:
            pass
        writer.close()
    assert read < LARGE


async def test_a_head_that_is_too_large_is_not_kept() -> None:
    async with serving() as port:
        begun = b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * (MOST_HEAD_BYTES // 6 + 1)
        assert await drip(port, begun) == b""


async def test_a_kept_connection_is_not_cut_between_two_requests() -> None:
    async with serving() as port, httpx.AsyncClient(trust_env=False) as http:
        first = await http.get(f"http://127.0.0.1:{port}")
        await asyncio.sleep(0.5)  # longer than the patience of any stage
        again = await http.get(f"http://127.0.0.1:{port}")
        (kept,) = http._transport._pool.connections  # type: ignore[attr-defined]  # how many there were
    assert (first.status_code, again.status_code) == (200, 200)
    assert "Request Count: 2" in repr(kept)


async def test_who_is_quick_is_served_however_large_and_however_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PatientProtocol, "seconds", SECONDS)
    async with serving() as port, httpx.AsyncClient(trust_env=False) as http:
        url = f"http://127.0.0.1:{port}"
        answers = [await http.post(url, content=b"x" * 300_000) for _ in range(3)]
        answers.append(await http.get(url))
        large = await http.get(f"{url}/large")
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(large.content) == LARGE


async def test_two_requests_at_once_are_both_answered() -> None:
    async with serving() as port:
        answered = await drip(port, GET + GET.replace(b"host: x", b"connection: close"))
    assert answered.count(b"HTTP/1.1 200") == 2
