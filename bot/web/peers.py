"""Who asks, and how often: one token bucket an address, of so many addresses and no more."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from starlette.requests import Request

from bot.web.webhooks import Bucket

_MOST: Final = 10_000
_V6_PREFIX: Final = 64
"""What one household or one machine in a rack gets: it may take any address in it."""


class Peers:
    """Limits each address by itself, and all together so far that the database keeps up.

    The address is that of whoever connects, or what a proxy says that `TRUSTED_PROXIES` names: the
    web server has read its `X-Forwarded-For` by then.

    Args:
        burst: How many requests of one address at once.
        rate: How many come back a second.
        together: Limits all of them; an address that is refused takes nothing of it.
        most: How many addresses are remembered; the one that was quiet longest is forgotten.
        clock: Seconds of a steady clock.
    """

    def __init__(
        self,
        *,
        burst: float,
        rate: float,
        together: Bucket,
        most: int = _MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = burst
        self._rate = rate
        self._together = together
        self._most = most
        self._clock = clock
        self._known: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._known)

    def take(self, request: Request) -> bool:
        """Whether a request may be served; it counts against its address."""
        peer = peer_of(request.client.host if request.client else "")
        bucket = self._known.pop(peer, None) or Bucket(self._burst, self._rate, self._clock)
        self._known[peer] = bucket
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return bucket.take() and self._together.take()


def peer_of(host: str) -> str:
    """What counts as one: an IPv4 address, or the /64 of an IPv6 one; else what stands there."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, _V6_PREFIX), strict=False))
    return str(address)
