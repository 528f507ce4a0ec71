"""The client makes every documented request and loses nothing of any documented answer.

The recordings in ``cassettes/documented`` are made from the documentation by ``tests.recording``,
which shares no code with the client.
"""

import contextlib
import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import httpx
import pytest
import vcr
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import to_json
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request

from bot.clicksend import ClickSend, ClickSendError, Effect, envelope, registry
from bot.clicksend.operations.sms import CancelSms, SendSms, SmsMessage
from tests.clicksend.examples import BASE_URL, example, operation_of, recorded
from tests.recording import documented


def json_body(played: Request, recorded: Request) -> None:
    """A vcrpy matcher: the same JSON, however it is spelled."""
    assert _parsed(played.body) == _parsed(recorded.body)


def _parsed(body: bytes | str | None) -> object:
    return json.loads(body) if body else None


@pytest.fixture
def sent() -> list[Request]:
    """What goes out while a recording is played."""
    return []


@pytest.fixture
def player(sent: list[Request]) -> vcr.VCR:
    """vcrpy, playing only, which notes what goes out."""

    def note(request: Request) -> Request:
        if "authorization" in {name.lower() for name in request.headers}:
            sent.append(request)  # the recorded ones, which pass here too, have none
        return request

    made = vcr.VCR(
        record_mode="none",
        match_on=["method", "path", "query", "json_body"],
        before_record_request=note,
    )
    made.register_matcher("json_body", json_body)
    return made


@pytest.fixture
async def client() -> Any:
    """A client of the documented API, which no test can reach."""
    async with ClickSend(BASE_URL, "nocredit", SecretStr("test-key")) as opened:
        yield opened


@pytest.mark.parametrize("name", registry.ids())
async def test_the_documented_request_and_answer(
    name: str, player: vcr.VCR, sent: list[Request], client: ClickSend
) -> None:
    with player.use_cassette(str(recorded(name))) as cassette:
        (request,), (response,) = cassette.requests, cassette.responses
        answer = await client.run(operation_of(request, registry.operation(name)))

        assert_played_as_recorded(cassette, sent)
    body = _parsed(response["body"]["string"])
    enveloped = isinstance(body, dict) and "response_code" in body
    assert differences(body["data"] if enveloped else body, plain(answer)) == []
    assert list(undeclared(answer)) == []


@pytest.mark.parametrize("name", registry.ids())
def test_a_documented_value_survives_storage(name: str) -> None:
    (request,) = Cassette.load(path=str(recorded(name))).requests
    value = operation_of(request, registry.operation(name))
    stored = json.loads(json.dumps(value.model_dump(mode="json")))
    if "**********" in json.dumps(stored):  # a secret: it is masked, and the mask is no secret
        with pytest.raises(ValidationError):
            type(value).model_validate(stored)
        return

    assert type(value).model_validate(stored) == value
    assert type(value).model_validate(stored).wire() == value.wire()


def undeclared(value: object) -> Iterator[str]:
    """The fields of an answer that its model keeps without knowing them."""
    if isinstance(value, BaseModel):
        yield from value.model_extra or {}
        value = [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, tuple | list):
        for each in value:
            yield from undeclared(each)


def assert_played_as_recorded(cassette: Cassette, sent: list[Request]) -> None:
    """Every recorded interaction was used, once, and nothing but it went out."""
    assert cassette.all_played
    assert cassette.play_count == len(cassette.requests) == 1
    request, outgoing = cassette.requests[0], sent[-1]
    assert (outgoing.method, outgoing.path) == (request.method, request.path)
    assert sorted(outgoing.query) == sorted(request.query)
    assert _parsed(outgoing.body) == _parsed(request.body)
    headers = {name.lower(): str(value) for name, value in outgoing.headers.items()}
    assert "application/json" in headers["content-type"]
    assert "Basic " in headers["authorization"]


# Comparing an answer with its example. An answer says the same thing in better types; each right
# difference has its name here, and nothing else may differ.


def plain(value: object) -> Any:
    """An answer as containers, with the wire's names and our values."""
    if isinstance(value, BaseModel):
        return {key: plain(each) for key, each in value.model_dump(by_alias=True).items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def differences(example: Any, ours: Any, where: str = "") -> list[str]:
    """Every place where an answer does not say what its example says."""
    if isinstance(example, dict):
        return list(_in_object(example, ours, where))
    if isinstance(example, list) and isinstance(ours, list | tuple):
        same_length = [] if len(example) == len(ours) else [f"{where}: {len(ours)} items"]
        pairs = enumerate(zip(example, ours, strict=False))
        return same_length + [d for i, (e, o) in pairs for d in differences(e, o, f"{where}[{i}]")]
    return [] if same(example, ours) else [f"{where}: {ours!r} is not {example!r}"]


def _in_object(example: dict[str, Any], ours: Any, where: str) -> Iterator[str]:
    if not isinstance(ours, dict):
        yield f"{where}: {ours!r} is not an object"
        return
    for name, value in example.items():
        place = f"{where}.{name}"
        if without_underscore(name) not in ours:
            yield f"{place} is missing"
        else:
            yield from differences(value, ours[without_underscore(name)], place)


def same(example: object, ours: object) -> bool:
    """Whether one value says what its example says, in the type of our value."""
    if ours == ():
        return as_nothing(example, ours)
    if ours is None or isinstance(ours, bool):
        return as_nothing(example, ours) if ours is None else example is ours
    for kind, translated in RIGHT_DIFFERENCES.items():
        if isinstance(ours, kind):
            return not as_nothing(example, ours) and bool(translated(example) == ours)
    return example == ours and type(example) is type(ours)


def without_underscore(name: str) -> str:
    """``_currency`` is ``currency``."""
    return name.lstrip("_")


def as_nothing(example: object, ours: object) -> bool:
    """``null``, and ``""`` for a time or a number, are None, or no items where there are several.

    An empty text is a text.
    """
    return example is None or (example == "" and not isinstance(ours, str))


def as_amount(example: object) -> Decimal:
    """``"0.0700"`` and ``0.07`` are the same Decimal."""
    return Decimal(str(example))


def as_moment(example: object) -> datetime:
    """Unix seconds, as a number or a string, are a time; so is ISO 8601."""
    if isinstance(example, str) and "T" in example:
        return datetime.fromisoformat(example)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(str(example)))


