"""Numbers and names that messages come from: listed, searched, bought once; codes kept out."""

from pathlib import Path
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


async def form_of(world: World, text: str) -> dict[str, Any]:
    opened = len(world.slack.of("views.open"))
    await world.ada.command("/clicksend", text)
    view: dict[str, Any] = (await world.slack.next("views.open", opened + 1))["view"]
    return view


async def test_a_code_after_a_command_is_not_looked_at(world: World) -> None:
    answer = await answered(world, "sender verify 123456")
    assert "never after a command" in answer["text"]
    assert "123456" not in str(answer)
    assert world.clicksend.of("own_numbers.verify") == []


async def test_a_number_is_verified_by_the_code_of_a_form_which_is_kept_nowhere(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    view = await form_of(world, "sender number 0411 111 111")
    wrong = await world.ada.submit(view, phone={"value": "12"})
    assert set(wrong.json()["errors"]) == {"phone"}
    world.clicksend.answers["own_numbers.request_verification"] = {"id": "V1", "status": "PENDING"}
    for _ in range(2):
        await world.ada.submit(view, phone={"value": "0411 111 111"}, label={"value": "Desk"})
    sent = await world.slack.next("chat.postMessage")
    assert "A code goes to +61 411 111 111" in sent["text"]
    assert world.clicksend.of("own_numbers.request_verification") == [
        {"phone_number": NUMBER, "label": "Desk"}
    ]
    (enter,) = sent["blocks"][-1]["elements"]
    await world.ada.press(enter["action_id"], enter["value"])
    form = (await world.slack.next("views.open", 2))["view"]
    assert set((await world.ada.submit(form, code={"value": "12"})).json()["errors"]) == {"code"}
    failed = {"id": "V1", "status": "PENDING", "remaining_attempts": 1, "error_code": "WRONG_CODE"}
    world.clicksend.answers["own_numbers.verify"] = failed
    for _ in range(2):
        await world.ada.submit(form, code={"value": "918273"})
    assert "wrong code: one more try is left" in (await said(world, "is not verified"))["text"]
    assert len(world.clicksend.of("own_numbers.verify")) == 1
    await world.ada.press(enter["action_id"], enter["value"])
    form = (await world.slack.next("views.open", 3))["view"]
    world.clicksend.answers["own_numbers.verify"] = {"id": "V1", "status": "APPROVED"}
    await world.ada.submit(form, code={"value": "918274"})
    assert "messages can come from it" in (await said(world, "is verified"))["text"]
    assert world.clicksend.of("own_numbers.verify")[-1]["code"] == "918274"
    folder = Path(world.settings.database_url.partition("///")[2]).parent
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"own_numbers.verify" in kept
    assert b"91827" not in kept
    assert "91827" not in capsys.readouterr().out + str(world.slack.calls)


async def said(world: World, part: str) -> dict[str, Any]:
    """Wait for the message that says something."""
    count = 0
    while True:
        count += 1
        posted = await world.slack.next("chat.postMessage", count)
        if part in posted["text"]:
            return posted


async def test_a_lost_answer_leaves_open_whether_a_code_is_on_its_way(world: World) -> None:
    view = await form_of(world, "sender number")
    world.clicksend.cut.add("own_numbers.request_verification")
    await world.ada.submit(view, phone={"value": NUMBER})
    assert "not certain" in (await world.slack.next("chat.postMessage"))["text"]
    assert len(world.clicksend.of("own_numbers.request_verification")) == 1


async def test_an_alpha_tag_is_asked_for_once(world: World) -> None:
    view = await form_of(world, "sender tag Harbour")
    for name in ("ab", "123456", "<!here>", "with space"):
        answer = await world.ada.submit(view, name={"value": name})
        assert set(answer.json()["errors"]) == {"name"}
    trademark = {"selected_option": {"value": "Trademark", "text": {"text": "Trademark"}}}
    for _ in range(2):
        await world.ada.submit(view, name={"value": "Harbour"}, reason=trademark)
    assert "is being reviewed" in (await world.slack.next("chat.postMessage"))["text"]
    asked = world.clicksend.of("alpha_tags.create")
    assert asked == [{"alpha_tag": "Harbour", "reason": "Trademark"}]


async def test_a_sender_is_deleted_after_a_question_and_by_admins_only(senders: World) -> None:
    assert "no alpha tag" in (await answered(senders, "sender delete <!here>"))["text"]
    answer = await answered(senders, "sender delete +61 422 222 222")
    (found,) = [b["accessory"] for b in answer["blocks"] if b.get("accessory")]
    assert found["confirm"]["confirm"]["text"] == "Yes, delete it"
    assert found["value"] == "own a\n+61422222222"
    url = f"{senders.slack.url}/respond"
    await senders.eve.press(found["action_id"], found["value"], response_url=url)
    assert "Ask <@U0ADA>" in (await senders.slack.next("respond", 3))["text"]
    assert senders.clicksend.of("own_numbers.delete") == []
    await senders.ada.press(found["action_id"], found["value"], response_url=url)
    assert "is deleted. By <@U0ADA>" in (await senders.slack.next("respond", 4))["text"]
    await senders.ada.press("sender.delete:b", "alpha b\nHarbour", response_url=url)
    await senders.slack.next("respond", 5)
    assert len(senders.clicksend.of("own_numbers.delete")) == 1
    assert len(senders.clicksend.of("alpha_tags.delete")) == 1
    await senders.eve.command("/clicksend", "sender tag x")
    await senders.eve.command("/clicksend", "sender number x")
    assert "Ask <@U0ADA>" in (await senders.slack.next("respond", 7))["text"]
    assert senders.slack.of("views.open") == []


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
