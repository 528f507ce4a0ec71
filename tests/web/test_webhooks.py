"""Bodies at the webhooks' door that are too large, or never end; over real connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import cast

import pytest
from starlette.applications import Starlette

from bot.services.intake import Intake, Pushed
from bot.web.server import WebServer
from bot.web.webhooks import MOST_BYTES, Webhooks, of_one

SECRET = "a-secret-of-twenty-letters"
HEAD = f"POST /clicksend/webhooks/{SECRET}/receipts/sms HTTP/1.1\r\nhost: x\r\n"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


class FakeIntake:
    """Keeps what is stored."""

    def __init__(self) -> None:
        self.stored: list[Pushed] = []

    async def take(self, pushed: Sequence[Pushed]) -> None:
        self.stored += pushed


@pytest.fixture
def intake() -> FakeIntake:
    return FakeIntake()


@pytest.fixture
async def port(intake: FakeIntake) -> AsyncIterator[int]:
    took = of_one(cast("Intake", intake), SECRET)
    hooks = Webhooks(took, now=lambda: datetime.now(UTC), patience=0.2)
    server = WebServer(Starlette(routes=hooks.routes()), "127.0.0.1", 0)
    yield await server.start()
    await server.stop()


async def status(port: int, sent: bytes) -> bytes:
    """The first line of the answer to what is sent; the connection stays open meanwhile."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        async with asyncio.timeout(5):
            return await reader.readline()
    finally:
        writer.close()


async def test_a_body_that_never_ends_is_not_waited_for(port: int, intake: FakeIntake) -> None:
    begun = f"{HEAD}content-length: 99\r\n\r\nmessage_id=M1".encode()
    assert b" 408 " in await status(port, begun)
    assert intake.stored == []


async def test_a_body_that_grows_too_large_is_refused_without_a_declared_length(
    port: int, intake: FakeIntake
) -> None:
    whole = f"{HEAD}transfer-encoding: chunked\r\n\r\n".encode() + CHUNK * (MOST_BYTES // 0x10000)
    assert b" 413 " in await status(port, whole + CHUNK)
    assert intake.stored == []


async def test_a_body_that_is_declared_too_large_is_not_even_read(port: int) -> None:
    assert b" 413 " in await status(port, f"{HEAD}content-length: 999999\r\n\r\n".encode())


async def test_one_of_the_right_size_is_stored(port: int, intake: FakeIntake) -> None:
    body = "message_id=M1&status_code=201"
    sent = f"{HEAD}content-type: application/x-www-form-urlencoded\r\n"
    assert b" 200 " in await status(
        port, f"{sent}content-length: {len(body)}\r\n\r\n{body}".encode()
    )
    assert len(intake.stored) == 1
