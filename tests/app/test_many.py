"""Many workspaces: installed by OAuth, connected, uninstalled, and never one in another's place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select

from bot.app import App
from bot.store import Database, space_tables
from tests.app.many import Many, ManyClickSend, ManySlack, Team, settings_of
from tests.app.world import User, serving

# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
ONE, TWO = Team("T0ONE", "U0ADA"), Team("T0TWO", "U0BEN")


@pytest.fixture
async def outside(stack: AsyncExitStack, sqlite_url: str) -> AsyncIterator[Many]:
    """Both fakes and the settings; no bot yet."""
    clicksend = ManyClickSend(accounts={"harbour": "key-of-harbour-1", "bakery": "key-of-bakery-2"})
    slack = ManySlack(teams={"one": ONE, "two": TWO})
    clicksend_url = await stack.enter_async_context(serving(clicksend.__call__))
    slack.url = await stack.enter_async_context(serving(slack.__call__))
    yield Many(clicksend, slack, settings_of(slack.url, clicksend_url, sqlite_url))
    assert slack.invalid == []


@pytest.fixture
async def many(outside: Many, stack: AsyncExitStack) -> Many:
    """The bot running between the fakes."""
    app = await stack.enter_async_context(App(outside.settings))
    outside.url, outside.idle = f"http://127.0.0.1:{app.port}", app.idle
    return outside


@pytest.fixture
async def ada(many: Many) -> User:
    """Who installed the bot in the first workspace."""
    assert (await many.install("one")).status_code == 200
    return many.user("U0ADA", "T0ONE")


async def heard(many: Many, user: User, text: str) -> str:
    """What the bot answers to a command, in its acknowledgement or afterwards."""
    many.slack.calls.clear()
    answer = await user.command("/clicksend", text)
    if answer.text:
        return answer.text
    return str(await many.slack.next("respond"))


async def test_a_workspace_is_installed_and_told_how_to_connect(many: Many, ada: User) -> None:
    for text in ("balance", "sms send +61411111111 Hello", "help", "nonsense"):
        said = await heard(many, ada, text)
        assert "has no ClickSend account yet" in said
        assert "<@U0ADA>" in said
        assert "Nothing was sent or charged" in said
    assert many.clicksend.by == []
    await ada.event(type="app_home_opened", tab="home")
    home = await many.slack.next("views.publish")
    assert "/clicksend connect" in str(home)
    assert many.slack.tokens_for("views.publish") == {"xoxb-one-1"}


async def test_a_workspace_that_never_installed_it_is_told_so(many: Many, ada: User) -> None:
    del ada
    stranger = many.user("U0EVE", "T0OTHER")
    assert "not installed in this workspace" in await heard(many, stranger, "balance")
    assert (await stranger.press("connect.open", "")).status_code == 200
    assert (await stranger.event(type="app_home_opened", tab="home")).status_code == 200


async def test_an_account_is_connected_used_and_disconnected(many: Many, ada: User) -> None:
    said = await many.connect(ada, "harbour")
    assert "is connected" in said
    assert "<!channel>" not in said.replace("&lt;!channel&gt;", "")
    assert "AUD" in await heard(many, ada, "balance")
    assert {name for name, _ in many.clicksend.by} == {"harbour"}
    assert "harbour" in await heard(many, ada, "disconnect")
    many.slack.calls.clear()
    await ada.press("connect.drop:0", "harbour", response_url=f"{ada.slack_url}/respond")
    assert "is disconnected" in str(await many.slack.next("respond"))
    assert "has no ClickSend account yet" in await heard(many, ada, "balance")


async def test_a_key_that_clicksend_refuses_is_not_kept(many: Many, ada: User) -> None:
    said = await many.connect(ada, "nobody")
    assert "does not accept this user name with this key" in said
    assert "wrong-key-00" not in said
    assert "has no ClickSend account yet" in await heard(many, ada, "balance")


async def test_only_the_installer_and_slacks_own_admins_connect(many: Many, ada: User) -> None:
    del ada
    eve = many.user("U0EVE", "T0ONE")
    said = await heard(many, eve, "connect")
    assert "Only admins may do that" in said
    assert "<@U0ADA>" in said
    for each in ({"is_admin": True, "deleted": True}, {"is_owner": True, "is_restricted": True}):
        many.slack.people["U0EVE"] = each
        assert "Only admins may do that" in await heard(many, eve, "connect")
    many.slack.people["U0EVE"] = {"is_admin": True}
    assert "is connected" in await many.connect(eve, "harbour")


async def test_what_is_secret_is_neither_in_the_database_nor_in_a_view_nor_in_the_log(
    many: Many, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    assert "is connected" in await many.connect(ada, "harbour")
    await heard(many, ada, "balance")
    key, token = many.clicksend.accounts["harbour"], "xoxb-one-1"
    database = Database(many.settings.database_url)
    async with database.read() as connection:
        rows = [
            str((await connection.execute(select(table))).all())
            for table in space_tables.slack_bots.metadata.tables.values()
        ]
    await database.close()
    assert not [row for row in rows if key in row or token in row]
    assert key not in str(many.slack.calls)
    assert key not in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("event", "is_gone"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U0ADA"]}}, False),
    ],
)
async def test_a_workspace_that_uninstalls_is_forgotten(
    many: Many, ada: User, event: dict[str, object], *, is_gone: bool
) -> None:
    assert "is connected" in await many.connect(ada, "harbour")
    old = {"event_time": 1}
    await ada.event(outer=old, **event)
    await many.idle()
    assert "AUD" in await heard(many, ada, "balance")  # it was installed since
    await ada.event(outer={"event_time": 4_000_000_000}, **event)
    await many.idle()
    assert ("not installed" in await heard(many, ada, "balance")) is is_gone
    if is_gone:
        assert (await many.install("one")).status_code == 200
        assert "has no ClickSend account yet" in await heard(many, ada, "balance")
