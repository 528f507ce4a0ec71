"""uvicorn inside this process's loop, without signal handlers of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.patience import PatientProtocol

_GRACE = 10


class _Quiet(uvicorn.Server):
    """A server that leaves the signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Leaving:
    """Once told so, ends each kept connection with its answer; so none is cut while it is used."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.leaves = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _closing(send) if self.leaves else send)


def _closing(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), (b"connection", b"close")]
            message = {**message, "headers": headers}
        await send(message)

    return closing


class WebServer:
    """Serves an ASGI app over HTTP/1.1.

    Args:
        app: What to serve.
        host: The address to listen on.
        port: The port; 0 for any that is free.
        proxies: The addresses or networks, comma separated, whose X-Forwarded-For is believed.
    """

    def __init__(self, app: ASGIApp, host: str, port: int, *, proxies: str = "") -> None:
        self._proxies = proxies
        self._app = _Leaving(app)
        self._host = host
        self._port = port
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen, and serve in the background.

        Returns:
            The port it listens on.

        Raises:
            OSError: The address cannot be had.
        """
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.create_server((self._host, self._port), family=family)
        # A socket made so has no protocol number, and asyncio then leaves Nagle's algorithm on: an
        # answer in two packets waits 40 ms for the other side's delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            self._app,
            http=PatientProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE,
            forwarded_allow_ips=[each for each in self._proxies.split(",") if each],
        )
        # Not only without handlers: one of the root logger's would write down every address, and
        # those of webhooks are secret.
        logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)
        self._server = _Quiet(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="web")
        port = int(listener.getsockname()[1])
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110 - uvicorn has
            await asyncio.sleep(0.005)  # a flag, and nothing to wait for
        if self._serving.done():
            await self._serving
        return port

    def leave(self) -> None:
        """Go on serving, and keep no connection open after its next answer."""
        self._app.leaves = True

    async def stop(self) -> None:
        """Stop listening, let running requests finish (10 s at most), and return."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._server = self._serving = None
