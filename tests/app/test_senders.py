"""Numbers and names that messages come from: listed, searched, bought once; codes kept out."""

from typing import Any

import pytest

from commands.number import Wish, read_wish
from tests.app.conftest import World

NUMBER = "+61411111111"
OFFER = {"dedicated_number": NUMBER, "price_total": "24.00", "price_monthly": "19.00"}


def offers(*found: dict[str, Any], last: int = 1) -> dict[str, Any]:
    currency = {"currency_name_short": "AUD"}
    return {"current_page": 1, "last_page": last, "data": found, "currency": currency}


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


def tags(count: int) -> dict[str, Any]:
    some = [{"id": str(n), "alpha_tag": f"Tag{n}", "status": "PENDING"} for n in range(count)]
    return {"alpha_tags": some}


@pytest.fixture
def senders(world: World) -> World:
    """An account with a sender of each kind."""
    world.clicksend.answers["numbers.list"] = {"data": [{"dedicated_number": NUMBER}]}
    own = {"id": "a", "phone_number": "+61422222222", "label": "<!here>", "status": "APPROVED"}
    world.clicksend.answers["own_numbers.list"] = {"own_numbers": [own]}
    tag = {"id": "b", "alpha_tag": "Harbour", "status": "REJECTED"}
    world.clicksend.answers["alpha_tags.list"] = {"alpha_tags": [tag]}
    return world


async def test_senders_of_three_kinds_are_one_list_with_their_status(senders: World) -> None:
    answer = await answered(senders, "sender")
    assert f"*{NUMBER}*\ndedicated number" in answer["text"]
    assert "own number · :white_check_mark: approved · &lt;!here&gt;" in answer["text"]
    assert "*Harbour*\nalpha tag · :x: rejected" in answer["text"]
    assert "<!here>" not in str(answer)


async def test_many_senders_are_paged_and_none_is_lost(senders: World) -> None:
    senders.clicksend.answers["alpha_tags.list"] = tags(40)
    seen = "".join([(await answered(senders, f"sender list {n}"))["text"] for n in (1, 2, 3)])
    assert all(f"*Tag{number}*" in seen for number in range(40))


async def test_a_kind_that_cannot_be_read_is_named(senders: World) -> None:
    senders.clicksend.statuses["alpha_tags.list"] = 403
    answer = await answered(senders, "sender list")
    assert "Not shown: alpha tag" in answer["text"]
    assert NUMBER in answer["text"]


async def test_the_code_of_a_verification_never_passes_through_slack(world: World) -> None:
    answer = await answered(world, "sender verify 123456")
    assert "never passes through Slack" in answer["text"]
    assert "dashboard.clicksend.com" in str(answer)
    assert "123456" not in str(answer)
    assert world.clicksend.of("own_numbers.verify") == []


async def test_numbers_of_the_account_are_listed(senders: World) -> None:
    assert NUMBER in (await answered(senders, "number"))["text"]


async def test_an_account_without_numbers_is_told_where_to_look(world: World) -> None:
    world.clicksend.answers["numbers.list"] = {"data": []}
    assert "number search" in (await answered(world, "number list"))["text"]


async def test_offers_are_searched_by_digits_and_keep_them_on_the_next_page(world: World) -> None:
    world.clicksend.answers["numbers.search"] = offers(OFFER, last=2)
    answer = await answered(world, "number search au 1111")
    assert "AUD 24.00 at once · AUD 19.00 a month" in answer["text"]
    (following,) = answer["blocks"][-1]["elements"]
    url = f"{world.slack.url}/respond"
    await world.ada.press(following["action_id"], following["value"], response_url=url)
    await world.clicksend.next("numbers.search", 2)
    first, second = world.clicksend.of("numbers.search")
    assert (first["search"], first["search_type"], first["page"]) == ("1111", "1", "1")
    assert (second["search"], second["page"]) == ("1111", "2")


@pytest.mark.parametrize("typed", ["", "Australia", "AU <!here>", "A1", "AU 1 2"])
async def test_what_is_no_search_is_said(world: World, typed: str) -> None:
    answer = await answered(world, f"number search {typed}")
    assert "two letters" in answer["text"]
    assert world.clicksend.of("numbers.search") == []


def test_a_wish_is_read_as_typed() -> None:
    assert read_wish(" au ") == Wish("AU", "")
    assert read_wish("NZ +6421") == Wish("NZ", "6421")
    assert read_wish(str(Wish("AU", "1234"))) == Wish("AU", "1234")


async def test_a_number_is_bought_once_after_its_price_was_seen(world: World) -> None:
    world.clicksend.answers["numbers.search"] = offers(OFFER)
    await world.ada.press(f"number.buy:{NUMBER}", NUMBER, channel={"id": "C0OPS"})
    review = (await world.slack.next("views.update"))["view"]
    assert "AUD 24" in str(review)
    assert world.clicksend.of("numbers.buy") == []
    world.clicksend.answers["numbers.buy"] = OFFER
    await world.ada.submit(review)
    await world.ada.submit(review)
    posted = await world.slack.next("chat.postMessage")
    assert "bought by <@U0ADA>" in posted["text"]
    assert len(world.clicksend.of("numbers.buy")) == 1


async def test_only_admins_buy_numbers(world: World) -> None:
    await world.eve.command("/clicksend", f"number buy {NUMBER}")
    assert "<@U0ADA>" in (await world.slack.next("respond"))["text"]
    assert world.slack.of("views.open") == []


@pytest.mark.parametrize("typed", ["", "12", "<!here>", f"{NUMBER}, +61422222222"])
async def test_what_is_no_one_number_is_said(world: World, typed: str) -> None:
    answer = await answered(world, f"number buy {typed}")
    assert "Nothing was bought." in answer["text"]
    assert "<!here>" not in answer["text"]
