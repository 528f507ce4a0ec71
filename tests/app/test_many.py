"""Many workspaces: installed by OAuth, connected, uninstalled, and never one in another's place."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import httpx
import pytest
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import App
from bot.app.examination import examine
from bot.services import notices
from bot.services.doctor import Health
from bot.store import Database, Scope, kept, outbox, space_tables, tables
from tests.app.many import (
    ENCRYPTION_KEY,
    TLS,
    Many,
    ManyClickSend,
    ManySlack,
    Team,
    settings_of,
    unstruck,
    until,
)
from tests.app.world import User, serving

# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
LISTS = {"contact_lists.list", "lists.list"}
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


async def test_a_channel_uses_the_account_that_was_chosen_for_it(many: Many, ada: User) -> None:
    many.clicksend.accounts["harbour/north"] = "key-of-north-345"
    for account in ("harbour", "harbour/north"):
        assert "is connected" in await many.connect(ada, account)

    async def asked(channel: str) -> str:
        many.clicksend.by.clear()
        await ada.command("/clicksend", "list list", channel=channel)
        await many.idle()
        (name,) = {name for name, operation in many.clicksend.by if operation in LISTS}
        return name

    assert await asked("C0OPS") == "harbour"
    assert "uses `harbour/north` from now on" in await heard(many, ada, "account use harbour/north")
    assert "is not connected here" in await heard(many, ada, "account use bakery")
    shown = await heard(many, ada, "account")
    assert "*`harbour/north`*, used in: <#C0OPS>" in shown
    assert "*`harbour`*, used in: every channel without a choice" in shown
    many.clicksend.by.clear()
    assert (await asked("C0ELSE"), await asked("C0OPS")) == ("harbour", "harbour/north")
    assert "from now on" in await heard(many, ada, "account use harbour/north everywhere")
    assert await asked("C0ANY") == "harbour/north"
    assert "usual account again" in await heard(many, ada, "account use usual")


async def test_what_was_begun_with_an_account_stays_with_it(many: Many, ada: User) -> None:
    many.clicksend.accounts["north"] = "key-of-north-345"
    for account in ("harbour", "north"):
        assert "is connected" in await many.connect(ada, account)
    many.slack.calls.clear()
    await ada.command("/sms")
    form = (await many.slack.next("views.open"))["view"]
    await heard(many, ada, "account use north")
    many.slack.calls.clear()
    await ada.submit(form, to={"value": "+61411111111"}, body={"value": "Hello"})
    review = (await many.slack.next("views.update"))["view"]
    await ada.submit(review)
    await many.clicksend.next("sms.send")
    assert [name for name, operation in many.clicksend.by if operation == "sms.send"] == ["harbour"]
    await many.idle()
    many.slack.calls.clear()
    await ada.command("/sms")
    form = (await many.slack.next("views.open"))["view"]
    many.slack.calls.clear()
    await ada.submit(form, to={"value": "+61411111111"}, body={"value": "Hello there"})
    review = (await many.slack.next("views.update"))["view"]
    await ada.press("connect.drop:1", "north", response_url=f"{ada.slack_url}/respond")
    assert "is disconnected" in str(await many.slack.next("respond"))
    many.slack.calls.clear()
    await ada.submit(review)
    assert "not connected here any more" in str(await many.slack.next("chat.postMessage"))
    assert len(many.clicksend.of("sms.send")) == 1


async def holding(outside: Many, stack: AsyncExitStack) -> User:
    """Start the bot so that sends wait ten minutes; who installed it in the first workspace."""
    outside.settings = outside.settings.model_copy(update={"undo_seconds": 600})
    app = await stack.enter_async_context(App(outside.settings))
    outside.url, outside.idle = f"http://127.0.0.1:{app.port}", app.idle
    await outside.install("one")
    return outside.user("U0ADA", "T0ONE")


async def hold(outside: Many, user: User, words: str) -> None:
    """Have a send wait."""
    outside.slack.calls.clear()
    await user.command("/sms")
    form = (await outside.slack.next("views.open"))["view"]
    await user.submit(form, to={"value": "+61411111111"}, body={"value": words})
    await user.submit((await outside.slack.next("views.update"))["view"])
    assert "goes out at" in (await outside.slack.next("chat.postMessage"))["text"]


async def test_what_waits_is_withdrawn_when_its_account_is_disconnected(
    outside: Many, stack: AsyncExitStack
) -> None:
    ada = await holding(outside, stack)
    assert "is connected" in await outside.connect(ada, "harbour")
    await hold(outside, ada, "Hello")
    outside.slack.calls.clear()
    await ada.press("connect.drop:0", "harbour", response_url=f"{ada.slack_url}/respond")
    said = str(await outside.slack.next("respond"))
    assert "1 send that waited was withdrawn: not sent, not charged" in said
    assert "was undone by <@U0ADA>" in (await outside.slack.next("chat.update"))["text"]
    assert "is connected" in await outside.connect(ada, "harbour")
    assert "withdrawn" not in await heard(outside, ada, "history")
    assert outside.clicksend.of("sms.send") == []


async def test_what_waited_when_the_bot_was_removed_neither_goes_out_nor_is_told_one_by_one_later(
    outside: Many, stack: AsyncExitStack
) -> None:
    ada = await holding(outside, stack)
    await outside.connect(ada, "harbour", alerts="C0OPS", approvals="C0OPS")
    for words in ("Hello", "Good morning"):
        await hold(outside, ada, words)
    outside.slack.dead.add("xoxb-one-1")
    await ada.event(outer={"event_time": 4_000_000_000}, type="app_uninstalled")
    await outside.idle()
    assert "not installed in this workspace" in await heard(outside, ada, "balance")
    await outside.idle()
    scope, database = Scope("T0ONE", "harbour"), Database(outside.settings.database_url)
    stack.push_async_callback(database.close)
    alert = notices.AlertEscalated(alert="a", episode=1, way="call")
    async with database.write() as connection:  # as if one had waited
        await outbox.add(
            connection,
            scope,
            key="a",
            kind=alert.kind,
            payload=notices.to_json(alert),
            at=datetime.now(UTC),
        )
    assert (await outside.install("one")).status_code == 200
    outside.slack.calls.clear()
    said = await outside.connect(ada, "harbour", alerts="C0NEW")
    assert "is connected" in said
    told = await outside.slack.next("chat.postMessage")
    assert told["channel"] == "C0NEW"
    assert "2 sends that waited were withdrawn" in told["text"]
    assert "notices were left out" in told["text"]
    await outside.idle()
    assert outside.slack.of("chat.update") == []
    assert outside.clicksend.of("sms.send") == []
    async with database.read() as connection:
        states = set((await connection.execute(select(tables.sends.c.state))).scalars())
    assert states == {"undone"}


@pytest.mark.parametrize("how", ["uninstalled", "disconnected"])
async def test_who_was_admin_before_is_nobody_after_it(many: Many, ada: User, how: str) -> None:
    """Ben installs the bot again and types a key of his own: nothing of Ada's roles is left."""
    assert "is connected" in await many.connect(ada, "harbour")
    for person in ("U0EVE", "U0BOB"):
        await heard(many, ada, f"access grant <@{person}|x> admin")
    await heard(many, ada, "access grant everybody sender")
    if how == "uninstalled":
        many.slack.dead.add("xoxb-one-1")
        await ada.event(outer={"event_time": 4_000_000_000}, type="app_uninstalled")
        await many.idle()
        assert "not installed in this workspace" in await heard(many, ada, "balance")
        many.slack.teams["one"] = Team("T0ONE", "U0BEN")
        assert (await many.install("one")).status_code == 200
    else:
        await ada.press("connect.drop:0", "harbour", response_url=f"{ada.slack_url}/respond")
        await many.idle()
        many.slack.people["U0BEN"] = {"is_admin": True}
    eve, ben = many.user("U0EVE", "T0ONE"), many.user("U0BEN", "T0ONE")
    strangers = (ada, eve) if how == "uninstalled" else (eve,)
    for person in strangers:
        assert "Only admins may do that" in await heard(many, person, "connect")
    assert "is connected" in await many.connect(ben, "harbour")
    for person in strangers:
        for text in ("connect", "disconnect", "account", "access grant <@U0EVE|x> admin"):
            said = await heard(many, person, text)
            assert "Only admins" in said or ":no_entry:" in said
        assert "may not" in await heard(many, person, "sms send +61411111111 Hello")
    roles = await heard(many, ben, "access")
    assert "U0BEN" in roles
    for gone in ("U0ADA", "U0EVE", "U0BOB", "everybody"):
        assert gone not in roles


