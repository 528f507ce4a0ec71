"""The executor: one object that runs any operation."""

import asyncio
import base64
import contextlib
import logging
import random
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import aiohttp
import httpx
from pydantic import SecretStr

from bot.clicksend import downloads, envelope, errors
from bot.clicksend.answers import Export
from bot.clicksend.failures import classify
from bot.clicksend.limiter import Limiter
from bot.clicksend.operation import Operation
from bot.clicksend.paging import Paged, Portion
from bot.clicksend.transport import Careful, Quick, Reply

T = TypeVar("T")

_log = logging.getLogger(__name__)
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",  # what httpx unpacks by itself
    "connection": "keep-alive",
    "content-type": "application/json",  # required on every call (the reference, General)
    "user-agent": "clicksend-slack",
}
_ATTEMPTS = 5
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0


class CallObserver(Protocol):
    """Told of every HTTP call, for metrics. What it raises is logged and otherwise ignored."""

    def __call__(self, operation_id: str, outcome: str, seconds: float) -> None:
        """Note one call.

        Args:
            operation_id: Such as ``sms.send``; ``download`` for a file.
            outcome: ``ok``, ``cancelled``, or the class name of the error.
            seconds: How long it took.
        """


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds.

    Attributes:
        connect: For a connection.
        read: For the next bytes of the answer.
        write: For the peer to take the next bytes of the request (reads ignore it).
        pool: For a free connection of the pool.
        total: For one ``run``: every try of it, the pauses between, and the limiter's.
    """

    connect: float = 5.0
    read: float = 30.0
    write: float = 10.0
    pool: float = 5.0
    total: float = 90.0

    @classmethod
    def within(cls, total: float) -> "Timeouts":
        """The same in proportion, for another total.

        Args:
            total: Seconds for one ``run``.
        """
        whole = cls()
        share = total / whole.total
        return cls(
            connect=whole.connect * share,
            read=whole.read * share,
            write=whole.write * share,
            pool=whole.pool * share,
            total=total,
        )

    @property
    def of_httpx(self) -> httpx.Timeout:
        """The same for httpx."""
        return httpx.Timeout(connect=self.connect, read=self.read, write=self.write, pool=self.pool)

    @property
    def of_aiohttp(self) -> aiohttp.ClientTimeout:
        """The same for aiohttp, which has none for writing."""
        return aiohttp.ClientTimeout(
            connect=self.pool, sock_connect=self.connect, sock_read=self.read
        )

    @property
    def attempt(self) -> float:
        """The longest one try is meant to take, without the pool."""
        return self.connect + self.write + self.read


class _Basic(httpx.Auth):
    """HTTP Basic authentication that keeps the key wrapped until a request needs it."""

    def __init__(self, username: str, api_key: SecretStr) -> None:
        self._username = username
        self._api_key = api_key

    def header(self) -> str:
        """What a request says of who sends it."""
        pair = f"{self._username}:{self._api_key.get_secret_value()}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["authorization"] = self.header()
        yield request


class ClickSend:
    """A ClickSend account, ready for calls; use it as an async context manager, or ``aclose`` it.

    Args:
        base_url: The API's base URL with its version, such as the vendor's own with ``/v3``.
        username: The API username.
        api_key: The API key.
        timeouts: How long to wait for what.
        limiter: Shared with others who call from the same address; its own when None.
        observer: Told of every HTTP call.
        retried: Told, by its operation id, of every call that is made once more.

    Raises:
        ValueError: ``base_url`` is not a plain HTTP or HTTPS URL.
    """

    def __init__(
        self,
        base_url: str,
        username: str,
        api_key: SecretStr,
        *,
        timeouts: Timeouts = Timeouts(),
        limiter: Limiter | None = None,
        observer: CallObserver | None = None,
        retried: Callable[[str], None] = lambda _operation: None,
    ) -> None:
        self._retried = retried
        self._base_url = _plain_url(base_url)
        self._timeouts = timeouts
        self._limiter = limiter or Limiter()
        self._observer = observer
        basic, patience = _Basic(username, api_key), timeouts.of_httpx
        self._careful = Careful(_HEADERS, basic.header, patience)
        self._quick = Quick(_HEADERS, basic.header, timeouts.of_aiohttp)
        self._http = httpx.AsyncClient(
            transport=self._careful,
            auth=basic,
            headers=_HEADERS,
            timeout=patience,
            follow_redirects=False,
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"ClickSend({self._base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def deadline(self) -> float:
        """Seconds one ``run`` takes at most, its retries included. A lease must be longer."""
        return self._timeouts.total

    def wait(self, operation: type[Operation[Any]]) -> float:
        """Seconds until a call may begin, to stay below ClickSend's rate; zero when at once."""
        return self._limiter.wait(operation.route.id, _now())

    async def aclose(self) -> None:
        """Close every connection."""
        try:
            await self._quick.aclose()
        finally:
            await self._http.aclose()

    async def run(self, operation: Operation[T]) -> T:
        """Make a call.

        Tried again, within ``deadline``, only where nothing can happen twice: a read; any
        operation that never left, or was answered with HTTP 429.

        Args:
            operation: What to do.

        Returns:
            The typed answer. A message inside it may still have been refused: each has a status.

        Raises:
            NotSent: The request never reached ClickSend.
            OutcomeUnknown: It left, and no usable answer came; ``ambiguous`` says the rest.
            Refused: ClickSend answered that it did nothing.
        """
        ends = _now() + self._timeouts.total
        for attempt in range(1, _ATTEMPTS + 1):
            await self._wait_for_slot(operation, ends)
            try:
                return await self._attempt(operation, ends)
            except errors.ClickSendError as error:
                pause = self._pause(operation, error, attempt, ends)
                if pause is None:
                    raise
            self._retried(operation.route.id)
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def pages(
        self, operation: Operation[Portion[T]], *, ahead: int = 1
    ) -> AsyncGenerator[T, None]:
        """Every item of a list, in order; the next pages are read while this one is used.

        Args:
            operation: A listing; its ``page`` or ``offset`` is where to begin, and pages are as
                large as they come unless it says how large.
            ahead: How many pages are read ahead, where their numbers are known; more than one is
                for lists that are read to their end.

        Yields:
            The items.

        Raises:
            ClickSendError: As ``run``, once the items before have been handed out.
        """
        first = operation.from_the_start() if isinstance(operation, Paged) else operation
        last: Operation[Portion[T]] | None = first
        reading = deque([(first, asyncio.ensure_future(self.run(first)))])
        try:
            while reading:
                listing, task = reading[0]
                page = await task
                reading.popleft()
                if isinstance(listing, Paged) and not listing.is_answered_by(page):
                    return
                while last is not None and len(reading) < ahead:
                    last = listing.after(last, page) if isinstance(listing, Paged) else None
                    if last is not None:
                        reading.append((last, asyncio.ensure_future(self.run(last))))
                last = reading[-1][0] if reading else None
                for item in page.items:
                    yield item
        finally:
            for _, task in reading:
                await _abandon(task)

    async def download(
        self, export: Export, *, limit: int = downloads.LARGEST_DOWNLOAD
    ) -> AsyncGenerator[bytes, None]:
        """The file of an export, as it comes; the credentials go to the API's own host alone.

        Args:
            export: What an export answered.
            limit: Bytes to read at most.

        Yields:
            The file's bytes, in pieces of any size.

        Raises:
            ClickSendError: It did not come whole, is too large, or is not where an export can be:
                on the API's own host, or on another over HTTPS.
        """
        pieces = downloads.stream(
            self._http, self._base_url, export.url, limit=limit, seconds=self._timeouts.total
        )
        with self._observed(downloads.NAME):
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    yield piece

    async def _wait_for_slot(self, operation: Operation[Any], ends: float) -> None:
        """Wait for the limiter, or say at once that the wait would be too long."""
        name, now = operation.route.id, _now()
        pause = self._limiter.reserve(name, now, self._latest_start(operation, ends))
        if pause is None:
            wait = self._limiter.wait(name, now)
            raise errors.RateLimited(
                f"{name} is held back to stay below ClickSend's rate; free in {wait:.0f} seconds.",
                operation=name,
                retry_after=wait,
            )
        if pause:
            await asyncio.sleep(pause)

    def _latest_start(self, operation: Operation[Any], ends: float) -> float:
        """The last moment to start a try: a change gets its full time or is not begun again.

        A read gets the time to connect, so that the deadline does not hide a dead peer.
        """
        times = self._timeouts
        return ends - (times.attempt if envelope.changes_something(operation) else times.connect)

    def _pause(
        self, operation: Operation[Any], error: errors.ClickSendError, attempt: int, ends: float
    ) -> float | None:
        """Seconds to wait before the next try; None when there must not or cannot be one."""
        if attempt == _ATTEMPTS or not _may_repeat(operation, error):
            return None
        backoff = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
        jitter = random.uniform(0, backoff)  # noqa: S311 - spreads load, hides nothing
        pause = jitter if error.retry_after is None else error.retry_after + jitter
        return pause if _now() + pause <= self._latest_start(operation, ends) else None

    async def _attempt(self, operation: Operation[T], ends: float) -> T:
        """Make the HTTP call once, tell the observer, read the answer."""
        with self._observed(operation.route.id):
            reply = await self._send(operation, ends)
            return envelope.read(operation, reply.status, reply.headers, reply.body)

    async def _send(self, operation: Operation[Any], ends: float) -> Reply:
        changes = envelope.changes_something(operation)
        wire, way = operation.wire(), self._careful if changes else self._quick
        try:
            async with asyncio.timeout_at(ends):
                return await way.send(wire.method, self._base_url + wire.target, wire.body)
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, TimeoutError) as error:
            failure = classify(error, operation=operation.route.id, changes=changes)
        raise failure  # outside the handler, so that it keeps no link to the library's exception

    @contextlib.contextmanager
    def _observed(self, name: str) -> Iterator[None]:
        """Tell the observer what becomes of a call, and how long it takes."""
        started, outcome = _now(), "cancelled"
        try:
            yield
            outcome = "ok"
        except errors.ClickSendError as error:
            outcome = type(error).__name__
            raise
        finally:
            self._observe(name, outcome, _now() - started)

    def _observe(self, name: str, outcome: str, seconds: float) -> None:
        if self._observer is None:
            return
        try:
            self._observer(name, outcome, seconds)
        except Exception:  # noqa: BLE001 - metrics must never lose the answer of a send
            _log.exception("The observer of ClickSend calls failed on %s.", name)


def _may_repeat(operation: Operation[Any], error: errors.ClickSendError) -> bool:
    """Whether nothing can happen twice when this call is made again, and it may help."""
    if isinstance(error, errors.NotSent | errors.RateLimited):
        return True
    read = not envelope.changes_something(operation)
    return read and isinstance(error, errors.NoAnswer | errors.ServerError)


def _plain_url(base_url: str) -> str:
    """The base URL without a slash at its end; no credentials, query or fragment in it."""
    url = httpx.URL(base_url)
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("The base URL of ClickSend must begin with http:// or https://.")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("The base URL of ClickSend must hold no credentials and no query.")
    return str(url).rstrip("/")


async def _abandon(task: "asyncio.Future[Any]") -> None:
    """Stop a page that is being read and that nobody wants any more."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, errors.ClickSendError):
        await task


def _now() -> float:
    """Seconds of the event loop's steady clock."""
    return asyncio.get_running_loop().time()
