"""Who may come in at `/slack/events`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.types import Message

from bot.slack.bolt import SlackApp, build_bolt
from bot.slack.calls import Call
from bot.slack.router import Router
from bot.texts import Phrase
from bot.web.server import WebServer
from bot.web.slack_door import SlackDoor
from tests.slack.desk import Desk, Services, opened
from tests.slack.payloads import SECRET, command, encoded, interaction, signed, view
from tests.slack.workspace import TOKEN

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    router: Router[Services] = Router()
    async with opened(router) as desk:
        router.command("balance", summary=Phrase("what is left"), shortcut="/balance")(
            _noting(desk)
        )
        yield desk


def _noting(desk: Desk):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a Handler
    async def note(call: Call[Services]) -> None:
        desk.note(call)

    return note


@pytest.fixture
def body() -> bytes:
    return encoded(command("/balance"))[0]


async def test_a_signed_request_comes_in(desk: Desk, body: bytes) -> None:
    answer = await desk.post(body, FORM | signed(body))

    assert (answer.status_code, len(desk.calls)) == (200, 1)


async def test_a_command_that_speaks_of_a_payload_is_a_command(desk: Desk) -> None:
    # Bolt looks for that word in the form, and then takes it for an interaction without any.
    for text in ("what is in the payload?", "payload={}", "&payload=%7B%7D"):
        answer = await desk.send(command("/balance", text))
        assert (answer.status_code, desk.calls[-1].text) == (200, text)


async def test_a_signed_form_that_is_no_command_reaches_no_handler(desk: Desk) -> None:
    body = b"command=%2Fbalance&payload=%7B%7D"  # Slack sends one of the two
    answer = await desk.post(body, FORM | signed(body))

    assert (answer.status_code, desk.calls) == (404, [])


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("view_submission", {"view": view("noted")}),
        ("block_actions", {"actions": [{"action_id": "noted", "value": "+ & %41"}]}),
        ("shortcut", {"callback_id": "noted"}),
    ],
)
async def test_an_interaction_reaches_its_handler_with_or_without_bolt(
    kind: str, more: dict[str, Any]
) -> None:
    router: Router[Services] = Router()
    async with opened(router) as desk:
        note = _noting(desk)
        router.view("noted")(note)
        router.action("noted")(note)
        router.shortcut("noted")(note)
        answer = await desk.send(interaction(kind, **more))
        (call,) = desk.calls
    assert answer.status_code == 200
    assert call.user == "U1"
    assert call.value == ("+ & %41" if kind == "block_actions" else "")


@pytest.mark.parametrize("payload", ["", "{", "[]", "7", '"view_submission"', "%FF"])
async def test_what_is_no_interaction_reaches_no_handler(desk: Desk, payload: str) -> None:
    body = f"payload={payload}".encode()
    answer = await desk.post(body, FORM | signed(body))

    assert (answer.status_code in {400, 404}, desk.calls) == (True, [])


async def test_an_unsigned_request_is_refused(desk: Desk, body: bytes) -> None:
    answer = await desk.post(body, FORM)

    assert (answer.status_code, desk.calls) == (401, [])


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
async def test_a_stale_request_is_refused(desk: Desk, body: bytes, seconds: int) -> None:
    answer = await desk.post(body, FORM | signed(body, at=time.time() + seconds))

    assert (answer.status_code, desk.calls) == (401, [])


async def test_a_request_within_five_minutes_comes_in(desk: Desk, body: bytes) -> None:
    answer = await desk.post(body, FORM | signed(body, at=time.time() - 290))

    assert answer.status_code == 200


async def test_a_tampered_request_is_refused(desk: Desk, body: bytes) -> None:
    answer = await desk.post(body.replace(b"U1", b"U2"), FORM | signed(body))

    assert (answer.status_code, desk.calls) == (401, [])


async def test_a_request_signed_with_another_secret_is_refused(desk: Desk, body: bytes) -> None:
    answer = await desk.post(body, FORM | signed(body, secret="another"))

    assert (answer.status_code, desk.calls) == (401, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": "9" * 400},
        {"x-slack-request-timestamp": "²"},
        {"x-slack-signature": "v0=é"},
        {"x-slack-signature": ""},
    ],
)
async def test_headers_that_make_no_sense_are_refused(
    desk: Desk, body: bytes, wrong: dict[str, str]
) -> None:
    headers = {name: value.encode() for name, value in (FORM | signed(body) | wrong).items()}

    answer = await desk.http.post("/slack/events", content=body, headers=headers)

    assert (answer.status_code, desk.calls) == (401, [])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b"payload=", b"\xff\xfe", b"payload={"]
)
async def test_an_unsigned_body_is_never_parsed(desk: Desk, body: bytes) -> None:
    assert (await desk.post(body, {})).status_code == 401


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"payload={"])
async def test_a_signed_body_that_cannot_be_read_is_a_bad_request(desk: Desk, body: bytes) -> None:
    assert (await desk.post(body, signed(body))).status_code == 400


async def test_a_body_larger_than_a_mebibyte_is_refused(desk: Desk) -> None:
    body = b"x" * (1024 * 1024 + 1)

    assert (await desk.post(body, signed(body))).status_code == 413


async def test_a_body_that_grows_too_large_is_refused_without_a_declared_length(desk: Desk) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 65_536

    answer = await desk.http.post("/slack/events", content=chunks())

    assert answer.status_code == 413


async def test_only_post_is_served(desk: Desk) -> None:
    answer = await desk.http.get("/slack/events")

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_slacks_look_at_the_certificate_is_answered_unsigned(desk: Desk) -> None:
    answer = await desk.post(b"ssl_check=1&token=x", FORM)

    assert (answer.status_code, answer.content) == (200, b"")


async def test_nobody_gets_a_command_in_as_a_look_at_the_certificate(
    desk: Desk, body: bytes
) -> None:
    answer = await desk.post(b"ssl_check=1&" + body, FORM)

    assert (answer.status_code, desk.calls) == (401, [])


async def test_the_url_is_verified_by_its_challenge(desk: Desk) -> None:
    answer = await desk.send({"type": "url_verification", "challenge": "c-1"})

    assert answer.json() == {"challenge": "c-1"}


async def test_without_a_signing_secret_nothing_is_believed(body: bytes) -> None:
    async with opened(Router(), secret=None) as desk:
        for secret in ("", "None", "sandbox-signing-secret"):
            assert (await desk.post(body, FORM | signed(body, secret=secret))).status_code == 401


async def test_what_was_typed_and_the_token_are_in_no_log(
    desk: Desk, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "bot")
    body, _ = encoded(command("/balance", "something private"))

    await desk.post(body, FORM)
    await desk.post(body, FORM | signed(body, at=0))
    await desk.post(body, FORM | signed(body))
    await desk.send(command("/clicksend", "bananas are private"))

    written = caplog.text + "".join(capsys.readouterr())
    assert "private" not in written
    assert "xoxb-sandbox" not in written


async def test_a_body_that_does_not_come_is_not_waited_for(desk: Desk) -> None:
    door = SlackDoor(build_bolt_of(desk), patience=0.01)
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing arrives")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": []}
    await door(scope, never, send)

    assert sent[0]["status"] == 408


def build_bolt_of(desk: Desk) -> SlackApp:
    return build_bolt(
        Router(),
        [],
        slack=desk.slack,
        tasks=desk.tasks,
        token=SecretStr(TOKEN),
        signing_secret=SecretStr(SECRET),
    )


async def test_a_large_body_is_refused_over_a_real_connection(desk: Desk) -> None:
    server = WebServer(SlackDoor(build_bolt_of(desk)), "127.0.0.1", 0)
    port = await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\nx")
    status = await reader.readline()
    writer.close()
    await server.stop()

    assert b" 413 " in status
