"""Slack's own Bolt is installed by OAuth, its tokens are rotated, and it is uninstalled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox, manifest
from bot.sandbox.slack.oauth import CLIENT_ID, CLIENT_SECRET, TOKEN, OAuth
from bot.sandbox.slack.shapes import ApiError
from tests.sandbox.slack.conftest import Caller

ADA, OPS, SECRET = "U0ADA", "C0OPS", "sandbox-signing-secret"
APP = manifest.read(
    """
    features:
      bot_user: {display_name: "De<li>"}
      slash_commands: [{command: /order, description: Order lunch}]
    oauth_config:
      scopes: {bot: [chat:write, commands]}
    settings:
      event_subscriptions: {bot_events: [app_uninstalled, tokens_revoked]}
    """
)
SCOPES = frozenset({"chat:write", "commands"})
# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


@asynccontextmanager
async def bolt(slack: SlackSandbox, folder: Path) -> AsyncIterator[AsyncApp]:
    """Bolt with its own OAuth flow, served; `/order` posts with the token of the installation."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=f"{slack.url}/api/", session=session)
        store = FileInstallationStore(base_dir=str(folder), client_id=CLIENT_ID)
        app = AsyncApp(
            client=client,
            # Bolt's own would rotate the tokens at slack.com.
            authorize=AsyncInstallationStoreAuthorize(
                logger=logging.getLogger(__name__),
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                installation_store=store,
                client=client,
            ),
            signing_secret=SECRET,
            process_before_response=True,
            oauth_settings=AsyncOAuthSettings(
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                scopes=sorted(SCOPES),
                installation_store=store,
                state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder)),
                authorization_url=f"{slack.url}/oauth/v2/authorize",
                state_validation_enabled=True,
            ),
        )

        @app.command("/order")
        async def order(ack: AsyncAck, client: AsyncWebClient) -> None:
            await ack()
            await client.chat_postMessage(channel=OPS, text=f"by {client.token}")

        runner = web.AppRunner(app.web_app(), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        slack.oauth.redirects = (f"{url}/slack/oauth_redirect",)
        slack.request_url = f"{url}/slack/events"
        yield app
        await runner.cleanup()


async def install(slack: SlackSandbox, *, allow: bool = True) -> tuple[str, str]:
    """Press *Add to Slack* and decide; the page that asked, and the page one ends on."""
    start = slack.request_url.replace("/slack/events", "/slack/install")
    # Bolt's cookie is for https only: a browser would keep it for this machine, aiohttp does not.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        async with browser.get(start) as page:
            cookie = page.headers["set-cookie"].partition(";")[0]
            (link,) = (
                each for each in (await page.text()).split('"') if "/oauth/v2/authorize" in each
            )
        link = link.replace("&amp;", "&")
        async with browser.get(link) as page:
            asked = await page.text()
        form = {"user": ADA, "decision": "allow" if allow else "cancel"}
        async with browser.post(link, data=form, allow_redirects=False) as page:
            assert page.status == 302, await page.text()
            back = page.headers["location"]
        async with browser.get(back, headers={"cookie": cookie}) as page:
            return asked, await page.text()


@pytest.mark.parametrize("rotation", [False, True])
async def test_bolt_is_installed_and_answers_with_its_own_token(
    *, rotation: bool, tmp_path: Path
) -> None:
    slack = SlackSandbox(replace(APP, token_rotation=rotation))
    slack.oauth.lasts = 3600.0  # Bolt rotates what has less than two hours to go
    async with slack.serve(), bolt(slack, tmp_path):
        asked, done = await install(slack)
        assert "De&lt;li&gt; wants to be" in asked
        assert "Thank you" in done
        assert (await slack.command(ADA, OPS, "/order")).error is None
        first = slack.messages[0].text
        assert first.startswith("by xoxe.xoxb-" if rotation else "by xoxb-")
        assert first != f"by {TOKEN}"

        await slack.command(ADA, OPS, "/order")
        assert (slack.messages[1].text != first) is rotation


def kept(folder: Path) -> list[Path]:
    """The installations that Bolt has kept."""
    return list(folder.glob("**/bot-latest"))


async def test_bolt_forgets_an_uninstalled_workspace(tmp_path: Path) -> None:
    slack = SlackSandbox(APP)
    async with slack.serve(), bolt(slack, tmp_path) as app:
        app.enable_token_revocation_listeners()
        await install(slack)
        assert await asyncio.to_thread(kept, tmp_path)
        slack.uninstall()
        events = {"event tokens_revoked", "event app_uninstalled"}
        await slack.workspace.feed.until(
            lambda: events <= {each.name for each in slack.wire.crossings}
        )
        await slack.command(ADA, OPS, "/order")
        assert [each.channel for each in slack.messages if each.text.startswith("by ")] == []
        assert not await asyncio.to_thread(kept, tmp_path)


async def test_who_cancels_is_sent_back_with_access_denied(tmp_path: Path) -> None:
    slack = SlackSandbox(APP)
    async with slack.serve(), bolt(slack, tmp_path):
        _, done = await install(slack, allow=False)
        assert "access_denied" in done


ASKS = {
    "client_id": CLIENT_ID,
    "scope": "chat:write",
    "redirect_uri": "http://127.0.0.1/back?kept=1",
    "state": "a&b",
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_id": "other"}, "invalid_client_id"),
        ({"scope": "chat:write,admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"redirect_uri": "http://evil.example/"}, "bad_redirect_uri"),
        ({"redirect_uri": ""}, "bad_redirect_uri"),
    ],
)
def test_what_nobody_may_be_asked(change: dict[str, str], code: str) -> None:
    with pytest.raises(ApiError) as refused:
        OAuth(SCOPES).consent(ASKS | change)
    assert refused.value.code == code


def exchanged(oauth: OAuth, **more: Any) -> dict[str, Any]:
    return oauth.access({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **more})


def code_of(oauth: OAuth) -> str:
    back = urlsplit(oauth.decided(ASKS, ADA, allowed=True))
    query = parse_qs(back.query)
    assert (query["kept"], query["state"]) == (["1"], ["a&b"])
    return query["code"][0]


def test_a_code_is_good_once_and_for_ten_minutes() -> None:
    at = [1000.0]
    oauth = OAuth(SCOPES, now=lambda: at[0])
    code = code_of(oauth)
    granted = exchanged(oauth, code=code)
    assert (granted["scope"], granted["authed_user"]) == ("chat:write", {"id": ADA})
    assert oauth.recognise(granted["access_token"]) == ("bot", frozenset({"chat:write"}))
    late = code_of(oauth)
    at[0] += 600
    for wrong, why in ((code, "invalid_code"), (late, "invalid_code"), ("x", "invalid_code")):
        with pytest.raises(ApiError, match=why):
            exchanged(oauth, code=wrong)
    again = code_of(oauth)
    exchanged(oauth, code=again)
    with pytest.raises(ApiError, match="code_already_used"):
        exchanged(oauth, code=again)
    with pytest.raises(ApiError, match="bad_client_secret"):
        oauth.access({"client_id": CLIENT_ID, "client_secret": "x", "code": again})


def test_a_token_expires_and_its_refresh_token_is_good_once() -> None:
    at = [1000.0]
    oauth = OAuth(SCOPES, rotation=True, now=lambda: at[0])
    granted = exchanged(oauth, code=code_of(oauth))
    assert granted["expires_in"] == oauth.lasts
    at[0] += oauth.lasts
    with pytest.raises(ApiError, match="token_expired"):
        oauth.recognise(granted["access_token"])
    refresh = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    renewed = exchanged(oauth, **refresh)
    assert oauth.recognise(renewed["access_token"])[0] == "bot"
    with pytest.raises(ApiError, match="invalid_refresh_token"):
        exchanged(oauth, **refresh)


async def test_a_token_is_exchanged_revoked_and_then_useless(
    slack: SlackSandbox, call: Caller
) -> None:
    slack.oauth.rotation = True
    client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    rotated = await call("oauth.v2.exchange", **client, token=TOKEN)
    assert rotated["access_token"].startswith("xoxe.")
    assert (await call("auth.test"))["error"] == "account_inactive"
    assert (await call("auth.revoke", token=rotated["access_token"]))["revoked"]
    again = await call("auth.test", token=rotated["access_token"])
    assert again["error"] == "account_inactive"
