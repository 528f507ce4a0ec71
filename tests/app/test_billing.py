"""Credit: what it costs, what was bought, the card's last digits; bought once, after a yes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.clicksend.fields import card_shown
from bot.store import Database, Scope, rights
from bot.store.rights import StoredGrant
from commands.billing import card_words
from tests.app.conftest import World

PACKAGES = {
    "packages": [
        {"package_id": 3, "package_price": "50.00", "sms_quantity": 649},
        {"package_id": 4, "package_price": "500.00"},
    ],
    "currency": {"currency_name_short": "AUD", "currency_prefix_d": "$"},
}
NUMBER = "4" + "1" * 14 + "7"


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def test_packages_are_listed_with_what_they_buy(world: World) -> None:
    world.clicksend.answers["recharge.packages"] = PACKAGES
    answer = await answered(world, "billing")
    assert "*AUD 50.00*\npackage `3` · enough for 649 SMS" in answer["text"]
    assert "Buy…" in str(answer["blocks"])


async def test_many_packages_are_paged(world: World) -> None:
    many = [{"package_id": n, "package_price": str(n)} for n in range(1, 41)]
    world.clicksend.answers["recharge.packages"] = {**PACKAGES, "packages": many}
    seen = ""
    for page in (1, 2, 3):
        seen += (await answered(world, f"billing packages {page}"))["text"]
    assert all(f"package `{number}`" in seen for number in range(1, 41))


async def test_a_package_is_bought_once_after_its_price_was_seen(world: World) -> None:
    world.clicksend.answers["recharge.packages"] = PACKAGES
    await world.ada.press("billing.buy:3", "3", channel={"id": "C0OPS"})
    review = (await world.slack.next("views.update"))["view"]
    assert "AUD 50" in str(review)
    assert world.clicksend.of("recharge.purchase") == []
    world.clicksend.answers["recharge.purchase"] = {"amount": "50.00", "currency": "AUD"}
    assert review["submit"]["text"].startswith("Buy")
    await world.ada.submit(review)
    await world.ada.submit(review)
    await world.clicksend.next("recharge.purchase")
    posted = await world.slack.next("chat.postMessage")
    assert "bought by <@U0ADA>" in posted["text"]
    assert len(world.clicksend.of("recharge.purchase")) == 1


async def test_a_package_that_is_not_offered_is_said_and_not_bought(world: World) -> None:
    world.clicksend.answers["recharge.packages"] = PACKAGES
    await world.ada.command("/clicksend", "billing buy 99")
    view = (await world.slack.next("views.update"))["view"]
    assert "does not offer package 99" in str(view)
    assert "submit" not in view or view["submit"] is None


@pytest.mark.parametrize("typed", ["", "three", "-1", "<!here>", "9" * 40])
async def test_what_is_no_package_is_said(world: World, typed: str) -> None:
    answer = await answered(world, f"billing buy {typed}")
    assert "Nothing was bought." in answer["text"]
    assert "<!here>" not in answer["text"]


async def test_only_admins_buy(world: World) -> None:
    world.clicksend.answers["recharge.packages"] = PACKAGES
    await world.eve.command("/clicksend", "billing buy 3")
    assert "<@U0ADA>" in (await world.slack.next("respond"))["text"]
    assert world.slack.of("views.open") == []


async def test_who_is_no_admin_any_more_at_the_yes_buys_nothing(world: World) -> None:
    world.clicksend.answers["recharge.packages"] = PACKAGES
    scope, database = Scope("default", "demo"), Database(world.settings.database_url)
    now = datetime.now(UTC)
    roles = [
        StoredGrant(subject="U0EVE", role=role, place="", granted_by="U0ADA", granted_at=now)
        for role in ("admin", "sender")
    ]
    async with database.write() as connection:
        for role in roles:
            assert await rights.grant(connection, scope, role)
    await world.eve.press("billing.buy:3", "3", channel={"id": "C0OPS"})
    review = (await world.slack.next("views.update"))["view"]
    async with database.write() as connection:
        assert await rights.revoke(connection, scope, subject="U0EVE", role="admin", place="")
    await database.close()
    answer = str((await world.eve.submit(review)).json())
    assert "the role *admin* is missing" in answer
    assert "Nothing was sent or charged." in answer
    assert world.clicksend.of("recharge.purchase") == []


async def test_purchases_are_listed_and_hostile_invoices_are_escaped(world: World) -> None:
    record = {"invoice_number": "<!channel>", "amount": "50.00", "currency": "AUD"}
    world.clicksend.answers["recharge.transactions"] = {
        "current_page": 2,
        "last_page": 3,
        "data": [{**record, "date": 1700000000}],
    }
    answer = await answered(world, "billing transactions 2")
    assert world.clicksend.of("recharge.transactions")[0]["page"] == "2"
    assert "*AUD 50.00*" in answer["text"]
    assert "<!channel>" not in str(answer)
    assert [each["value"] for each in answer["blocks"][-1]["elements"]] == ["1", "3"]


@pytest.mark.parametrize("shown", [NUMBER, card_shown(NUMBER[-4:])])
async def test_of_a_card_only_the_last_four_digits_are_said(world: World, shown: str) -> None:
    world.clicksend.answers["recharge.payment_info"] = {
        "display_number": shown,
        "expiry_month": 11,
        "expiry_year": 2031,
        "name": "Ada Lovelace",
    }
    answer = await answered(world, "billing card")
    assert f"ends in *{NUMBER[-4:]}*" in answer["text"]
    for secret in (NUMBER, NUMBER[:6], "2031", "Lovelace"):
        assert secret not in str(answer)


@pytest.mark.parametrize("shown", [None, "", "•••• ••••"])
def test_of_a_card_without_digits_nothing_is_made_up(shown: str | None) -> None:
    assert "ends in" not in card_words(shown)


async def test_an_account_without_a_card_is_said(world: World) -> None:
    world.clicksend.statuses["recharge.payment_info"] = 404
    assert "No card is on file" in (await answered(world, "billing card"))["text"]
