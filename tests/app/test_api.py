"""`/clicksend api`: the menu, the forms, reads, changes after a yes, and what is kept out."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.clicksend.operations.sms import CancelAllSms
from bot.sandbox.slack.block_kit import view_problems
from bot.store import Database, Scope, calls
from bot.store.calls import Call, CallState
from bot.store.tables import audit
from tests.app.conftest import World

TO = "+61411111111"
TEMPLATE = {"template_id": {"value": "632"}}


async def form(world: World, operation: str) -> dict[str, Any]:
    before = len(world.slack.of("views.open"))
    await world.ada.command("/clicksend", f"api {operation}")
    view: dict[str, Any] = (await world.slack.next("views.open", before + 1))["view"]
    return view


async def submitted(world: World, operation: str, **typed: Any) -> dict[str, Any]:
    """Submit an operation's form; the view that the acknowledgement brings."""
    answer = (await world.ada.submit(await form(world, operation), **typed)).json()
    assert answer["response_action"] == "update", answer
    view: dict[str, Any] = answer["view"]
    return view


async def answered(world: World, operation: str, **typed: Any) -> dict[str, Any]:
    """Submit a read's form; the view with its answer."""
    await submitted(world, operation, **typed)
    view: dict[str, Any] = (await world.slack.next("views.update"))["view"]
    return view


async def actions(world: World, name: str) -> list[str]:
    """What the audit trail says of an operation."""
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        rows = await connection.execute(select(audit).order_by(audit.c.id))
        found = [row["action"] for row in rows.mappings() if row["actor"] == "U0ADA"]
    await database.close()
    return [each for each in found if each.startswith(name)]


async def test_the_menu_is_searched_by_id_and_by_what_it_does(world: World) -> None:
    await world.ada.command("/clicksend", "api")
    view = (await world.slack.next("views.open"))["view"]
    assert view["blocks"][0]["accessory"]["type"] == "external_select"
    offered = await world.ada.interact(
        type="block_suggestion", action_id="api.pick", block_id="b", value="sms templ"
    )
    (family,) = offered.json()["option_groups"]
    assert family["label"]["text"] == "sms"
    assert [each["value"] for each in family["options"]] == [
        "sms.create_template",
        "sms.delete_template",
        "sms.list_templates",
        "sms.update_template",
    ]


async def test_everything_fits_the_menu(world: World) -> None:
    offered = await world.ada.interact(
        type="block_suggestion", action_id="api.pick", block_id="b", value=""
    )
    groups = offered.json()["option_groups"]
    assert 1 < len(groups) <= 100
    assert all(len(each["options"]) <= 100 for each in groups)
    assert all(len(o["text"]["text"]) <= 75 for each in groups for o in each["options"])


async def test_what_is_picked_becomes_its_form(world: World) -> None:
    await world.ada.command("/clicksend", "api")
    view = (await world.slack.next("views.open"))["view"]
    await world.ada.press("api.pick", "sms.history", view={"id": "V0FORM", **view, "state": {}})
    updated = (await world.slack.next("views.update"))["view"]
    assert updated["callback_id"] == "api.form"
    by_block = {b["block_id"]: b for b in updated["blocks"] if b["type"] == "input"}
    assert by_block["date_from"]["element"]["type"] == "datetimepicker"
    assert by_block["limit"]["element"]["type"] == "number_input"
    assert by_block["operator"]["element"]["type"] == "static_select"
    assert by_block["limit"]["hint"]["text"].endswith("whole number, 15 to 100.")
    assert json.loads(updated["private_metadata"])["channel"] == "C0OPS"


async def test_a_typo_gets_the_nearest_operation(world: World) -> None:
    await world.ada.command("/clicksend", "api sms.sned")
    answer = await world.slack.next("respond")
    assert "Did you mean `/clicksend api sms.send`" in answer["text"]


async def test_nobody_but_admins_gets_in_by_any_door(world: World) -> None:
    await world.eve.command("/clicksend", "api account.get")
    assert "the role *admin* is missing" in (await world.slack.next("respond"))["text"]
    offered = await world.eve.interact(
        type="block_suggestion", action_id="api.pick", block_id="b", value=""
    )
    assert offered.json() == {"options": []}
    view = await form(world, "countries.list")
    assert "the role *admin* is missing" in str((await world.eve.submit(view)).json())
    review = await submitted(world, "sms.delete_template", **TEMPLATE)
    assert "the role *admin* is missing" in str((await world.eve.submit(review)).json())
    await world.eve.press("api.pick", "countries.list", view={"id": "V0", **view, "state": {}})
    assert "the role *admin* is missing" in str((await world.slack.next("views.update"))["view"])
    assert world.clicksend.of("countries.list") == []
    assert world.clicksend.of("sms.delete_template") == []


