"""Two ways onto the wire: a quick one for reads, a careful one for everything else.

Measured, and the reason for two: when the peer drops a kept-alive connection after it has read the
request, aiohttp silently sends an idempotent verb (PUT, and a purchase is a PUT) a second time;
httpx's own transport does not. Reads may be repeated, and aiohttp is several times quicker.
"""

import contextlib
import logging
import ssl
from functools import cache

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

QUICK = "clicksend.quick"
"""The request extension that sends a request the quick way. Without it: the careful way."""

for _talkative in ("httpx", "httpcore"):
    # They log the URL with what was searched for, and at DEBUG whatever the peer sends back.
    logging.getLogger(_talkative).setLevel(logging.WARNING)

_CONNECTIONS = 100
_KEPT = 8
_KEEP_ALIVE_SECONDS = 5.0


class TwoWayTransport(httpx.AsyncBaseTransport):
    """Sends requests marked ``QUICK`` over aiohttp, all others over httpx with no retries.

    Neither reads the environment (proxies, netrc) nor keeps cookies. Each is made at its first
    request: a bot that starts has people to answer before it has anything to ask.
    """

    def __init__(self) -> None:
        self._ways: dict[bool, httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, once as far as this class is concerned.

        Args:
            request: The request; its extensions choose the way and carry the timeouts.

        Returns:
            The response, with its body still to be read.
        """
        way = self._way(bool(request.extensions.get(QUICK)))
        response = await way.handle_async_request(request)
        response.headers.pop("set-cookie", None)
        return response

    def _way(self, quick: bool) -> httpx.AsyncBaseTransport:  # noqa: FBT001 - the key of the ways
        if quick not in self._ways:
            self._ways[quick] = _quick() if quick else _careful()
        return self._ways[quick]

    async def aclose(self) -> None:
        """Close every connection of both ways."""
        async with contextlib.AsyncExitStack() as stack:
            for way in self._ways.values():
                stack.push_async_callback(way.aclose)


def _quick() -> httpx.AsyncBaseTransport:
    context = _trusted()
    return AiohttpTransport(verify=context, client=lambda: _session(context))


def _careful() -> httpx.AsyncBaseTransport:
    return httpx.AsyncHTTPTransport(
        verify=_trusted(),
        trust_env=False,
        retries=0,
        limits=httpx.Limits(
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT,  # what expires, it closes at its next call only
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
        ),
    )


@cache
def _trusted() -> ssl.SSLContext:
    """What is trusted; to read the certificates takes 17 ms, so that every client shares it."""
    return httpx.create_ssl_context(trust_env=False)


def _session(context: ssl.SSLContext) -> aiohttp.ClientSession:
    """An aiohttp session without cookies; made at the first request, inside the event loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            ssl=context, limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_SECONDS
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )
