"""Slack's rate limits, and its lists by the page."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.pace import CALLS, TIERS, Pace
from bot.sandbox.slack.paging import page
from bot.sandbox.slack.shapes import ApiError

# "Special" in Slack's words.
UNLIMITED = {"auth.test", "chat.getPermalink", "chat.postMessage", "oauth.v2.access"}


class Clock:
    """Seconds that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def wait(pace: Pace, method: str, channel: str = "C0OPS") -> int | None:
    """How long Slack says to wait; None: the call passes."""
    try:
        pace.admit(method, channel)
    except ApiError as error:
        return int(error.answer()["retry_after"])
    return None


def test_every_method_has_a_tier() -> None:
    methods = set(SlackSandbox().api._table())
    assert methods - UNLIMITED == set(TIERS)


@pytest.mark.parametrize("method", ["users.list", "chat.update", "views.open"])
def test_as_many_calls_a_minute_as_the_tier_says(method: str) -> None:
    clock = Clock()
    pace = Pace(clock)
    most = CALLS[TIERS[method]]
    assert [wait(pace, method) for _ in range(most)] == [None] * most
    clock.now += 17.5
    assert wait(pace, method) == 43
    clock.now += 42.5
    assert wait(pace, method) is None


def test_a_message_a_second_in_each_channel() -> None:
    clock = Clock()
    pace = Pace(clock)
    post = "chat.postMessage"
    found = [wait(pace, post), wait(pace, post), wait(pace, post, "C0SALES")]
    assert found == [None, 1, None]
    clock.now += 1
    assert wait(pace, post) is None


@given(total=st.integers(0, 300), limit=st.integers(1, 120))
def test_the_pages_together_are_the_list(total: int, limit: int) -> None:
    found: list[Any] = []
    cursor = ""
    for _ in range(total // limit + 1):
        answer = page("members", range(total), {"limit": str(limit), "cursor": cursor})
        assert len(answer["members"]) <= limit
        found += answer["members"]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert (found, cursor) == (list(range(total)), "")


@pytest.mark.parametrize(
    ("usual", "body", "count"),
    [(100, {}, 100), (0, {}, 250), (0, {"limit": "0"}, 250), (0, {"limit": 20}, 20)],
)
def test_how_many_come_when_nobody_says(usual: int, body: dict[str, Any], count: int) -> None:
    assert len(page("members", range(250), body, usual=usual)["members"]) == count


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"limit": "0"}, "invalid_limit"),
        ({"limit": 1001}, "invalid_limit"),
        ({"limit": "ten"}, "invalid_limit"),
        ({"cursor": "?"}, "invalid_cursor"),
        ({"cursor": "bmV4dDotMQ=="}, "invalid_cursor"),
        ({"cursor": "bmV4dDo5OQ=="}, "invalid_cursor"),
        ({"cursor": "/w=="}, "invalid_cursor"),
    ],
)
def test_a_page_that_cannot_be(body: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as refused:
        page("members", [1, 2, 3], body)
    assert refused.value.code == code
