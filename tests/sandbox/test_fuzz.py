"""Whatever is sent to whichever operation, the sandbox answers, and never with a 500."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.clicksend.routing import Route
from bot.sandbox.clicksend.table import ROUTES
from tests.sandbox.examples import BY_ID, filled

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["0", "-1", "1e400", "+61411111111", "http://[", "a@b.c", "98", "\ud800"])
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_QUERIES = st.dictionaries(
    st.sampled_from(
        [
            "page",
            "limit",
            "q",
            "order_by",
            "operator",
            "date_from",
            "date_to",
            "offset",
            "page_size",
            "filter[status][0]",
            "sort_by",
            "sort_direction",
            "updated_after",
            "filename",
            "country",
            "search",
            "search_type",
            "convert",
            "order",
        ]
    ),
    st.sampled_from(["0", "-1", "1", "99999999999999999999", "status:Sent,to:+61", "from:desc"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    max_size=4,
)
_SEGMENTS = st.sampled_from(
    ["1", "0", "428", "552786", "2", "9" * 30, "AU", "quick_sms"]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)


@contextmanager
def _served(sandbox: ClickSendSandbox) -> Iterator[str]:
    """Serve it from a loop in a thread, so that the tests may call it without one."""
    loop, ready, done = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run() -> None:
        async with sandbox.serve():
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(20)
    yield sandbox.url
    loop.call_soon_threadsafe(done.set)
    thread.join(20)
    loop.close()


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        _served(ClickSendSandbox()) as url,
        httpx.Client(base_url=url, auth=(USER, KEY), trust_env=False, timeout=20) as made,
    ):
        yield made


@st.composite
def _bodies(draw: st.DrawFn, route: Route) -> Any:
    """A documented body with some values replaced or removed, or any JSON at all."""
    example = filled(route.id, BY_ID[route.id]["request_example"]) if route.id in BY_ID else None
    if not isinstance(example, dict) or draw(st.integers(0, 3)) == 0:
        return draw(_JSON)
    return _spoilt(draw, example)


def _spoilt(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: draw(_JSON) if draw(st.integers(0, 5)) == 0 else _spoilt(draw, each)
            for name, each in value.items()
            if draw(st.integers(0, 9))
        }
    if isinstance(value, list):
        return [_spoilt(draw, each) for each in value]
    return value


def _path(draw: st.DrawFn, route: Route) -> str:
    parts = route.path.split("/")
    chosen = [quote(draw(_SEGMENTS), safe="") if part.startswith("{") else part for part in parts]
    return "/v3" + "/".join("%2E" if part in (".", "..") else part for part in chosen)


@pytest.mark.parametrize("route", ROUTES, ids=lambda each: each.id)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_nothing_a_caller_sends_breaks_an_operation(
    route: Route, client: httpx.Client, data: st.DataObject
) -> None:
    path = data.draw(st.composite(_path)(route), label="path")
    query = data.draw(_QUERIES, label="query")
    body = json.dumps(data.draw(_bodies(route), label="body"))
    headers = {"content-type": "application/json"}
    response = client.request(route.method, path, params=query, content=body, headers=headers)
    assert response.status_code in {200, 201, 204, 400, 403, 404}, response.text
    if response.status_code >= 400:
        assert response.json()["http_code"] == response.status_code
        assert response.json()["response_code"]
        assert response.json()["response_msg"]
    assert client.post("/_sandbox/clock", json={"seconds": 0}).status_code == 200


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(raw=st.binary(max_size=60), kind=st.sampled_from(["application/json", "text/plain", "x"]))
def test_a_body_that_is_no_json_is_a_400(client: httpx.Client, raw: bytes, kind: str) -> None:
    response = client.post("/v3/lists", content=raw, headers={"content-type": kind})
    assert response.status_code in {200, 400}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    raw=st.binary(max_size=200),
    boundary=st.sampled_from(['; boundary="b"', "; boundary=b", "", "; boundary="]),
)
def test_a_form_that_is_none_is_a_400(client: httpx.Client, raw: bytes, boundary: str) -> None:
    headers = {"content-type": f"multipart/form-data{boundary}"}
    response = client.post("/v3/uploads?convert=mms", content=raw, headers=headers)
    assert response.status_code == 400


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(["state", "faults", "clock", "text", "click", "outbox", "requests"]),
    method=st.sampled_from(["GET", "POST"]),
    body=st.dictionaries(
        st.sampled_from(
            ["balance", "delay", "limits", "kind", "operation", "times", "seconds", "from", "body"]
        ),
        st.sampled_from(["latency", "0", "nan", "-1"]) | _JSON,
    ),
)
def test_nothing_breaks_the_control_path(
    client: httpx.Client, name: str, method: str, body: dict[str, Any]
) -> None:
    if name == "faults" and method == "POST":
        body = {**body, "kind": "429"}
    response = client.request(
        method,
        f"/_sandbox/{name}",
        content=json.dumps(body),
        headers={"content-type": "application/json"},
    )
    assert response.status_code in {200, 400, 404}, response.text
    client.delete("/_sandbox/faults")
