"""What a failure on the wire means: never sent, or possibly done. Each on a real socket."""

import socket
from typing import Any

import pytest

from bot.clicksend import (
    ClickSendError,
    NoAnswer,
    NotSent,
    Operation,
    OutcomeUnknown,
    ServerError,
    Timeouts,
    UnreadableAnswer,
)
from bot.clicksend.operations.account import GetAccount
from bot.clicksend.operations.sms import CancelSms, DeleteSmsTemplate, SendSms, SmsMessage
from tests.clicksend import peer
from tests.clicksend.conftest import Connect, patience
from tests.clicksend.peer import Peer, Step

SEND = SendSms(messages=(SmsMessage(to="+61411111111", body="Hello"),))
CHANGES = [
    pytest.param(SEND, {"messages": []}, id="POST"),
    pytest.param(CancelSms(message_id="A1"), [], id="PUT"),
    pytest.param(DeleteSmsTemplate(template_id=1), [], id="DELETE"),
]
GZIP = {"content_encoding": "gzip"}
BROKEN: list[Any] = [
    pytest.param(peer.drop, NoAnswer, id="dropped"),
    pytest.param(peer.reset, NoAnswer, id="reset"),
    pytest.param(peer.half, NoAnswer, id="half an answer"),
    pytest.param(peer.hang, NoAnswer, id="read timeout"),
    pytest.param(peer.not_http, NoAnswer, id="not HTTP"),
    pytest.param(peer.answer(408, {}), NoAnswer, id="408"),
    pytest.param(peer.answer(500, {}), ServerError, id="500"),
    pytest.param(peer.answer(502, raw=b"<html>Bad gateway"), ServerError, id="502 in HTML"),
    pytest.param(peer.answer(503, {}, retry_after="0"), ServerError, id="503, try again"),
    pytest.param(peer.answer(504, {}), ServerError, id="504"),
    pytest.param(peer.answer(200, raw=b"<html>Hello"), UnreadableAnswer, id="HTML"),
    pytest.param(peer.answer(200, raw=b""), UnreadableAnswer, id="empty"),
    pytest.param(peer.answer(200, {}), UnreadableAnswer, id="no envelope"),
    pytest.param(peer.answer(200, raw=b"no", **GZIP), UnreadableAnswer, id="broken gzip"),
    pytest.param(peer.answer(302, {}, location="/v3/other"), UnreadableAnswer, id="redirect"),
]


async def failure(client: Any, operation: Operation[Any]) -> ClickSendError:
    with pytest.raises(ClickSendError) as caught:
        await client.run(operation)
    return caught.value


@pytest.mark.parametrize(("operation", "_data"), CHANGES)
async def test_a_refused_connection_is_never_sent(
    connect: Connect, operation: Operation[Any], _data: object
) -> None:
    error = await failure(connect(peer.closed_port()), operation)

    assert type(error) is NotSent
    assert not error.ambiguous


@pytest.mark.parametrize(
    "operation", [SEND, CancelSms(message_id="A1"), GetAccount()], ids=["POST", "PUT", "GET"]
)
async def test_a_connect_timeout_is_never_sent(connect: Connect, operation: Operation[Any]) -> None:
    quick = Timeouts(connect=0.1, read=0.1, write=0.1, pool=0.1, total=0.4)
    with peer.full_backlog() as url:
        error = await failure(connect(url, timeouts=quick), operation)

    assert type(error) is NotSent
    assert not error.ambiguous


