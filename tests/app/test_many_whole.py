"""From *Add to Slack* to a sent SMS and out again, between the two sandboxes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from bot.app import App
from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from bot.sandbox.slack import SlackSandbox, manifest
from bot.sandbox.slack.delivery import SECRET
from bot.sandbox.slack.oauth import APP_TOKEN, CLIENT_ID, CLIENT_SECRET, TOKEN
from bot.settings import Settings
from bot.slack.stamps import stamp_of
from bot.store import Database, space_tables
from tests.app.test_conversation import ADA, OPS, Stage
from tests.sandbox.slack.test_oauth import install
from tests.test_manifest import TEXT

# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@pytest.fixture(params=["http", "socket"])
async def stage(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A bot for many workspaces; nobody has installed it."""
    app = manifest.read(
        TEXT.replace("#many ", "").replace("rotation_enabled: false", "rotation_enabled: true")
    )
    clicksend, slack = ClickSendSandbox(), SlackSandbox(app)
    clicksend.state.delay = 0.5
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with slack.serve(), clicksend.serve() as api:
        slack.request_url = f"{url}/slack/events"
        slack.oauth.redirects = (f"{url}/slack/oauth_redirect",)
        slack.oauth.revoke(TOKEN)  # whatever works, works with a token that was installed
        settings = {
            "bot_mode": request.param,
            "slack_app_token": APP_TOKEN,
            "slack_client_id": CLIENT_ID,
            "slack_client_secret": CLIENT_SECRET,
            "slack_authorize_url": f"{slack.url}/oauth/v2/authorize",
            "encryption_keys": Fernet.generate_key().decode(),
            "slack_signing_secret": SECRET,
            "slack_api_url": f"{slack.url}/api/",
            "clicksend_base_url": f"{api}/v3",
            "database_url": sqlite_url,
            "bot_port": port,
            "public_url": url,
            "default_country": "AU",
        }
        async with App(Settings.model_validate(settings)):
            if request.param == "socket":
                async with asyncio.timeout(30):
                    await slack.workspace.feed.until(lambda: slack.sockets.count > 0)
            yield Stage(clicksend, slack)
        await left(sqlite_url)


async def left(url: str) -> None:
    """Nothing that is secret is left where the bot was uninstalled."""
    database = Database(url)
    async with database.read() as connection:
        bots = select(func.count()).select_from(space_tables.slack_bots)
        assert (await connection.execute(bots)).scalar_one() == 0
        keys = (await connection.execute(select(space_tables.connections.c.key))).scalars().all()
        assert list(keys) == [None]
    await database.close()


async def test_from_the_button_to_a_sent_message_and_out_again(stage: Stage) -> None:
    slack = stage.slack
    _, done = await install(slack)
    assert "Thank you" in done
    offered = await stage.command("balance")
    assert "has no ClickSend account yet" in offered.text
    await stage.press(offered, "connect.open")
    await slack.wait_view(ADA, "connect.form")
    typed = {"connect.user": {"value": USER}, "connect.key": {"value": KEY}}
    typed["connect.alerts"] = {"selected_conversation": OPS}
    assert (await slack.submit(ADA, typed)).error is None
    async with asyncio.timeout(30):
        await slack.workspace.feed.until(lambda: "is connected" in str(slack.views.top(ADA)))
    await slack.close(ADA)
    assert "left" in (await stage.command("balance")).text
    await slack.command(ADA, OPS, "/sms", "+61411111111 Hello")
    await slack.wait_view(ADA, "sms.form")
    typed = {"to": {"value": "+61411111111"}, "body": {"value": "Hello"}}
    assert (await slack.submit(ADA, typed)).error is None
    await slack.wait_view(ADA, "send.confirm")
    assert stage.clicksend.outbox("sms") == []
    assert (await slack.submit(ADA)).error is None
    await stage.until(lambda each: "SMS sent by" in each.text)
    assert len(stage.clicksend.outbox("sms")) == 1
    shown = await stage.command("setup webhooks")
    await stage.press(shown, f"~{stamp_of(USER)}~setup.make")
    await stage.until(lambda each: "a test message arrived" in each.text)
    slack.uninstall()
    events = {"event tokens_revoked", "event app_uninstalled"}
    await slack.workspace.feed.until(lambda: events <= {each.name for each in slack.wire.crossings})
