"""Bolt, with one listener a kind of payload; the rest is a dictionary look-up."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot import tracing
from bot.slack import mentions, stamps
from bot.slack.answered import request_id
from bot.slack.blocks import Message
from bot.slack.calls import OFFERED, Call, Offered, unescape, went_wrong
from bot.slack.client import MessageRef, Slack, SlackError
from bot.slack.guests import Guest, Host, Place, stranger, where
from bot.slack.memory import Lately
from bot.slack.payload import (
    callback_id,
    first_input,
    identity,
    is_own,
    sender,
    value_of,
    view_of,
)
from bot.slack.replies import acknowledged as acknowledged_
from bot.slack.replies import response
from bot.slack.router import ROOT, Errors, Found, Handler, Help, Router, acknowledgement, called
from bot.slack.said import Said
from bot.slack.signing import Signature
from bot.slack.tasks import Tasks
from bot.texts import Phrase, speaking

S = TypeVar("S")
_log = structlog.get_logger(__name__)
_ANY = re.compile(r".*", re.DOTALL)
Body = dict[str, Any]
Seen = Callable[[str, str], None]
Acknowledged = Callable[[str, float], None]
Run = Callable[[Body, Guest[Any]], Awaitable[Body | str]]
Outside = Callable[[Place, Body], Coroutine[Any, Any, None]]
OK, BROKEN = "ok", "broken"

_ONCE_SECONDS = 600.0
"""Twice the window of a signature: a copied request is refused as stale, or known, never run."""
_MOST_REMEMBERED = 5_000
# Bolt's warnings and infos hold whole payloads: what people typed, and whom they wrote to.
_BOLT_LOG = logging.getLogger("bot.slack.bolt")
_BOLT_LOG.setLevel(logging.ERROR)


class SlackApp(AsyncApp):
    """Bolt's app, and what the door needs besides.

    Attributes:
        signature: What requests must carry.
        typed: Answers the form of a slash command as Bolt's listener does. To find that listener,
            and to make the client, context and helpers that no handler of ours asks for, takes
            Bolt longer than the rest of the way; and a command with `payload` in its text it takes
            for an interaction without one. None where a command is of one of many workspaces, which
            Bolt reads from it.
    """

    signature: Signature
    typed: Callable[[Body], Awaitable[BoltResponse]] | None = None


def build_bolt(
    router: Router[S],
    services: S,
    *,
    slack: Slack,
    tasks: Tasks,
    token: SecretStr,
    signing_secret: SecretStr | None,
    seen: Seen = lambda _handler, _outcome: None,
    acknowledged: Acknowledged = lambda _kind, _seconds: None,
) -> SlackApp:
    """Put the handlers of the only workspace behind Bolt.

    Args:
        router: The handlers.
        services: What each call gets.
        slack: The Web API.
        tasks: This and the others as in `build_shared`.
        token: The bot's.
        signing_secret: The app's.
        seen: Told of handlers.
        acknowledged: Told of acknowledgements.
    """
    return build_shared(
        Guest(router, services, slack),
        slack=slack,
        tasks=tasks,
        token=token,
        signing_secret=signing_secret,
        seen=seen,
        acknowledged=acknowledged,
    )


def build_shared(
    host: Host | Guest[Any],
    *,
    slack: Slack,
    tasks: Tasks,
    token: SecretStr | None,
    signing_secret: SecretStr | None,
    seen: Seen = lambda _handler, _outcome: None,
    acknowledged: Acknowledged = lambda _kind, _seconds: None,
    outside: Mapping[str, Outside] = MappingProxyType({}),
) -> SlackApp:
    """Put whoever is served behind Bolt.

    Nothing asks Slack who the bot is at request time, nor at start: payloads say enough.

    Args:
        host: Finds whom a payload is of, and with what they are served; or the only one there is.
        slack: The Web API, for Socket Mode.
        tasks: Where slow work goes.
        token: The bot's token; None where each workspace has its own.
        signing_secret: Checks HTTP requests; with None (Socket Mode) none is ever believed.
        seen: Told of each handler that ran, and how that ended.
        acknowledged: Told how long each payload took to its acknowledgement.
        outside: What to do about events, by type, of whoever may be no guest any more.

    Returns:
        The app, for Bolt's ASGI adapter or a Socket Mode handler.
    """
    signature = Signature(signing_secret.get_secret_value() if signing_secret else None)
    app = SlackApp(
        name="clicksend-slack",
        logger=_BOLT_LOG,
        signing_secret=signature.secret,
        authorize=_authorizing(token),
        client=slack.web,
        process_before_response=True,
        request_verification_enabled=False,  # by the door, before the body is even parsed
        ignoring_self_events_enabled=False,  # it asks who the bot is; the payload says it
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.signature = signature
    dispatch = _Dispatch(host, tasks, seen, outside)

    async def timed(kind: str, answer: Awaitable[BoltResponse]) -> BoltResponse:
        began = time.perf_counter()
        try:
            with tracing.span(f"slack.{kind}", "SERVER"):
                return await answer
        finally:
            acknowledged(kind, time.perf_counter() - began)

    async def command(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("command", dispatch.once(body, context, dispatch.command))

    async def action(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("action", dispatch.once(body, context, dispatch.action))

    async def view(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("view", dispatch.once(body, context, dispatch.view))

    async def closed(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await dispatch.at_once(body, context, dispatch.closed)

    async def shortcut(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("shortcut", dispatch.once(body, context, dispatch.shortcut))

    async def options(body: Body, context: AsyncBoltContext) -> BoltResponse:
        with tracing.span("slack.options", "SERVER"):
            return await dispatch.at_once(body, context, dispatch.options)

    async def event(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await timed("event", dispatch.once(body, context, dispatch.event))

    if isinstance(host, Guest):
        app.typed = partial(command, context=AsyncBoltContext())
    app.command(_ANY)(command)
    app.action(_ANY)(action)
    app.view_submission(_ANY)(view)
    app.options(_ANY)(options)
    app.shortcut(_ANY)(shortcut)
    app.event(_ANY)(event)
    app.view_closed(_ANY)(closed)
    return app


def _authorizing(
    token: SecretStr | None,
) -> Callable[[str | None, str | None], Awaitable[AuthorizeResult]]:
    """Who the bot is, for Bolt: nobody asks Slack."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=token.get_secret_value() if token else None,
        )

    return authorize


