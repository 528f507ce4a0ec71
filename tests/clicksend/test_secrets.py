"""Secrets are on the wire, and in no repr, no dump, no log, no error and no traceback."""

import base64
import io
import json
import logging
import re
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, Secret, SecretStr, ValidationError

from bot.clicksend import ClickSend, ClickSendError, Operation, envelope, registry
from bot.clicksend.operations.account import Account, GetAccount
from bot.clicksend.operations.countries import ListCountries
from bot.clicksend.operations.sms import CancelSms, SendSms, SmsMessage
from tests.clicksend import peer
from tests.clicksend.conftest import API_KEY, USERNAME, Connect, patience
from tests.clicksend.examples import example
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


MARK = "S3CR3T"
"""In the place of every secret; 6 characters, as a code has."""


def secrets_of(name: str) -> list[str]:
    """The fields of a documented operation that are secret."""
    operation, _, _ = example(name)
    fields = type(operation).model_fields
    return [f for f in fields if isinstance(getattr(operation, f), SecretStr | Secret)]


def marked(name: str) -> Operation[Any]:
    """A documented operation with the mark as its secrets, where they are free texts."""
    operation, _, _ = example(name)
    values = {f: getattr(operation, f) for f in type(operation).model_fields}
    texts = [f for f in secrets_of(name) if isinstance(values[f], SecretStr) and f != "cvc"]
    return type(operation).model_validate({**values, **dict.fromkeys(texts, MARK)})


KEEPING = [name for name in registry.ids() if secrets_of(name)]


def test_the_operations_with_secrets_are_these() -> None:
    assert KEEPING == [
        "account.create",
        "account.verify",
        "account.verify_forgot_password",
        "own_numbers.verify",
        "recharge.update_payment_info",
        "reseller.create",
        "reseller.update",
        "subaccounts.create",
        "subaccounts.update",
    ]
    assert secrets_of("recharge.update_payment_info") == [
        "number",
        "expiry_month",
        "expiry_year",
        "cvc",
        "name",
        "bank_name",
    ]


@pytest.mark.parametrize("name", KEEPING)
def test_a_secret_is_in_the_open_on_the_wire_alone(name: str) -> None:
    operation = marked(name)
    wire = operation.wire()

    assert MARK in f"{wire.target} {(wire.body or b'').decode()}"
    for shown in (operation, wire, operation.model_dump(), vars(operation)):
        assert MARK not in repr(shown)
        assert MARK not in str(shown)
    assert MARK not in operation.model_dump_json()
    assert MARK not in operation.model_dump_json(by_alias=True, context={"on_the_wire": True})
    dumped = operation.model_dump(mode="json")
    assert {dumped[field] for field in secrets_of(name)} == {"**********"}


@pytest.mark.parametrize("name", KEEPING)
def test_a_secret_does_not_come_back_from_storage_as_its_mask(name: str) -> None:
    stored = json.loads(marked(name).model_dump_json())

    with pytest.raises(ValidationError, match=r"does not survive storage|valid integer"):
        registry.operation(name).model_validate(stored)


@pytest.mark.parametrize("name", KEEPING)
@pytest.mark.parametrize("wrong", [{"of": MARK}, [MARK], ""])
def test_a_wrong_secret_is_refused_and_not_quoted(name: str, wrong: object) -> None:
    operation, _, _ = example(name)
    for field in secrets_of(name):
        values = {f: getattr(operation, f) for f in type(operation).model_fields}
        with pytest.raises(ValidationError) as caught:
            type(operation).model_validate({**values, field: wrong})

        assert MARK not in str(caught.value)
        assert MARK not in repr(caught.value)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(peer.drop, id="dropped"),
        pytest.param(peer.answer(500, {}), id="500"),
        pytest.param(peer.answer(400, {"password": MARK}), id="400 with an echo"),
        pytest.param(peer.ok({"subaccount_id": {"of": MARK}}), id="an echo in a wrong field"),
        pytest.param(peer.ok([MARK]), id="an echo in place of the answer"),
    ],
)
async def test_no_error_holds_a_password(
    connect: Connect, step: peer.Step, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Peer([step]) as there:
        with pytest.raises(ClickSendError) as caught:
            await connect(there.url).run(marked("subaccounts.create"))

    printed = io.StringIO()
    traceback.print_exception(caught.value, file=printed)
    for text in (repr(vars(caught.value)), printed.getvalue(), caplog.text):
        assert MARK not in text


async def test_a_token_in_the_path_is_in_no_log(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Peer([peer.ok({})]) as there:
        await connect(there.url).run(marked("account.verify"))

        assert there.arrivals[0].target.endswith(f"/{MARK}")
    assert MARK not in caplog.text


@pytest.mark.parametrize("token", ["", ".", ".."])
def test_a_secret_in_the_path_cannot_climb(token: str) -> None:
    with pytest.raises(ValidationError):
        registry.operation("account.verify").model_validate({"activation_token": token})


def answered_secrets(body: bytes) -> list[str]:
    """The keys and card tokens in a documented answer."""
    found = re.findall(r'"(?:api_key|token|password)": "([^"]+)"', body.decode())
    return [str(each) for each in found]


TELLING = [name for name in registry.ids() if answered_secrets(example(name)[2])]


def inside(value: object) -> Iterator[object]:
    """Every model within an answer, and the answer."""
    yield value
    if isinstance(value, BaseModel):
        value = [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, list | tuple):
        for each in value:
            yield from inside(each)


@pytest.mark.parametrize("name", TELLING)
def test_a_secret_of_an_answer_is_kept_wrapped(name: str) -> None:
    operation, status, body = example(name)
    answer = envelope.read(operation, status, {}, body)
    kept = [each for each in inside(answer) if isinstance(each, SecretStr)]

    assert [each.get_secret_value() for each in kept] == answered_secrets(body)
    for secret in answered_secrets(body):
        assert secret not in repr(answer)
        assert secret not in answer.model_dump_json()


def test_the_answers_with_secrets_are_these() -> None:
    assert {name.partition(".")[0] for name in TELLING} == {
        "account",
        "recharge",
        "reseller",
        "subaccounts",
    }
    assert {"subaccounts.regenerate_api_key", "recharge.update_payment_info"} <= set(TELLING)
