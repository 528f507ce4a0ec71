"""Lists: searched, sorted, and cut into pages, in the API's two styles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from bot.sandbox.clicksend.call import Call
from bot.sandbox.clicksend.fields import integer_or, optional_integer
from bot.sandbox.clicksend.wire import Json, Plain, refused

SMALLEST, LARGEST = 15, 100
_FILTER = re.compile(r"filter\[(\w+)\](?:\[\d*\])?")


def page(items: Sequence[Json], call: Call, *, search: bool = True) -> Json:
    """One page of a list, by `page`, `limit`, `q`, `order_by` and `operator`.

    Args:
        items: The whole list.
        call: The request; a `limit` outside 15 to 100 is brought inside.
        search: Whether `q` is a search of fields; where it means something else it was used up.
    """
    rows = _sorted(_searched(items, call) if search else list(items), call)
    number = max(1, integer_or(1)(call.query, "page"))
    size = min(LARGEST, max(SMALLEST, integer_or(SMALLEST)(call.query, "limit")))
    last = -(-len(rows) // size)
    shown = rows[(number - 1) * size : number * size]
    first = (number - 1) * size + 1
    return {
        "total": len(rows),
        "per_page": size,
        "current_page": number,
        "last_page": last,
        "next_page_url": _address(call, page=number + 1) if number < last else None,
        "prev_page_url": _address(call, page=number - 1) if number > 1 else None,
        "from": first if shown else None,
        "to": first + len(shown) - 1 if shown else None,
        "data": shown,
    }


def within(items: Sequence[Json], call: Call, stamp: str) -> list[Json]:
    """Those between `date_from` and `date_to`, both Unix seconds and both included.

    Args:
        items: A history.
        call: The request.
        stamp: The name of the field that holds the time.
    """
    begin = optional_integer(call.query, "date_from")
    end = optional_integer(call.query, "date_to")
    return [
        each
        for each in items
        if (begin is None or int(each[stamp]) >= begin) and (end is None or int(each[stamp]) <= end)
    ]


def offset_page(items: Sequence[Json], call: Call, name: str) -> Plain:
    """One page in the newer style, without envelope, by `offset`, `page_size` and `filter[…]`.

    Args:
        items: The whole list, each with an `id`.
        call: The request; `offset` is the id of the first item wanted.
        name: What the list is called in the answer.
    """
    rows = _by_direction(_filtered(items, call), call)
    size = min(LARGEST, max(1, integer_or(10)(call.query, "page_size")))
    start = 0
    if offset := call.query.get("offset"):
        found = [index for index, each in enumerate(rows) if each["id"] == offset]
        if not found:
            raise refused("The offset is not valid.")
        start = found[0]
    shown = rows[start : start + size]
    after = rows[start + size : start + size + 1]
    pagination = {
        "self": _address(call, offset=shown[0]["id"]) if shown else _address(call),
        "next": _address(call, offset=after[0]["id"]) if after else None,
        "page_size": size,
    }
    return Plain({name: shown, "_metadata": {"pagination": pagination}})


def _address(call: Call, **changed: object) -> str:
    query = {**call.query, **{name: str(value) for name, value in changed.items()}}
    return f"{call.url}?{urlencode(query, errors='replace')}" if query else call.url


def _searched(items: Sequence[Json], call: Call) -> list[Json]:
    terms = [part.split(":", 1) for part in call.query.get("q", "").split(",") if ":" in part]
    if not terms:
        return list(items)
    holds = any if call.query.get("operator", "AND").upper() == "OR" else all
    return [each for each in items if holds(_matches(each, name, v) for name, v in terms)]


def _matches(item: Json, name: str, wanted: str) -> bool:
    found = item.get(name.strip())
    if isinstance(found, str) and not found.lstrip("-").isdigit():
        return wanted.strip().casefold() in found.casefold()
    return found is not None and str(found) == wanted.strip()


def _sorted(rows: list[Json], call: Call) -> list[Json]:
    name, _, direction = call.query.get("order_by", "").partition(":")
    if not name:
        return rows
    backwards = direction.lower() == "desc"
    return sorted(rows, key=lambda each: _key(each.get(name)), reverse=backwards)


def _key(value: object) -> tuple[int, float, str]:
    """Numbers, also those written as strings, before words, and nothing before both."""
    if value is None:
        return (0, 0.0, "")
    try:
        return (1, float(str(value)), "")
    except ValueError:
        return (2, 0.0, str(value).casefold())


def _filtered(items: Sequence[Json], call: Call) -> list[Json]:
    wanted: dict[str, set[str]] = {}
    for name, value in call.query.items():
        if found := _FILTER.fullmatch(name):
            wanted.setdefault(found[1], set()).add(value.casefold())
    return [
        each
        for each in items
        if all(str(each.get(name)).casefold() in values for name, values in wanted.items())
    ]


def _by_direction(rows: list[Json], call: Call) -> list[Json]:
    name = call.query.get("sort_by") or "created_timestamp"
    backwards = call.query.get("sort_direction", "desc").lower() != "asc"
    return sorted(rows, key=lambda each: _key(each.get(name)), reverse=backwards)
