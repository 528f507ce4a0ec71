"""Templates: listed, used, written, changed once, and deleted after a question."""

import asyncio
from typing import Any

import pytest

from tests.app.conftest import World

HOSTILE = "<!channel> *_~ " + "x" * 300


def page(*templates: dict[str, Any], last: int = 1) -> dict[str, Any]:
    return {"current_page": 1, "last_page": last, "total": len(templates), "data": templates}


def sms(number: int = 7, name: str = "Closing", body: str = "We close at 5.") -> dict[str, Any]:
    return {"template_id": number, "template_name": name, "body": body}


@pytest.fixture
def templates(world: World) -> World:
    """An account with one SMS template and no email template."""
    world.clicksend.answers["sms.list_templates"] = page(sms())
    world.clicksend.answers["email_templates.list"] = page()
    return world


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def form_of(world: World, text: str) -> dict[str, Any]:
    await world.ada.command("/clicksend", text)
    view: dict[str, Any] = (await world.slack.next("views.open"))["view"]
    return view


async def test_both_kinds_are_one_list_and_hostile_names_are_escaped(templates: World) -> None:
    templates.clicksend.answers["email_templates.list"] = page(sms(3, HOSTILE, ""))
    answer = await answered(templates, "template")
    assert "`sms-7`" in answer["text"]
    assert "`email-3`" in answer["text"]
    assert "<!channel>" not in str(answer)


async def test_a_list_of_many_turns_its_pages(templates: World) -> None:
    many = [sms(number) for number in range(100)]
    templates.clicksend.answers["sms.list_templates"] = page(*many, last=667)
    answer = await answered(templates, "template list 3")
    assert templates.clicksend.of("sms.list_templates")[0]["page"] == "3"
    assert len(answer["blocks"]) <= 50
    assert all(f"`sms-{number}`" in str(answer["blocks"]) for number in range(100))
    assert [each["value"] for each in answer["blocks"][-1]["elements"]] == ["2", "4"]
    await templates.ada.press("template.page:4", "4", response_url=f"{templates.slack.url}/respond")
    await templates.clicksend.next("sms.list_templates", 2)
    assert templates.clicksend.of("sms.list_templates")[1]["page"] == "4"


async def test_an_empty_list_says_how_to_begin(templates: World) -> None:
    templates.clicksend.answers["sms.list_templates"] = page()
    assert "template create" in (await answered(templates, "template list"))["text"]


async def test_a_kind_that_cannot_be_read_is_named(templates: World) -> None:
    templates.clicksend.statuses["email_templates.list"] = 403
    answer = await answered(templates, "template list")
    assert "Not shown: email" in answer["text"]
    assert "`sms-7`" in answer["text"]


@pytest.mark.parametrize(
    ("typed", "said"), [("show 7", "Name it as the list does"), ("show sms-8", "no template")]
)
async def test_what_is_no_template_is_said(templates: World, typed: str, said: str) -> None:
    assert said in (await answered(templates, f"template {typed}"))["text"]


async def test_a_template_is_used_in_the_form_of_an_sms(templates: World) -> None:
    shown = await answered(templates, "template show sms-7")
    assert "We close at 5." in str(shown["blocks"])
    await templates.ada.press("template.use", "sms-7", channel={"id": "C0OPS"})
    view = (await templates.slack.next("views.open"))["view"]
    assert view["callback_id"] == "sms.form"
    assert "We close at 5." in str(view["blocks"])


async def test_a_form_saves_one_template_however_often_it_is_submitted(templates: World) -> None:
    view = await form_of(templates, "template create sms Closing")
    typed = {"name": {"value": "Closing"}, "body": {"value": "We close at 5."}}
    answers = await asyncio.gather(*(templates.ada.submit(view, **typed) for _ in range(5)))
    assert sum(each.json() == {"response_action": "clear"} for each in answers) == 1
    posted = await templates.slack.next("chat.postMessage")
    assert "*Closing* is saved. By <@U0ADA>" in posted["text"]
    wanted = {"template_name": "Closing", "body": "We close at 5."}
    assert templates.clicksend.of("sms.create_template") == [wanted]
    assert (
        "*SMS, new template: done (call: POST /sms/templates)*"
        in (await answered(templates, "audit"))["text"]
    )


