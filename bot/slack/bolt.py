"""Bolt, with one listener a kind of payload; the rest is a dictionary look-up."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.blocks import Message
from bot.slack.calls import Call, View, unescape, went_wrong
from bot.slack.client import MessageRef, Slack, SlackError
from bot.slack.router import Ack, Clear, Errors, Found, Handler, Options, Router, Update
from bot.slack.tasks import Tasks

S = TypeVar("S")
_log = structlog.get_logger(__name__)
_ANY = re.compile(r".*", re.DOTALL)
Body = dict[str, Any]


def build_bolt(
    router: Router[S],
    services: S,
    *,
    slack: Slack,
    tasks: Tasks,
    token: SecretStr,
    signing_secret: SecretStr | None,
) -> AsyncApp:
    """Put the handlers behind Bolt.

    Nothing asks Slack who the bot is at request time, nor at start: payloads say enough.

    Args:
        router: The handlers.
        services: What each call gets.
        slack: The Web API.
        tasks: Where slow work goes.
        token: The bot's token.
        signing_secret: Checks HTTP requests; None with Socket Mode.

    Returns:
        The app, for Bolt's ASGI adapter or a Socket Mode handler.
    """

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=token.get_secret_value()
        )

    app = AsyncApp(
        signing_secret=signing_secret.get_secret_value() if signing_secret else "",
        authorize=authorize,
        client=slack.web,
        process_before_response=True,
    )
    dispatch = _Dispatch(router, services, slack, tasks)

    async def command(body: Body, ack: AsyncAck) -> None:
        await dispatch.command(body, ack)

    async def action(body: Body, ack: AsyncAck) -> None:
        await dispatch.action(body, ack)

    async def view(body: Body, ack: AsyncAck) -> None:
        await dispatch.view(body, ack)

    async def options(body: Body, ack: AsyncAck) -> None:
        await dispatch.options(body, ack)

    app.command(_ANY)(command)
    app.action(_ANY)(action)
    app.view(_ANY)(view)
    app.options(_ANY)(options)
    return app


class _Dispatch:
    """Reads payloads, finds handlers, acknowledges what they return."""

    def __init__(self, router: Router[Any], services: Any, slack: Slack, tasks: Tasks) -> None:
        self._router = router
        self._services = services
        self._slack = slack
        self._tasks = tasks

    async def command(self, body: Body, ack: AsyncAck) -> None:
        call = replace(
            self._call(body),
            user=str(body.get("user_id", "")),
            channel=body.get("channel_id"),
        )
        found = self._router.read(str(body.get("command", "")), unescape(str(body.get("text", ""))))
        if isinstance(found, Message):
            await ack(
                response_type="ephemeral",
                text=found.text,
                blocks=[block.to_dict() for block in found.blocks],
            )
        else:
            await self._run(found, call, ack)

    async def action(self, body: Body, ack: AsyncAck) -> None:
        pressed = (body.get("actions") or [{}])[0]
        handler = self._router.find("action", str(pressed.get("action_id", "")))
        call = replace(self._call(body), value=_value(pressed))
        await self._run(handler and Found(handler, ""), call, ack)

    async def view(self, body: Body, ack: AsyncAck) -> None:
        handler = self._router.find("view", str((body.get("view") or {}).get("callback_id", "")))
        await self._run(handler and Found(handler, ""), self._call(body), ack)

    async def options(self, body: Body, ack: AsyncAck) -> None:
        handler = self._router.find("options", str(body.get("action_id", "")))
        call = replace(self._call(body), value=str(body.get("value", "")))
        if handler is None:
            await ack(options=[])
        else:
            await self._run(Found(handler, ""), call, ack)

    async def _run(self, found: Found[Any] | None, call: Call[Any], ack: AsyncAck) -> None:
        if found is None:
            _log.info("nobody handles this payload")
            await ack()
            return
        handler: Handler[Any] = found.handler
        try:
            answer: Ack = await handler(replace(call, text=found.text))
        except Exception:  # noqa: BLE001 - Slack must be answered, and the person told
            reference = secrets.token_hex(3)
            _log.exception("a handler broke", reference=reference)
            self._tasks.spawn(self._sorry(call, reference), name="sorry")
            answer = None
        await ack(**_response(answer))

    async def _sorry(self, call: Call[Any], reference: str) -> None:
        try:
            await call.reply(went_wrong("doing that", reference))
        except SlackError as error:
            _log.warning("nobody could be told", reference=reference, problem=str(error))

    def _call(self, body: Body) -> Call[Any]:
        message, container = body.get("message") or {}, body.get("container") or {}
        channel = (body.get("channel") or {}).get("id") if "command" not in body else None
        ts = message.get("ts") or container.get("message_ts")
        return Call(
            services=self._services,
            slack=self._slack,
            tasks=self._tasks,
            user=str((body.get("user") or {}).get("id", "")),
            channel=channel,
            trigger_id=body.get("trigger_id"),
            view=_view(body.get("view")),
            message=MessageRef(channel, ts) if channel and ts else None,
            response_url=body.get("response_url"),
        )


def _view(view: Mapping[str, Any] | None) -> View | None:
    if not view:
        return None
    return View(
        id=str(view.get("id", "")),
        callback_id=str(view.get("callback_id", "")),
        private_metadata=str(view.get("private_metadata", "")),
        values=(view.get("state") or {}).get("values") or {},
    )


def _value(pressed: Mapping[str, Any]) -> str:
    option = pressed.get("selected_option") or {}
    return str(pressed.get("value") or option.get("value") or "")


def _response(answer: Ack) -> dict[str, Any]:
    if isinstance(answer, Errors):
        return {"response_action": "errors", "errors": dict(answer.fields)}
    if isinstance(answer, Update):
        return {"response_action": "update", "view": answer.view.to_dict()}
    if isinstance(answer, Clear):
        return {"response_action": "clear"}
    if isinstance(answer, Options):
        return {"options": [option.to_dict() for option in answer.options]}
    return {}
