"""Contacts and lists from Slack: found, shown, changed once, deleted after a question."""

import json
from typing import Any

import pytest

from bot.sandbox.slack.block_kit import problems, view_problems
from bot.store import Database, Scope, audit
from tests.app.conftest import World

HOSTILE = [
    "<!channel>",
    "*_~`bold`~_*",
    "x" * 300,
    "\u202eתירבע",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "a & b < c",
    "",
]
CONTACT = {"contact_id": 7, "list_id": 428, "phone_number": "+61411111111", "email": "a@b.example"}


def page(rows: list[dict[str, Any]], total: int | None = None, number: int = 1) -> dict[str, Any]:
    many = len(rows) if total is None else total
    last = -(-many // 15)
    return {"total": many, "current_page": number, "last_page": last, "data": rows}


async def said(world: World, text: str, count: int = 1) -> dict[str, Any]:
    await world.ada.command("/clicksend", text)
    answer = await world.slack.next("respond", count)
    assert problems(answer["blocks"], "message") == []
    return answer


def ref(answer: dict[str, Any], action_id: str) -> str:
    """The value of a button of a message."""
    return next(
        element["value"]
        for block in answer["blocks"]
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if str(element.get("action_id", "")).startswith(action_id)
    )


async def test_a_number_is_searched_as_e164_and_hits_are_listed(world: World) -> None:
    answer = await said(world, "contact find 0411 111 111")
    assert world.clicksend.of("search.contact_lists")[0]["q"] == "+61411111111"
    assert "Gorne" in answer["text"]
    assert ref(answer, "contact.show") == "552807"
    assert ref(answer, "list.show") == "428"


async def test_a_search_without_a_hit_and_without_words_says_so(world: World) -> None:
    world.clicksend.answers["search.contact_lists"] = page([])
    assert "Nobody and no list matches" in (await said(world, "contact find Zed"))["text"]
    assert "Say whom" in (await said(world, "contact find", 2))["text"]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_mentions_and_formats_nothing(world: World, name: str) -> None:
    contact = {**CONTACT, "first_name": name, "_list_name": name, "custom_1": name}
    world.clicksend.answers["search.contact_lists"] = page(
        [
            {"id": 7, "name": name, "contact": name, "type": "contact"},
            {"id": 428, "name": name, "contact": None, "type": "list", "contacts_count": 2},
        ]
    )
    world.clicksend.answers["lists.get"] = {"list_id": 428, "list_name": name}
    world.clicksend.answers["lists.list"] = page([{"list_id": 428, "list_name": name}])
    world.clicksend.answers["contacts.list"] = page([contact])
    world.clicksend.answers["contacts.get"] = contact
    for number, text in enumerate(
        ("contact find x", "contact show 428/7", "list", "list show 428", "list delete 428"), 1
    ):
        answer = await said(world, text, number)
        everything = (
            json.dumps([block for block in answer["blocks"] if block["type"] != "header"])
            + answer["text"]
        )
        assert "<!channel>" not in everything
        assert "*_~" not in everything
    await world.ada.press("contact.change", "428/7")
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []


async def test_a_contact_is_shown_from_a_search_though_no_list_is_named(world: World) -> None:
    world.clicksend.answers["contacts.get"] = CONTACT
    answer = await said(world, "contact show 7")
    assert "+61 411 111 111" in answer["text"]
    assert world.clicksend.of("lists.list") != []


async def test_a_contact_is_deleted_after_the_question_and_audited(world: World) -> None:
    world.clicksend.answers["contacts.get"] = CONTACT
    answer = await said(world, "contact delete 428/7")
    assert world.clicksend.of("contacts.delete") == []
    asked = next(b for b in answer["blocks"] if b["type"] == "actions")["elements"][-1]
    assert asked["confirm"]["confirm"]["text"] == "Yes, delete it"
    await world.ada.press(asked["action_id"], asked["value"])
    await world.clicksend.next("contacts.delete")
    done = await world.slack.next("conversations.open")
    assert done["users"] == "U0ADA"
    posted = await world.slack.next("chat.postMessage")
    assert "The contact `428/7` is deleted." in posted["text"]
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        records = await audit.search(connection, Scope("default", "demo"), limit=2)
    await database.close()
    assert [record.action for record in records] == [
        "contacts.delete done",
        "contacts.delete started",
    ]
    assert {record.actor for record in records} == {"U0ADA"}


async def test_somebody_without_the_role_changes_nothing(world: World) -> None:
    for number, text in enumerate(
        ("list create Mine", "list rename 428 Mine", "contact change 428/7", "contact add"), 1
    ):
        await world.eve.command("/clicksend", text)
        answer = await world.slack.next("respond", number)
        assert "Nothing changed" in answer["text"]
    await world.eve.press("contact.delete", "428/7")
    await world.slack.next("chat.postMessage")
    assert [name for name, _ in world.clicksend.arrivals if name.startswith(("l", "con"))] == []
    assert world.slack.of("views.open") == []


async def test_a_new_contact_is_added_once_however_often_the_form_is_submitted(
    world: World,
) -> None:
    await world.ada.command("/clicksend", "contact add 437 0411 111 111 Ada King Lovelace")
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    initial = {b["block_id"]: b["element"].get("initial_value") for b in view["blocks"]}
    assert initial["phone_number"] == "+61411111111"
    assert (initial["first_name"], initial["last_name"]) == ("Ada", "King Lovelace")
    typed = {
        "list": {"selected_option": {"value": "437"}},
        "phone_number": {"value": "0411111111"},
        "first_name": {"value": "Ada"},
    }
    for _ in range(2):
        assert (await world.ada.submit(view, **typed)).json() == {"response_action": "clear"}
    await world.slack.next("chat.postMessage", 2)
    (made,) = world.clicksend.of("contacts.create")
    assert made == {"phone_number": "+61411111111", "first_name": "Ada"}


async def test_a_form_says_what_is_wrong_with_each_field(world: World) -> None:
    await world.ada.command("/clicksend", "contact add")
    view = (await world.slack.next("views.open"))["view"]
    answer = await world.ada.submit(view, phone_number={"value": "12"}, email={"value": "nobody"})
    assert set(answer.json()["errors"]) == {"phone_number", "email", "list"}
    empty = await world.ada.submit(view, list={"selected_option": {"value": "1"}})
    assert "Give a phone number" in empty.json()["errors"]["phone_number"]
    assert world.clicksend.of("contacts.create") == []


async def test_a_correction_sends_what_was_emptied_but_no_address(world: World) -> None:
    world.clicksend.answers["contacts.get"] = {**CONTACT, "first_name": "Ada"}
    await world.ada.command("/clicksend", "contact change 428/7")
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    answer = await world.ada.submit(view, phone_number={"value": "+61422222222"})
    assert "email" in answer.json()["errors"]
    await world.ada.submit(
        view, phone_number={"value": "+61422222222"}, email={"value": "a@b.example"}
    )
    sent = await world.clicksend.next("contacts.update")
    assert sent == {"phone_number": "+61422222222", "email": "a@b.example", "first_name": ""}


@pytest.mark.parametrize(("verb", "operation"), [("copy", "copy"), ("move", "transfer")])
async def test_a_contact_is_copied_or_moved_typed_or_by_a_form(
    world: World, verb: str, operation: str
) -> None:
    answer = await said(world, f"contact {verb} 428/7 437")
    assert "to the list `437`" in answer["text"]
    await world.ada.command("/clicksend", f"contact {verb} 428/7")
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    await world.ada.submit(view, list={"selected_option": {"value": "437"}})
    await world.clicksend.next(f"contacts.{operation}", 2)


async def test_empty_lists_and_no_lists_say_what_to_do(world: World) -> None:
    world.clicksend.answers["lists.list"] = page([])
    world.clicksend.answers["contacts.list"] = page([])
    assert "/clicksend list create" in (await said(world, "list"))["text"]
    assert "Nobody is in this list" in (await said(world, "list show 437", 2))["text"]
    assert "There is no page 9" in (await said(world, "list list 9", 3))["text"]


async def test_ten_thousand_are_paged(world: World) -> None:
    rows = [{"list_id": n, "list_name": "L" * 300, "_contacts_count": 10_000} for n in range(1, 16)]
    world.clicksend.answers["lists.list"] = page(rows, 10_000)
    answer = await said(world, "list")
    assert "page 1 of 667" in answer["text"]
    assert "10,000 contacts" in answer["text"]
    following = next(b for b in answer["blocks"] if b["type"] == "actions")["elements"]
    assert [each["value"] for each in following] == ["2"]
    await world.ada.press("list.page:2", "2")
    await world.clicksend.next("lists.list", 2)
    assert world.clicksend.of("lists.list")[1]["page"] == "2"
    world.clicksend.answers["contacts.list"] = page([CONTACT] * 15, 10_000)
    members = await said(world, "list show 437", len(world.slack.of("respond")) + 1)
    assert "page 1 of 667" in members["text"]
    assert ref(members, "list.members") == "2 437"


async def test_a_list_is_made_renamed_and_deleted(world: World) -> None:
    assert "`428`" not in (await said(world, "list create Kunden & Söhne"))["text"]
    assert world.clicksend.of("lists.create") == [{"list_name": "Kunden & Söhne"}]
    assert "is called" in (await said(world, "list rename 428 <!here>", 2))["text"]
    shown = await said(world, "list delete 437", 3)
    assert world.clicksend.of("lists.delete") == []
    await world.ada.press("list.delete", ref(shown, "list.delete"))
    await world.clicksend.next("lists.delete")


async def test_a_second_list_of_a_name_is_made_only_after_a_question(world: World) -> None:
    hits = [{"id": n, "name": "Customers @here", "type": "list"} for n in (1, 2)]
    world.clicksend.answers["search.contact_lists"] = page(hits)
    answer = await said(world, "list create customers <!here>")
    assert "already: `1`, `2`. Nothing changed" in answer["text"]
    assert "<!here>" not in answer["text"]
    assert world.clicksend.of("lists.create") == []
    pressed = ref(answer, "list.another")
    for count in (2, 3):  # pressed twice
        await world.ada.press("list.another", pressed, response_url=f"{world.slack.url}/respond")
        await world.slack.next("respond", count)
    assert world.clicksend.of("lists.create") == [{"list_name": "customers @here"}]
    await world.eve.press("list.another", f"x{pressed}")  # who may not
    assert ":no_entry:" in (await world.slack.next("chat.postMessage"))["text"]
    assert len(world.clicksend.of("lists.create")) == 1


@pytest.mark.parametrize(
    ("seen", "asked"),
    [
        ("list show 428", "list delete 428"),
        ("contact show 428/552786", "contact delete 428/552786"),
        ("template show sms-7", "template delete sms-7"),
        ("sender list", "sender delete +61411111111"),
        (None, "address delete 4"),
    ],
)
async def test_who_may_not_delete_sees_no_button_that_would(
    world: World, seen: str | None, asked: str
) -> None:
    template = {"template_id": 7, "template_name": "Closing", "body": "We close at 5."}
    world.clicksend.answers["sms.list_templates"] = page([template])
    count = 0
    for user, sees in ((world.ada, True), (world.eve, False)) if seen else ():
        count += 1
        await user.command("/clicksend", seen or "")
        answer = await world.slack.next("respond", count)
        assert len(answer["blocks"]) > 1
        assert ("'style': 'danger'" in str(answer["blocks"])) == sees, answer
    await world.eve.command("/clicksend", asked)
    answer = await world.slack.next("respond", count + 1)
    assert ":no_entry:" in answer["text"]
    assert "danger" not in str(answer)


async def test_a_list_that_several_names_match_is_asked_about(world: World) -> None:
    hits = [{"id": n, "name": "Customers", "type": "list"} for n in (1, 2)]
    world.clicksend.answers["search.contact_lists"] = page(hits)
    answer = await said(world, "list show customers")
    assert "Say which by its id" in answer["text"]
    assert "`1` Customers" in answer["text"]


async def test_duplicates_go_after_the_question_by_the_fields_named(world: World) -> None:
    answer = await said(world, "list duplicates 437 by email, first_name")
    assert world.clicksend.of("lists.remove_duplicates") == []
    await world.ada.press("list.clean", ref(answer, "list.clean"))
    sent = await world.clicksend.next("lists.remove_duplicates")
    assert sent == {"fields": ["email", "first_name"]}
    assert "6 contacts were deleted" in (await world.slack.next("chat.postMessage"))["text"]


async def test_an_unknown_field_is_refused_with_those_there_are(world: World) -> None:
    answer = await said(world, "list duplicates 437 by shoe_size")
    assert "phone number" in answer["text"]


async def test_those_who_opted_out_are_removed_by_the_list_that_is_called_so(world: World) -> None:
    hits = [{"id": 99, "name": "Opt-Out List", "type": "list"}]
    world.clicksend.answers["search.contact_lists"] = page(hits)
    world.clicksend.answers["lists.get"] = {"list_id": 99, "list_name": "Opt-Out List"}
    answer = await said(world, "list optouts 437")
    await world.ada.press("list.clean", ref(answer, "list.clean"))
    await world.clicksend.next("contacts.remove_opted_out")
    assert len(world.clicksend.of("contacts.remove_opted_out")) == 1


async def test_a_lost_answer_to_a_change_says_that_nobody_knows(world: World) -> None:
    world.clicksend.cut.add("lists.create")
    answer = await said(world, "list create Twice?")
    assert "Look before you do it again" in answer["text"]
    assert len(world.clicksend.of("lists.create")) == 1


async def test_the_menu_of_lists_offers_names_of_any_length(world: World) -> None:
    rows = [{"list_id": n, "list_name": "N" * 300, "_contacts_count": 10_000} for n in range(100)]
    world.clicksend.answers["lists.list"] = page(rows)
    answer = await world.ada.interact(
        type="block_suggestion", action_id="lists.pick", block_id="list", value=""
    )
    options = answer.json()["options"]
    assert len(options) == 100
    assert max(len(each["text"]["text"]) for each in options) == 75