async def test_a_grid_installs_it_for_its_workspaces_and_each_has_its_own_account(
    many: Many,
) -> None:
    many.slack.teams["grid"] = Team("", "U0GRID", "E0GRID")
    assert (await many.install("grid")).status_code == 200

    async def said(team: str, text: str, user: str = "U0ADA") -> str:
        many.slack.calls.clear()
        person = many.user(user, team)
        answer = await person.interact(
            type="block_actions",
            enterprise={"id": "E0GRID"},
            is_enterprise_install=True,
            actions=[{"type": "button", "action_id": "mention.open", "value": text}],
            response_url=f"{many.slack.url}/respond",
        )
        assert answer.status_code == 200
        await many.idle()
        return str(many.slack.calls)

    assert "Only admins may do that" in await said("T0NORTH", "connect")
    many.slack.people["U0ADA"] = {"is_admin": True}  # of which workspace, it does not say
    assert "Only admins may do that" in await said("T0NORTH", "connect")
    many.slack.people["U0ADA"] = {"enterprise_user": {"is_admin": True}}
    assert "views.open" in await said("T0NORTH", "connect")
    north = many.user("U0ADA", "T0NORTH")
    assert "is connected" in await many.connect(north, "harbour")
    assert "AUD" in await said("T0NORTH", "balance")
    assert many.slack.tokens_for("views.open") == {"xoxb-grid-1"}
    south = many.user("U0ADA", "T0SOUTH")
    assert "views.open" in await said("T0SOUTH", "connect")
    assert "has no ClickSend account" in await heard(many, south, "balance")
    gone = {"event_time": 4_000_000_000, "enterprise_id": "E0GRID", "is_enterprise_install": True}
    closing = {"type": "team_access_revoked", "team_ids": ["T0NORTH"]}
    there = [{"enterprise_id": "E0GRID", "team_id": "T0NORTH", "is_enterprise_install": True}]
    await south.event(outer={**gone, "authorizations": there}, **closing)
    await many.idle()
    assert "has no ClickSend account" in await heard(many, north, "balance")
    await south.event(outer={**gone, "authorizations": there}, type="app_uninstalled")
    await many.idle()
    assert "not installed in this workspace" in await heard(many, north, "balance")
    assert "not installed in this workspace" in await heard(many, south, "balance")


