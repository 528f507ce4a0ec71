"""`clicksend-slack sandbox` and `demo`, as processes."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.demo import Stage, stage
from bot.sandbox.slack import SlackSandbox, feed
from bot.sandbox.slack.oauth import TOKEN
from bot.sandbox.tour import Tour, TourError
from bot.settings import Settings

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def sandbox(*options: str) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The command, and what it printed until it said how to stop it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", *options),
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            printed = await process.stdout.readuntil(b"Ctrl+C")
        yield printed.decode(), process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


def environment(printed: str, mode: str) -> dict[str, str]:
    lines = dict(re.findall(r"^([A-Z_]+)=(.*)$", printed, re.MULTILINE))
    return lines | {"BOT_MODE": mode}


async def test_it_prints_the_settings_of_a_bot_that_uses_it(
    monkeypatch: pytest.MonkeyPatch, http: aiohttp.ClientSession
) -> None:
    async with sandbox("--clicksend-port", "0", "--slack-port", "0") as (printed, process):
        for mode in ("socket", "http"):
            for name, value in environment(printed, mode).items():
                monkeypatch.setenv(name, value)
            settings = Settings(_env_file=None)  # type: ignore[call-arg]  # pydantic-settings' own
            assert settings.bot_mode == mode

        authorization = {"authorization": f"Bearer {TOKEN}"}
        async with http.post(f"{settings.slack_api_url}auth.test", headers=authorization) as said:
            assert (await said.json())["ok"]
        assert settings.clicksend_api_key is not None
        key = settings.clicksend_api_key.get_secret_value()
        login = {"authorization": aiohttp.encode_basic_auth(settings.clicksend_username, key)}
        async with http.get(f"{settings.clicksend_base_url}/account", headers=login) as said:
            assert said.status == 200
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_bot_runs_against_it_with_what_was_printed(
    mode: str, tmp_path: Path, http: aiohttp.ClientSession
) -> None:
    port = free_port()
    request_url = f"http://127.0.0.1:{port}/slack/events"
    options = ("--clicksend-port", "0", "--slack-port", "0", "--request-url", request_url)
    async with sandbox(*options) as (printed, _):
        settings = environment(printed, mode)
        url = settings["SLACK_API_URL"].removesuffix("/api/")
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "BOT_PORT": str(port),
                "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3",
                "LOG_LEVEL": "ERROR",
                **settings,
            },
            cwd=tmp_path,
        )
        try:
            async with asyncio.timeout(60):
                await ready(http, f"http://127.0.0.1:{port}/readyz")
                async with http.get(f"{url}/page/events") as events:
                    typed = {"user": "U0ADA", "channel": "C0OPS", "text": "/balance"}
                    async with http.post(f"{url}/page/do/say", json=typed) as said:
                        assert said.status == 200
                    async for line in events.content:
                        if b"AUD 100.00 left" in line:
                            break
        finally:
            bot.terminate()
            await bot.wait()


async def ready(http: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with http.get(url) as response:
                if response.ok:
                    return
        except aiohttp.ClientError:
            pass  # it does not listen yet
        await asyncio.sleep(0.1)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_it_starts_one_of_them_only() -> None:
    async with sandbox("--only", "slack", "--slack-port", "0") as (printed, _):
        assert "SLACK_API_URL" in printed
        assert "CLICKSEND" not in printed
    async with sandbox("--only", "clicksend", "--clicksend-port", "0") as (printed, _):
        assert "CLICKSEND_BASE_URL" in printed
        assert "SLACK_API_URL" not in printed


async def test_a_port_that_is_taken_is_said_and_exits_2() -> None:
    async with sandbox("--only", "slack", "--slack-port", "0") as (printed, _):
        port = re.findall(r"127\.0\.0\.1:(\d+)/api/", printed)[0]
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "sandbox", "--only", "slack", "--slack-port", port),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await second.communicate()
    assert second.returncode == 2
    assert b"cannot listen" in said


async def test_the_tour_plays_to_its_end() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--tour"), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    assert b"The tour is complete" in printed


async def test_the_tour_stops_at_the_first_thing_that_is_not_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage(watch_seconds=4) as running:
        running.slack.faults.down = True
        monkeypatch.setattr(feed, "PATIENCE", 1.0)
        with pytest.raises(TourError, match=r"no message came|did not come"):
            await Tour(running, Console(quiet=True)).play()


async def test_a_tour_that_is_skipped_plays_no_further_scene() -> None:
    slack, written = SlackSandbox(), io.StringIO()
    async with slack.serve():
        slack.guide.skip()
        await Tour(Stage(slack, ClickSendSandbox(), ""), Console(file=written)).play()
    assert "skipped" in written.getvalue()
    assert slack.messages == []
    assert slack.guide.caption == ""
