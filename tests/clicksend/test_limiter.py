"""The sliding window, without a clock."""

from hypothesis import given
from hypothesis import strategies as st

from bot.clicksend import Rate
from bot.clicksend.limiter import Limiter

FOREVER = float("inf")


@given(
    st.integers(1, 5),
    st.integers(1, 60),
    st.lists(st.integers(0, 30), min_size=1, max_size=60),
)
def test_no_window_ever_holds_more_than_the_rate(calls: int, window: int, gaps: list[int]) -> None:
    limiter, now, starts = Limiter({"a": Rate(calls, window)}), 0, []
    for gap in gaps:
        now += gap
        wait = limiter.reserve("a", now, FOREVER)
        assert wait is not None
        starts.append(now + wait)

    assert starts == sorted(starts)
    assert all(b - a >= window for a, b in zip(starts, starts[calls:], strict=False))


def test_a_slot_refused_is_not_taken() -> None:
    limiter = Limiter({"a": Rate(1, 10)})

    assert limiter.reserve("a", 0, 5) == 0
    assert limiter.reserve("a", 1, 5) is None
    assert limiter.wait("a", 1) == 9
    assert limiter.reserve("a", 1, 10) == 9


def test_a_free_slot_is_given_even_when_it_is_late() -> None:
    assert Limiter({"a": Rate(1, 10)}).reserve("a", 7, 5) == 0


def test_without_a_rate_nothing_waits() -> None:
    limiter = Limiter({})

    assert [limiter.reserve("a", 0, 0) for _ in range(100)] == [0.0] * 100
    assert limiter.wait("a", 0) == 0
