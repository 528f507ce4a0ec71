"""Clients of a reseller and credit given once after its yes; referrals; statistics by day."""

from typing import Any

import pytest

from commands.reseller_form import Wish, read_wish
from tests.app.conftest import World

HOSTILE = "<!channel> *_~ " + "x" * 300


def page(*data: dict[str, Any], last: int = 1) -> dict[str, Any]:
    return {"current_page": 1, "last_page": last, "total": len(data), "data": data}


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def turned(world: World, answer: dict[str, Any]) -> list[str]:
    """Press the last page button: the values of all of them."""
    pressed = answer["blocks"][-1]["elements"]
    url = f"{world.slack.url}/respond"
    before = len(world.slack.of("respond"))
    await world.ada.press(pressed[-1]["action_id"], pressed[-1]["value"], response_url=url)
    assert (await world.slack.next("respond", before + 1))["replace_original"] is True
    return [each["value"] for each in pressed]


async def test_clients_and_referrals_are_paged_and_escaped(world: World) -> None:
    client = {"user_id": 24, "account_name": HOSTILE, "balance": "115.000000", "active": 1}
    client |= {"_currency": {"currency_name_short": "AUD"}, "user_email": "a@example.com"}
    client |= {"_subaccount": {"api_key": "F3702045-KEY"}}
    many = [{**client, "user_id": n} for n in range(100)]
    world.clicksend.answers["reseller.list"] = page(*many, last=70)
    answer = await answered(world, "reseller list 2")
    assert len(answer["blocks"]) <= 50
    assert all(f"client `{n}`" in str(answer["blocks"]) for n in range(100))
    assert await turned(world, answer) == ["1", "3"]
    world.clicksend.answers["reseller.get"] = client
    shown = await answered(world, "reseller show 24")
    assert "AUD 115.00" in shown["text"]
    referral = {"referral_rule_id": 1, "refered_user_id": 9, "percentage_referral": 5}
    world.clicksend.answers["referrals.list"] = page(referral, last=2)
    referred = await answered(world, "referral")
    assert "*Account 9*\nyou get 5 % of what it spends" in referred["text"]
    assert await turned(world, referred) == ["2"]
    shown["blocks"] = shown["blocks"][1:]  # a headline is plain text, which mentions nobody
    everything = f"{answer}{shown}{referred}"
    assert "<!channel>" not in everything
    assert "F3702045" not in everything


async def test_empty_lists_say_so_and_what_is_no_client_is_said(world: World) -> None:
    for operation in ("reseller.list", "referrals.list"):
        world.clicksend.answers[operation] = page()
    assert "dashboard" in (await answered(world, "reseller"))["text"]
    assert "No account came" in (await answered(world, "referral"))["text"]
    world.clicksend.statuses["reseller.get"] = 404
    assert "no client `8`" in (await answered(world, "reseller show 8"))["text"]
    for typed in (
        "show <!here>",
        "transfer x",
        "transfer 24 0",
        "transfer 24 1.50",
        "transfer 24 -5",
    ):
        assert (
            "Nothing was sent or charged." in (await answered(world, f"reseller {typed}"))["text"]
        )
    assert "takes a password" in (await answered(world, "reseller create"))["text"]
    assert world.clicksend.of("reseller.transfer_credit") == []


async def test_credit_is_transferred_once_after_its_price_was_seen(world: World) -> None:
    world.clicksend.answers["reseller.get"] = {"user_id": 24, "balance": "1.00"}
    await world.ada.command("/clicksend", "reseller transfer 24 50")
    review = (await world.slack.next("views.update"))["view"]
    assert "AUD 50.00 of this account's credit, to client 24" in str(review)
    assert "*Balance after*\\nAUD 50.00" in str(review)
    assert review["submit"]["text"].startswith("Transfer")
    assert world.clicksend.of("reseller.transfer_credit") == []
    world.clicksend.answers["reseller.transfer_credit"] = {"user_id": 24, "balance": "51.00"}
    await world.ada.submit(review)
    await world.ada.submit(review)
    given = await world.clicksend.next("reseller.transfer_credit")
    assert given == {"client_user_id": 24, "balance": 50, "currency": "AUD"}
    assert "transferred by <@U0ADA>" in (await world.slack.next("chat.postMessage"))["text"]
    assert len(world.clicksend.of("reseller.transfer_credit")) == 1