async def test_a_token_is_renewed_before_it_ends_and_used_at_once(
    outside: Many, stack: AsyncExitStack
) -> None:
    outside.slack.expires_in = 3_600
    async with App(outside.settings) as app:
        outside.url, outside.idle = f"http://127.0.0.1:{app.port}", app.idle
        await outside.install("one")
        ada = outside.user("U0ADA", "T0ONE")
        assert "is connected" in await outside.connect(ada, "harbour")
    outside.slack.expires_in = 43_200
    outside.slack.spoken.clear()
    await unstruck(outside.settings)
    app = await stack.enter_async_context(App(outside.settings))
    ada.bot_url, outside.idle = f"http://127.0.0.1:{app.port}", app.idle

    async def renewed() -> bool:
        outside.slack.calls.clear()
        await ada.command("/sms")
        await outside.slack.next("views.open")
        return "xoxb-one-2" in outside.slack.tokens_for("views.open")

    await until(renewed)
    assert outside.slack.issued == 2  # and it was done once
    assert "AUD" in await heard(outside, ada, "balance")


async def test_keys_are_changed_and_a_lost_key_opens_nothing(outside: Many) -> None:
    newer, ada = Fernet.generate_key().decode(), outside.user("U0ADA", "T0ONE")

    async def resealed() -> bool:
        return not await sealed_by(ENCRYPTION_KEY, outside)

    async def with_keys(*keys: str) -> tuple[str, str]:
        """The answer of a bot with these keys, twice: before and after it looked at all."""
        changed = {"encryption_keys": SecretStr(",".join(keys))}
        settings = outside.settings.model_copy(update=changed)
        await unstruck(settings)
        async with App(settings) as app:
            ada.bot_url = outside.url = f"http://127.0.0.1:{app.port}"
            outside.idle = app.idle
            if outside.slack.issued == 0:
                await outside.install("one")
                assert "is connected" in await outside.connect(ada, "harbour")
            if newer in keys:
                await until(resealed)
            return await heard(outside, ada, "balance"), await heard(outside, ada, "balance")

    assert all("AUD" in each for each in await with_keys(ENCRYPTION_KEY))
    assert all("AUD" in each for each in await with_keys(newer, ENCRYPTION_KEY))
    assert all("AUD" in each for each in await with_keys(newer))
    assert all("not installed" in each for each in await with_keys(ENCRYPTION_KEY))


