"""Failing on demand, and the control path."""

import time

import httpx
import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from tests.sandbox.conftest import Api

MESSAGE = {"messages": [{"to": "+61491570157", "body": "Hi"}]}


async def test_a_429_says_when_to_come_back_and_has_no_effect(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    sandbox.fail("429", "sms.send", times=2, seconds=33)
    for _ in range(2):
        response = await api.client.post(f"{api.url}/v3/sms/send", json=MESSAGE)
        assert response.status_code == 429
        assert response.headers["retry-after"] == "33"
        assert response.headers["x-ratelimit-remaining"] == "0"
        assert response.json()["response_code"] == "HTTP_TOO_MANY_REQUESTS"
        assert response.json()["response_msg"] == "Too many attempts."
    assert sandbox.outbox("sms") == []
    await api.post("/sms/send", MESSAGE)
    assert [name for name, _ in sandbox.requests] == ["sms.send"] * 3


async def test_a_500_has_no_effect(api: Api, sandbox: ClickSendSandbox) -> None:
    sandbox.fail("500")
    answer = await api.post("/sms/send", MESSAGE, 500)
    assert answer["response_code"] == "INTERNAL_SERVER_ERROR"
    assert sandbox.outbox("sms") == []
    assert sandbox.state.balance == 100


@pytest.mark.parametrize(("kind", "effects"), [("cut_before", 0), ("cut_after", 1)])
async def test_a_cut_connection_comes_before_the_effect_or_after_it(
    api: Api, sandbox: ClickSendSandbox, kind: str, effects: int
) -> None:
    await api.control("POST", "faults", {"kind": kind, "operation": "sms.send"})
    with pytest.raises(httpx.TransportError):
        await api.client.post(f"{api.url}/v3/sms/send", json=MESSAGE)
    assert len(sandbox.outbox("sms")) == effects
    assert [name for name, _ in sandbox.requests] == ["sms.send"]
    assert (await api.control("GET", "faults")) == {"faults": []}
    await api.post("/sms/send", MESSAGE)


async def test_a_latency_waits_and_then_answers(api: Api, sandbox: ClickSendSandbox) -> None:
    sandbox.fail("latency", "account.get", seconds=0.2)
    started = time.monotonic()
    await api.get("/account")
    assert time.monotonic() - started >= 0.2
    assert sandbox.faults.waiting == []


async def test_a_fault_spoils_its_own_operation_only(api: Api, sandbox: ClickSendSandbox) -> None:
    sandbox.fail("500", "sms.send")
    await api.get("/account")
    await api.post("/sms/price", MESSAGE)
    await api.post("/sms/send", MESSAGE, 500)
    assert not sandbox.faults.waiting


async def test_account_reads_are_limited_only_when_asked(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    for _ in range(25):
        await api.get("/account")
    await api.control("POST", "state", {"limits": {"account.get": 20}})
    for number in range(20):
        response = await api.client.get(f"{api.url}/v3/account")
        assert response.status_code == 200
        assert response.headers["x-ratelimit-limit"] == "20"
        assert response.headers["x-ratelimit-remaining"] == str(19 - number)
    response = await api.client.get(f"{api.url}/v3/account")
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= 60
    await api.get("/lists")
    sandbox.advance(61)
    await api.get("/account")


async def test_the_control_path_reads_and_sets_the_state(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    changed = {"balance": "12.5", "low_credit_amount": "30", "delay": 3, "throttle": 1}
    state = await api.control("POST", "state", changed)
    assert (state["balance"], state["low_credit_amount"]) == ("12.500000", "30.00")
    assert (sandbox.state.delay, sandbox.state.throttle) == (3.0, 1.0)
    assert (await api.get("/account"))["low_credit_amount"] == "30.00"
    assert state["campaigns"][0]["name"] == "Spring sale"
    await api.control("POST", "state", {"balance": "many"}, 400)


async def test_the_control_path_shows_what_arrived_and_what_went_out(api: Api) -> None:
    await api.post("/sms/send", MESSAGE)
    await api.post("/voice/send", MESSAGE)
    (sent,) = (await api.control("GET", "outbox?kind=sms"))["messages"]
    assert (sent["to"], sent["charged"]) == ("+61491570157", "0.0770")
    assert len((await api.control("GET", "outbox"))["messages"]) == 2
    requests = (await api.control("GET", "requests"))["requests"]
    assert requests[0] == {"operation": "sms.send", "body": MESSAGE}
    assert await api.control("DELETE", "requests") == {"requests": []}
    operations = (await api.control("GET", "operations"))["operations"]
    assert {"id": "sms.send", "method": "POST", "path": "/sms/send"} in operations


async def test_the_clock_goes_forward_and_what_is_due_happens(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    later = int(sandbox.state.now()) + 3600
    message = {"to": "+61491570157", "body": "Later", "schedule": later}
    await api.post("/sms/send", {"messages": [message]})
    state = await api.control("POST", "clock", {"seconds": 3602})
    assert state["ahead"] == 3602
    assert sandbox.outbox("sms")[0].status == "Sent"
    for seconds in (-4000, 10**12, "x", None):
        await api.control("POST", "clock", {"seconds": seconds}, 400)


async def test_the_control_path_begins_again(api: Api, sandbox: ClickSendSandbox) -> None:
    await api.post("/sms/send", MESSAGE)
    sandbox.fail("500")
    state = await api.control("POST", "reset")
    assert state["balance"] == "100.000000"
    assert (sandbox.requests, sandbox.outbox("sms"), sandbox.faults.waiting) == ([], [], [])
    await api.get("/account")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "faults", {"kind": "flood"}),
        ("POST", "faults", {"kind": "500", "operation": "sms.sing"}),
        ("POST", "faults", {"kind": "latency", "seconds": 10**9}),
        ("POST", "text", {"from": "12", "body": "Hi"}),
        ("POST", "text", {"body": "Hi"}),
        ("POST", "state", {"limits": []}),
    ],
)
async def test_what_the_control_path_cannot_do_is_a_400(
    api: Api, method: str, path: str, body: dict[str, object]
) -> None:
    assert (await api.control(method, path, body, 400))["error"]


async def test_unknown_control_paths_are_404(api: Api) -> None:
    await api.control("GET", "no-such", expect=404)
    await api.control("DELETE", "state", expect=404)
    await api.control("POST", "click", {"message_id": "no-such"}, 404)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:3000"}, 200),
        ({"origin": "http://localhost:3000"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example"}, 403),
        ({"content-type": "text/plain"}, 400),
        ({"content-type": "application/x-www-form-urlencoded"}, 400),
    ],
)
async def test_pages_from_elsewhere_cannot_reach_the_control_path(
    api: Api, sandbox: ClickSendSandbox, headers: dict[str, str], status: int
) -> None:
    response = await api.client.post(
        f"{api.url}/_sandbox/state",
        content='{"balance": "1"}',
        headers={"content-type": "application/json", **headers},
    )
    assert response.status_code == status
    assert sandbox.state.balance == (1 if status == 200 else 100)
    allowed = response.headers.get("access-control-allow-origin")
    assert allowed == (headers.get("origin") if status == 200 else None)


async def test_a_page_of_this_machine_may_ask_first(api: Api) -> None:
    response = await api.client.options(
        f"{api.url}/_sandbox/state", headers={"origin": "http://127.0.0.1:3000"}
    )
    assert response.status_code == 204
    assert "DELETE" in response.headers["access-control-allow-methods"]
