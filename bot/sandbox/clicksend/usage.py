"""Usage by subaccount and month, and statistics by day: both counted from what was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.prices import CURRENCY
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.state import Message, State
from bot.sandbox.clicksend.wire import Answer, Json, refused

_GROUPS = {
    "sms": ("sms",),
    "mms": ("mms",),
    "voice": ("voice",),
    "fax": ("fax",),
    "post": ("letter", "postcard"),
    "email": ("email", "email_campaign"),
}
_MONTHS = 12
_DAY = 86_400


def _usage(state: State, call: Call) -> Answer:
    year, month = _number(call.path["year"], 9999), _number(call.path["month"], _MONTHS)
    answer: Json = {}
    for group, kinds in _GROUPS.items():
        mine = [each for each in _sent(state, *kinds) if _in_month(each, year, month)]
        answer[group] = _by_subaccount(mine)
        price = sum((each.charged for each in mine), Decimal(0))
        answer[f"{group}_total"] = {"count": _count(mine), "price": f"{price:.4f}"}
    return answer


def _number(written: str, most: int) -> int:
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:5]) <= most):
        raise refused("The year or the month is not valid.")
    return int(written[:5])


def _sent(state: State, *kinds: str) -> Iterable[Message]:
    """What went out; a message that still waits for its hour has cost nothing yet."""
    return (each for each in state.of(*kinds) if each.status not in ("Cancelled", "Scheduled"))


def _in_month(message: Message, year: int, month: int) -> bool:
    at = datetime.fromtimestamp(message.sent_at, UTC)
    return (at.year, at.month) == (year, month)


def _count(messages: Iterable[Message]) -> int:
    """Messages are counted by parts, as they are charged."""
    return sum(each.parts for each in messages)


def _by_subaccount(messages: Iterable[Message]) -> list[Json]:
    groups: defaultdict[tuple[int, str], list[Message]] = defaultdict(list)
    for each in messages:
        groups[(each.caller.subaccount_id, each.caller.username)].append(each)
    return [
        {
            "subaccount_id": number,
            "username": name,
            "total_count": f"{_count(mine)}.00",
            "total_price": f"{sum((each.charged for each in mine), Decimal(0)):.4f}",
        }
        for (number, name), mine in groups.items()
    ]


def _statistics(state: State, kind: str) -> tuple[Json, list[Json]]:
    """The totals and the days of a kind."""
    days: defaultdict[int, list[Message]] = defaultdict(list)
    for each in _sent(state, kind):
        days[int(each.sent_at) // _DAY * _DAY].append(each)
    arrived: defaultdict[int, int] = defaultdict(int)
    for inbound in state.inbound if kind == "sms" else ():
        arrived[int(inbound.record["timestamp"]) // _DAY * _DAY] += 1
    rows = [
        {"date": day, **_figures(days[day], arrived[day], kind)}
        for day in sorted({*days, *arrived})
    ]
    everything = [each for mine in days.values() for each in mine]
    return _figures(everything, sum(arrived.values()), kind), rows


def _figures(messages: list[Message], inbound: int, kind: str) -> Json:
    price = sum((each.charged for each in messages), Decimal(0))
    shown: Json = {"outbound": {"count": len(messages), "price": float(price)}}
    if kind == "sms":
        shown["inbound"] = {"count": inbound}
    shown["bounced"] = {"count": sum(each.status == "Failed" for each in messages)}
    return shown


def _sms(state: State, _: Call) -> Answer:
    total, rows = _statistics(state, "sms")
    return {"total": total, "stat": rows, "_currency": CURRENCY}


def _voice(state: State, _: Call) -> Answer:
    total, rows = _statistics(state, "voice")
    return {"total": total, "stats": rows, "_currency": CURRENCY}


ROUTES = (
    Route(
        "account.usage",
        "GET",
        "/account/usage/{year}/{month}/subaccount",
        _usage,
        "Here is your usage for this month.",
    ),
    Route("statistics.sms", "GET", "/statistics/sms", _sms),
    Route("statistics.voice", "GET", "/statistics/voice", _voice, "Here are your statistics."),
)