async def sealed_by(key: str, many: Many) -> int:
    """How many secrets in the database a key opens."""
    count, fernet, database = 0, Fernet(key), Database(many.settings.database_url)
    async with database.read() as connection:
        keys = (await connection.execute(select(space_tables.connections.c.key))).scalars()
        tokens = (await connection.execute(select(space_tables.slack_bots.c.bot_token))).scalars()
        for sealed in (*keys, *tokens):
            with contextlib.suppress(InvalidToken):
                fernet.decrypt(sealed)
                count += 1
    await database.close()
    return count


async def test_an_installation_counts_once_and_in_the_browser_that_began_it(many: Many) -> None:
    async with httpx.AsyncClient(base_url=many.url, trust_env=False, verify=TLS) as browser:
        page = await browser.get("/slack/install")
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        cookie = page.headers["set-cookie"].partition(";")[0]
        back = {"code": "one", "state": cookie.partition("=")[2]}
        there = "/slack/oauth_redirect"
        stolen = await browser.get(there, params=back)  # without the cookie
        assert (stolen.status_code, "invalid_browser" in stolen.text) == (400, True)
        headers = {"cookie": cookie}
        first = await browser.get(there, params=back, headers=headers)
        again = await browser.get(there, params=back, headers=headers)
        assert (first.status_code, again.status_code) == (200, 401)
        hostile = await browser.get(there, params={"error": "<script>x</script>"})
        assert "<script>" not in hostile.text
        assert "no-store" in hostile.headers["cache-control"]
        many.slack.down = True
        page = await browser.get("/slack/install")
        cookie = page.headers["set-cookie"].partition(";")[0]
        back = {"code": "nothing", "state": cookie.partition("=")[2]}
        wrong = await browser.get(there, params=back, headers={"cookie": cookie})
        assert wrong.status_code == 401
        assert many.slack.issued == 1


