"""What a payload means: whose it is, which handler runs, what Slack is answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot import tracing
from bot.slack import mentions, stamps
from bot.slack.answered import request_id
from bot.slack.blocks import Message
from bot.slack.calls import OFFERED, Call, Offered, unescape, went_wrong
from bot.slack.client import MessageRef, SlackError
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
from bot.slack.router import ROOT, Errors, Found, Handler, Help, acknowledgement, called
from bot.slack.said import Said
from bot.slack.tasks import Tasks
from bot.texts import Phrase, speaking

_log = structlog.get_logger(__name__)
_AN_ID = re.compile(r"[a-z][a-z0-9_.:-]{0,79}")
"""What a button or a form may be called; anything else may be what somebody wrote."""
Body = dict[str, Any]
Seen = Callable[[str, str], None]
Run = Callable[[Body, Guest[Any]], Awaitable[Body | str]]
Outside = Callable[[Place, Body], Coroutine[Any, Any, None]]
OK, BROKEN = "ok", "broken"

_ONCE_SECONDS = 600.0
"""Twice the window of a signature: a copied request is refused as stale, or known, never run."""
_MOST_REMEMBERED = 5_000


class Dispatch:
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
        """Run a slash command, or answer help and typos at once."""
        found = _found(guest, str(body.get("command", "")), str(body.get("text", "")))
        if not isinstance(found, Message):
            user, channel = str(body.get("user_id", "")), body.get("channel_id")
            call = replace(self._call(body, guest), user=user, channel=channel)
            return await self._run(found, call)
        self._seen("help", OK)
        return found.json if isinstance(found, Help) else acknowledgement(found)

    async def action(self, body: Body, guest: Guest[Any]) -> Body:
        """Run what a pressed button or a chosen option means."""
        pressed = (body.get("actions") or [{}])[0]
        name, call = str(pressed.get("action_id", "")), self._call(body, guest)
        call = replace(call, value=value_of(pressed))
        if name == OFFERED:  # what was typed after a mention, now with a press that opens forms
            found = _found(guest, ROOT, call.value)
            return {} if isinstance(found, Message) else await self._run(found, call)
        return await self._handle(guest, "action", name, replace(call, pressed=True))

    async def view(self, body: Body, guest: Guest[Any]) -> Body:
        """Take a submitted form."""
        call, field = self._call(body, guest), first_input(body)
        return await self._handle(guest, "view", callback_id(body), call, field=field)

    async def closed(self, body: Body, guest: Guest[Any]) -> Body:
        """Hear that a form was closed."""
        if guest.router.find("closed", callback_id(body)) is None:
            return {}
        return await self._handle(guest, "closed", callback_id(body), self._call(body, guest))

    async def shortcut(self, body: Body, guest: Guest[Any]) -> Body:
        """Run a global or message shortcut."""
        message = body.get("message")
        said = Said(message) if isinstance(message, dict) else None
        call = replace(self._call(body, guest), said=said)
        return await self._handle(guest, "shortcut", str(body.get("callback_id", "")), call)

    async def options(self, body: Body, guest: Guest[Any]) -> Body:
        """Offer what a menu finds for what is typed in it."""
        name = str(body.get("action_id", ""))
        if guest.router.find("options", name) is None:
            return {"options": []}
        call = replace(self._call(body, guest), value=str(body.get("value", "")))
        answer = await self._handle(guest, "options", name, call)
        return answer or {"options": []}

    async def event(self, body: Body, guest: Guest[Any]) -> Body:
        """Hear an event; the work it makes is done after the acknowledgement."""
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
        with speaking(await call.slack.people.locale_of(call.user)):
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
            shown = name if _AN_ID.fullmatch(name) else "other"
            _log.info("nobody handles this", kind=kind, name=shown)
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
    with speaking(await guest.slack.people.locale_of(sender(body))):
        return await run(body, guest)


async def _happened(handler: Handler[Any], call: Call[Any], kind: str) -> None:
    # Messages are read of everybody in a channel: Slack is not asked about each writer.
    user = "" if kind == "message" else call.user
    with speaking(await call.slack.people.locale_of(user)):
        await handler(call)