def as_whole_number(example: object) -> int:
    """``"29.00"``, ``"29"`` and ``29`` are the same count."""
    number = Decimal(str(example))
    assert number == int(number)
    return int(number)


def as_text(example: object) -> str:
    """A code may be a number on the wire."""
    return example if isinstance(example, str) else str(example)


def as_secret(example: object) -> SecretStr:
    """A key is wrapped."""
    return SecretStr(str(example))


RIGHT_DIFFERENCES: dict[type, Any] = {
    Decimal: as_amount,
    datetime: as_moment,
    int: as_whole_number,
    str: as_text,
    SecretStr: as_secret,
}


def test_the_comparison_sees_what_differs() -> None:
    example = {"a": "0.07", "_b": [{"c": 1}], "d": "x", "e": "201", "f": "", "g": None, "h": 5}
    ours = {"a": Decimal("0.08"), "b": [{}], "d": "y", "e": 201, "f": None, "g": 0, "h": None}

    assert [found.partition(" ")[0].strip(":") for found in differences(example, ours)] == [
        ".a",
        "._b[0].c",
        ".d",
        ".g",
        ".h",
    ]


def test_the_recordings_are_the_ones_the_documentation_gives() -> None:
    made = dict(documented.recordings())
    kept = {path.name: path.read_text() for path in documented.FOLDER.glob("*.yaml")}

    assert set(kept) == {f"{name}.yaml" for name in registry.ids()}
    assert kept == made, "run `make cassettes`"


async def test_nothing_but_the_recorded_goes_out(player: vcr.VCR, client: ClickSend) -> None:
    """A request that differs, by either way onto the wire, is not answered."""
    with (
        player.use_cassette(str(recorded("sms.cancel"))),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        await client.run(CancelSms(message_id="another"))
    other = SendSms(messages=(SmsMessage(to="+61411111111", body="another"),))
    with (
        player.use_cassette(str(recorded("sms.send"))) as cassette,
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        await client.run(other)
    assert not cassette.all_played


async def test_reads_and_changes_go_their_own_way(
    player: vcr.VCR, client: ClickSend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recordings answer in the place of aiohttp's session and of httpx's transport."""
    ways: list[str] = []
    for name in ("account.get", "sms.send", "sms.price", "sms.delete_template"):
        with player.use_cassette(str(recorded(name))) as cassette:
            for owner, method in (
                (aiohttp.ClientSession, "_request"),
                (httpx.AsyncHTTPTransport, "handle_async_request"),
            ):
                _spy(monkeypatch, owner, method, ways)
            await client.run(operation_of(cassette.requests[0], registry.operation(name)))
            monkeypatch.undo()

    assert ways == ["ClientSession", "AsyncHTTPTransport", "ClientSession", "AsyncHTTPTransport"]
    assert registry.operation("sms.price").route.effect is Effect.READ


def _spy(patch: pytest.MonkeyPatch, owner: type, method: str, ways: list[str]) -> None:
    real = getattr(owner, method)

    async def spied(self: Any, *args: Any, **kwargs: Any) -> Any:
        ways.append(owner.__name__)
        return await real(self, *args, **kwargs)

    patch.setattr(owner, method, spied)


# Answers that are not quite as documented.


def places(value: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in an answer there is something: every field, and the first of several."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*here, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*here, 0))
    if here:
        yield here


def replaced(value: Any, place: tuple[str | int, ...], new: object) -> Any:
    """An answer with something else in one place."""
    if not place:
        return new
    copied = copy.copy(value)
    copied[place[0]] = replaced(value[place[0]], place[1:], new)
    return copied


@pytest.mark.parametrize("name", registry.ids())
def test_a_strange_answer_is_read_and_dumped_or_unreadable(name: str) -> None:
    """Never a traceback, and never a value that is read and then cannot be stored."""
    operation, status, body = example(name)
    answer = json.loads(body or b"{}")
    read = envelope.read(operation, status, {}, body)
    dumped = [to_json(read)]
    for place in places(answer):
        for strange in (None, "", [], {}, "x", -1, 1.5, True, 10**30, {"a": []}):
            sent = json.dumps(replaced(answer, place, strange)).encode()
            with contextlib.suppress(ClickSendError):
                dumped.append(to_json(envelope.read(operation, status, {}, sent)))

    assert len(dumped) > len(list(places(answer))), "most of it may be strange"
