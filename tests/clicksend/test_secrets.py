"""The API key is in no repr, no log, no error and no traceback."""

import base64
import io
import logging
import traceback
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend, ClickSendError, Operation
from bot.clicksend.operations.account import Account, GetAccount
from bot.clicksend.operations.countries import ListCountries
from bot.clicksend.operations.sms import CancelSms, SendSms, SmsMessage
from tests.clicksend import peer
from tests.clicksend.conftest import API_KEY, USERNAME, Connect, patience
from tests.clicksend.peer import Arrival, Connection, Peer

BASIC = base64.b64encode(f"{USERNAME}:{API_KEY}".encode()).decode()
SEND = SendSms(messages=(SmsMessage(to="+61411111111", body="Hello"),))
ACCOUNT = {"username": USERNAME, "_subaccount": {"subaccount_id": 1, "api_key": API_KEY}}


def holds_none(*texts: str) -> bool:
    return not any(secret in text for text in texts for secret in (API_KEY, BASIC))


async def not_even_a_status_line(connection: Connection, arrival: Arrival) -> bool:
    await connection.write(f"HTTP/1.1 {arrival.headers['authorization']}\r\n\r\n".encode())
    return False


async def test_the_key_goes_out_as_basic_authentication(connect: Connect) -> None:
    async with Peer([peer.ok(ACCOUNT)]) as there:
        client = connect(there.url)
        await client.run(GetAccount())

        assert there.arrivals[0].headers["authorization"] == f"Basic {BASIC}"
        assert holds_none(repr(client), str(client), repr(vars(client)))


BROKEN: list[Any] = [
    pytest.param(peer.drop, id="dropped"),
    pytest.param(peer.hang, id="timeout"),
    pytest.param(peer.half, id="half"),
    pytest.param(peer.not_http, id="not HTTP"),
    pytest.param(not_even_a_status_line, id="echo in the status line"),
    pytest.param(peer.answer(500, {}), id="500"),
    pytest.param(peer.answer(401, {}), id="401"),
    pytest.param(peer.answer(200, peer.enveloped(API_KEY)), id="unreadable"),
    pytest.param(peer.answer(200, {"_subaccount": {"api_key": API_KEY}}), id="no envelope"),
    pytest.param(peer.ok({**ACCOUNT, "balance": {"of": API_KEY}}), id="a wrong field"),
]


@pytest.mark.parametrize("operation", [SEND, GetAccount()], ids=["POST", "GET"])
@pytest.mark.parametrize("step", BROKEN)
async def test_no_error_holds_it(
    connect: Connect, operation: Any, step: peer.Step, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Peer([step]) as there:
        with pytest.raises(ClickSendError) as caught:
            await connect(there.url, timeouts=patience(step)).run(operation)

    error = caught.value
    printed = io.StringIO()
    traceback.print_exception(error, file=printed)
    assert holds_none(repr(error), str(error), repr(vars(error)), printed.getvalue(), caplog.text)
    assert (error.__cause__, error.__context__) == (None, None), "nothing that holds the request"


async def test_no_error_holds_it_when_nothing_listens(connect: Connect) -> None:
    with pytest.raises(ClickSendError) as caught:
        await connect(peer.closed_port()).run(SEND)

    assert holds_none(repr(caught.value), repr(vars(caught.value)))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


async def test_an_account_keeps_the_key_it_is_told_wrapped(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Peer([peer.ok(ACCOUNT)]) as there:
        account = await connect(there.url).run(GetAccount())

    assert account.subaccount is not None
    assert account.subaccount.api_key == SecretStr(API_KEY)
    dumped = (str(account.model_dump()), account.model_dump_json())
    assert holds_none(repr(account), str(account), *dumped, caplog.text)


def test_a_wrong_account_is_not_quoted() -> None:
    with pytest.raises(ValueError, match="balance") as caught:
        Account.model_validate({"balance": {"of": API_KEY}})

    assert holds_none(str(caught.value))


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "127.0.0.1/v3", "", "http://u:p@127.0.0.1/v3", "http://h/v3?a=b"]
)
def test_a_base_url_is_plain(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        ClickSend(url, USERNAME, SecretStr(API_KEY))


async def test_no_cookie_comes_back(connect: Connect) -> None:
    """By a name: cookie jars ignore the cookies of bare addresses anyway."""
    async with Peer([peer.answer(200, peer.enveloped([]), set_cookie="a=b; Path=/")]) as there:
        client = connect(there.url.replace("127.0.0.1", "localhost"))
        calls: list[Operation[Any]] = [ListCountries(), ListCountries(), CancelSms(message_id="A")]
        for operation in calls * 2:
            await client.run(operation)

    assert len(there.arrivals) == 6
    assert not [a for a in there.arrivals if "cookie" in a.headers]
