"""Failing on demand, the way the real thing fails; and the limit of requests a minute."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.sandbox.clicksend.state import State
from bot.sandbox.clicksend.wire import Json, RefusedError

Kind = Literal["latency", "429", "500", "cut_before", "cut_after"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EVERY = "*"
_WINDOW, _REFUSED_FOR = 60.0, 20


@dataclass
class Fault:
    """What goes wrong with the next calls.

    Attributes:
        kind: `latency` waits; `429` and `500` answer so without taking effect; `cut_before` drops
            the connection once the request was read, and `cut_after` once it took effect.
        operation: An operation's id, or `*` for all.
        times: How many calls it still spoils.
        seconds: How long `latency` waits, or what `429` says in `Retry-After`.
    """

    kind: Kind
    operation: str = EVERY
    times: int = 1
    seconds: float = _REFUSED_FOR

    def shown(self) -> Json:
        """It as JSON."""
        return {
            "kind": self.kind,
            "operation": self.operation,
            "times": self.times,
            "seconds": self.seconds,
        }


@dataclass
class Faults:
    """The faults that are set."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Set one; those set earlier come first."""
        self.waiting.append(fault)

    def next(self, operation: str) -> list[Fault]:
        """Use up the faults of one call: every latency, and the first of the others."""
        mine = [each for each in self.waiting if each.operation in (EVERY, operation)]
        slow = [each for each in mine if each.kind == "latency"]
        used = slow + [each for each in mine if each.kind != "latency"][:1]
        for each in used:
            each.times -= 1
        self.waiting = [each for each in self.waiting if each.times > 0]
        return used


def too_many(seconds: float, limit: int = _REFUSED_FOR) -> RefusedError:
    """The live API's 429."""
    wait = str(round(seconds))
    headers = {"Retry-After": wait, **_headers(limit, 0, wait)}
    return RefusedError(429, "HTTP_TOO_MANY_REQUESTS", "Too many attempts.", headers)


def _headers(limit: int, remaining: int, reset: str) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(remaining),
        "ratelimit-reset": reset,
    }


class Limiter:
    """Counts requests by operation and source address over the last minute."""

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def admit(self, state: State, operation: str, source: str) -> dict[str, str]:
        """Count a request.

        Args:
            state: The account; its `limits` say which operations are limited.
            operation: The operation's id.
            source: Where the request came from.

        Returns:
            The headers that tell how much is left; none for an operation without limit.

        Raises:
            RefusedError: 429, with `Retry-After`.
        """
        limit, now = state.limits.get(operation), state.now()
        if limit is None:
            return {}
        seen = self._seen[operation, source]
        while seen and seen[0] <= now - _WINDOW:
            seen.popleft()
        if len(seen) >= limit:
            raise too_many(max(1, seen[0] + _WINDOW - now if seen else _WINDOW), limit)
        seen.append(now)
        return _headers(limit, limit - len(seen), str(round(seen[0] + _WINDOW - now)))