async def test_a_read_runs_and_is_shown_and_mentions_nobody(world: World) -> None:
    world.clicksend.answers["countries.list"] = [
        {"code": "AU", "value": "<!channel> ``` <@U0EVE> & co"}
    ]
    view = await answered(world, "countries.list")
    assert view_problems(view) == []
    shown = view["blocks"][1]["text"]["text"]
    assert "&lt;!channel&gt;" in shown
    assert "<!channel>" not in shown
    assert "<@U0EVE>" not in shown
    assert shown.count("```") == 2
    assert await actions(world, "countries") == []


async def test_the_api_key_in_an_answer_does_not_reach_slack(world: World) -> None:
    world.clicksend.answers["account.get"] = {
        "username": "demo",
        "_subaccount": {"api_key": "KEY-OF-THE-TEST"},
    }
    view = await answered(world, "account.get")
    assert "**********" in str(view)
    assert "KEY-OF-THE-TEST" not in str(world.slack.calls)


async def test_a_long_answer_comes_as_a_file_to_whoever_asked(world: World) -> None:
    rows = [{"code": "AU", "value": "<!channel>" * 10} for _ in range(100)]
    world.clicksend.answers["countries.list"] = rows
    view = await answered(world, "countries.list")
    assert "I sent it to you as a file" in str(view)
    complete = await world.slack.next("files.completeUploadExternal")
    assert complete["channel_id"] == "D0ADA"
    assert complete["initial_comment"] == "The answer to `countries.list`."
    (content,) = world.slack.uploads.values()
    assert json.loads(content) == rows
    asked = await world.slack.next("files.getUploadURLExternal")
    assert asked["length"] == str(len(content))
    assert world.slack.of("chat.postMessage") == []


async def test_a_file_that_slack_does_not_take_is_said_and_begun(world: World) -> None:
    world.slack.errors["files.getUploadURLExternal"] = "missing_scope"
    world.clicksend.answers["countries.list"] = [{"code": "AU", "value": "<x>" * 3000}]
    view = await answered(world, "countries.list")
    assert "did not take it as a file (missing_scope)" in str(view)
    assert view_problems(view) == []


async def test_an_answer_finds_whoever_closed_the_modal(world: World) -> None:
    world.slack.closed = True
    await submitted(world, "countries.list")
    message = await world.slack.next("chat.postMessage")
    assert message["channel"] == "D0ADA"
    assert "countries.list" in message["text"]


async def test_a_read_that_fails_gives_the_form_back_with_everything_typed(world: World) -> None:
    world.clicksend.statuses["sms.history"] = 403
    again = await answered(world, "sms.history", limit={"value": "20"}, q={"value": "to:61"})
    assert again["callback_id"] == "api.form"
    assert "Nothing was changed." in str(again)
    initial = {b["block_id"]: b["element"].get("initial_value") for b in again["blocks"][2:]}
    assert (initial["limit"], initial["q"]) == ("20", "to:61")


@pytest.mark.parametrize(
    ("operation", "typed", "block", "said"),
    [
        ("sms.history", {"limit": {"value": "5"}}, "limit", "greater than or equal to 15"),
        (
            "sms.history",
            {"date_from": {"selected_date_time": 2_000}, "date_to": {"selected_date_time": 1_000}},
            "date_from",
            "Date_from must not be after date_to",
        ),
        ("sms.price", {"messages": {"value": "{"}}, "messages", "not JSON (line 1"),
        ("sms.price", {"messages": {"value": '[{"to": "1"}]'}}, "messages", "0.body: it must be"),
        ("sms.cancel", {"message_id": {"value": ".."}}, "message_id", "relative path"),
    ],
)
async def test_bad_input_is_named_at_its_field(
    world: World, operation: str, typed: dict[str, Any], block: str, said: str
) -> None:
    answer = (await world.ada.submit(await form(world, operation), **typed)).json()
    assert answer["response_action"] == "errors"
    assert said in answer["errors"][block]
    # The alerts' own look at the history is not what was typed here.
    assert [body for body in world.clicksend.of(operation) if "order_by" not in body] == []


