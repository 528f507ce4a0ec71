"""Exports as streams of bytes."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable
from typing import TypeVar

import httpx

from bot.clicksend import envelope, errors
from bot.clicksend.failures import classify

T = TypeVar("T")

NAME = "download"
"""What errors and observers know a download by; it is no operation of the API."""

_PUBLIC_NAME = re.compile(r"(?:[^.]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")

LARGEST_DOWNLOAD = 100 * 2**20
"""Bytes a download has at most, unless the caller says otherwise."""


async def stream(
    http: httpx.AsyncClient, base_url: str, address: str, *, limit: int, seconds: float
) -> AsyncGenerator[bytes, None]:
    """Read a file as it comes.

    Args:
        http: The client; its credentials go to the API's own origin alone.
        base_url: The API's base URL.
        address: Where the file is, as the API said.
        limit: Bytes to read at most, once unpacked.
        seconds: How long to wait at most, all in all; what the reader takes does not count.

    Yields:
        The file's bytes, in pieces of any size.

    Raises:
        NotSent: The host could not be reached.
        OutcomeUnknown: The file did not come in time or not whole, it is too large, or its address
            is none to read from. Nothing was changed: it may be tried again.
        Refused: There is no such file, or it is not for us.
    """
    url = _checked(address)
    ours = _origin(url) == _origin(httpx.URL(base_url))
    if not (ours or _may_be_asked(url)):
        raise _unusable("points to where no export can be")
    patience = _Patience(seconds)
    auth = httpx.USE_CLIENT_DEFAULT if ours else None
    response = await patience.with_(http.send(_request(http, url), auth=auth, stream=True))
    try:
        if response.status_code != httpx.codes.OK:
            raise _refusal(response)
        pieces, left = response.aiter_bytes(), limit
        while piece := await patience.with_(anext(pieces, b"")):
            left -= len(piece)
            if left < 0:
                raise _unusable(f"leads to more than {limit} bytes")
            yield piece
    finally:
        await response.aclose()


class _Patience:
    """A stock of seconds, used up by waiting for the peer, not by what is done in between.

    Args:
        seconds: How many there are.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    async def with_(self, something: Awaitable[T]) -> T:
        """Wait for something of the HTTP client.

        Args:
            something: To wait for.

        Returns:
            What it came to.

        Raises:
            ClickSendError: It failed, or there is no time left.
        """
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._left):
                return await something
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            failure = classify(error, operation=NAME, changes=False)
        finally:
            self._left -= time.monotonic() - started
        raise failure  # outside the handler, so that it keeps no link to the library's exception


def _request(http: httpx.AsyncClient, url: httpx.URL) -> httpx.Request:
    """A request for a file; packed, a small one may unpack to a huge one."""
    headers = {"accept": "*/*", "accept-encoding": "identity"}
    request = http.build_request("GET", url, headers=headers)
    del request.headers["content-type"]
    return request


def _refusal(response: httpx.Response) -> errors.ClickSendError:
    """The error for an answer that is not a whole file."""
    if response.is_success:
        return _unusable(f"leads to no whole file (HTTP {response.status_code})")
    wait = envelope.retry_after(response.headers)
    return envelope.failure(NAME, response.status_code, wait=wait)


def _checked(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.userinfo or url.scheme not in {"http", "https"} or not url.host:
        raise _unusable("is no plain HTTP URL")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    ports = {"http": 80, "https": 443}
    return url.scheme, url.host, url.port or ports.get(url.scheme)


def _may_be_asked(url: httpx.URL) -> bool:
    """Whether another host may be asked for a file: over HTTPS only, and by a public name only.

    A bare address or a short name is how one would have us read what is behind our own firewall;
    a public name that leads there has no certificate for it.
    """
    return url.scheme == "https" and _PUBLIC_NAME.fullmatch(url.host) is not None


def _unusable(why: str) -> errors.UnreadableAnswer:
    """An error that does not quote the address: whoever has it may read the file."""
    return errors.UnreadableAnswer(f"The address of the export {why}.", operation=NAME)
