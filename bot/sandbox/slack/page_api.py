"""What the web page asks for and does; for this machine only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.slack.acting import Acting, Pressed, find
from bot.sandbox.slack.directory import GROUPS
from bot.sandbox.slack.files import LARGEST
from bot.sandbox.slack.guide import Guide
from bot.sandbox.slack.shapes import ApiError, Json
from bot.sandbox.slack.web_api import WebApi
from bot.sandbox.slack.wire import Wire
from bot.sandbox.slack.workspace import BOT, SLACKBOT, Posted

_PAGE = Path(__file__).parent / "page"
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_PICTURES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
_SECURITY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_LOOK_SECONDS = 0.5
_BEAT_SECONDS = 15.0


class Phones(Protocol):
    """The local ClickSend, as the page shows it."""

    def shown(self) -> Json:
        """What arrived at phones and fax machines, balance, clock and faults."""

    def change(self, wanted: Json) -> None:
        """Change balance, clock or faults, or text back as a customer.

        Raises:
            ValueError: What is wanted makes no sense.
        """


class PageApi:
    """Serves the page, what it shows, and what people do in it.

    Args:
        acting: People's hands.
        api: The Web API, for its faults.
        wire: What crossed the wire.
        guide: The caption of a tour.
        phones: The local ClickSend, if there is one.
    """

    def __init__(
        self, acting: Acting, api: WebApi, wire: Wire, guide: Guide, phones: Phones | None
    ) -> None:
        self._acting = acting
        self._workspace = acting.workspace
        self._api = api
        self._wire = wire
        self._guide = guide
        self._phones = phones
        self._does: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "say": self._say,
            "act": self._act,
            "options": self._options,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "faults": self._faults,
            "phones": self._change_phones,
            "skip": self._skip,
        }

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch the local ClickSend while the page is served."""
        watch = asyncio.create_task(self._watch(), name="phones")
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one request; none of another site's, whatever name it uses for this machine."""
        if not is_local(request):
            return web.Response(status=403, text="This page is for this machine only.")
        if request.path == "/page/events":
            return await self._events(request)
        if request.path == "/page/upload" and request.method == "POST":
            return await self._upload(request)
        if request.path.startswith("/page/do/") and request.method == "POST":
            return await self._do(request)
        if request.path.startswith("/page/file/"):
            return self._picture(request.path.removeprefix("/page/file/"))
        return _static(request.path)

    def _picture(self, file_id: str) -> web.Response:
        """A picture of the workspace, as the person who looks at the page may see it."""
        file = self._workspace.files.get(file_id)
        kind = _PICTURES.get(file.kind) if file else None
        if file is None or kind is None:
            return web.Response(status=404)
        return web.Response(body=file.content, headers={**_SECURITY, "content-type": kind})

    async def _do(self, request: web.Request) -> web.Response:
        does = self._does.get(request.path.removeprefix("/page/do/"))
        if does is None or request.content_type != "application/json":
            return web.Response(status=404)
        try:
            body = await request.json()
            if not isinstance(body, dict):
                raise TypeError("an object is wanted")  # noqa: TRY301 - answered like the others
            return web.json_response(await does(body))
        except (KeyError, TypeError, ValueError, ApiError) as error:
            return web.json_response({"error": str(error)}, status=400)

    async def _upload(self, request: web.Request) -> web.Response:
        user = request.query.get("user", "")
        if user not in self._workspace.people or request.content_type != "application/octet-stream":
            return web.Response(status=400)
        content = await request.read()
        if len(content) > LARGEST:
            return web.Response(status=413)
        name = Path(request.query.get("name", "file")).name
        file = self._acting.files.attach(user, name, content)
        return web.json_response({"id": file.id, "name": file.name, "size": len(content)})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**_SECURITY, "content-type": "text/event-stream"})
        await response.prepare(request)
        with self._workspace.feed.watch() as events:
            await response.write(_line({"kind": "all", "data": self._all()}))
            while True:
                try:
                    event = await asyncio.wait_for(events.get(), _BEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event is None:
                    return response
                try:
                    await response.write(_line(event))
                except ConnectionError:
                    return response

    def _all(self) -> Json:
        workspace, manifest = self._workspace, self._acting.manifest
        people = {person.id: vars(person) for person in workspace.people.values()}
        people[BOT] = {"id": BOT, "name": manifest.name, "bot": True}
        people[SLACKBOT] = {"id": SLACKBOT, "name": "Slackbot", "bot": True}
        return {
            "people": people,
            "users": list(workspace.people),
            "groups": {group: {"handle": handle} for group, (handle, _, _) in GROUPS.items()},
            "channels": [vars(channel) for channel in workspace.channels.values()],
            "messages": [posted.shown() for posted in workspace.messages],
            "stacks": self._acting.views.stacks,
            "homes": self._acting.views.homes,
            "commands": manifest.commands,
            "shortcuts": manifest.shortcuts,
            "home": manifest.home,
            "wire": self._wire.shown(),
            "sockets": self._api.sockets.count,
            "phones": self._phones.shown() if self._phones else None,
            "faults": vars(self._api.faults) | {"strict": self._api.strict},
            "guide": self._guide.caption,
        }

    async def _watch(self) -> None:
        """Show what changes at the local ClickSend, which tells nobody by itself."""
        last: Json | None = None
        while self._phones is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            now = self._phones.shown()
            if now != last:
                self._workspace.feed.publish("phones", now)
                last = now

    async def _say(self, body: Json) -> Json:
        user, channel, text = self._user(body), str(body["channel"]), str(body["text"])
        if channel not in self._workspace.channels:
            raise ValueError("there is no such channel")
        thread = str(body["thread_ts"]) if body.get("thread_ts") else None
        if text.startswith("/") and thread is None:
            slash, _, rest = text.partition(" ")
            await self._acting.command(user, channel, slash, rest.strip())
        elif text.strip() or body.get("files"):
            self._acting.say(
                user, channel, text, thread, [str(each) for each in body.get("files") or ()]
            )
        return {}

    async def _act(self, body: Json) -> Json:
        user, chosen = self._user(body), dict(body.get("chosen") or {})
        view = self._view(user, body)
        if view is not None:
            pressed = self._pressed(view["blocks"], body)
            typed = dict(body.get("values") or {})
            delivery = await self._acting.act_in_view(user, view, pressed, chosen, typed)
        else:
            posted = self._posted(body)
            pressed = self._pressed(posted.blocks, body)
            delivery = await self._acting.act(user, posted, pressed, chosen)
        return {"error": delivery.error} if delivery.error else {}

    async def _options(self, body: Json) -> Json:
        user, value = self._user(body), str(body.get("value", ""))
        view = self._view(user, body)
        if view is not None:
            pressed = self._pressed(view["blocks"], body)
            container = {"type": "view", "view_id": view["id"]}
            options = await self._acting.suggest(
                user, pressed, value, view=view, container=container
            )
        else:
            posted = self._posted(body)
            pressed = self._pressed(posted.blocks, body)
            container = {"type": "message", "message_ts": posted.ts, "channel_id": posted.channel}
            options = await self._acting.suggest(
                user, pressed, value, container=container, channel={"id": posted.channel}
            )
        return {"options": options}

    async def _submit(self, body: Json) -> Json:
        user = self._user(body)
        view = self._view(user, body)
        if view is None or view["type"] != "modal":
            raise ValueError("that form is not open any more")
        delivery, errors = await self._acting.submit(user, view, dict(body.get("values") or {}))
        return {"error": delivery.error, "errors": errors}

    async def _close(self, body: Json) -> Json:
        await self._acting.close(self._user(body), whole=bool(body.get("all")))
        return {}

    async def _shortcut(self, body: Json) -> Json:
        posted = self._posted(body) if body.get("ts") else None
        delivery = await self._acting.shortcut(self._user(body), str(body["callback_id"]), posted)
        return {"error": delivery.error} if delivery.error else {}

    async def _home(self, body: Json) -> Json:
        self._acting.home_opened(self._user(body), str(body.get("tab", "home")))
        return {}

    async def _faults(self, body: Json) -> Json:
        faults, sockets = self._api.faults, self._api.sockets
        faults.down = bool(body.get("down", faults.down))
        faults.limited = bool(body.get("limited", faults.limited))
        faults.slow = float(body.get("slow", faults.slow))
        self._api.strict = bool(body.get("strict", self._api.strict))
        if body.get("drop"):
            await sockets.drop()
        if body.get("refresh"):
            await sockets.refresh()
        self._workspace.feed.publish("faults", vars(faults) | {"strict": self._api.strict})
        return {}

    async def _change_phones(self, body: Json) -> Json:
        if self._phones is None:
            raise ValueError("there is no local ClickSend here")
        self._phones.change(body)
        self._workspace.feed.publish("phones", self._phones.shown())
        return {}

    async def _skip(self, _: Json) -> Json:
        self._guide.skip()
        return {}

    def _user(self, body: Json) -> str:
        user = str(body["user"])
        if user not in self._workspace.people:
            raise ValueError("there is no such person")
        return user

    def _view(self, user: str, body: Json) -> Json | None:
        if not body.get("view_id"):
            return None
        views = self._acting.views
        open_now = [*views.stacks.get(user, []), *filter(None, [views.homes.get(user)])]
        found = next((view for view in open_now if view["id"] == body["view_id"]), None)
        if found is None:
            raise ValueError("that form is not open any more")
        return found

    def _posted(self, body: Json) -> Posted:
        posted = self._workspace.find(str(body["channel"]), str(body["ts"]))
        if posted is None:
            raise ValueError("that message is gone")
        return posted

    def _pressed(self, blocks: list[Json], body: Json) -> Pressed:
        pressed = find(blocks, str(body["action_id"]), str(body["block_id"]))
        if pressed is None:
            raise ValueError("that is not there any more")
        return pressed


def is_local(request: web.Request) -> bool:
    """Whether the page itself asks: a name that resolves to this machine is not enough."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    origin = request.headers.get("origin")
    return host in _LOCAL and (origin is None or urlsplit(origin).netloc == request.host)


def _static(path: str) -> web.Response:
    name = "index.html" if path == "/" or path.startswith("/archives/") else path.lstrip("/")
    file = _PAGE / name.removeprefix("page/")
    if file.parent != _PAGE or file.suffix not in _KINDS or not file.is_file():
        return web.Response(status=404)
    headers = {**_SECURITY, "content-type": f"{_KINDS[file.suffix]}; charset=utf-8"}
    return web.Response(body=file.read_bytes(), headers=headers)


def _line(event: Json) -> bytes:
    return f"data: {json.dumps(event)}\n\n".encode()