async def test_a_transfer_begins_with_a_form_and_comes_back_to_it(world: World) -> None:
    world.clicksend.answers["reseller.get"] = {"user_id": 24, "balance": "1.00"}
    await world.ada.command("/clicksend", "reseller transfer")
    view = (await world.slack.next("views.open"))["view"]
    wrong = await world.ada.submit(view, client={"value": "<!here>"}, given={"value": "1.5"})
    assert set(wrong.json()["errors"]) == {"client", "given"}
    typed = {"client": {"value": "24"}, "given": {"value": "50"}}
    refused = await world.eve.submit(view, **typed)
    assert "Ask <@U0ADA>" in str(refused.json())
    await world.ada.submit(view, **typed)
    review = (await world.slack.next("views.update"))["view"]
    assert "AUD 50.00 of this account's credit, to client 24" in str(review)
    change = {**review, "id": "V0FORM", "state": {"values": {}}}
    await world.ada.press("send.change", review["private_metadata"], view=change)
    again = (await world.slack.next("views.update", 2))["view"]
    assert again["callback_id"] == "reseller.form"
    assert "'initial_value': '50'" in str(again)
    world.clicksend.statuses["reseller.get"] = 404
    await world.ada.submit(again, **typed)
    problem = (await world.slack.next("views.update", 3))["view"]
    assert "There is no price." in str(problem)
    assert world.clicksend.of("reseller.transfer_credit") == []


async def test_a_client_that_is_not_there_gets_nothing(world: World) -> None:
    world.clicksend.statuses["reseller.get"] = 404
    await world.ada.command("/clicksend", "reseller transfer 9 50")
    view = (await world.slack.next("views.update"))["view"]
    assert "There is no price." in str(view)
    assert not view.get("submit")


async def test_only_admins_see_clients_and_give_credit(world: World) -> None:
    for text in ("reseller", "reseller show 24", "reseller transfer 24 50"):
        await world.eve.command("/clicksend", text)
    assert "Ask <@U0ADA>" in (await world.slack.next("respond", 3))["text"]
    assert world.slack.of("views.open") == []


def test_a_transfer_is_a_client_and_a_whole_amount() -> None:
    assert read_wish(" 24  50 ") == Wish(24, 50)
    assert [read_wish(text) for text in ("24", "24 5 AUD", "x 5", "24 00", "24 5.5")] == [None] * 5


@pytest.mark.parametrize(("noun", "field"), [("sms", "stat"), ("voice", "stats")])
async def test_days_are_listed_newest_first_and_paged(world: World, noun: str, field: str) -> None:
    day = {"outbound": {"count": 1234, "price": "5.81"}, "bounced": {"count": 2}}
    days = [{**day, "date": 1436918400 + 86400 * n} for n in range(400)]
    both = {"total": {**day, "inbound": {"count": 7}}, field: days}
    currency = {"_currency": {"currency_name_short": "AUD"}}
    world.clicksend.answers[f"statistics.{noun}"] = {**both, **currency}
    answer = await answered(world, f"stats {noun}")
    assert "*2016-08-17*\n1,234 out for AUD 5.81 · 2 bounced" in answer["text"]
    inbound = "7 in · " if noun == "sms" else ""
    assert f"Together: 1,234 out for AUD 5.81 · {inbound}2 bounced" in answer["text"]
    assert await turned(world, answer) == ["2"]
    assert "page 27 of 27" in (await answered(world, f"stats {noun} 99"))["text"]
    world.clicksend.answers[f"statistics.{noun}"] = {"total": None, field: []}
    assert "no statistics" in (await answered(world, f"stats {noun}"))["text"]