async def test_a_change_is_reviewed_then_runs_once_and_is_audited(world: World) -> None:
    review = await submitted(world, "sms.delete_template", **TEMPLATE)
    assert view_problems(review) == []
    assert "destroys something; it cannot be put back" in str(review)
    assert '"template_id": 632' in str(review)
    assert world.clicksend.of("sms.delete_template") == []
    assert await actions(world, "sms.delete_template") == []

    answers = await asyncio.gather(*(world.ada.submit(review) for _ in range(10)))
    said = [str(answer.json()) for answer in answers]
    assert sum("Asking ClickSend" in each for each in said) == 1
    assert sum("it runs once only" in each for each in said) == 9
    result = (await world.slack.next("views.update"))["view"]
    assert "ClickSend did `sms.delete_template`." in str(result)
    assert len(world.clicksend.of("sms.delete_template")) == 1
    assert await actions(world, "sms.delete_template") == [
        "sms.delete_template started",
        "sms.delete_template done",
    ]


async def test_the_yes_is_audited_before_it_is_acknowledged(world: World) -> None:
    review = await submitted(world, "sms.delete_template", **TEMPLATE)
    world.clicksend.hold = asyncio.Event()
    await world.ada.submit(review)
    assert await actions(world, "sms.delete_template") == ["sms.delete_template started"]
    world.clicksend.hold.set()
    await world.slack.next("views.update")


async def test_a_lost_answer_may_have_taken_effect_and_is_not_repeated(world: World) -> None:
    review = await submitted(world, "sms.delete_template", **TEMPLATE)
    world.clicksend.cut.add("sms.delete_template")
    await world.ada.submit(review)
    result = str((await world.slack.next("views.update"))["view"])
    assert "Nobody knows whether ClickSend did `sms.delete_template`" in result
    assert "It may have taken effect. I do not try again by myself" in result
    assert len(world.clicksend.of("sms.delete_template")) == 1
    assert (await actions(world, "sms.delete_template"))[-1] == "sms.delete_template unknown"


async def test_a_refused_change_says_that_nothing_changed(world: World) -> None:
    review = await submitted(world, "sms.delete_template", **TEMPLATE)
    world.clicksend.statuses["sms.delete_template"] = 404
    await world.ada.submit(review)
    result = str((await world.slack.next("views.update"))["view"])
    assert "ClickSend did not do `sms.delete_template`" in result
    assert "Nothing was changed." in result
    assert (await actions(world, "sms.delete_template"))[-1] == "sms.delete_template refused"


async def test_change_goes_back_with_everything(world: World) -> None:
    typed = {"template_name": {"value": "Hi"}, "body": {"value": "Hello <you> & all"}}
    review = await submitted(world, "sms.create_template", **typed)
    assert "Hello &lt;you&gt; &amp; all" in str(review)
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("api.change", review["private_metadata"], view=view)
    again = (await world.slack.next("views.update"))["view"]
    initial = {b["block_id"]: b["element"].get("initial_value") for b in again["blocks"][1:]}
    assert initial == {"template_name": "Hi", "body": "Hello <you> & all"}
    assert json.loads(again["private_metadata"])["id"] != review["private_metadata"]


async def test_a_yes_is_to_everything_however_long(world: World) -> None:
    body = "&<`" * 900 + "END"
    typed = {"template_name": {"value": "Hi"}, "body": {"value": body}}
    review = await submitted(world, "sms.create_template", **typed)
    assert view_problems(review) == []
    texts = [b["text"]["text"] for b in review["blocks"] if b["type"] == "section"]
    shown = [text for text in texts if text.startswith("```")]
    assert len(shown) > 1
    assert all(text.endswith("\n```") and text.count("```") == 2 for text in shown)
    assert "END" in shown[-1]
    await world.ada.submit(review)
    await world.slack.next("views.update")
    assert world.clicksend.of("sms.create_template") == [{"template_name": "Hi", "body": body}]


async def priced(world: World, *messages: dict[str, Any]) -> dict[str, Any]:
    await submitted(world, "sms.send", messages={"value": json.dumps(messages)})
    view: dict[str, Any] = (await world.slack.next("views.update"))["view"]
    return view


async def test_a_send_takes_the_way_of_every_send(world: World) -> None:
    review = await priced(world, {"to": "0411 111 111", "body": "See you at nine"})
    assert review["callback_id"] == "send.confirm"
    assert "AUD 0.077" in str(review)
    assert world.clicksend.of("sms.send") == []
    await asyncio.gather(*(world.ada.submit(review) for _ in range(5)))
    result = await world.slack.next("chat.postMessage")
    assert result["channel"] == "C0OPS"
    assert "SMS sent by <@U0ADA> to 1 recipient" in result["text"]
    (sent,) = world.clicksend.of("sms.send")
    assert sent["messages"][0]["to"] == TO
    assert sent["messages"][0]["custom_string"].startswith("cs-")