@pytest.mark.parametrize("proxies", ["127.0.0.1", "192.0.2.1"])
async def test_one_stranger_does_not_keep_others_from_installing(
    outside: Many, stack: AsyncExitStack, proxies: str
) -> None:
    settings = outside.settings.model_copy(update={"trusted_proxies": proxies})
    app = await stack.enter_async_context(App(settings))
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{app.port}", trust_env=False, verify=TLS
    ) as browser:

        async def asked(path: str, by: str) -> int:
            answer = await browser.get(path, headers={"x-forwarded-for": by})
            return answer.status_code

        for _ in range(30):  # what a stranger writes before it, the proxy's own word comes after
            last = await asked("/slack/oauth_redirect?error=x", "203.0.113.5, 198.51.100.7")
        assert last == 429
        assert await asked("/slack/install", "198.51.100.7") == 429
        others = await asked("/slack/install", "198.51.100.8")
        assert others == (200 if proxies == "127.0.0.1" else 429)  # else it is the connection's


async def test_pushes_find_their_workspace_by_their_address(many: Many, ada: User) -> None:
    assert "is connected" in await many.connect(ada, "harbour")
    database = Database(many.settings.database_url)
    async with database.read() as connection:
        found = await kept.get(connection, Scope("T0ONE", "harbour"), "webhook_secret")
    assert found is not None
    push = {"from": "+61411111111", "to": "+61422222222", "body": "Hi", "message_id": "M1"}
    async with httpx.AsyncClient(base_url=many.url, trust_env=False, verify=TLS) as http:
        wrong = await http.post(f"/clicksend/webhooks/{'x' * 43}/inbound/sms", data=push)
        there = f"/clicksend/webhooks/{found[0]}/inbound/sms"
        right = await http.post(there, data=push)
        await ada.press("connect.drop:0", "harbour", response_url=f"{ada.slack_url}/respond")
        await many.idle()
        late = await http.post(there, data=push)
    async with database.read() as connection:
        rows = (await connection.execute(select(tables.inbound.c.workspace))).scalars().all()
        trail = (await connection.execute(select(tables.audit.c.action))).scalars().all()
    await database.close()
    assert (wrong.status_code, right.status_code, late.status_code) == (404, 200, 404)
    assert list(rows) == ["T0ONE"]
    assert "account connected" in trail


async def test_what_one_replica_changes_the_others_notice_at_once(
    postgres_url: str, outside: Many, stack: AsyncExitStack
) -> None:
    # The database comes first, so that it goes last: the bots end before it does.
    settings = outside.settings.model_copy(update={"database_url": postgres_url})
    apps = [await stack.enter_async_context(App(settings)) for _ in range(2)]
    here, there = (
        Many(outside.clicksend, outside.slack, settings, f"http://127.0.0.1:{app.port}", app.idle)
        for app in apps
    )
    assert (await here.install("one")).status_code == 200
    ada, elsewhere = here.user("U0ADA", "T0ONE"), there.user("U0ADA", "T0ONE")
    assert "has no ClickSend account" in await heard(there, elsewhere, "balance")
    assert "is connected" in await here.connect(ada, "harbour")
    assert "AUD" in await heard(there, elsewhere, "balance")
    await ada.press("connect.drop:0", "harbour", response_url=f"{ada.slack_url}/respond")
    await here.idle()
    assert "has no ClickSend account" in await heard(there, elsewhere, "balance")


async def test_the_doctor_looks_at_every_account(many: Many, ada: User) -> None:
    assert "is connected" in await many.connect(ada, "harbour")
    found = await examine(many.settings)
    said = {each.part: (each.health, each.said) for each in found}
    assert said["Accounts"] == (Health.GOOD, "1 in 1 workspaces")
    assert said["T0ONE harbour: ClickSend"][0] is Health.GOOD
    assert said["T0ONE harbour: Slack"][0] is Health.GOOD
    assert said["Installing"] == (Health.POOR, "PUBLIC_URL is not set")
    other = SecretStr(Fernet.generate_key().decode())
    found = await examine(many.settings.model_copy(update={"encryption_keys": other}))
    bad = [each for each in found if each.health is Health.BAD]
    assert [each.part for each in bad] == ["T0ONE harbour"]
    assert "ENCRYPTION_KEYS" in bad[0].mend


