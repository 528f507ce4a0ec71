"""Both sandboxes for a bot that somebody runs themselves: `clicksend-slack sandbox`."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from rich.console import Console

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.server import KEY, USER
from bot.sandbox.crossings import show_calls
from bot.sandbox.defaults import REQUEST_URL, Only
from bot.sandbox.phones import SandboxPhones
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.delivery import SECRET
from bot.sandbox.slack.oauth import APP_TOKEN, TOKEN


async def standalone(
    console: Console,
    *,
    clicksend_port: int,
    slack_port: int,
    only: Only | None,
    request_url: str = REQUEST_URL,
) -> None:
    """Serve until cancelled, and print what a bot needs to use them.

    Args:
        console: Where that is printed.
        clicksend_port: Where the local ClickSend listens; 0 for any free port.
        slack_port: Where the local Slack listens.
        only: Start one of them only.
        request_url: Where the bot takes payloads in http mode.

    Raises:
        OSError: A port is taken.
    """
    clicksend = ClickSendSandbox()
    phones = SandboxPhones(clicksend) if only is not Only.SLACK else None
    async with AsyncExitStack() as stack:
        lines: list[str] = []
        if only is not Only.SLACK:
            url = await stack.enter_async_context(clicksend.serve(clicksend_port))
            console.print(f"A local ClickSend: {url}/v3")
            lines += clicksend_lines(url)
        if only is not Only.CLICKSEND:
            slack = SlackSandbox(phones=phones)
            slack.request_url = request_url
            show_calls(clicksend, slack)
            url = await stack.enter_async_context(slack.serve(slack_port))
            console.print(f"A local Slack:     {url}/  (open it in a browser)")
            lines += slack_lines(url)
        console.print("\nThe settings of a bot that uses them, for `clicksend-slack run`:\n")
        for line in lines:
            console.print(line, markup=False)
        console.print("\nCtrl+C stops them.")
        await asyncio.Event().wait()


def clicksend_lines(url: str) -> list[str]:
    """The environment of a bot that uses a local ClickSend at this URL."""
    return [
        f"CLICKSEND_BASE_URL={url}/v3",
        f"CLICKSEND_USERNAME={USER}",
        f"CLICKSEND_API_KEY={KEY}",
    ]


def slack_lines(url: str) -> list[str]:
    """The environment of a bot that uses a local Slack at this URL, in both modes."""
    return [
        f"SLACK_API_URL={url}/api/",
        f"SLACK_BOT_TOKEN={TOKEN}",
        "BOT_ADMINS=U0ADA",
        "ALERT_CHANNEL=C0OPS",
        "",
        "# Socket Mode:",
        "BOT_MODE=socket",
        f"SLACK_APP_TOKEN={APP_TOKEN}",
        "",
        "# or HTTP:",
        "BOT_MODE=http",
        f"SLACK_SIGNING_SECRET={SECRET}",
    ]
