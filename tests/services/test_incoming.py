"""Pure decisions of what comes in: where it belongs, who said stop, how often to poll."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services import pace
from bot.services.pace import Known
from bot.services.routing import channel_for, keyword, wish
from bot.store.routes import StoredRoute
from commands.inbox_text import waited

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
USUAL = timedelta(seconds=30)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


@pytest.mark.parametrize(
    ("known", "interval"),
    [
        (Known(), USUAL),
        (Known(pushed=ago(hours=1)), timedelta(minutes=5)),
        (Known(pushed=ago(hours=25)), USUAL),
        (Known(pushed=ago(hours=1), missed=ago(minutes=10)), USUAL),
        (Known(pushed=ago(hours=1), missed=ago(hours=2)), timedelta(minutes=5)),
    ],
)
def test_polling_is_slower_while_pushes_can_be_trusted(known: Known, interval: timedelta) -> None:
    assert pace.interval(known, USUAL, NOW) == interval


def test_a_pace_slower_than_the_safety_net_stays() -> None:
    slow = timedelta(hours=1)
    assert pace.interval(Known(pushed=ago(minutes=1)), slow, NOW) == slow


def test_the_first_look_is_always_due_and_the_next_after_its_time() -> None:
    assert pace.is_due(Known(), USUAL, NOW)
    pushed = ago(minutes=1)
    assert not pace.is_due(Known(polled=ago(minutes=2), pushed=pushed), USUAL, NOW)
    assert pace.is_due(Known(polled=ago(minutes=5), pushed=pushed), USUAL, NOW)
    assert pace.is_due(Known(polled=ago(seconds=29)), USUAL, NOW)


@pytest.mark.parametrize("body", ["STOP", " stop. ", "Unsubscribe!", "opt  out", "StopAll"])
def test_stop_is_understood(body: str) -> None:
    assert wish(body) is True


@pytest.mark.parametrize("body", ["start", "UNSTOP", "Opt-in."])
def test_start_is_understood(body: str) -> None:
    assert wish(body) is False


@pytest.mark.parametrize("body", ["Please don't stop", "stop it or else", "", "STOPS", "restart"])
def test_a_sentence_is_no_wish(body: str) -> None:
    assert wish(body) is None


def route(kind: str, value: str, channel: str) -> StoredRoute:
    return StoredRoute(kind=kind, value=value, channel=channel, set_by="U", set_at=NOW)


ROUTES = [
    route("number", "+61422222222", "NUMBER"),
    route("list", "428", "LIST"),
    route("keyword", "help", "KEYWORD"),
]


@pytest.mark.parametrize(
    ("body", "ours", "lists", "channel"),
    [
        ("HELP: it burns", "+61422222222", {"428"}, "KEYWORD"),
        ("it burns, help", "+61422222222", {"428"}, "NUMBER"),
        ("hello", "+61433333333", {"428", "9"}, "LIST"),
        ("hello", "+61433333333", {"9"}, "REST"),
        ("", "", set(), "REST"),
    ],
)
def test_the_keyword_goes_before_the_number_and_the_number_before_the_list(
    body: str, ours: str, lists: set[str], channel: str
) -> None:
    assert channel_for(ROUTES, ours=ours, body=body, lists=lists, otherwise="REST") == channel


@given(st.text())
def test_any_text_has_a_keyword_or_none(body: str) -> None:
    assert " " not in keyword(body)
    assert wish(body) in {True, False, None}


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=3, hours=1, minutes=5), "3 d 1 h"),
        (timedelta(days=-1), "less than a minute"),
    ],
)
def test_a_waiting_time_is_said_in_its_two_largest_units(since: timedelta, said: str) -> None:
    assert waited(since) == said