async def test_a_new_mail_is_a_copy_of_one_of_the_vendors(templates: World) -> None:
    view = await form_of(templates, "template create email News")
    templates.clicksend.answers["master_email_templates.list"] = [
        {"template_id_master": 4, "template_name": "Plain"},
        {"template_id_master": 5, "template_name": "Party"},
    ]
    offered = await templates.ada.interact(
        type="block_suggestion", action_id="template.masters", block_id="master", value="par"
    )
    (option,) = offered.json()["options"]
    master = {"selected_option": option}
    await templates.ada.submit(view, name={"value": "News"}, master=master)
    saved = await templates.clicksend.next("email_templates.create")
    assert saved == {"template_name": "News", "template_id_master": 5}


async def test_a_text_of_spaces_is_answered_at_its_field(templates: World) -> None:
    view = await form_of(templates, "template create")
    answer = await templates.ada.submit(view, name={"value": " "}, body={"value": "\n"})
    assert set(answer.json()["errors"]) == {"name", "body"}


async def test_a_template_is_changed(templates: World) -> None:
    view = await form_of(templates, "template change sms-7")
    assert "We close at 5." in str(view["blocks"])
    await templates.ada.submit(view, name={"value": "Late"}, body={"value": "We close at 6."})
    changed = await templates.clicksend.next("sms.update_template")
    assert changed == {"template_name": "Late", "body": "We close at 6."}


async def test_a_text_that_no_form_holds_is_left_to_the_dashboard(templates: World) -> None:
    templates.clicksend.answers["email_templates.get"] = sms(3, "News", "x" * 3001)
    answer = await answered(templates, "template change email-3")
    assert "dashboard" in answer["text"]
    assert templates.slack.of("views.open") == []


async def test_a_template_is_deleted_after_a_question(templates: World) -> None:
    shown = await answered(templates, "template delete sms-7")
    (button,) = [e for e in shown["blocks"][-1]["elements"] if e["action_id"] == "template.delete"]
    assert button["confirm"]["confirm"]["text"] == "Yes, delete it"
    assert templates.clicksend.of("sms.delete_template") == []
    url = f"{templates.slack.url}/respond"
    await templates.ada.press("template.delete", button["value"], response_url=url)
    assert "is deleted. By <@U0ADA>" in (await templates.slack.next("respond", 2))["text"]
    assert len(templates.clicksend.of("sms.delete_template")) == 1


async def test_a_lost_answer_is_not_called_a_success(templates: World) -> None:
    templates.clicksend.cut.add("sms.delete_template")
    url = f"{templates.slack.url}/respond"
    await templates.ada.press("template.delete", "sms-7", response_url=url)
    answer = await templates.slack.next("respond")
    assert "not certain" in answer["text"]
    assert "/clicksend template list" in answer["text"]
    assert len(templates.clicksend.of("sms.delete_template")) == 1


async def test_who_may_not_send_may_read_but_not_change(templates: World) -> None:
    view = await form_of(templates, "template create sms Closing")
    refused = await templates.eve.submit(view, name={"value": "a"}, body={"value": "b"})
    assert "Ask <@U0ADA>" in str(refused.json())
    url = f"{templates.slack.url}/respond"
    await templates.eve.press("template.delete", "sms-7", response_url=url)
    assert "Ask <@U0ADA>" in (await templates.slack.next("respond"))["text"]
    assert templates.clicksend.of("sms.create_template") == []
    assert templates.clicksend.of("sms.delete_template") == []
    await templates.eve.command("/clicksend", "template list")
    assert "`sms-7`" in (await templates.slack.next("respond", 2))["text"]
