"""Each address has its own limit; however many there are, so many are remembered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from bot.web.peers import Peers, peer_of
from bot.web.webhooks import Bucket


def by(host: str | None) -> Request:
    client = (host, 1) if host is not None else None
    return Request({"type": "http", "client": client, "headers": []})


def peers(clock: list[float], **more: int) -> Peers:
    together = Bucket(burst=100, rate=0, clock=lambda: clock[0])
    return Peers(burst=2, rate=1, together=together, clock=lambda: clock[0], **more)


def test_who_asks_too_often_waits_and_nobody_else_does() -> None:
    clock = [0.0]
    limit = peers(clock)
    assert [limit.take(by("192.0.2.1")) for _ in range(3)] == [True, True, False]
    assert limit.take(by("192.0.2.2"))
    clock[0] = 1
    assert [limit.take(by("192.0.2.1")) for _ in range(2)] == [True, False]
    assert [limit.take(by(None)) for _ in range(3)] == [True, True, False]


def test_who_is_refused_takes_nothing_from_the_others() -> None:
    limit = Peers(burst=1, rate=0, together=Bucket(burst=2, rate=0))
    assert [limit.take(by("192.0.2.1")) for _ in range(9)] == [True] + [False] * 8
    assert limit.take(by("192.0.2.2"))
    assert not limit.take(by("192.0.2.3"))  # but all together there is an end


def test_so_many_are_remembered_and_who_still_asks_is_not_forgotten() -> None:
    limit = peers([0.0], most=3)
    for number in range(50):
        limit.take(by("192.0.2.1"))
        limit.take(by(f"198.51.100.{number}"))
        assert len(limit) <= 3
    assert not limit.take(by("192.0.2.1"))


@pytest.mark.parametrize(
    ("host", "peer"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("x" * 1_000, "x" * 64),
    ],
)
def test_what_counts_as_one(host: str, peer: str) -> None:
    assert peer_of(host) == peer


@given(st.text())
def test_whatever_a_proxy_says_is_somebody(host: str) -> None:
    assert len(peer_of(host)) <= 64
