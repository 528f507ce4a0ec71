"""The local Slack: everything put together, and served on one port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from bot.sandbox.serving import serve
from bot.sandbox.slack.acting import Acting, find
from bot.sandbox.slack.chat import Chat
from bot.sandbox.slack.delivery import Delivery, Outward
from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.guide import Guide
from bot.sandbox.slack.installing import Installing
from bot.sandbox.slack.manifest import Manifest, ours
from bot.sandbox.slack.oauth import OAuth
from bot.sandbox.slack.page_api import PageApi, Phones
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.sockets import SocketMode
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.wire import Wire
from bot.sandbox.slack.workspace import BOT, Posted, Workspace


class SlackSandbox:
    """One workspace with one app in it.

    Args:
        manifest: The app; by default this bot.
        phones: The local ClickSend, for the page's pane.

    Attributes:
        url: Where this Slack is served, once it is.
        workspace: People, channels, messages, files.
        sockets: The bot's Socket Mode connections.
        faults: What goes wrong on demand.
        wire: What crossed the wire.
        guide: What the page says during a tour.
        api: The Web API.
        oauth: Tokens and installations.
        acting: People's hands.
        views: What every person has open.
        outward: The way to the bot.
    """

    def __init__(self, manifest: Manifest | None = None, phones: Phones | None = None) -> None:
        app = manifest or ours()
        self.url = ""
        self.workspace = Workspace()
        feed = self.workspace.feed
        self.wire = Wire(feed)
        self.sockets = SocketMode(feed)
        self.faults = Faults()
        self.guide = Guide(feed)
        self.outward = Outward(self.wire, self.sockets)
        self._chat = Chat(self.workspace, app.scopes)
        self.views = Views(self.workspace)
        self._files = Files(self.workspace)
        self._directory = Directory(self.workspace, app.name)
        self.acting = Acting(self.workspace, self._chat, self.views, self._files, self.outward, app)
        self.oauth = OAuth(app.scopes, app.token_rotation)
        self.api = WebApi(
            self._chat,
            self.views,
            self._directory,
            self._files,
            self.sockets,
            self.faults,
            self.wire,
            self.oauth,
            self.uninstall,
        )
        self._page = PageApi(self.acting, self.api, self.wire, self.guide, phones)
        self._served: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
            "/api/": self.api.handle,
            "/hooks/": self._hooked,
            "/link/": self.sockets.handle,
            "/files/": self._file,
            "/upload/": self._uploaded,
            "/oauth/v2/authorize": Installing(self.oauth, app, self.workspace).handle,
        }

    @property
    def request_url(self) -> str:
        """Where the bot takes payloads in http mode; empty: nowhere."""
        return self.outward.request_url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self.outward.request_url = url

    @property
    def messages(self) -> list[Posted]:
        """Everything posted, the oldest first."""
        return self.workspace.messages

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Serve it: the page at `/`, the Web API below `/api/`.

        Args:
            port: Where; 0 for any free port.

        Yields:
            The base URL, without a slash at its end.
        """
        async with serve(self._handle, port) as url, AsyncExitStack() as stack:
            self.url = self.acting.url = self.api.url = self._files.url = url
            self._directory.url = url
            stack.callback(self.workspace.feed.close)
            stack.push_async_callback(self.sockets.close)
            stack.push_async_callback(self.outward.close)
            await stack.enter_async_context(self._page.running())
            yield url

    async def command(self, user: str, channel: str, slash: str, text: str = "") -> Delivery:
        """Type a slash command."""
        return await self.acting.command(user, channel, slash, text)

    def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
    ) -> Posted:
        """Write a message, with files by their ids (see `attach`)."""
        return self.acting.say(user, channel, text, thread_ts, files)

    async def shortcut(self, user: str, callback_id: str, posted: Posted | None = None) -> Delivery:
        """Use a global shortcut, or one on a message."""
        return await self.acting.shortcut(user, callback_id, posted)

    def look_home(self, user: str) -> None:
        """Open the bot's App Home."""
        self.acting.home_opened(user, "home")

    async def press_home(self, user: str, action_id: str) -> Delivery:
        """Press a button of a person's App Home.

        Raises:
            LookupError: There is no such button.
        """
        view = self.views.homes.get(user) or {"blocks": []}
        pressed = find(view["blocks"], action_id)
        if pressed is None:
            raise LookupError(f"Home has no {action_id}")
        return await self.acting.act_in_view(user, view, pressed, {}, {})

    async def press(self, user: str, posted: Posted, action_id: str) -> Delivery:
        """Press a button of a message, and say yes if it asks.

        Raises:
            LookupError: There is no such button.
        """
        pressed = find(posted.blocks, action_id)
        if pressed is None:
            raise LookupError(f"the message has no {action_id}")
        return await self.acting.act(user, posted, pressed, {})

    async def submit(self, user: str, typed: Json | None = None) -> Delivery:
        """Submit a person's open modal; what is typed is an element's state by block id.

        Raises:
            LookupError: No modal is open.
        """
        view = self.views.top(user)
        if view is None:
            raise LookupError(f"{user} has no modal open")
        delivery, _ = await self.acting.submit(user, view, typed or {})
        return delivery

    async def close(self, user: str) -> None:
        """Close a person's modals, as their cross does."""
        await self.acting.close(user, whole=True)

    def uninstall(self) -> None:
        """Remove the app: its tokens are useless, and it hears of that."""
        self.oauth.uninstall()
        self.acting.event("tokens_revoked", {"type": "tokens_revoked", "tokens": {"bot": [BOT]}})
        self.acting.event("app_uninstalled", {"type": "app_uninstalled"})

    def attach(self, user: str, name: str, content: bytes) -> Json:
        """Give a file to Slack; what a file input holds of it."""
        return self._files.described(self._files.attach(user, name, content))

    async def wait_message(self, count: int) -> Posted:
        """Wait until there are so many messages; the last of them.

        Raises:
            TimeoutError: There were fewer after 20 seconds.
        """
        await self.workspace.feed.until(lambda: len(self.messages) >= count)
        return self.messages[count - 1]

    async def wait_view(self, user: str, callback_id: str) -> Json:
        """Wait until a person's open modal is this one.

        Raises:
            TimeoutError: It was not after 20 seconds.
        """
        await self.workspace.feed.until(
            lambda: (self.views.top(user) or {}).get("callback_id") == callback_id
        )
        return self.views.top(user) or {}

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        for prefix, serve_it in self._served.items():
            if path.startswith(prefix):
                return await serve_it(request)
        return await self._page.handle(request)

    async def _hooked(self, request: web.Request) -> web.Response:
        """An answer through a `response_url`."""
        problem = None
        try:
            body = await request.json()
            self._chat.hooked(request.path, body)
        except ValueError:
            body, problem = {}, "invalid_payload"
        except ApiError as error:
            problem = error.code
        self.wire.crossed(
            "to Slack",
            "answer",
            "response_url",
            seconds=0.0,
            outcome=problem or "ok",
            both=(body, {}),
        )
        gone = problem in {"expired_url", "used_url"}
        status = 404 if gone else 400
        return web.Response(text=problem or "ok", status=status if problem else 200)

    async def _uploaded(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/upload/")
        taken = request.method == "POST" and self._files.upload(name, await request.read())
        return web.Response(status=200 if taken else 400)

    async def _file(self, request: web.Request) -> web.Response:
        found = self.workspace.files.get(request.path.removeprefix("/files/"))
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            _, scopes = self.oauth.recognise(token)
        except ApiError:
            scopes = frozenset()
        if found is None or "files:read" not in scopes:
            return web.Response(status=404)
        return web.Response(body=found.content)
