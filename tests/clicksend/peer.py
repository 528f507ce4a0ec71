"""A peer on a real socket that counts what it reads and misbehaves by script."""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Arrival:
    """A request the peer has read to its end."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class Connection:
    """One accepted connection: a socket read and written by hand, so that nothing is read early."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        self.sock = sock
        self.number = number
        self._loop = asyncio.get_running_loop()
        self._buffer = b""

    async def readable(self) -> None:
        """Wait until bytes have arrived, without reading them."""
        ready = asyncio.Event()
        self._loop.add_reader(self.sock, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_reader(self.sock)

    async def read(self) -> Arrival | None:
        """Read one request; None when the client has gone."""
        while b"\r\n\r\n" not in self._buffer:
            if not await self._more():
                return None
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        method, target, _ = first.split(" ")
        length = int(headers.get("content-length", "0"))
        self._buffer = rest
        while len(self._buffer) < length:
            if not await self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Arrival(method, target, _named(lines), body, self.number)

    async def write(self, data: bytes) -> None:
        await self._loop.sock_sendall(self.sock, data)

    def reset(self) -> None:
        """Have the kernel send an RST when the socket closes."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    async def _more(self) -> bytes:
        data = await self._loop.sock_recv(self.sock, 65536)
        self._buffer += data
        return data


def _named(lines: Sequence[str]) -> dict[str, str]:
    pairs = (line.split(": ", 1) for line in lines)
    return {name.lower(): value for name, value in pairs}


Step = Callable[[Connection, Arrival], Awaitable[bool]]
"""What the peer does with a request; True keeps the connection."""


def answer(
    status: int = 200, body: Any = None, *, raw: bytes | None = None, **headers: str
) -> Step:
    """Answer in full; header names are written with underscores."""
    content = json.dumps(body).encode() if raw is None else raw
    lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]

    async def step(connection: Connection, _: Arrival) -> bool:
        await connection.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        return True

    return step


def ok(data: Any) -> Step:
    """A successful envelope around ``data``."""
    return answer(200, enveloped(data))


def enveloped(data: Any, code: str = "SUCCESS", said: str = "Done.", http: int = 200) -> Any:
    return {"http_code": http, "response_code": code, "response_msg": said, "data": data}


async def drop(_: Connection, __: Arrival) -> bool:
    """Close after the request was read."""
    return False


async def reset(connection: Connection, _: Arrival) -> bool:
    """Reset after the request was read."""
    connection.reset()
    return False


async def half(connection: Connection, _: Arrival) -> bool:
    """Send half an answer, then close."""
    await connection.write(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"http_code": 200, ')
    return False


async def not_http(connection: Connection, _: Arrival) -> bool:
    """Send what is not HTTP, then close."""
    await connection.write(b"220 mail.invalid ESMTP\r\n")
    return False


async def hang(_: Connection, __: Arrival) -> bool:
    """Never answer."""
    await asyncio.Event().wait()
    return False


async def drip(connection: Connection, _: Arrival) -> bool:
    """Answer a byte at a time, for ever; no single read ever times out."""
    await connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        await connection.write(b" ")
        await asyncio.sleep(0.01)


@dataclass
class Peer:
    """Listens on 127.0.0.1; each request takes the next step, and the last step stays.

    Args:
        steps: What to do with the requests.
        unread: Whether to reset connections once bytes have come, without reading them.
        unread_after: Requests to answer on a connection before that.
        close_idle: Whether to close a connection after its first answer, without saying so.
    """

    steps: Sequence[Step]
    unread: bool = False
    unread_after: int = 0
    close_idle: bool = False
    arrivals: list[Arrival] = field(default_factory=list)
    connections: int = 0

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0)
        self._tasks = {self._loop.create_task(self._accept())}
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v3"

    async def _accept(self) -> None:
        while True:
            sock, _ = await self._loop.sock_accept(self._socket)
            sock.settimeout(0)
            self.connections += 1
            connection = Connection(sock, self.connections)
            self._tasks.add(self._loop.create_task(self._serve(connection)))

    async def _serve(self, connection: Connection) -> None:
        with contextlib.closing(connection.sock), contextlib.suppress(OSError):
            served = 0
            while not self.unread or served < self.unread_after or await self._unread(connection):
                arrival = await connection.read()
                if arrival is None:
                    return
                served += 1
                self.arrivals.append(arrival)
                step = self.steps[min(len(self.arrivals), len(self.steps)) - 1]
                if not await step(connection, arrival) or self.close_idle:
                    return

    async def _unread(self, connection: Connection) -> bool:
        await connection.readable()
        connection.reset()
        raise OSError("reset unread")


def closed_port() -> str:
    """The URL of a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}/v3"


@contextlib.contextmanager
def full_backlog() -> Any:
    """The URL of a port that completes no connection: its queue is full and nobody accepts."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v3"
