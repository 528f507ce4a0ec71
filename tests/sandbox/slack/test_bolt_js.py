"""Slack's own Bolt for JavaScript runs a small app on the local Slack, in both modes."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.slack import SlackSandbox, manifest
from bot.sandbox.slack.oauth import APP_TOKEN, TOKEN

HERE = Path(__file__).parent / "node"
ADA, OPS = "U0ADA", "C0OPS"
APP = manifest.read(
    """
    features:
      slash_commands: [{command: /order, description: Order lunch}]
    oauth_config:
      scopes: {bot: [chat:write, commands]}
    settings:
      event_subscriptions: {bot_events: [app_mention]}
    """
)
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node here"),
    pytest.mark.skipif(
        not (HERE / "node_modules").exists(),
        reason="no Bolt for JavaScript here: npm ci --prefix tests/sandbox/slack/node",
    ),
]


@pytest.fixture(params=["http", "socket"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[SlackSandbox]:
    """The local Slack, with the app running as a process of its own."""
    sandbox = SlackSandbox(APP)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with sandbox.serve() as url:
        if request.param == "http":
            sandbox.request_url = f"http://127.0.0.1:{port}/slack/events"
        process = await asyncio.create_subprocess_exec(
            *("node", "app.cjs"),
            cwd=HERE,
            stdout=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"],
                "MODE": str(request.param),
                "PORT": str(port),
                "SLACK_API_URL": f"{url}/api/",
                "SLACK_BOT_TOKEN": TOKEN,
                "SLACK_APP_TOKEN": APP_TOKEN,
                "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
            },
        )
        assert process.stdout is not None
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        if request.param == "socket":
            await sandbox.workspace.feed.until(lambda: sandbox.sockets.count == 1)
        yield sandbox
        process.terminate()
        await process.communicate()


async def test_it_takes_commands_forms_buttons_and_events(slack: SlackSandbox) -> None:
    assert (await slack.command(ADA, OPS, "/order")).error is None
    await slack.wait_view(ADA, "order")
    refused = await slack.submit(ADA, {"dish": {"value": "no"}})
    assert refused.body["errors"] == {"dish": "Why not?"}
    assert (await slack.submit(ADA, {"dish": {"value": "Soup"}})).error is None
    posted = await slack.wait_message(1)
    assert posted.text == "<@U0ADA> orders Soup"

    assert (await slack.press(ADA, posted, "eat")).error is None
    await slack.workspace.feed.until(lambda: posted.text == "Soup is gone")

    said = slack.say(ADA, OPS, "hello <@U0BOT>")
    answer = await slack.wait_message(3)
    assert (answer.text, answer.thread_ts) == (f"You said: {said.text}", said.ts)