@pytest.mark.parametrize("operation", [SEND, GetAccount()], ids=["POST", "GET"])
async def test_an_unresolved_name_is_never_sent(
    connect: Connect, operation: Operation[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unresolved(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)

    assert type(await failure(connect("http://clicksend.invalid/v3"), operation)) is NotSent


@pytest.mark.parametrize(("operation", "_data"), CHANGES)
@pytest.mark.parametrize(("step", "kind"), BROKEN)
async def test_on_a_new_connection(
    connect: Connect,
    operation: Operation[Any],
    _data: object,
    step: Step,
    kind: type[ClickSendError],
) -> None:
    async with Peer([step]) as there:
        error = await failure(connect(there.url, timeouts=patience(step)), operation)

        assert (type(error), error.ambiguous) == (kind, True)
        assert isinstance(error, OutcomeUnknown)
        assert error.operation == operation.route.id
        assert [a.method for a in there.arrivals] == [operation.route.method], "read exactly once"


@pytest.mark.parametrize(("operation", "data"), CHANGES)
@pytest.mark.parametrize(("step", "kind"), BROKEN)
async def test_on_a_kept_alive_connection(
    connect: Connect,
    operation: Operation[Any],
    data: object,
    step: Step,
    kind: type[ClickSendError],
) -> None:
    async with Peer([peer.ok(data), step]) as there:
        client = connect(there.url, timeouts=patience(step))
        await client.run(operation)

        error = await failure(client, operation)

        assert (type(error), error.ambiguous) == (kind, True)
        assert [a.connection for a in there.arrivals] == [1, 1], "read exactly once, on the old one"


@pytest.mark.parametrize(("operation", "_data"), CHANGES)
async def test_dropped_unread_on_a_new_connection(
    connect: Connect, operation: Operation[Any], _data: object
) -> None:
    async with Peer([peer.ok([])], unread=True) as there:
        error = await failure(connect(there.url), operation)

        assert (type(error), error.ambiguous) == (NoAnswer, True)
        assert there.connections == 1, "not tried again: the client cannot know it was not read"


@pytest.mark.parametrize(("operation", "data"), CHANGES)
async def test_dropped_unread_on_a_kept_alive_connection(
    connect: Connect, operation: Operation[Any], data: object
) -> None:
    async with Peer([peer.ok(data)], unread=True, unread_after=1) as there:
        client = connect(there.url)
        await client.run(operation)

        error = await failure(client, operation)

        assert (type(error), error.ambiguous) == (NoAnswer, True)
        assert (len(there.arrivals), there.connections) == (1, 1)


@pytest.mark.parametrize(("operation", "data"), CHANGES)
async def test_a_connection_closed_while_idle_is_replaced(
    connect: Connect, operation: Operation[Any], data: object
) -> None:
    async with Peer([peer.ok(data)], close_idle=True) as there:
        client = connect(there.url)
        await client.run(operation)
        await client.run(operation)

        assert [a.connection for a in there.arrivals] == [1, 2]


async def test_the_total_deadline_ends_an_answer_that_drips(connect: Connect) -> None:
    quick = Timeouts(connect=0.2, read=0.2, write=0.2, pool=0.2, total=0.6)
    async with Peer([peer.drip]) as there:
        error = await failure(connect(there.url, timeouts=quick), SEND)

        assert (type(error), error.ambiguous) == (NoAnswer, True)
        assert len(there.arrivals) == 1


@pytest.mark.parametrize(("step", "kind"), BROKEN)
async def test_a_read_is_never_ambiguous(
    connect: Connect, step: Step, kind: type[ClickSendError]
) -> None:
    async with Peer([step]) as there:
        error = await failure(connect(there.url, timeouts=patience(step)), GetAccount())

        assert type(error) is kind
        assert not error.ambiguous


async def test_a_read_dropped_before_it_was_read_is_no_answer(connect: Connect) -> None:
    """Over aiohttp the httpx exception for this is ConnectTimeout; its cause says the truth."""
    async with Peer([peer.ok({})], unread=True) as there:
        assert type(await failure(connect(there.url), GetAccount())) is NoAnswer


async def test_answers_inside_200_that_the_api_failed_are_ambiguous(connect: Connect) -> None:
    async with Peer([peer.answer(200, peer.enveloped(None, "INTERNAL_ERROR"))]) as there:
        error = await failure(connect(there.url), SEND)

        assert (type(error), error.ambiguous) == (ServerError, True)