class _Dispatch:
    """Reads payloads, finds handlers, acknowledges what they return."""

    def __init__(
        self, host: Host | Guest[Any], tasks: Tasks, seen: Seen, outside: Mapping[str, Outside]
    ) -> None:
        self._seen = seen
        self._outside = outside
        self._host = host
        self._tasks = tasks
        self._answers: Lately[bytes, asyncio.Future[Body | str] | Body | str] = Lately(
            most=_MOST_REMEMBERED, seconds=_ONCE_SECONDS
        )

    async def at_once(self, body: Body, context: AsyncBoltContext, run: Run) -> BoltResponse:
        """Run a payload, each time that it comes."""
        return acknowledged_(await self._served(body, context, run))

    async def _served(self, body: Body, context: AsyncBoltContext, run: Run) -> Body | str:
        if isinstance(self._host, Guest):
            return await _spoken(body, self._host, run)
        place = where(context, body)
        kind = str((body.get("event") or {}).get("type", ""))
        if kind in self._outside:
            self._tasks.spawn(self._outside[kind](place, body), name=f"event {kind}")
            return {}
        try:
            guest = await self._host(place)
        except Exception:
            if "command" not in body:  # Slack says so itself, and sends events again
                raise
            _log.exception("nobody knows of whom this is", reference=request_id())
            lost = went_wrong(Phrase("looking for your workspace"), request_id())
            return acknowledgement(lost)
        if guest is None:
            return acknowledgement(stranger()) if "command" in body else {}
        plain = stamps.taken_off(body) if place.stamp else body
        answer = await _spoken(plain, guest, run)
        return stamps.answered(answer, guest.stamp)

    async def once(self, body: Body, context: AsyncBoltContext, run: Run) -> BoltResponse:
        """Run a payload; the same one again (Slack tries again) gets the same answer instead."""
        key = identity(body)
        if key is None:
            return await self.at_once(body, context, run)
        known = self._answers.get(key)
        if isinstance(known, asyncio.Future):
            return acknowledged_(await asyncio.shield(known))
        if known is not None:
            return acknowledged_(known)
        answer: asyncio.Future[Body | str] = asyncio.get_running_loop().create_future()
        self._answers.put(key, answer)
        try:
            found = await self._served(body, context, run)
            answer.set_result(found)
            self._answers.put(key, found)  # thousands are kept, and a future is large
        finally:
            if not answer.done():  # cancelled: whoever comes next runs it
                self._answers.forget(key)
                answer.cancel()
        return acknowledged_(found)

    async def command(self, body: Body, guest: Guest[Any]) -> Body | str:
        found = _found(guest, str(body.get("command", "")), str(body.get("text", "")))
        if not isinstance(found, Message):
            user, channel = str(body.get("user_id", "")), body.get("channel_id")
            call = replace(self._call(body, guest), user=user, channel=channel)
            return await self._run(found, call)
        self._seen("help", OK)
        return found.json if isinstance(found, Help) else acknowledgement(found)

    async def action(self, body: Body, guest: Guest[Any]) -> Body:
        pressed = (body.get("actions") or [{}])[0]
        name, call = str(pressed.get("action_id", "")), self._call(body, guest)
        call = replace(call, value=value_of(pressed))
        if name == OFFERED:  # what was typed after a mention, now with a press that opens forms
            found = _found(guest, ROOT, call.value)
            return {} if isinstance(found, Message) else await self._run(found, call)
        return await self._handle(guest, "action", name, replace(call, pressed=True))

    async def view(self, body: Body, guest: Guest[Any]) -> Body:
        call, field = self._call(body, guest), first_input(body)
        return await self._handle(guest, "view", callback_id(body), call, field=field)

    async def closed(self, body: Body, guest: Guest[Any]) -> Body:
        if guest.router.find("closed", callback_id(body)) is None:
            return {}
        return await self._handle(guest, "closed", callback_id(body), self._call(body, guest))

    async def shortcut(self, body: Body, guest: Guest[Any]) -> Body:
        message = body.get("message")
        said = Said(message) if isinstance(message, dict) else None
        call = replace(self._call(body, guest), said=said)
        return await self._handle(guest, "shortcut", str(body.get("callback_id", "")), call)

    async def options(self, body: Body, guest: Guest[Any]) -> Body:
        name = str(body.get("action_id", ""))
        if guest.router.find("options", name) is None:
            return {"options": []}
        call = replace(self._call(body, guest), value=str(body.get("value", "")))
        answer = await self._handle(guest, "options", name, call)
        return answer or {"options": []}

    async def event(self, body: Body, guest: Guest[Any]) -> Body:
        event = body["event"]
        kind = str(event.get("type", ""))
        if is_own(body) or mentions.is_foreign(body):
            return {}
        call = self._event_call(body, guest)
        # Nobody waits for an event, and Slack repeats what is not acknowledged in 3 seconds.
        if kind == "app_mention":
            self._tasks.spawn(self._mentioned(body, call, guest), name="mention")
        elif handler := guest.router.find("event", kind):
            self._tasks.spawn(_happened(handler, call, kind), name=f"event {kind}")
        return {}

    def _event_call(self, body: Body, guest: Guest[Any]) -> Call[Any]:
        event = body["event"]
        channel, ts = event.get("channel"), event.get("ts")
        return replace(
            self._call(body, guest),
            user=str(event.get("user") or ""),
            channel=channel if isinstance(channel, str) else None,
            text=unescape(str(event.get("text", ""))),
            value=str(event.get("tab") or ""),
            message=MessageRef(channel, ts) if isinstance(channel, str) and ts else None,
            thread_ts=str(event["thread_ts"]) if event.get("thread_ts") else None,
        )

    async def _mentioned(self, body: Body, call: Call[Any], guest: Guest[Any]) -> None:
        """Run what follows the bot's name as a command, if a person's message begins with it."""
        typed = mentions.command(body["event"], mentions.bots(body))
        if typed is None or not call.user or call.channel is None:
            return
        asked = replace(call, mention=typed)
        with speaking(await call.slack.locale_of(call.user)):
            found = _found(guest, ROOT, typed)
            if isinstance(found, Message):
                await asked.reply(found)
            else:
                await self._run(found, asked)

    async def _handle(
        self,
        guest: Guest[Any],
        kind: str,
        name: str,
        call: Call[Any],
        *,
        field: str | None = None,
    ) -> Body:
        handler = guest.router.find(kind, name)
        if handler is not None:
            return await self._run(Found(handler, call.text), call, field=field)
        if guest.otherwise is None:
            _log.info("nobody handles this", kind=kind, name=name)
            return {}
        if field is not None:
            return response(Errors({field: guest.otherwise().text}))
        self._tasks.spawn(self._sorry(call, guest.otherwise(), request_id()), name="otherwise")
        return {}

    async def _run(self, found: Found[Any], call: Call[Any], *, field: str | None = None) -> Body:
        handler: Handler[Any] = found.handler
        outcome = OK
        tracing.note(handler=called(handler))
        try:
            return response(await handler(replace(call, text=found.text)))
        except Offered:
            return {}
        except Exception:  # noqa: BLE001 - Slack must be answered, and the person told
            reference, outcome = request_id(), BROKEN
            _log.exception("a handler broke", reference=reference)
        finally:
            self._seen(called(handler), outcome)
        sorry = went_wrong(Phrase("doing that"), reference)
        if field is not None:  # the form stays open, with everything that was typed
            return response(Errors({field: sorry.text}))
        self._tasks.spawn(self._sorry(call, sorry, reference), name="sorry")
        return {}

    async def _sorry(self, call: Call[Any], sorry: Message, reference: str) -> None:
        try:
            await call.reply(sorry)
        except SlackError as error:
            _log.warning("nobody could be told", reference=reference, problem=str(error))

    def _call(self, body: Body, guest: Guest[Any]) -> Call[Any]:
        message, container = body.get("message") or {}, body.get("container") or {}
        channel = (body.get("channel") or {}).get("id") if "command" not in body else None
        ts = message.get("ts") or container.get("message_ts")
        lasting = not container.get("is_ephemeral")  # an ephemeral one cannot be changed by its ts
        return Call(
            services=guest.services,
            slack=guest.slack,
            tasks=self._tasks,
            user=str((body.get("user") or {}).get("id", "")),
            channel=channel,
            trigger_id=body.get("trigger_id"),
            view=view_of(body.get("view")),
            message=MessageRef(channel, ts) if lasting and channel and ts else None,
            response_url=body.get("response_url"),
        )


def _found(guest: Guest[Any], slash: str, typed: str) -> Found[Any] | Message:
    """What a command means; people and channels keep their ids where it wants them."""
    found = guest.router.read(slash, unescape(typed, mentions=False))
    if isinstance(found, Found) and found.mentions:
        return guest.router.read(slash, unescape(typed))
    if isinstance(found, Message) and guest.otherwise is not None:
        return guest.otherwise()
    return found


async def _spoken(body: Body, guest: Guest[Any], run: Run) -> Body | str:
    """Run a payload in the language of whoever sent it."""
    with speaking(await guest.slack.locale_of(sender(body))):
        return await run(body, guest)


async def _happened(handler: Handler[Any], call: Call[Any], kind: str) -> None:
    # Messages are read of everybody in a channel: Slack is not asked about each writer.
    user = "" if kind == "message" else call.user
    with speaking(await call.slack.locale_of(user)):
        await handler(call)
