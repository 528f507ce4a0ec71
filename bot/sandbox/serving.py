"""An aiohttp application on 127.0.0.1, in the running loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LARGEST_BODY = 30_000_000


@asynccontextmanager
async def serve(handler: Handler, port: int = 0) -> AsyncIterator[str]:
    """Serve every method and path with one handler.

    Args:
        handler: Answers each request.
        port: Where; 0 for any free port.

    Yields:
        The base URL, without a slash at its end.
    """
    app = web.Application(client_max_size=_LARGEST_BODY)
    app.router.add_route("*", "/{path:[\\s\\S]*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=1.0, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
