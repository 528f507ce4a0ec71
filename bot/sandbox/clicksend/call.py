"""A request once it is understood: which operation, for whom, with which fields."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from aiohttp import web

from bot.sandbox.clicksend.callers import Caller
from bot.sandbox.clicksend.wire import Json, missing, refused

_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        operation: The operation's id.
        caller: Who asks.
        path: The values of the path's placeholders.
        query: The query string; of a name that comes twice the last.
        body: The JSON object, or the fields of a form.
        files: The files of a form.
        url: The request's address without its query.
    """

    operation: str
    caller: Caller
    path: dict[str, str]
    query: dict[str, str]
    body: Json
    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    @property
    def fields(self) -> Json:
        """The body over the query, for operations that take a field in either."""
        return {**self.query, **self.body}

    @property
    def origin(self) -> str:
        """Where this sandbox is."""
        return "/".join(self.url.split("/", 3)[:3])

    def number(self, name: str) -> int:
        """A number in the path; anything else there names nothing: 404."""
        found = self.path[name]
        if not _NUMBER.fullmatch(found):
            raise missing("Record not found.")
        return int(found)


async def read_body(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    """The fields and the files of a request.

    Raises:
        RefusedError: The body is neither a JSON object nor a form.
    """
    if request.content_type == "multipart/form-data":
        return await _form(request)
    raw = await request.read()
    try:
        body = json.loads(raw or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise refused("The body is not JSON.") from None
    if body is None or body == []:
        return {}, {}
    if not isinstance(body, dict):
        raise refused("The body is not an object.", 400)
    return body, {}


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


async def _form(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    fields: Json = {}
    files: dict[str, bytes] = {}
    try:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
            elif isinstance(value, str):
                fields[name] = value
    except (ValueError, AssertionError, RuntimeError):
        raise refused("The form cannot be read.") from None
    return fields, files
