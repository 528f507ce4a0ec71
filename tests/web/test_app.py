"""Health, readiness and metrics; and the server that serves them."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp

from bot.web.app import build_web
from bot.web.server import WebServer


def _web(parts: Mapping[str, str | bool] | Exception) -> ASGIApp:
    async def ready() -> Mapping[str, str | bool]:
        if isinstance(parts, Exception):
            raise parts
        return parts

    registry = CollectorRegistry()
    Counter("sends", "Sends", registry=registry).inc(3)
    return build_web(bolt=None, ready=ready, metrics=registry)


async def _get(web: ASGIApp, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=web)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as http:
        return await http.get(path)


async def test_a_living_process_says_so() -> None:
    assert (await _get(_web({"database": False}), "/healthz")).status_code == 200


async def test_a_bot_whose_parts_all_work_is_ready() -> None:
    answer = await _get(_web({"database": True, "mode": "socket"}), "/readyz")

    assert (answer.status_code, answer.json()) == (200, {"database": True, "mode": "socket"})


async def test_a_bot_of_which_one_part_fails_is_not_ready() -> None:
    answer = await _get(_web({"database": True, "socket_mode": False}), "/readyz")

    assert (answer.status_code, answer.json()["socket_mode"]) == (503, False)


async def test_a_look_that_breaks_is_not_ready_and_gives_nothing_away() -> None:
    answer = await _get(_web(RuntimeError("postgresql://bot:secret@db")), "/readyz")

    assert answer.status_code == 503
    assert "secret" not in answer.text


async def test_metrics_are_in_prometheus_form() -> None:
    answer = await _get(_web({}), "/metrics")

    assert "sends_total 3.0" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


async def test_with_socket_mode_there_is_no_endpoint_for_slack() -> None:
    assert (await _get(_web({}), "/slack/events")).status_code == 404


async def test_the_server_serves_on_a_free_port_and_stops() -> None:
    server = WebServer(_web({}), "127.0.0.1", 0)
    port = await server.start()
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"http://127.0.0.1:{port}/healthz")
    await server.stop()

    assert answer.text == "ok"
    assert "server" not in answer.headers
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{port}/healthz")


async def test_a_port_that_is_taken_is_an_error_at_start() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use"),
    ):
        await WebServer(_web({}), "127.0.0.1", taken.getsockname()[1]).start()


async def test_stopping_what_never_started_does_nothing() -> None:
    server = WebServer(_web({}), "127.0.0.1", 0)
    await server.stop()
    port = await server.start()  # nor does it keep it from starting later
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200
    await server.stop()


async def test_a_server_that_leaves_answers_and_keeps_no_connection() -> None:
    server = WebServer(_web({}), "127.0.0.1", 0)
    port = await server.start()
    async with httpx.AsyncClient() as http:
        before = await http.get(f"http://127.0.0.1:{port}/healthz")
        server.leave()
        after = await http.get(f"http://127.0.0.1:{port}/healthz")
    await server.stop()
    assert (before.status_code, before.headers.get("connection")) == (200, None)
    assert (after.status_code, after.headers.get("connection")) == (200, "close")
