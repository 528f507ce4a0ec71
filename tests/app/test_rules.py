"""Automations of six families: in words, paged, made once after a yes, switched, deleted."""

import asyncio
from typing import Any

import pytest

from tests.app.conftest import World

HOSTILE = "<!channel> *_~ " + "x" * 300
FAMILIES = (
    *("sms_inbound", "sms_receipt", "email_receipt"),
    *("fax_inbound", "fax_receipt", "voice_receipt"),
)


def rule(number: int = 12, name: str = "Stop", **more: Any) -> dict[str, Any]:
    return {
        "inbound_rule_id": number,
        "dedicated_number": "+61411111111",
        "rule_name": name,
        "message_search_type": 2,
        "message_search_term": "STOP",
        "action": "AUTO_REPLY",
        "action_address": "",
        "body": "Bye.",
        "enabled": 1,
        **more,
    }


def page(*rules: dict[str, Any], last: int = 1) -> dict[str, Any]:
    return {"current_page": 1, "last_page": last, "total": len(rules), "data": rules}


@pytest.fixture
def rules(world: World) -> World:
    """An account with one automation, of SMS that come in."""
    for family in FAMILIES:
        world.clicksend.answers[f"{family}_rules.list"] = page()
    world.clicksend.answers["sms_inbound_rules.list"] = page(rule())
    world.clicksend.answers["sms_inbound_rules.get"] = rule()
    return world


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def pressed(world: World, action: str, value: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.press(action, value, response_url=f"{world.slack.url}/respond")
    return await world.slack.next("respond", before + 1)


async def posted(world: World, part: str) -> str:
    """Wait for the message that says something; others may come before it."""
    count = 0
    while True:
        count += 1
        text: str = (await world.slack.next("chat.postMessage", count))["text"]
        if part in text:
            return text


async def form_of(world: World, text: str) -> dict[str, Any]:
    await world.ada.command("/clicksend", text)
    view: dict[str, Any] = (await world.slack.next("views.open"))["view"]
    return view


def chosen(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


async def test_the_rules_of_every_family_are_said_in_words(rules: World) -> None:
    secret = "https://hooks.example.com/secret-path"
    more = {"receipt_rule_id": 3, "rule_name": HOSTILE, "match_type": 1, "enabled": "0"}
    receipt = {**more, "action": "URL", "action_address": secret}
    rules.clicksend.answers["voice_receipt_rules.list"] = page(receipt)
    rules.clicksend.statuses["fax_inbound_rules.list"] = 403
    answer = await answered(rules, "rule")
    said = "`sms-in-12` :large_green_circle: on · SMS to +61411111111 containing “STOP” → reply"
    assert said in answer["text"]
    off = "`voice-receipt-3` :white_circle: off · failed voice receipts → call https://hooks"
    assert off in answer["text"]
    assert "Not shown: faxes that come in" in answer["text"]
    assert "secret-path" not in str(answer)
    assert "<!channel>" not in str(answer)


async def test_thousands_are_paged_and_one_kind_alone_is_read(rules: World) -> None:
    many = [rule(number, f"Rule {number}") for number in range(100)]
    rules.clicksend.answers["sms_inbound_rules.list"] = page(*many, last=100)
    answer = await answered(rules, "rule list sms-in 3")
    assert rules.clicksend.of("sms_inbound_rules.list")[-1]["page"] == "3"
    assert rules.clicksend.of("fax_inbound_rules.list") == []
    assert len(answer["blocks"]) <= 50
    assert all(f"`sms-in-{number}`" in str(answer["blocks"]) for number in range(100))
    values = [each["value"] for each in answer["blocks"][-1]["elements"]]
    assert values == ["sms-in 2", "sms-in 4"]
    await pressed(rules, "rule.page:4", "sms-in 4")
    assert rules.clicksend.of("sms_inbound_rules.list")[-1]["page"] == "4"


async def test_what_is_no_rule_is_said_and_an_empty_list_says_how_to_begin(rules: World) -> None:
    rules.clicksend.answers["sms_inbound_rules.list"] = page()
    assert "rule create" in (await answered(rules, "rule list"))["text"]
    assert "one of `sms-in`" in (await answered(rules, "rule list <!here>"))["text"]
    assert "Name it as the list does" in (await answered(rules, "rule show 12"))["text"]
    rules.clicksend.statuses["sms_inbound_rules.get"] = 404
    assert "no automation `sms-in-8`" in (await answered(rules, "rule delete sms-in-8"))["text"]


async def test_a_rule_is_switched_off_with_everything_else_kept(rules: World) -> None:
    shown = await answered(rules, "rule disable sms-in-12")
    switch, delete = shown["blocks"][-1]["elements"]
    assert switch["confirm"]["confirm"]["text"] == "Disable it"
    assert delete["confirm"]["confirm"]["text"] == "Yes, delete it"
    assert rules.clicksend.of("sms_inbound_rules.update") == []
    assert "is off. By <@U0ADA>" in (await pressed(rules, "rule.disable", "sms-in-12"))["text"]
    (changed,) = rules.clicksend.of("sms_inbound_rules.update")
    kept = {key: value for key, value in rule().items() if key != "inbound_rule_id"}
    assert changed == {**kept, "enabled": 0}
    assert "is deleted" in (await pressed(rules, "rule.delete", "sms-in-12"))["text"]
    assert len(rules.clicksend.of("sms_inbound_rules.delete")) == 1


async def test_a_rule_that_is_not_understood_is_left_alone(rules: World) -> None:
    rules.clicksend.answers["sms_inbound_rules.get"] = rule(action="NEW_ACTION", body=None)
    assert "NEW_\u2060ACTION" in (await answered(rules, "rule show sms-in-12"))["text"]
    answer = await pressed(rules, "rule.disable", "sms-in-12")
    assert "not known here" in answer["text"]
    assert rules.clicksend.of("sms_inbound_rules.update") == []


async def test_a_rule_that_costs_nothing_is_made_once(rules: World) -> None:
    view = await form_of(rules, "rule create voice-receipt Failed calls")
    typed = {
        "name": {"value": "Failed calls"},
        "match": chosen("1"),
        "action": chosen("URL"),
        "address": {"value": "https://hooks.example.com/x"},
    }
    answers = await asyncio.gather(*(rules.ada.submit(view, **typed) for _ in range(5)))
    assert sum(each.json() == {"response_action": "clear"} for each in answers) == 1
    said = await posted(rules, "The automation is made.")
    assert "failed voice receipts → call https://hooks.example.com/…" in said
    (made,) = rules.clicksend.of("voice_receipt_rules.create")
    assert (made["match_type"], made["action"], made["enabled"]) == (1, "URL", 1)


async def test_a_rule_that_sends_by_itself_is_asked_about_once_more(rules: World) -> None:
    view = await form_of(rules, "rule create sms-in Opening hours")
    typed = {
        "name": {"value": "Opening hours"},
        "search": chosen("2"),
        "term": {"value": "HOURS"},
        "action": chosen("AUTO_REPLY"),
        "body": {"value": "9 to 5"},
    }
    answer = (await rules.ada.submit(view, **typed)).json()
    assert "charges each message" in str(answer)
    assert rules.clicksend.of("sms_inbound_rules.create") == []
    for _ in range(2):
        await rules.ada.submit(answer["view"])
    made = await rules.clicksend.next("sms_inbound_rules.create")
    assert (made["body"], made["dedicated_number"]) == ("9 to 5", "*")
    assert "By <@U0ADA>" in await posted(rules, "The automation is made.")
    assert len(rules.clicksend.of("sms_inbound_rules.create")) == 1


async def test_without_a_kind_the_form_asks_for_it_first(rules: World) -> None:
    view = await form_of(rules, "rule create Failed faxes")
    menu = view["blocks"][0]["accessory"]
    assert len(menu["options"]) == 6
    shown = {**view, "id": "V0FORM", "state": {"values": {}}}
    action = {"type": "static_select", "action_id": "rule.kind", "block_id": "b"}
    await rules.ada.interact(
        type="block_actions", actions=[{**action, **chosen("fax-receipt")}], view=shown
    )
    form = (await rules.slack.next("views.update"))["view"]
    assert "'initial_value': 'Failed faxes'" in str(form)
    typed = {"name": {"value": "Failed faxes"}, "match": chosen("1"), "action": chosen("POLL")}
    await rules.ada.submit(form, **typed)
    made = await rules.clicksend.next("fax_receipt_rules.create")
    assert (made["match_type"], made["action"]) == (1, "POLL")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"action": chosen("URL"), "address": {"value": "http://x"}}, "address"),
        ({"action": chosen("EMAIL_FIXED"), "address": {"value": "<!here>"}}, "address"),
        ({"action": chosen("SMS"), "address": {"value": "12"}}, "address"),
        ({"action": chosen("GROUP_SMS"), "address": {"value": "all"}}, "address"),
        ({"action": chosen("AUTO_REPLY")}, "body"),
        ({"action": chosen("POLL"), "search": chosen("1")}, "term"),
        ({"action": chosen("POLL"), "number": {"value": "x"}}, "number"),
        ({"action": chosen("POLL"), "name": {"value": " "}}, "name"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    rules: World, typed: dict[str, Any], field: str
) -> None:
    view = await form_of(rules, "rule create sms-in x")
    answer = await rules.ada.submit(view, **{"name": {"value": "x"}, **typed})
    assert set(answer.json()["errors"]) == {field}


async def test_only_admins_see_and_change_rules(rules: World) -> None:
    for text in ("rule", "rule show sms-in-12", "rule create sms-in x"):
        await rules.eve.command("/clicksend", text)
    url = f"{rules.slack.url}/respond"
    await rules.eve.press("rule.delete", "sms-in-12", response_url=url)
    assert "Ask <@U0ADA>" in (await rules.slack.next("respond", 4))["text"]
    assert rules.slack.of("views.open") == []
    assert rules.clicksend.of("sms_inbound_rules.delete") == []
