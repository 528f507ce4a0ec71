"""Where ClickSend pushes: `/clicksend/webhooks/{secret}/…`.

ClickSend signs nothing, so the secret stands in the address. Nothing of a push is logged, and it is
answered 200 only once it is stored: whatever else is answered, ClickSend sends it again.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from bot import tracing
from bot.services import pushes
from bot.services.intake import Intake, Pushed
from bot.services.pushes import NothingInItError

PATH: Final = "/clicksend/webhooks"
MOST_BYTES: Final = 256 * 1024
_MOST_ITEMS, _MOST_FIELDS = 1_000, 200
_PATIENCE, _STORE_PATIENCE = 10.0, 25.0
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_log = structlog.get_logger(__name__)


class UnreadableError(ValueError):
    """A body that is no form, no query and no JSON."""


class TooLargeError(Exception):
    """A body larger than any push."""


_REFUSALS: Final[Mapping[type[Exception], tuple[int, str]]] = {
    TimeoutError: (408, "Too slow"),
    TooLargeError: (413, "Too large"),
    UnreadableError: (400, "Not readable"),
    NothingInItError: (400, "Nothing in it"),
    ClientDisconnect: (400, "Gone"),
}


@dataclass(slots=True)
class Bucket:
    """A token bucket: so many at once, so many a second.

    Attributes:
        burst: How many fit at once.
        rate: How many come back a second.
        clock: Seconds of a steady clock.
    """

    burst: float
    rate: float
    clock: Callable[[], float] = time.monotonic
    _left: float = -1
    _at: float = 0

    def take(self) -> bool:
        """Take one; False when there is none left."""
        now = self.clock()
        known = self.burst if self._left < 0 else self._left + (now - self._at) * self.rate
        self._at, self._left = now, min(self.burst, known)
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Webhooks:
    """The door for pushes.

    Args:
        intakes: Finds who stores what comes to an address, by the secret in it; None: nobody.
        now: The clock.
        known: Limits pushes with the right secret; strangers have `unknown`.
        unknown: Limits the others, all of them together.
        patience: How long a body may take to arrive, in seconds.
    """

    def __init__(
        self,
        intakes: Callable[[str], Awaitable[Intake | None]],
        *,
        now: Callable[[], datetime],
        known: Bucket | None = None,
        unknown: Bucket | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        self._intakes = intakes
        self._now = now
        self._known = known or Bucket(burst=2_000, rate=500)
        self._unknown = unknown or Bucket(burst=20, rate=1)
        self._patience = patience

    def routes(self) -> Sequence[Route]:
        """The routes of the web app."""
        return (
            Route(
                PATH + "/{secret}/{what:path}",
                self._answer,
                methods=["GET", "POST"],
                name="webhooks",
            ),
        )

    async def _answer(self, request: Request) -> Response:
        intake = await self._intakes(str(request.path_params["secret"]))
        if not (self._known if intake else self._unknown).take():
            return PlainTextResponse("Too many", 429, headers={"retry-after": "10"})
        if intake is None:
            return PlainTextResponse("Not Found", 404)
        try:
            with (
                structlog.contextvars.bound_contextvars(request=secrets.token_hex(3)),
                tracing.span("webhook", "SERVER"),
            ):
                what = str(request.path_params["what"]).strip("/")
                return await self._take(intake, request, what)
        except tuple(_REFUSALS) as error:
            status, text = _REFUSALS[type(error)]
            _log.warning("a webhook was not taken", why=text)
            return PlainTextResponse(text, status, headers={"connection": "close"})

    async def _take(self, intake: Intake, request: Request, what: str) -> Response:
        if what.startswith("test/"):
            return await self._test(intake, what.removeprefix("test/"))
        if what not in _READERS:
            return PlainTextResponse("Not Found", 404)
        async with asyncio.timeout(self._patience):
            body = await _body(request)
        tracing.note(webhook=what)
        pushed = _read(what, await _items(request, body), self._now())
        try:
            async with asyncio.timeout(_STORE_PATIENCE):
                await intake.take(pushed)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be acknowledged
            _log.error("a webhook could not be stored", problem=type(error).__name__)
            return PlainTextResponse("Not stored", 503, headers={"retry-after": "60"})
        return PlainTextResponse("OK")

    async def _test(self, intake: Intake, token: str) -> Response:
        if not _TOKEN.fullmatch(token):
            return PlainTextResponse("Not Found", 404)
        await intake.arrived(token)
        return PlainTextResponse("OK")


def of_one(intake: Intake, secret: str) -> Callable[[str], Awaitable[Intake | None]]:
    """The only intake there is, for its secret; compared in constant time."""
    ours = secret.encode()

    async def found(given: str) -> Intake | None:
        theirs = given.encode("utf-8", "surrogateescape")
        return intake if hmac.compare_digest(theirs, ours) else None

    return found


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared[:12]) > MOST_BYTES:
        raise TooLargeError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLargeError
    return bytes(body)


async def _items(request: Request, body: bytes) -> list[Mapping[str, object]]:
    """What a push holds: of its query where it has no body, of its JSON or its form."""
    query = _form(request.url.query)
    if not body.strip():
        return [query]
    if body.lstrip()[:1] in (b"{", b"["):
        return [{**query, **each} for each in _json(body)]
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return [{**query, **await _multipart(request, body)}]
    try:
        return [{**query, **_form(body.decode())}]
    except UnicodeDecodeError:
        raise UnreadableError from None


async def _multipart(request: Request, body: bytes) -> dict[str, object]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(request.scope, receive).form(
            max_files=0, max_fields=_MOST_FIELDS, max_part_size=MOST_BYTES
        ) as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except Exception:  # noqa: BLE001 - the parser of a stranger's bytes; it has errors of its own
        raise UnreadableError from None


def _json(body: bytes) -> list[Mapping[str, object]]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError from None
    if isinstance(found, dict):
        inner = next(
            (found[name] for name in ("data", "messages", "receipts") if name in found), None
        )
        found = inner if isinstance(inner, list | dict) and inner else found
    several = found if isinstance(found, list) else [found]
    items: list[Mapping[str, object]] = [each for each in several if isinstance(each, dict)]
    if not items or len(items) != len(several) or len(items) > _MOST_ITEMS:
        raise UnreadableError
    return items


def _form(text: str) -> dict[str, object]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise UnreadableError from None
    found: dict[str, object] = {}
    for name, value in pairs:  # the first of a name counts, as in JSON
        found.setdefault(name, value)
    return found


def _read(what: str, items: Sequence[Mapping[str, object]], now: datetime) -> list[Pushed]:
    return [pushed for item in items for pushed in _READERS[what](item, now)]


def _receipts(kind: str) -> Callable[[Mapping[str, object], datetime], list[Pushed]]:
    def read(item: Mapping[str, object], now: datetime) -> list[Pushed]:
        receipt = pushes.receipt(item, kind, now)
        key = pushes.keypress(item, now) if receipt.kind == "voice" else None
        return [receipt, *([key] if key else [])]

    return read


def _messages(kind: str) -> Callable[[Mapping[str, object], datetime], list[Pushed]]:
    def read(item: Mapping[str, object], now: datetime) -> list[Pushed]:
        return [pushes.inbound(item, kind, now)]

    return read


_READERS: Final[Mapping[str, Callable[[Mapping[str, object], datetime], list[Pushed]]]] = {
    **{f"receipts/{kind}": _receipts(kind) for kind in ("sms", "mms", "voice", "fax")},
    **{f"inbound/{kind}": _messages(kind) for kind in ("sms", "fax")},
}
