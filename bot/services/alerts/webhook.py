"""A plain webhook for alerts that nobody takes: it depends on neither ClickSend nor Slack.

The address comes from whoever runs the bot, yet it is held to be public: only https, no address
of a private network (looked at after the name was resolved, and the connection is made to that
address and no other), no redirect is followed, no proxy is used, and the answer is not read.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TypeAlias

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.setting_types import is_https

Address: TypeAlias = IPv4Address | IPv6Address
_SECONDS = 15.0


class WebhookError(Exception):
    """The webhook could not be called; the text says why, without the address."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_global and not (mapped or address).is_multicast


class _Resolver(AbstractResolver):
    """Resolves names, and hides every address that may not be called."""

    def __init__(self, allowed: Callable[[Address], bool]) -> None:
        self._allowed = allowed
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        allowed = [each for each in found if self._allowed(ip_address(each["host"].split("%")[0]))]
        if len(allowed) < len(found) or not allowed:
            raise OSError(None, "the address is not one of the public internet")
        return allowed

    async def close(self) -> None:
        await self._resolver.close()


class Webhook:
    """Posts JSON to one address.

    Args:
        url: An https address; it may hold a secret, and is never repeated.
        allowed: Which addresses may be called.
        tls: The trust it has in certificates; None: the system's.

    Raises:
        ValueError: It is no https address.
    """

    def __init__(
        self,
        url: str,
        *,
        allowed: Callable[[Address], bool] = is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not is_https(url):
            raise ValueError("must be an https:// address without a user name")
        self._url = URL(url)
        self._allowed = allowed
        self._tls = tls

    async def post(self, body: Mapping[str, str]) -> None:
        """Post it once.

        Raises:
            WebhookError: It was not answered with a 2xx; nothing is known of what came of it.
        """
        try:
            literal = ip_address(self._url.host or "")
        except ValueError:
            literal = None
        if literal is not None and not self._allowed(literal):  # no resolver sees it
            raise WebhookError("the address is not one of the public internet")
        try:
            async with asyncio.timeout(_SECONDS):
                status = await self._post(body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise WebhookError(f"it could not be reached ({type(error).__name__})") from None
        if not 200 <= status < 300:  # noqa: PLR2004 - HTTP success
            raise WebhookError(f"it answered {status}")

    async def _post(self, body: Mapping[str, str]) -> int:
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self._allowed), ssl=self._tls or True, use_dns_cache=False
        )
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False) as session,
            session.post(self._url, json=dict(body), allow_redirects=False) as answer,
        ):
            return answer.status
