"""The file of an export comes as a stream, whole or not at all, from where it may come from."""

import asyncio
import gzip
from contextlib import aclosing

import httpx
import pytest

from bot.clicksend import (
    ClickSend,
    ClickSendError,
    NoAnswer,
    NotFound,
    NotSent,
    RateLimited,
    ServerError,
    Timeouts,
    Unauthorized,
    UnreadableAnswer,
)
from bot.clicksend.answers import Export
from bot.clicksend.operations.sms import ExportSmsHistory
from tests.clicksend import peer
from tests.clicksend.conftest import API_KEY, Connect
from tests.clicksend.peer import Arrival, Connection, Peer, Step

CSV = b"to,body\n+61411111111,Hello\n" * 4000
ELSEWHERE = "https://files.example.com/export.csv?token=of-the-file"


def there_is(content: bytes, **headers: str) -> Step:
    return peer.answer(200, raw=content, content_type="text/csv", **headers)


def export(there: Peer, name: str = "A1?filename=export.csv") -> Export:
    return Export(url=there.url.replace("/v3", f"/files/{name}"))


async def content(client: ClickSend, of: Export, **options: int) -> bytes:
    return b"".join([piece async for piece in client.download(of, **options)])


async def failure(client: ClickSend, of: Export, **options: int) -> ClickSendError:
    with pytest.raises(ClickSendError) as caught:
        await content(client, of, **options)
    return caught.value


class Plainly(httpx.AsyncBaseTransport):
    """Takes what would go to any host over TLS to a peer on this machine, otherwise as it is."""

    def __init__(self, inner: httpx.AsyncBaseTransport, there: Peer) -> None:
        self._inner = inner
        self._there = httpx.URL(there.url)
        self.meant: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.meant.append(str(request.url))
        here = request.url.copy_with(scheme="http", host=self._there.host, port=self._there.port)
        moved = httpx.Request(
            request.method,
            here,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(moved)

    async def aclose(self) -> None:
        await self._inner.aclose()


def redirected(client: ClickSend, there: Peer) -> Plainly:
    way = Plainly(client._http._transport, there)
    client._http._transport = way
    return way


async def test_what_an_export_answers_can_be_downloaded(connect: Connect) -> None:
    async with Peer([]) as there:
        there.steps = [peer.ok({"url": export(there).url}), there_is(CSV)]
        client = connect(there.url)
        answer = await client.run(ExportSmsHistory(filename="export.csv"))

        assert await content(client, answer) == CSV

    asked, fetched = there.arrivals
    assert (fetched.method, fetched.target) == ("GET", "/files/A1?filename=export.csv")
    assert fetched.headers["authorization"] == asked.headers["authorization"]
    assert "content-type" not in fetched.headers
    assert fetched.headers["accept-encoding"] == "identity"


async def test_it_comes_in_pieces_while_it_is_still_being_sent(connect: Connect) -> None:
    more = asyncio.Event()

    async def in_two(connection: Connection, _: Arrival) -> bool:
        await connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst")
        await more.wait()
        await connection.write(b"after")
        return True

    async with Peer([in_two]) as there, aclosing(connect(there.url).download(export(there))) as it:
        assert await anext(it) == b"first"
        more.set()
        assert await anext(it) == b"after"
        with pytest.raises(StopAsyncIteration):
            await anext(it)


async def test_an_empty_file_is_empty(connect: Connect) -> None:
    async with Peer([there_is(b"")]) as there:
        assert await content(connect(there.url), export(there)) == b""


async def test_a_packed_file_is_unpacked(connect: Connect) -> None:
    async with Peer([there_is(gzip.compress(CSV), content_encoding="gzip")]) as there:
        assert await content(connect(there.url), export(there)) == CSV


async def test_a_file_as_large_as_the_limit_comes_whole(connect: Connect) -> None:
    async with Peer([there_is(CSV)]) as there:
        assert await content(connect(there.url), export(there), limit=len(CSV)) == CSV


@pytest.mark.parametrize("packed", [False, True])
async def test_a_larger_file_ends_in_an_error(connect: Connect, packed: bool) -> None:  # noqa: FBT001 - a parameter
    step = there_is(gzip.compress(CSV), content_encoding="gzip") if packed else there_is(CSV)
    got = bytearray()

    async def collect(client: ClickSend, of: Export) -> None:
        async for piece in client.download(of, limit=1000):
            got.extend(piece)

    async with Peer([step]) as there:
        with pytest.raises(UnreadableAnswer, match="more than 1000 bytes"):
            await collect(connect(there.url), export(there))

    assert len(got) <= 1000


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        pytest.param(peer.answer(404, {}), NotFound, id="404"),
        pytest.param(peer.answer(401, {}), Unauthorized, id="401"),
        pytest.param(peer.answer(500, {}), ServerError, id="500"),
        pytest.param(peer.answer(429, {}, retry_after="7"), RateLimited, id="429"),
        pytest.param(peer.answer(302, {}, location=ELSEWHERE), UnreadableAnswer, id="redirect"),
        pytest.param(peer.answer(206, raw=b"part"), UnreadableAnswer, id="206"),
        pytest.param(peer.drop, NoAnswer, id="dropped"),
        pytest.param(peer.reset, NoAnswer, id="reset"),
        pytest.param(peer.half, NoAnswer, id="half"),
        pytest.param(peer.not_http, NoAnswer, id="not HTTP"),
    ],
)
async def test_a_file_that_does_not_come_whole_is_an_error(
    connect: Connect, step: Step, kind: type[ClickSendError]
) -> None:
    async with Peer([step]) as there:
        error = await failure(connect(there.url), export(there))

        assert type(error) is kind
        assert (error.operation, error.ambiguous) == ("download", False)
    assert (error.__cause__, error.__context__) == (None, None), "nothing that holds the request"
    assert error.retry_after == (7 if kind is RateLimited else None)


