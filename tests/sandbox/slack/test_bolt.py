"""Slack's own Bolt runs a small app on the local Slack, over HTTP and over Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox, find, manifest
from bot.sandbox.slack.oauth import APP_TOKEN, TOKEN

ADA, OPS = "U0ADA", "C0OPS"
SECRET = "sandbox-signing-secret"
APP = manifest.read(
    """
    features:
      bot_user: {display_name: Deli}
      app_home: {home_tab_enabled: true}
      slash_commands: [{command: /order, description: Order lunch}]
      shortcuts:
        - {name: Lunch, type: global, callback_id: lunch, description: Order lunch}
        - {name: Save, type: message, callback_id: save, description: Keep it}
    oauth_config:
      scopes: {bot: [chat:write, commands, im:write, users:read]}
    settings:
      event_subscriptions: {bot_events: [app_home_opened, message.channels, app_mention]}
    """
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def asks(name: str, element: dict[str, Any]) -> dict[str, Any]:
    named = {**element, "action_id": name}
    return {"type": "input", "block_id": name, "label": plain(name), "element": named}


def form(callback_id: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(callback_id),
        "submit": plain("Next"),
        "blocks": list(blocks),
        **more,
    }


ORDER = form(
    "order",
    asks("dish", {"type": "external_select", "min_query_length": 0}),
    asks("note", {"type": "plain_text_input", "min_length": 2}),
    notify_on_close=True,
)
SURE = form("sure", {"type": "section", "text": plain("Sure?")})
BUTTON = {"type": "button", "action_id": "eat", "text": plain("Eat"), "value": "all of it"}


@dataclass
class Deli:
    """A small app, and what it was asked."""

    app: AsyncApp
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def of(self, name: str) -> list[dict[str, Any]]:
        return [body for each, body in self.seen if each == name]

    def serve_lunch(self) -> None:  # noqa: C901 - one small handler a kind of payload
        app = self.app

        @app.command("/order")
        async def order(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack(f"On its way: {body['text']}" if body["text"] else "")
            if not body["text"]:
                await client.views_open(trigger_id=body["trigger_id"], view=ORDER)

        @app.options("dish")
        async def dishes(ack: AsyncAck, payload: dict[str, Any]) -> None:
            known = [name for name in ("Soup", "Salad") if name.startswith(payload["value"])]
            await ack(options=[{"text": plain(name), "value": name} for name in known])

        @app.view("order")
        async def ordered(ack: AsyncAck, body: dict[str, Any]) -> None:
            self.seen.append(("order", body))
            note = body["view"]["state"]["values"]["note"]["note"]["value"]
            if note == "no":
                await ack(response_action="errors", errors={"note": "Why not?"})
            else:
                await ack(response_action="push", view=SURE)

        @app.view("sure")
        async def sure(ack: AsyncAck, client: AsyncWebClient) -> None:
            await ack(response_action="clear")
            blocks = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
            await client.chat_postMessage(channel=OPS, text="Lunch!", blocks=blocks)

        @app.view_closed("order")
        async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            self.seen.append(("closed", body))

        @app.action("eat")
        async def eat(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
            await ack()
            self.seen.append(("eat", body))
            await respond(text="Gone.", replace_original=True)

        @app.shortcut("lunch")
        async def lunch(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=ORDER)

        @app.shortcut("save")
        async def save(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
            await ack()
            await respond(text=f"Saved: {body['message']['text']}", response_type="ephemeral")

        @app.event("app_home_opened")
        async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
            view = {"type": "home", "blocks": [{"type": "section", "text": plain("Menu")}]}
            await client.views_publish(user_id=event["user"], view=view)

        @app.event("message")
        async def said(event: dict[str, Any]) -> None:
            self.seen.append(("message", event))

        @app.event("app_mention")
        async def called(event: dict[str, Any]) -> None:
            self.seen.append(("app_mention", event))


@pytest.fixture(params=["http", "socket"])
async def deli(request: pytest.FixtureRequest) -> AsyncIterator[tuple[SlackSandbox, Deli]]:
    slack = SlackSandbox(APP)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(slack.serve())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = AsyncWebClient(token=TOKEN, base_url=f"{slack.url}/api/", session=session)
        app = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)
        served = Deli(app)
        served.serve_lunch()
        running = _http if request.param == "http" else _socket
        await stack.enter_async_context(running(slack, app))
        yield slack, served


@asynccontextmanager
async def _http(slack: SlackSandbox, app: AsyncApp) -> AsyncIterator[None]:
    runner = web.AppRunner(app.web_app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield
    await runner.cleanup()


@asynccontextmanager
async def _socket(slack: SlackSandbox, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=app.client)
    await handler.connect_async()
    await slack.workspace.feed.until(lambda: slack.sockets.count == 1)
    yield
    await handler.close_async()


async def test_a_command_is_answered_in_its_acknowledgement(
    deli: tuple[SlackSandbox, Deli],
) -> None:
    slack, _ = deli
    assert (await slack.command(ADA, OPS, "/order", "soup")).error is None
    assert (slack.messages[0].text, slack.messages[0].only_for) == ("On its way: soup", ADA)


async def test_a_form_is_filled_in_stacked_and_cleared(deli: tuple[SlackSandbox, Deli]) -> None:
    slack, app = deli
    await slack.command(ADA, OPS, "/order")
    view = await slack.wait_view(ADA, "order")
    pressed = find(view["blocks"], "dish")
    assert pressed is not None
    (soup,) = await slack.acting.suggest(ADA, pressed, "So", view=view)
    dish = {"dish": {"selected_option": soup}}

    empty = await slack.submit(ADA, {"note": {"value": "hot"}})
    assert empty.body["errors"] == {"dish": "Please complete this required field."}
    short = await slack.submit(ADA, {**dish, "note": {"value": "x"}})
    assert short.body["errors"] == {"note": "Must be at least 2 characters."}
    assert app.of("order") == []

    refused = await slack.submit(ADA, {**dish, "note": {"value": "no"}})
    assert refused.body["errors"] == {"note": "Why not?"}
    await slack.submit(ADA, {**dish, "note": {"value": "hot"}})
    await slack.wait_view(ADA, "sure")
    values = app.of("order")[-1]["view"]["state"]["values"]
    assert values["dish"]["dish"]["selected_option"]["value"] == "Soup"
    assert values["note"]["note"] == {"type": "plain_text_input", "value": "hot"}

    await slack.submit(ADA)
    assert slack.views.top(ADA) is None
    assert (await slack.wait_message(1)).text == "Lunch!"


async def test_a_pressed_button_replaces_its_message(deli: tuple[SlackSandbox, Deli]) -> None:
    slack, app = deli
    blocks = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
    await app.app.client.chat_postMessage(channel=OPS, text="Lunch!", blocks=blocks)
    (posted,) = slack.messages
    assert (await slack.press(ADA, posted, "eat")).error is None

    await slack.workspace.feed.until(lambda: posted.text == "Gone.")
    (body,) = app.of("eat")
    assert body["actions"][0]["value"] == "all of it"
    assert body["container"]["message_ts"] == posted.ts
    assert len(slack.messages) == 1


async def test_a_form_that_is_closed_says_so(deli: tuple[SlackSandbox, Deli]) -> None:
    slack, app = deli
    await slack.command(ADA, OPS, "/order")
    await slack.wait_view(ADA, "order")
    await slack.acting.close(ADA, whole=True)
    assert slack.views.top(ADA) is None
    (body,) = app.of("closed")
    assert (body["view"]["callback_id"], body["is_cleared"]) == ("order", True)


async def test_shortcuts_open_forms_and_act_on_messages(deli: tuple[SlackSandbox, Deli]) -> None:
    slack, _ = deli
    assert (await slack.acting.shortcut(ADA, "lunch", None)).error is None
    await slack.wait_view(ADA, "order")
    posted = slack.say("U0BEN", OPS, "the recipe")
    assert (await slack.acting.shortcut(ADA, "save", posted)).error is None
    assert (await slack.wait_message(2)).text == "Saved: the recipe"


async def test_events_arrive_for_what_the_manifest_asks(deli: tuple[SlackSandbox, Deli]) -> None:
    slack, app = deli
    slack.acting.home_opened(ADA, "home")
    await slack.workspace.feed.until(lambda: ADA in slack.views.homes)
    slack.say(ADA, OPS, "hello <@U0BOT>")
    slack.say(ADA, "D0ADA", "in private")
    slack.say(ADA, "C0RANDOM", "where the app is not <@U0BOT>")
    await slack.workspace.feed.until(lambda: bool(app.of("message") and app.of("app_mention")))
    assert [event["channel"] for event in app.of("message")] == [OPS]
    assert [event["channel"] for event in app.of("app_mention")] == [OPS]
