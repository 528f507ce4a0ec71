"""Countries of global sending: listed, added, removed, agreed to; the selection stays whole."""

from typing import Any

import pytest

from tests.app.conftest import World

HOSTILE = "<!channel> *_~ " + "x" * 300


def country(number: int, code: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "code": code, "name": name, "region": "Oceania", **more}


@pytest.fixture
def countries(world: World) -> World:
    """An account that may send to two of four countries."""
    selected = [country(1, "AU", "Australia"), country(2, "NZ", "New Zealand", agreed_at="x")]
    offered = [*selected, country(3, "FJ", "Fiji"), country(4, "", HOSTILE)]
    world.clicksend.answers["global_sending.selected_countries"] = selected
    world.clicksend.answers["global_sending.list_countries"] = offered
    return world


async def answered(world: World, text: str, user: str = "ada") -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await getattr(world, user).command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def pressed(world: World, action: str, value: str, user: str = "ada") -> str:
    before = len(world.slack.of("respond"))
    url = f"{world.slack.url}/respond"
    await getattr(world, user).press(action, value, response_url=url)
    text: str = (await world.slack.next("respond", before + 1))["text"]
    return text


async def test_hundreds_of_countries_are_paged_and_rules_are_escaped(countries: World) -> None:
    rules = {"regulation_requirements_description": HOSTILE, "has_regulation_requirements": 1}
    status = {"registration_status": {"id": 1, "name": "NOT_INITIATED"}}
    many = [country(n, f"{n}", f"Land {n}", **rules, **status) for n in range(1, 201)]
    countries.clicksend.answers["global_sending.selected_countries"] = many
    seen = ""
    for page in range(1, 15):
        answer = await answered(countries, f"country list {page}")
        assert len(answer["blocks"]) <= 50
        seen += answer["text"]
    assert all(f"*Land {n}*" in seen for n in range(1, 201))
    shown = await answered(countries, "country show land 7")
    assert "registration: not initiated" in shown["text"]
    assert "&lt;!channel&gt;" in shown["text"]
    assert "<!channel>" not in shown["text"]
    countries.clicksend.answers["global_sending.selected_countries"] = []
    assert "No country is selected" in (await answered(countries, "country"))["text"]


async def test_a_country_is_added_to_the_others_and_removed_from_them(countries: World) -> None:
    assert "&lt;!channel&gt;" in (await answered(countries, "country offered"))["text"]
    shown = await answered(countries, "country add fj")
    (add,) = [block["accessory"] for block in shown["blocks"] if block.get("accessory")]
    assert add["confirm"]["confirm"]["text"] == "Add it"
    assert countries.clicksend.of("global_sending.select_countries") == []
    assert "is added. By <@U0ADA>" in await pressed(countries, add["action_id"], add["value"])
    (chosen,) = countries.clicksend.of("global_sending.select_countries")
    assert chosen == {"country_list_ids": [1, 2, 3]}
    assert "is removed" in await pressed(countries, "country.remove", "1")
    assert countries.clicksend.of("global_sending.select_countries")[1] == {"country_list_ids": [2]}
    countries.clicksend.answers["global_sending.selected_countries"] = [country(1, "AU", "A")]
    assert "last country" in await pressed(countries, "country.remove", "1")
    countries.clicksend.statuses["global_sending.selected_countries"] = 403
    assert "nothing changed" in await pressed(countries, "country.add", "3")
    assert len(countries.clicksend.of("global_sending.select_countries")) == 2


async def test_rules_are_agreed_to_one_country_at_a_time(countries: World) -> None:
    shown = await answered(countries, "country agree AU")
    agree, _ = shown["blocks"][-1]["elements"]
    assert "Nobody can take that back" in agree["confirm"]["text"]["text"]
    assert "agreed to" in await pressed(countries, agree["action_id"], agree["value"])
    assert countries.clicksend.of("global_sending.agree") == [{"country_list_ids": [1]}]
    shown = await answered(countries, "country agree NZ")
    assert [each["text"]["text"] for each in shown["blocks"][-1]["elements"]] == ["Remove"]


async def test_who_is_no_admin_may_look_only_and_what_is_no_country_is_said(
    countries: World,
) -> None:
    assert "*Australia*" in (await answered(countries, "country", "eve"))["text"]
    for action, value in (("country.add", "3"), ("country.remove", "1"), ("country.agree", "1")):
        assert "Ask <@U0ADA>" in await pressed(countries, action, value, "eve")
    assert "two letters" in (await answered(countries, "country add"))["text"]
    assert "is added already" in (await answered(countries, "country add AU"))["text"]
    answer = await answered(countries, "country remove <!here>")
    assert "not among the countries" in answer["text"]
    assert "<!here>" not in answer["text"]
    assert countries.clicksend.of("global_sending.select_countries") == []
    assert countries.clicksend.of("global_sending.agree") == []
