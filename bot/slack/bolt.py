"""Bolt, with one listener a kind of payload; the rest is a dictionary look-up."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.models.blocks import OptionGroup

from bot import tracing
from bot.slack import mentions
from bot.slack.answered import request_id
from bot.slack.blocks import Message
from bot.slack.calls import OFFERED, Call, Offered, unescape, went_wrong
from bot.slack.client import MessageRef, Slack, SlackError
from bot.slack.memory import Lately
from bot.slack.payload import callback_id, first_input, is_own, value_of, view_of
from bot.slack.router import (
    ROOT,
    Ack,
    Clear,
    Errors,
    Found,
    Handler,
    Help,
    OptionGroups,
    Options,
    Push,
    Router,
    Update,
    acknowledgement,
)
from bot.slack.said import Said
from bot.slack.signing import Signature
from bot.slack.tasks import Tasks
from bot.texts import Phrase, speaking

S = TypeVar("S")
R = TypeVar("R")
_log = structlog.get_logger(__name__)
_ANY = re.compile(r".*", re.DOTALL)
Body = dict[str, Any]
Seen = Callable[[str, str], None]
Acknowledged = Callable[[str, float], None]
OK, BROKEN = "ok", "broken"

_ONCE_SECONDS = 600.0
"""Twice the window of a signature: a copied request is refused as stale, or known, never run."""
_MOST_REMEMBERED = 5_000
_JSON: dict[str, str | Sequence[str]] = {"content-type": ["application/json;charset=utf-8"]}
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
            for an interaction without one.
    """

    signature: Signature
    typed: Callable[[Body], Awaitable[BoltResponse]]


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
    """Put the handlers behind Bolt.

    Nothing asks Slack who the bot is at request time, nor at start: payloads say enough.

    Args:
        router: The handlers.
        services: What each call gets.
        slack: The Web API.
        tasks: Where slow work goes.
        token: The bot's token.
        signing_secret: Checks HTTP requests; with None (Socket Mode) none is ever believed.
        seen: Told of each handler that ran, and how that ended.
        acknowledged: Told how long each payload took to its acknowledgement.

    Returns:
        The app, for Bolt's ASGI adapter or a Socket Mode handler.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token.get_secret_value()
        )

    signature = Signature(signing_secret.get_secret_value() if signing_secret else None)
    app = SlackApp(
        name="clicksend-slack",
        logger=_BOLT_LOG,
        signing_secret=signature.secret,
        authorize=authorize,
        client=slack.web,
        process_before_response=True,
        request_verification_enabled=False,  # by the door, before the body is even parsed
        ignoring_self_events_enabled=False,  # it asks who the bot is; the payload says it
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.signature = signature
    dispatch = _Dispatch(router, services, slack, tasks, seen)

    async def timed(kind: str, answer: Awaitable[BoltResponse]) -> BoltResponse:
        began = time.perf_counter()
        try:
            with tracing.span(f"slack.{kind}", "SERVER"):
                return await answer
        finally:
            acknowledged(kind, time.perf_counter() - began)

    async def command(body: Body) -> BoltResponse:
        return await timed("command", dispatch.once(body, dispatch.command))

    async def action(body: Body) -> BoltResponse:
        return await timed("action", dispatch.once(body, dispatch.action))

    async def view(body: Body) -> BoltResponse:
        return await timed("view", dispatch.once(body, dispatch.view))

    async def closed(body: Body) -> BoltResponse:
        return _acknowledged(await dispatch.spoken(body, dispatch.closed))

    async def shortcut(body: Body) -> BoltResponse:
        return await timed("shortcut", dispatch.once(body, dispatch.shortcut))

    async def options(body: Body) -> BoltResponse:
        with tracing.span("slack.options", "SERVER"):
            return _acknowledged(await dispatch.spoken(body, dispatch.options))

    async def event(body: Body) -> BoltResponse:
        return await timed("event", dispatch.once(body, dispatch.event))

    app.typed = command
    app.command(_ANY)(command)
    app.action(_ANY)(action)
    app.view_submission(_ANY)(view)
    app.options(_ANY)(options)
    app.shortcut(_ANY)(shortcut)
    app.event(_ANY)(event)
    app.view_closed(_ANY)(closed)
    return app


class _Dispatch:
    """Reads payloads, finds handlers, acknowledges what they return."""

    def __init__(
        self, router: Router[Any], services: Any, slack: Slack, tasks: Tasks, seen: Seen
    ) -> None:
        self._seen = seen
        self._router = router
        self._services = services
        self._slack = slack
        self._tasks = tasks
        self._answers: Lately[bytes, asyncio.Future[Body | str] | Body | str] = Lately(
            most=_MOST_REMEMBERED, seconds=_ONCE_SECONDS
        )

    async def once(self, body: Body, run: Callable[[Body], Awaitable[Body | str]]) -> BoltResponse:
        """Run a payload; the same one again (Slack tries again) gets the same answer instead."""
        key = _identity(body)
        if key is None:
            return _acknowledged(await self.spoken(body, run))
        known = self._answers.get(key)
        if isinstance(known, asyncio.Future):
            return _acknowledged(await asyncio.shield(known))
        if known is not None:
            return _acknowledged(known)
        answer: asyncio.Future[Body | str] = asyncio.get_running_loop().create_future()
        self._answers.put(key, answer)
        try:
            found = await self.spoken(body, run)
            answer.set_result(found)
            self._answers.put(key, found)  # thousands are kept, and a future is large
        finally:
            if not answer.done():  # cancelled: whoever comes next runs it
                self._answers.forget(key)
                answer.cancel()
        return _acknowledged(found)

    async def spoken(self, body: Body, run: Callable[[Body], Awaitable[R]]) -> R:
        """Run a payload in the language of whoever sent it."""
        with speaking(await self._slack.locale_of(_who(body))):
            return await run(body)

    async def command(self, body: Body) -> Body | str:
        found = self._found(str(body.get("command", "")), str(body.get("text", "")))
        if not isinstance(found, Message):
            user, channel = str(body.get("user_id", "")), body.get("channel_id")
            return await self._run(found, replace(self._call(body), user=user, channel=channel))
        self._seen("help", OK)
        return found.json if isinstance(found, Help) else acknowledgement(found)

    async def action(self, body: Body) -> Body:
        pressed = (body.get("actions") or [{}])[0]
        name, call = str(pressed.get("action_id", "")), self._call(body)
        call = replace(call, value=value_of(pressed))
        if name == OFFERED:  # what was typed after a mention, now with a press that opens forms
            found = self._found(ROOT, call.value)
            return {} if isinstance(found, Message) else await self._run(found, call)
        return await self._handle("action", name, replace(call, pressed=True))

    async def view(self, body: Body) -> Body:
        field = first_input(body)
        return await self._handle("view", callback_id(body), self._call(body), field=field)

    async def closed(self, body: Body) -> Body:
        return await self._handle("closed", callback_id(body), self._call(body))

    async def shortcut(self, body: Body) -> Body:
        message = body.get("message")
        said = Said(message) if isinstance(message, dict) else None
        call = replace(self._call(body), said=said)
        return await self._handle("shortcut", str(body.get("callback_id", "")), call)

    async def options(self, body: Body) -> Body:
        call = replace(self._call(body), value=str(body.get("value", "")))
        answer = await self._handle("options", str(body.get("action_id", "")), call)
        return answer or {"options": []}

    async def event(self, body: Body) -> Body:
        event = body["event"]
        kind = str(event.get("type", ""))
        if is_own(body) or mentions.is_foreign(body):
            return {}
        call = self._event_call(body)
        # Nobody waits for an event, and Slack repeats what is not acknowledged in 3 seconds.
        if kind == "app_mention":
            self._tasks.spawn(self._mentioned(body, call), name="mention")
        elif handler := self._router.find("event", kind):
            self._tasks.spawn(self._happened(handler, call, kind), name=f"event {kind}")
        return {}

    def _event_call(self, body: Body) -> Call[Any]:
        event = body["event"]
        channel, ts = event.get("channel"), event.get("ts")
        return replace(
            self._call(body),
            user=str(event.get("user") or ""),
            channel=channel if isinstance(channel, str) else None,
            text=unescape(str(event.get("text", ""))),
            value=str(event.get("tab") or ""),
            message=MessageRef(channel, ts) if isinstance(channel, str) and ts else None,
            thread_ts=str(event["thread_ts"]) if event.get("thread_ts") else None,
        )

    async def _mentioned(self, body: Body, call: Call[Any]) -> None:
        """Run what follows the bot's name as a command, if a person's message begins with it."""
        typed = mentions.command(body["event"], mentions.bots(body))
        if typed is None or not call.user or call.channel is None:
            return
        asked = replace(call, mention=typed)
        with speaking(await self._slack.locale_of(call.user)):
            found = self._found(ROOT, typed)
            if isinstance(found, Message):
                await asked.reply(found)
            else:
                await self._run(found, asked)

    async def _happened(self, handler: Handler[Any], call: Call[Any], kind: str) -> None:
        # Messages are read of everybody in a channel: Slack is not asked about each writer.
        user = "" if kind == "message" else call.user
        with speaking(await self._slack.locale_of(user)):
            await handler(call)

    def _found(self, slash: str, typed: str) -> Found[Any] | Message:
        """What a command means; people and channels keep their ids where it wants them."""
        found = self._router.read(slash, unescape(typed, mentions=False))
        if isinstance(found, Found) and found.mentions:
            return self._router.read(slash, unescape(typed))
        return found

    async def _handle(
        self, kind: str, name: str, call: Call[Any], *, field: str | None = None
    ) -> Body:
        handler = self._router.find(kind, name)
        if handler is None:
            _log.info("nobody handles this", kind=kind, name=name)
            return {}
        return await self._run(Found(handler, call.text), call, field=field)

    async def _run(self, found: Found[Any], call: Call[Any], *, field: str | None = None) -> Body:
        handler: Handler[Any] = found.handler
        outcome = OK
        tracing.note(handler=_name(handler))
        try:
            return _response(await handler(replace(call, text=found.text)))
        except Offered:
            return {}
        except Exception:  # noqa: BLE001 - Slack must be answered, and the person told
            reference, outcome = request_id(), BROKEN
            _log.exception("a handler broke", reference=reference)
        finally:
            self._seen(_name(handler), outcome)
        sorry = went_wrong(Phrase("doing that"), reference)
        if field is not None:  # the form stays open, with everything that was typed
            return _response(Errors({field: sorry.text}))
        self._tasks.spawn(self._sorry(call, sorry, reference), name="sorry")
        return {}

    async def _sorry(self, call: Call[Any], sorry: Message, reference: str) -> None:
        try:
            await call.reply(sorry)
        except SlackError as error:
            _log.warning("nobody could be told", reference=reference, problem=str(error))

    def _call(self, body: Body) -> Call[Any]:
        message, container = body.get("message") or {}, body.get("container") or {}
        channel = (body.get("channel") or {}).get("id") if "command" not in body else None
        ts = message.get("ts") or container.get("message_ts")
        lasting = not container.get("is_ephemeral")  # an ephemeral one cannot be changed by its ts
        return Call(
            services=self._services,
            slack=self._slack,
            tasks=self._tasks,
            user=str((body.get("user") or {}).get("id", "")),
            channel=channel,
            trigger_id=body.get("trigger_id"),
            view=view_of(body.get("view")),
            message=MessageRef(channel, ts) if lasting and channel and ts else None,
            response_url=body.get("response_url"),
        )


def _response(answer: Ack) -> dict[str, Any]:
    if isinstance(answer, Errors):
        return {"response_action": "errors", "errors": dict(answer.fields)}
    if isinstance(answer, Update):
        return {"response_action": "update", "view": answer.view.to_dict()}
    if isinstance(answer, Push):
        return {"response_action": "push", "view": answer.view.to_dict()}
    if isinstance(answer, Clear):
        return {"response_action": "clear"}
    if isinstance(answer, Options | OptionGroups):
        return _offered(answer)
    return {}


def _offered(answer: Options | OptionGroups) -> dict[str, Any]:
    if isinstance(answer, Options):
        return {"options": [option.to_dict() for option in answer.options]}
    groups = [OptionGroup(label=label, options=each) for label, each in answer.groups.items()]
    return {"option_groups": [group.to_dict() for group in groups]}


def _acknowledged(answer: Body | str) -> BoltResponse:
    if isinstance(answer, str):
        return BoltResponse(status=200, body=answer, headers=_JSON)
    return BoltResponse(status=200, body=answer or "")


def _who(body: Body) -> str:
    """Who sent a payload, a Slack user id; empty for an event."""
    return str(body.get("user_id") or (body.get("user") or {}).get("id") or "")


def _identity(body: Body) -> bytes | None:
    """What a delivery and its repetition have in common; None when Slack gave it no name."""
    if event_id := body.get("event_id"):
        return f"event {event_id}".encode()
    if not body.get("trigger_id"):
        return None
    # A repetition is the same bytes, so that it is parsed to the same order.
    return hashlib.blake2b(repr(body).encode(), digest_size=16).digest()


def _name(handler: Handler[Any]) -> str:
    """What a handler is called in the metrics: its module and its own name."""
    module = getattr(handler, "__module__", "").rpartition(".")[2]
    return f"{module}.{getattr(handler, '__name__', 'handler')}"
