"""Socket Mode: the same handlers over a connection that the bot opens itself."""

from __future__ import annotations

import asyncio

import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

_log = structlog.get_logger(__name__)
_LONGEST_PAUSE = 60.0


class SocketRunner:
    """Keeps a Socket Mode connection open.

    Args:
        app: The handlers.
        app_token: Opens the connection (`apps.connections.open`).
    """

    def __init__(self, app: AsyncApp, app_token: SecretStr) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token.get_secret_value())
        self._connecting: asyncio.Task[None] | None = None
        self._connected = False

    @property
    def connected(self) -> bool:
        """Whether Slack can reach the bot just now."""
        session = self._handler.client.current_session
        return self._connected and session is not None and not session.closed

    async def start(self) -> None:
        """Connect in the background, as often as it takes; later drops are mended by slack_sdk."""
        self._connecting = asyncio.create_task(self._connect(), name="socket mode")

    async def stop(self) -> None:
        """Close the connection."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's gap

    async def _connect(self) -> None:
        pause = 1.0
        while True:
            try:
                await self._handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's gap
            except Exception as error:  # noqa: BLE001 - whatever Slack's trouble is, try again
                _log.warning("Slack cannot be reached", problem=str(error), again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self._connected = True
                _log.info("connected to Slack")
                return
