"""What goes back to the caller: data in an envelope, a plain body, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp import web

Json = dict[str, Any]
Data: TypeAlias = Json | list[Any] | str | int | bool | None


@dataclass(frozen=True)
class Said:
    """Data with a message of its own, such as one that names what was changed."""

    data: Data
    text: str


@dataclass(frozen=True)
class Plain:
    """A body without the envelope, as the newer operations have it; None is an empty 204."""

    body: Json | None
    status: int = 200


Answer: TypeAlias = Data | Said | Plain


class RefusedError(Exception):
    """A request that is answered with another status than 200.

    Args:
        status: The HTTP status.
        code: The ``response_code``; for a value of the wrong type the API has the number 400.
        text: The ``response_msg``.
        headers: What goes with it, such as ``Retry-After``.
    """

    def __init__(
        self, status: int, code: str | int, text: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text
        self.headers = headers or {}


def refused(text: str, code: str | int = "BAD_REQUEST") -> RefusedError:
    """A 400."""
    return RefusedError(400, code, text)


def missing(text: str) -> RefusedError:
    """A 404."""
    return RefusedError(404, "NOT_FOUND", text)


def enveloped(
    status: int, code: str | int, text: str, data: Data, headers: dict[str, str] | None = None
) -> web.Response:
    """Every documented answer but those of alpha tags and own numbers."""
    body = {"http_code": status, "response_code": code, "response_msg": text, "data": data}
    return web.json_response(body, status=status, headers=headers)


def respond(answer: Answer, text: str, headers: dict[str, str] | None = None) -> web.Response:
    """Put an operation's answer on the wire.

    Args:
        answer: What the operation found.
        text: The message, unless the answer brings its own.
        headers: Further headers.
    """
    if isinstance(answer, Plain):
        if answer.body is None:
            return web.Response(status=204, headers=headers)
        return web.json_response(answer.body, status=answer.status, headers=headers)
    if isinstance(answer, Said):
        return enveloped(200, "SUCCESS", answer.text, answer.data, headers)
    return enveloped(200, "SUCCESS", text, answer, headers)
