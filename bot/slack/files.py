"""The bytes of files, to and from Slack's own hosts only; no redirect is followed."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr
from yarl import URL

from bot.slack.errors import FileError, SlackError
from bot.texts import say

_SLOW_FILE = aiohttp.ClientTimeout(60)


@dataclass(frozen=True, slots=True)
class SlackFile:
    """A file's name, kind (Slack's `filetype`) and bytes."""

    name: str
    filetype: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for Slack: its name, its bytes, and what a picture shows, for who cannot see it."""

    name: str
    content: bytes
    alt: str | None = None


class Files:
    """Carries files over the bot's pool of connections.

    Args:
        token: The bot's token; it goes to Slack's own hosts alone.
        base_url: Slack's Web API.
        session: The pool; the caller closes it.
        proxy: The way out, if it is not direct.
    """

    def __init__(
        self, token: SecretStr, base_url: str, session: aiohttp.ClientSession, *, proxy: str | None
    ) -> None:
        self._token = token
        self._origin = URL(base_url).origin()
        self._session = session
        self._proxy = proxy

    def renew(self, token: SecretStr) -> None:
        """Use another token from now on."""
        self._token = token

    async def put(self, where: str, content: bytes) -> None:
        """Give Slack a file's bytes, where it said.

        Raises:
            SlackError: It did not take them.
        """
        url = self._read(where)
        if not self._is_slacks(url):
            raise SlackError("unavailable")
        try:
            async with self._session.post(
                url, data=content, allow_redirects=False, proxy=self._proxy, timeout=_SLOW_FILE
            ) as response:
                if response.status != 200:  # noqa: PLR2004 - HTTP OK
                    raise SlackError("unavailable")
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise SlackError("unavailable") from None

    def _read(self, where: str) -> URL:
        """An address as aiohttp reads it, and only once; an empty one when it is none."""
        try:
            return self._origin.join(URL(where))
        except ValueError:
            return URL()

    async def fetch(self, where: str, most: int, kind: str) -> bytes:
        """A file's bytes.

        Args:
            where: Its address, as Slack gives it.
            most: The largest size that is fetched, in bytes.
            kind: Slack's `filetype` of it.

        Raises:
            FileError: It is too large, or Slack does not give it.
        """
        url = self._read(where)
        if not self._is_slacks(url):
            raise FileError(
                say("That file is kept outside Slack. Download it, and attach it here.")
            )
        headers = {"authorization": f"Bearer {self._token.get_secret_value()}"}
        try:
            async with self._session.get(
                url,
                headers=headers,
                allow_redirects=False,
                proxy=self._proxy,
                timeout=_SLOW_FILE,
            ) as response:
                # To a token that may not read files, Slack shows its login page with a 200.
                login = response.content_type == "text/html" and kind != "html"
                if response.status != 200 or login:  # noqa: PLR2004 - HTTP OK
                    raise FileError(say("Slack does not give me that file. Attach it again."))
                return await _limited(response, most)
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise FileError(say("The file could not be fetched from Slack. Try again.")) from None

    def _is_slacks(self, url: URL) -> bool:
        host = url.host or ""
        if host and url.origin() == self._origin:
            return True
        return url.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))


async def _limited(response: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        content += chunk
        if len(content) > most:
            raise FileError(say("The file is larger than {size}.", size=_size(most)))
    return bytes(content)


def _size(limit: int) -> str:
    """A limit in bytes as people read it, such as `10 MB` or `250 kB`."""
    return f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1000} kB"  # noqa: PLR2004 - a MB
