"""From a method and a path to an operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from bot.sandbox.clicksend.wire import Answer, RefusedError, missing

if TYPE_CHECKING:
    from bot.sandbox.clicksend.call import Call
    from bot.sandbox.clicksend.state import State

Run = Callable[["State", "Call"], Answer]
_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Route:
    """An operation.

    Attributes:
        id: Its id in the reference, or one of the sandbox's own for an undocumented one.
        method: The HTTP method.
        path: The path below `/v3`, with `{placeholders}`.
        run: What it does.
        said: The `response_msg` of its success.
    """

    id: str
    method: str
    path: str
    run: Run
    said: str = "Here are your data."

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the raw path has to be; a placeholder holds no slash."""
        parts = _HOLE.split(self.path)
        return re.compile(
            "/v3"
            + "".join(
                f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part)
                for index, part in enumerate(parts)
            )
        )


class Router:
    """Finds the route of a request; a literal path goes before one with placeholders."""

    def __init__(self, routes: Iterable[Route]) -> None:
        ordered = sorted(routes, key=lambda route: route.path.count("{"))
        self._routes = [(route.pattern, route) for route in ordered]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route, and the values in the path.

        Args:
            method: The HTTP method.
            path: The raw path, still percent-encoded.

        Raises:
            RefusedError: 404 for no such path, 405 for a path without this method.
        """
        path = path.rstrip("/")
        known = False
        for pattern, route in self._routes:
            if found := pattern.fullmatch(path):
                if route.method == method:
                    return route, {name: unquote(v) for name, v in found.groupdict().items()}
                known = True
        if known:
            raise RefusedError(405, "METHOD_NOT_ALLOWED", "The method is not allowed here.")
        raise missing("There is no such path.")
