"""Webhooks: what a URL rule sends, to addresses of this machine only.

Not answered 200 within 30 seconds, one is sent again every ten minutes, ten times in all.
"""

from __future__ import annotations

import asyncio
import ipaddress
from urllib.parse import urlsplit

import aiohttp

from bot.sandbox.clicksend.state import Hook, State
from bot.sandbox.clicksend.wire import Json

PATIENCE, AGAIN, MOST = 30.0, 600, 10
_OK = 200


def push(state: State, url: str, form: str, values: Json) -> None:
    """Have values delivered; an address elsewhere is only written down.

    Args:
        state: The account.
        url: Where to.
        form: `post`, `get` or `json`; anything else is `post`.
        values: What to deliver.
    """
    if not is_loopback(url):
        state.note("webhook not sent: the sandbox calls loopback addresses only", url=url)
        return
    form = form if form in ("get", "json") else "post"
    state.hooks.append(Hook(url, form, values, state.now()))


def is_loopback(url: str) -> bool:
    """Whether an address is one of this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def due(state: State) -> list[Hook]:
    """The webhooks whose time has come, marked as under way."""
    now = state.now()
    found = [each for each in state.hooks if each.open and not each.under_way and each.due <= now]
    for each in found:
        each.under_way = True
    return found


async def deliver(state: State, hook: Hook) -> None:
    """Make one attempt, and plan the next if it fails."""
    hook.attempts += 1
    try:
        async with asyncio.timeout(PATIENCE):
            hook.outcome = str(await _attempt(hook))
    except (aiohttp.ClientError, OSError, ValueError) as error:
        hook.outcome = type(error).__name__
    hook.open = hook.outcome != str(_OK) and hook.attempts < MOST
    hook.due = state.now() + AGAIN
    hook.under_way = False


async def _attempt(hook: Hook) -> int:
    values = {name: "" if value is None else str(value) for name, value in hook.values.items()}
    async with aiohttp.ClientSession() as session:
        if hook.form == "get":
            call = session.get(hook.url, params=values, allow_redirects=False)
        elif hook.form == "json":
            call = session.post(hook.url, json=hook.values, allow_redirects=False)
        else:
            call = session.post(hook.url, data=values, allow_redirects=False)
        async with call as response:
            return response.status