async def test_a_payload_that_names_a_strangers_grid_is_still_served_with_our_own_token(
    many: Many, ada: User
) -> None:
    many.slack.teams["grid"] = Team("", "U0GRID", "E0GRID")
    assert (await many.install("grid")).status_code == 200  # newer than our own installation
    for more in ({}, {"view": {"app_installed_team_id": "T0ONE", "blocks": []}}):
        many.slack.spoken.clear()
        await ada.interact(
            type="block_actions",
            enterprise={"id": "E0GRID"},
            actions=[{"type": "button", "action_id": "connect.open"}],
            **more,
        )
        await many.idle()
        assert {token for token, method, _ in many.slack.spoken if method == "views.open"} == {
            "xoxb-one-1"
        }


async def test_what_is_typed_wrong_is_said_and_never_repeated(many: Many, ada: User) -> None:
    many.slack.calls.clear()
    await ada.command("/clicksend", "connect")
    form = (await many.slack.next("views.open"))["view"]
    for name, key in (("a b", "short"), ("a:b", "x" * 10_000), ("", "key with spaces 1")):
        typed = {"connect.user": {"value": name}, "connect.key": {"value": key}}
        errors = (await ada.submit(form, **typed)).json()["errors"]
        assert set(errors) == {"connect.user", "connect.key"}
        assert key not in str(errors)
    hostile = "<!channel>`*"
    many.clicksend.accounts[hostile] = "key-of-hostile-1"
    await many.connect(ada, hostile)
    for text in ("disconnect", "account"):
        said = await heard(many, ada, text)
        assert "<!channel>" not in said.replace("'value': '<!channel>`*'", "")  # nobody reads it
        assert "&lt;!channel&gt;'*" in said
    many.clicksend.accounts["harbour"] = "another-key-000"
    for _ in range(2):  # pressed twice
        await ada.press("connect.drop:0", hostile, response_url=f"{ada.slack_url}/respond")
        await many.idle()
    assert ["is not connected" in str(each) for each in many.slack.of("respond")[-2:]] == [
        False,
        True,
    ]


async def test_an_account_is_connected_once_in_a_workspace_whatever_its_name_is_written_like(
    many: Many, ada: User
) -> None:
    assert "is connected" in await many.connect(ada, "harbour")
    many.clicksend.accounts["HARBOUR"] = many.clicksend.accounts["harbour"]
    said = await many.connect(ada, "HARBOUR")
    assert "is connected here already, as `harbour`" in said
    assert "Nothing was kept, sent or charged" in said
    assert "HARBOUR" not in await heard(many, ada, "account")
    await many.install("two")
    ben = many.user("U0BEN", "T0TWO")
    said = await many.connect(ben, "HARBOUR")  # elsewhere it is nobody's business
    assert "is connected, and its key encrypted" in said
    assert "harbour" not in said.replace("(HARBOUR)", "")


async def test_clicksend_is_away_while_somebody_connects(many: Many, ada: User) -> None:
    many.clicksend.cut.add("account.get")
    said = await many.connect(ada, "harbour")
    assert "Nothing was kept, sent or charged" in said
    many.clicksend.cut.clear()
    assert "is connected" in await many.connect(ada, "harbour")


async def test_health_and_metrics_name_nobody(many: Many, ada: User) -> None:
    assert "is connected" in await many.connect(ada, "harbour")
    async with httpx.AsyncClient(base_url=many.url, trust_env=False, verify=TLS) as http:

        async def watched() -> bool:
            return 'job_fires_total{job="credit_watch"' in (await http.get("/metrics")).text

        await until(watched)
        ready, metrics = await http.get("/readyz"), await http.get("/metrics")
    assert ready.status_code == 200
    assert ready.json()["clicksend_credentials"] == "each workspace's own"
    assert "clicksend_slack_queue_sends 0.0" in metrics.text
    for name in ("harbour", "T0ONE", "U0ADA"):
        assert name not in ready.text + metrics.text