async def test_change_of_a_send_goes_back_to_its_form(world: World) -> None:
    review = await priced(world, {"to": TO, "body": "See you at nine"})
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press("send.change", review["private_metadata"], view=view)
    again = (await world.slack.next("views.update", 2))["view"]
    assert again["callback_id"] == "sms.form"
    assert "See you at nine" in str(again)


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"to": TO, "body": "a"}, {"to": "+61422222222", "body": "b"}], "differ in body"),
        ([{"to": TO, "body": "a"}, {"to": "0411 111 111", "body": "a"}], "is there twice"),
        ([{"to": TO, "body": "a", "custom_string": "mine"}], "the bot's own reference"),
        ([{"to": TO, "body": "a", "schedule": 1_000_000_000}], "Schedule has passed"),
        ([{"to": "12", "body": "a"}], "0.to: it is too short"),
        ([{"to": f"{TO}, +61422222222", "body": "a"}], "0.to: it is not one number"),
    ],
)
async def test_a_send_that_nobody_could_say_yes_to_is_refused_at_its_field(
    world: World, messages: list[dict[str, Any]], said: str
) -> None:
    view = await form(world, "sms.send")
    answer = (await world.ada.submit(view, messages={"value": json.dumps(messages)})).json()
    assert said in answer["errors"]["messages"]
    assert world.clicksend.of("sms.price") == []


async def test_a_fax_goes_the_same_way(world: World) -> None:
    message = {"value": json.dumps({"to": "+61261111111"})}
    file_url = {"value": "https://example.com/letter.pdf"}
    await submitted(world, "fax.send", file_url=file_url, messages=message)
    review = (await world.slack.next("views.update"))["view"]
    assert review["callback_id"] == "send.confirm"
    await world.ada.submit(review)
    assert "Fax sent by <@U0ADA>" in (await world.slack.next("chat.postMessage"))["text"]


async def test_a_campaign_goes_the_same_way(world: World) -> None:
    typed = {"list_id": "428", "name": "Spring sale", "body": "Hi. Reply STOP to end"}
    await submitted(world, "sms_campaigns.send", **{k: {"value": v} for k, v in typed.items()})
    review = (await world.slack.next("views.update"))["view"]
    assert review["callback_id"] == "send.confirm"
    assert "list 428" in str(review)
    await world.ada.submit(review)
    assert "SMS campaign sent by <@U0ADA>" in (await world.slack.next("chat.postMessage"))["text"]
    (sent,) = world.clicksend.of("sms_campaigns.send")
    assert sent["name"] == f"Spring sale [cs-{review['private_metadata']}-0]"


async def test_what_is_kept_out_is_refused_with_the_way_that_is_left(world: World) -> None:
    await world.ada.command("/clicksend", "api account.forgot_username")
    answer = await world.slack.next("respond")
    assert "never passes through Slack" in answer["text"]
    assert "https://dashboard.clicksend.com" in str(answer["blocks"])
    await world.ada.command("/clicksend", "api")
    view = (await world.slack.next("views.open"))["view"]
    chosen = {"id": "V0", **view, "state": {}}
    await world.ada.press("api.pick", "account.forgot_username", view=chosen)
    updated = (await world.slack.next("views.update"))["view"]
    assert "cannot be run from Slack" in str(updated)
    assert view_problems(updated) == []


@pytest.mark.jobs
async def test_a_call_that_was_cut_off_by_a_crash_is_told_to_whoever_began_it(
    outside: World,
) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database(outside.settings.database_url)
    await database.open()
    lost = Call(
        id="c1",
        operation="sms.cancel_all",
        payload=CancelAllSms().model_dump_json(),
        state=CallState.RUNNING,
        actor="U0ADA",
        created_at=long_ago,
        updated_at=long_ago,
        lease_until=long_ago,
    )
    async with database.write() as connection:
        assert await calls.add(connection, Scope("default", "demo"), lost)
    await database.close()
    async with App(outside.settings):
        message = await outside.slack.next("chat.postMessage")
    assert message["channel"] == "D0ADA"
    assert "`sms.cancel_all`" in message["text"]
    assert "It may have taken effect" in message["text"]
    assert outside.clicksend.of("sms.cancel_all") == []