async def test_nobody_there_is_not_sent(connect: Connect) -> None:
    url = peer.closed_port()

    assert type(await failure(connect(url), Export(url=f"{url}/file"))) is NotSent


@pytest.mark.parametrize("step", [peer.hang, peer.drip], ids=["silent", "dripping"])
async def test_it_ends_in_time(connect: Connect, step: Step) -> None:
    quick = Timeouts(connect=0.5, read=0.5, write=0.5, pool=0.5, total=0.6)
    async with Peer([step]) as there:
        error = await failure(connect(there.url, timeouts=quick), export(there))

    assert type(error) is NoAnswer


async def test_the_readers_own_time_does_not_count(connect: Connect) -> None:
    quick = Timeouts(connect=1.0, read=1.0, write=1.0, pool=1.0, total=1.0)
    async with Peer([there_is(CSV)]) as there:
        pieces = connect(there.url, timeouts=quick).download(export(there))
        async with aclosing(pieces):
            first = await anext(pieces)
            await asyncio.sleep(1.1)
            rest = [piece async for piece in pieces]

    assert first + b"".join(rest) == CSV


async def test_stopping_early_closes_the_connection(connect: Connect) -> None:
    """The peer drips until it cannot: then this test and its listening are all that is left."""
    async with Peer([peer.drip]) as there:
        client = connect(there.url)
        async with aclosing(client.download(export(there))) as pieces:
            first = await anext(pieces)

        for _ in range(5_000):  # a closed socket sets no event
            if len(asyncio.all_tasks()) <= 2:
                break
            await asyncio.sleep(0.001)
        assert first
        assert len(asyncio.all_tasks()) <= 2


async def test_another_host_is_asked_over_https_and_never_gets_the_credentials(
    connect: Connect,
) -> None:
    async with Peer([there_is(CSV)]) as there:
        client = connect(there.url)
        way = redirected(client, there)
        assert await content(client, Export(url=ELSEWHERE)) == CSV

    (arrival,) = there.arrivals
    assert way.meant == [ELSEWHERE]
    assert "authorization" not in arrival.headers
    assert API_KEY not in str(arrival.headers)


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example.com/export.csv",
        "https://10.0.0.1/export.csv",
        "https://[::1]/export.csv",
        "https://127.1/export.csv",
        "https://2130706433/export.csv",
        "https://0x7f000001/export.csv",
        "https://metadata/export.csv",
        "https://user:password@files.example.com/export.csv",
        "ftp://files.example.com/export.csv",
        "file:///etc/passwd",
        "//files.example.com/export.csv",
        "/files/export.csv",
        "https://",
        "https://[",
        "",
        "export.csv\r\nhost: example.com",
    ],
)
async def test_no_other_address_is_asked_at_all(connect: Connect, address: str) -> None:
    async with Peer([there_is(CSV)]) as there:
        client = connect(there.url)
        way = redirected(client, there)
        error = await failure(client, Export(url=address))

    assert type(error) is UnreadableAnswer
    assert way.meant == []
    assert "example" not in str(error), "whoever has the address may read the file"
    assert (error.__cause__, error.__context__) == (None, None)


async def test_another_port_of_the_apis_host_is_another_place(connect: Connect) -> None:
    async with Peer([there_is(CSV)]) as there, Peer([there_is(CSV)]) as other:
        error = await failure(connect(there.url), export(other))

        assert type(error) is UnreadableAnswer
        assert other.arrivals == []


async def test_the_observer_hears_of_it(connect: Connect) -> None:
    heard: list[tuple[str, str]] = []

    def observer(operation_id: str, outcome: str, seconds: float) -> None:
        assert 0 <= seconds < 5
        heard.append((operation_id, outcome))

    async with Peer([there_is(CSV), peer.answer(404, {})]) as there:
        client = connect(there.url, observer=observer)
        await content(client, export(there))
        await failure(client, export(there))

    assert heard == [("download", "ok"), ("download", "NotFound")]
