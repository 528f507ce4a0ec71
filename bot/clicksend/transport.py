"""Two ways onto the wire: a quick one for reads, a careful one for everything else.

Measured, and the reason for two: when the peer drops a kept-alive connection after it has read the
request, aiohttp silently sends an idempotent verb (PUT, and a purchase is a PUT) a second time;
httpx's own transport does not. Reads may be repeated. aiohttp by itself takes 0.10 ms a page of
60 kB, under httpx as its transport 0.45 ms.
"""

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import aiohttp
import httpx

for _talkative in ("httpx", "httpcore"):
    # They log the URL with what was searched for, and at DEBUG whatever the peer sends back.
    logging.getLogger(_talkative).setLevel(logging.WARNING)

_CONNECTIONS = 100
_KEPT = 8
_KEEP_ALIVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, read to its end.

    Attributes:
        status: The HTTP status.
        headers: The HTTP headers, case-insensitive.
        body: The body, unpacked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Quick:
    """The way of reads: aiohttp. No proxies or netrc of the environment, cookies or redirects.

    Args:
        headers: What every request says.
        authorization: What a request says of itself, asked anew for each.
        timeout: How long to wait for what.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        authorization: Callable[[], str],
        timeout: aiohttp.ClientTimeout,
    ) -> None:
        self._headers = headers
        self._authorization = authorization
        self._timeout = timeout
        self._opened: aiohttp.ClientSession | None = None

    async def send(self, method: str, url: str, body: bytes | None) -> Reply:
        """Send a request, which a lost connection may repeat.

        Args:
            method: The HTTP verb.
            url: Where to, percent-encoded; aiohttp spells in the open what needs no escape.
            body: What to send.

        Returns:
            The answer, whatever its status.

        Raises:
            aiohttp.ClientError: No answer came, or none to its end.
            TimeoutError: It took too long.
            httpx.DecodingError: It is packed, and cannot be unpacked.
        """
        async with self._session().request(
            method,
            url,
            data=body,
            headers={"authorization": self._authorization()},
            allow_redirects=False,
        ) as response:
            content = await response.read()
        if "content-encoding" in response.headers:
            content = _unpacked(response, content)
        return Reply(response.status, response.headers, content)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.close()

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first request, inside the event loop."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=_trusted(), limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_SECONDS
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                timeout=self._timeout,
                auto_decompress=False,
                trust_env=False,
            )
        return self._opened


class Careful(httpx.AsyncBaseTransport):
    """The way of changes, and of files: httpx, and nothing is ever sent twice; without cookies.

    A change goes past httpx's client, whose cookies, redirects and hooks it has no use for.

    Args:
        headers: What every change says.
        authorization: What a change says of who sends it, asked anew for each.
        timeout: How long to wait for what.
    """

    def __init__(
        self,
        headers: Mapping[str, str],
        authorization: Callable[[], str],
        timeout: httpx.Timeout,
    ) -> None:
        self._headers = headers
        self._authorization = authorization
        self._extensions = {"timeout": timeout.as_dict()}
        self._opened: httpx.AsyncHTTPTransport | None = None

    async def send(self, method: str, url: str, body: bytes | None) -> Reply:
        """Send a request, once.

        Args:
            method: The HTTP verb.
            url: Where to, percent-encoded.
            body: What to send.

        Returns:
            The answer, whatever its status.

        Raises:
            httpx.HTTPError: No answer came, none in time, or none to its end.
            httpx.InvalidURL: It is none.
        """
        request = httpx.Request(
            method,
            url,
            headers={**self._headers, "authorization": self._authorization()},
            content=body,
            extensions=self._extensions,
        )
        response = await self._transport().handle_async_request(request)
        try:
            content = await response.aread()
        finally:
            await response.aclose()
        return Reply(response.status_code, response.headers, content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of httpx's client, once.

        Args:
            request: The request; its extensions carry the timeouts.

        Returns:
            The response, with its body still to be read.
        """
        response = await self._transport().handle_async_request(request)
        response.headers.pop("set-cookie", None)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.aclose()

    def _transport(self) -> httpx.AsyncHTTPTransport:
        """Made at the first request: a bot that starts has people to answer before it asks."""
        if self._opened is None:
            self._opened = httpx.AsyncHTTPTransport(
                verify=_trusted(),
                trust_env=False,
                retries=0,
                limits=httpx.Limits(
                    max_connections=_CONNECTIONS,
                    max_keepalive_connections=_KEPT,  # the expired close at its next call only
                    keepalive_expiry=_KEEP_ALIVE_SECONDS,
                ),
            )
        return self._opened


def _unpacked(response: aiohttp.ClientResponse, content: bytes) -> bytes:
    """A body by httpx's decoders, which are what the request said it takes."""
    encoding = {"content-encoding": ",".join(response.headers.getall("content-encoding"))}
    return httpx.Response(response.status, headers=encoding, content=content).content


@cache
def _trusted() -> ssl.SSLContext:
    """What is trusted; to read the certificates takes 17 ms, so that every client shares it."""
    return httpx.create_ssl_context(trust_env=False)
