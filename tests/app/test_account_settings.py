"""What a workspace's admins set for an account: checked, kept, audited, and in effect at once."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.app import App
from bot.app.account import own_settings
from bot.services.connection_settings import own_of
from bot.services.connections import resealed
from bot.store import Database, spaces, tables
from bot.store.sealing import Seal
from bot.store.spaces import Connection
from tests.app.many import ENCRYPTION_KEY, Many, ManyClickSend, ManySlack, Team, settings_of
from tests.app.world import User, serving

# slack_sdk's own, with this aiohttp.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
ADDRESS = "https://hooks.example.com/secret-of-the-hook"
FULL: dict[str, Any] = {
    "account.alerts": {"selected_conversation": "C0ALERT"},
    "account.inbox": {"selected_conversation": "C0INBOX"},
    "account.approvals": {"selected_conversation": "C0YES"},
    "account.oncall": {"selected_users": ["U0EVE", "U0BOB"]},
    "account.minutes": {"value": "5"},
    "account.call": {"selected_option": {"value": "voice"}},
    "account.phones": {"value": "+61 411 111 111, +61422222222"},
    "account.webhook": {"value": ADDRESS},
    "account.list": {"value": "428"},
    "account.credit": {"value": "12,50"},
}
EMPTY: dict[str, Any] = {"account.call": {"selected_option": {"value": "-"}}}


@pytest.fixture
async def many(stack: AsyncExitStack, sqlite_url: str) -> Many:
    """The bot, in two workspaces with an account each."""
    clicksend = ManyClickSend(accounts={"harbour": "key-of-harbour-1", "bakery": "key-of-bakery-2"})
    slack = ManySlack(teams={"one": Team("T0ONE", "U0ADA"), "two": Team("T0TWO", "U0BEN")})
    clicksend_url = await stack.enter_async_context(serving(clicksend.__call__))
    slack.url = await stack.enter_async_context(serving(slack.__call__))
    settings = settings_of(slack.url, clicksend_url, sqlite_url, low_credit_threshold="20")
    app = await stack.enter_async_context(App(settings))
    found = Many(clicksend, slack, settings, f"http://127.0.0.1:{app.port}", app.idle)
    for name, user, team, account in (
        ("one", "U0ADA", "T0ONE", "harbour"),
        ("two", "U0BEN", "T0TWO", "bakery"),
    ):
        assert (await found.install(name)).status_code == 200
        assert "is connected" in await found.connect(found.user(user, team), account)
    return found


@pytest.fixture
def ada(many: Many) -> User:
    return many.user("U0ADA", "T0ONE")


async def opened(many: Many, user: User, text: str = "") -> dict[str, Any]:
    many.slack.calls.clear()
    await user.command("/clicksend", f"account settings {text}")
    form: dict[str, Any] = (await many.slack.next("views.open"))["view"]
    return form


async def saved(many: Many, user: User, typed: dict[str, Any]) -> str:
    """What the form says in the end."""
    form = await opened(many, user)
    assert "errors" not in (await user.submit(form, **typed)).text
    return str((await many.slack.next("views.update"))["view"]["blocks"])


async def kept(many: Many) -> dict[str, Connection]:
    database = Database(many.settings.database_url)
    async with database.read() as connection:
        found = {each.workspace: each for each in await spaces.every(connection)}
    await database.close()
    return found


async def test_it_is_kept_shown_again_audited_and_of_one_account_alone(
    many: Many, ada: User
) -> None:
    before = await kept(many)
    assert "are changed, and count at once" in await saved(many, ada, FULL)
    after = await kept(many)
    assert after["T0TWO"] == before["T0TWO"]
    ours = own_settings(many.settings, after["T0ONE"], Seal([ENCRYPTION_KEY]), accounts=1)
    assert (ours.alert_channel, ours.inbox_channel) == ("C0ALERT", "C0INBOX")
    assert (ours.approval_channel, ours.opt_out_list) == ("C0YES", 428)
    assert (ours.alert_oncall, ours.escalation_minutes) == ({"U0EVE", "U0BOB"}, 5)
    assert (ours.escalation_call, str(ours.low_credit_threshold)) == ("voice", "12.50")
    assert ours.escalation_phones == {"+61411111111", "+61422222222"}
    assert ours.escalation_webhook_url is not None
    assert ours.escalation_webhook_url.get_secret_value() == ADDRESS
    assert "secret-of-the-hook" not in after["T0ONE"].own
    shown = json.dumps(await opened(many, ada, "harbour"))
    for each in ("C0ALERT", "C0INBOX", "C0YES", "U0EVE", "+61422222222", "428", "12.50"):
        assert each in shown
    assert "secret-of-the-hook" not in shown
    database = Database(many.settings.database_url)
    async with database.read() as connection:
        trail = tables.audit.c.action, tables.audit.c.actor, tables.audit.c.detail
        rows = (await connection.execute(select(*trail))).all()
    await database.close()
    (row,) = [row for row in rows if row.action == "account settings_changed"]
    assert row.actor == "U0ADA"
    assert "phones" in str(row.detail)
    assert "+61" not in str(row.detail)
    assert many.slack.invalid == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("phones", "+999123456789"),
        ("phones", "+61411111111, Ada"),
        ("webhook", "https://example.com:99999/"),
        ("webhook", "https://example.com:port/"),
        ("webhook", "https://ada@example.com/"),
        ("webhook", "http://example.com/"),
        ("webhook", "https://xn--a/"),
        ("minutes", "1441"),
        ("credit", "ten"),
        ("list", "-1"),
    ],
)
async def test_what_cannot_be_used_is_refused_in_its_field_and_nothing_changes(
    many: Many, ada: User, field: str, typed: str
) -> None:
    before = await kept(many)
    answer = await ada.submit(
        await opened(many, ada), **{**FULL, f"account.{field}": {"value": typed}}
    )
    assert list(json.loads(answer.text)["errors"]) == [f"account.{field}"]
    assert await kept(many) == before


async def test_it_counts_without_a_restart_and_can_be_taken_back(many: Many, ada: User) -> None:
    async def reviewed() -> int:
        """How often the opt-out list was read for the price of an SMS."""
        many.slack.calls.clear()
        before = len(many.clicksend.of("contacts.list"))
        await ada.command("/sms")
        form = (await many.slack.next("views.open"))["view"]
        await ada.submit(form, to={"value": "+61411111111"}, body={"value": "Hello"})
        await many.slack.next("views.update")
        await many.idle()
        return len(many.clicksend.of("contacts.list")) - before

    assert await reviewed() == 0
    await saved(many, ada, FULL)
    assert await reviewed() > 0
    await saved(many, ada, {**FULL, "account.webhook": {"value": ""}})  # it stays
    seal = Seal([ENCRYPTION_KEY])
    ours = own_settings(many.settings, (await kept(many))["T0ONE"], seal, accounts=1)
    assert ours.escalation_webhook_url is not None
    assert "Nothing was changed" in await saved(
        many, ada, {**FULL, "account.webhook": {"value": ""}}
    )
    await saved(many, ada, {**EMPTY, "account.webhook": {"value": "-"}})
    assert await reviewed() == 0
    again = (await kept(many))["T0ONE"]
    assert (again.alert_channel, again.own) == ("", "{}")
    ours = own_settings(many.settings, again, seal, accounts=1)
    assert ours.escalation_call is None
    assert (ours.escalation_minutes, str(ours.low_credit_threshold)) == (15, "20")


@pytest.mark.parametrize(
    ("block", "typed", "said"),
    [
        ("phones", "0411 111 111", "with their country"),
        ("phones", "+61411111111 and more", "with their country"),
        ("phones", "", "whose phone"),
        ("phones", ", ".join(f"+6141111111{n}" for n in range(10)) + ", +61422222222", "10"),
        ("minutes", "1441", "0 to 1,440"),
        ("minutes", "-1", "whole number"),
        ("minutes", "٣", "whole number"),
        ("list", "vip", "whole number"),
        ("credit", "NaN", "amount"),
        ("credit", "1e5", "amount"),
        ("webhook", "http://example.com", "https://"),
        ("webhook", "https://user@example.com/x", "https://"),
        ("webhook", "https://[", "https://"),
        ("webhook", "x" * 2_000, "https://"),
    ],
)
async def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(
    many: Many, ada: User, block: str, typed: str, said: str
) -> None:
    form = await opened(many, ada)
    answer = await ada.submit(form, **{**FULL, f"account.{block}": {"value": typed}})
    errors = answer.json()["errors"]
    assert list(errors) == [f"account.{block}"]
    assert said in errors[f"account.{block}"]
    assert own_of((await kept(many))["T0ONE"]) == own_of((await kept(many))["T0TWO"])


async def test_a_list_that_is_none_or_cannot_be_looked_up_changes_nothing(
    many: Many, ada: User
) -> None:
    before = await kept(many)
    many.clicksend.statuses["lists.get"] = 404
    said = await saved(many, ada, FULL)
    assert "no contact list number 428" in said
    assert "Nothing was changed" in said
    many.clicksend.statuses["lists.get"] = 403
    assert "Nothing was changed" in await saved(many, ada, FULL)
    assert await kept(many) == before


async def test_who_is_no_admin_neither_sees_nor_changes_it(many: Many, ada: User) -> None:
    form = await opened(many, ada)
    eve, ben = many.user("U0EVE", "T0ONE"), many.user("U0BEN", "T0TWO")
    many.slack.calls.clear()
    await eve.command("/clicksend", "account settings")
    assert "Only admins may do that" in str(await many.slack.next("respond"))
    before = await kept(many)
    await eve.submit(form, **FULL)
    assert "Only admins may do that" in str(await many.slack.next("views.update"))
    many.slack.calls.clear()
    await ben.submit({**form, "private_metadata": "harbour"}, **FULL)  # another workspace's
    assert "is not connected here any more" in str(await many.slack.next("views.update"))
    many.slack.calls.clear()
    await ben.command("/clicksend", "account settings harbour")
    assert "is not connected here" in str(await many.slack.next("respond"))
    assert await kept(many) == before


async def test_it_goes_with_the_connection_and_stays_with_a_new_key(many: Many, ada: User) -> None:
    await saved(many, ada, FULL)
    await many.connect(ada, "harbour", alerts="C0ALERT", approvals="C0YES")
    assert own_of((await kept(many))["T0ONE"]).opt_out_list == 428
    await ada.press("connect.drop:0", "harbour", response_url=f"{ada.slack_url}/respond")
    await many.idle()
    await many.connect(ada, "harbour")
    assert (await kept(many))["T0ONE"].own == "{}"


async def test_the_address_is_encrypted_anew_with_a_newer_key(many: Many, ada: User) -> None:
    await saved(many, ada, FULL)
    newer = Fernet.generate_key().decode()
    database = Database(many.settings.database_url)
    assert await resealed(database, Seal([newer, ENCRYPTION_KEY])) == 3  # two keys, one address
    await database.close()
    ours = own_settings(many.settings, (await kept(many))["T0ONE"], Seal([newer]), accounts=1)
    assert ours.escalation_webhook_url is not None
    assert ours.escalation_webhook_url.get_secret_value() == ADDRESS
