"""Alerts in Slack: their message, who has taken them, snoozes, routes, settings, escalation."""

import json
import re
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from bot.app import App
from bot.sandbox.slack.block_kit import problems, view_problems
from bot.services import notices
from bot.store import Database, Scope, outbox
from tests.app.conftest import World

SCOPE = Scope("default", "demo")
THERE = {"id": "C0OPS"}


async def alerted(world: World, stack: AsyncExitStack) -> str:
    """A bot that has just told of low credit; the alert's id."""
    world.clicksend.balance = "12.00"
    app = await stack.enter_async_context(App(world.settings))
    world.ada.bot_url = world.eve.bot_url = f"http://127.0.0.1:{app.port}"
    posted = await world.slack.next("chat.postMessage")
    assert problems(posted["blocks"], "message") == []
    return alert_id(posted)


def alert_id(posted: dict[str, Any]) -> str:
    found = re.search(r"`([0-9a-f]{16})`", posted["text"])
    assert found is not None
    return found[1]


async def test_the_message_says_who_has_taken_it_and_who_is_on_it(
    outside: World, stack: AsyncExitStack
) -> None:
    alert = await alerted(outside, stack)
    posted = outside.slack.of("chat.postMessage")[0]
    assert "nobody is on it yet" in posted["text"]
    assert "<!" not in re.sub(r"<!date\^[^>]*>", "", posted["text"])
    await outside.eve.press("alert.ack", alert, channel=THERE)
    changed = await outside.slack.next("chat.update")
    assert "acknowledged by <@U0EVE>" in changed["text"]
    assert "<@U0EVE> is on it" in changed["text"]
    assert "alert.ack" not in str(changed["blocks"])
    assert problems(changed["blocks"], "message") == []
    assert len(outside.slack.of("chat.postMessage")) == 1


async def test_from_elsewhere_only_who_may_send_or_is_called_does_something_about_it(
    outside: World, stack: AsyncExitStack
) -> None:
    alert = await alerted(outside, stack)
    elsewhere = {"channel": {"id": "C0ELSE"}, "response_url": f"{outside.slack.url}/respond"}
    hour = {"type": "static_select", "selected_option": {"value": f"hour {alert}"}}
    for number, act in enumerate(
        (
            lambda: outside.eve.press("alert.ack", alert, **elsewhere),
            lambda: outside.eve.press("alert.assign", alert, **elsewhere),
            lambda: outside.eve.press("alert.wake", alert, **elsewhere),
            lambda: outside.eve.interact(
                type="block_actions", actions=[{"action_id": "alert.snooze", **hour}], **elsewhere
            ),
            lambda: outside.eve.command("/clicksend", f"alert snooze {alert} 2 hours", "C0ELSE"),
        ),
        1,
    ):
        await act()
        refused = await outside.slack.next("respond", number)
        assert "Whoever is in <#C0OPS>, is on call or may send" in refused["text"]
    assert outside.slack.of("views.open") == outside.slack.of("chat.update") == []
    await outside.eve.command("/clicksend", f"alert show {alert}", "C0ELSE")
    assert "Low credit" in (await outside.slack.next("respond", 6))["text"]  # to look is free
    await outside.ada.press("alert.assign", alert, channel=THERE)
    view = (await outside.slack.next("views.open"))["view"]
    await outside.ada.submit(view, people={"selected_users": ["U0EVE"]})
    await outside.slack.next("chat.update")
    await outside.eve.press("alert.ack", alert, channel={"id": "D0EVE"})
    changed = await outside.slack.next("chat.update", 2)
    assert "acknowledged by <@U0EVE>" in changed["text"]


async def test_somebody_is_put_on_it_and_told(outside: World, stack: AsyncExitStack) -> None:
    outside.slack.locales["U0EVE"] = "de-DE"
    alert = await alerted(outside, stack)
    await outside.ada.press("alert.assign", alert)
    view = (await outside.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    refused = (await outside.ada.submit(view)).json()
    assert refused["errors"] == {"people": "Choose a person."}
    await outside.ada.submit(view, people={"selected_users": ["U0EVE"]})
    changed = await outside.slack.next("chat.update")
    assert "<@U0EVE> is on it" in changed["text"]
    told = await outside.slack.next("chat.postMessage", 2)
    assert told["channel"] == "D0ADA"
    assert told["text"].startswith(":wave: <@U0ADA> hat dir einen Alarm zugewiesen: *")


async def test_an_alert_is_snoozed_from_its_menu_and_woken(
    outside: World, stack: AsyncExitStack
) -> None:
    alert = await alerted(outside, stack)
    await outside.ada.press("alert.snooze", f"hour {alert}")
    assert "snoozed until" in (await outside.slack.next("chat.update"))["text"]
    assert "Snoozed until" in (await outside.slack.next("chat.postMessage", 2))["text"]
    await outside.ada.press("alert.wake", alert)
    woken = await outside.slack.next("chat.update", 2)
    assert "snoozed until" not in woken["text"]


async def test_an_alert_is_snoozed_until_a_moment_that_is_picked(
    outside: World, stack: AsyncExitStack
) -> None:
    alert = await alerted(outside, stack)
    await outside.ada.press("alert.snooze", f"until {alert}")
    view = (await outside.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    past = (await outside.ada.submit(view, moment={"selected_date_time": 1_700_000_000})).json()
    assert "in the future" in past["errors"]["moment"]
    soon = int(time.time()) + 7_200
    await outside.ada.submit(view, moment={"selected_date_time": soon})
    assert f"<!date^{soon}^" in (await outside.slack.next("chat.update"))["text"]


async def test_alerts_are_listed_shown_and_snoozed_by_what_is_typed(
    outside: World, stack: AsyncExitStack
) -> None:
    alert = await alerted(outside, stack)
    await outside.eve.command("/clicksend", "alert")
    listed = await outside.slack.next("respond")
    assert "1 wrong now" in listed["text"]
    assert alert in listed["text"]
    await outside.eve.command("/clicksend", f"alert show {alert}")
    assert "Low credit" in (await outside.slack.next("respond", 2))["text"]
    await outside.eve.command("/clicksend", f"alert snooze {alert} next millennium")
    assert "cannot be read" in (await outside.slack.next("respond", 3))["text"]
    await outside.eve.command("/clicksend", f"alert snooze {alert} in 2 hours")
    assert "Snoozed until" in (await outside.slack.next("respond", 4))["text"]
    await outside.eve.command("/clicksend", f"alert unsnooze {alert}")
    assert "told of it again" in (await outside.slack.next("respond", 5))["text"]
    await outside.eve.command("/clicksend", "alert show 0000000000000000")
    assert "There is no such alert" in (await outside.slack.next("respond", 6))["text"]


async def test_when_the_credit_is_fine_again_the_message_says_so_and_the_thread_is_told(
    outside: World, stack: AsyncExitStack
) -> None:
    each_second = {"credit_watch_seconds": 1}
    outside.settings = outside.settings.model_copy(update=each_second)
    await alerted(outside, stack)
    outside.clicksend.balance = "100.00"
    told = await outside.slack.next("chat.postMessage", 2)
    assert told["thread_ts"]
    assert not told.get("reply_broadcast")
    assert ":white_check_mark: Low credit: over since" in told["text"]
    changed = outside.slack.of("chat.update")[-1]
    assert changed["text"].startswith(":white_check_mark: Low credit: over since")
    assert "It was: " in changed["text"]  # what was wrong is not said as if it still were
    assert "alert.snooze" not in str(changed["blocks"])


async def test_an_admin_routes_alerts_to_another_channel_and_sets_whom_they_call(
    world: World,
) -> None:
    await world.ada.command("/clicksend", "alert settings", channel="C0MONEY")
    form = (await world.slack.next("views.open"))["view"]
    assert view_problems(form) == []
    wrong = (await world.ada.submit(form, repeat={"value": "9999"})).json()
    assert "from 0 to 720" in wrong["errors"]["repeat"]
    chosen = {"selected_option": {"value": "here"}}
    await world.ada.submit(form, mention=chosen, oncall={"selected_users": ["U0EVE"]})
    assert "<#C0MONEY>" in (await world.slack.next("chat.postMessage"))["text"]

    await world.ada.press("alert.route_add", "")
    route = (await world.slack.next("views.open", 2))["view"]
    assert view_problems(route) == []
    await world.ada.submit(
        route,
        rule={"selected_option": {"value": "low_credit"}},
        severity={"selected_option": {"value": "any"}},
        where={"selected_conversation": "C0MONEY"},
    )
    await world.slack.next("chat.postMessage", 2)
    await world.ada.command("/clicksend", "alert route")
    listed = await world.slack.next("respond")
    assert "Low credit → <#C0MONEY>" in listed["text"]
    gone = json.dumps(["low_credit", "", "", ""])
    await world.eve.press("alert.route_remove", gone)
    refused = await world.slack.next("chat.postMessage", 3)
    assert "no_entry" in refused["text"]


async def test_a_route_and_a_mention_count_for_the_next_alert(
    outside: World, stack: AsyncExitStack
) -> None:
    outside.settings = outside.settings.model_copy(update={"credit_watch_seconds": 1})
    app = await stack.enter_async_context(App(outside.settings))
    outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
    await outside.ada.command("/clicksend", "alert settings", channel="C0MONEY")
    form = (await outside.slack.next("views.open"))["view"]
    await outside.ada.submit(form, mention={"selected_option": {"value": "here"}})
    await outside.slack.next("chat.postMessage")
    await outside.ada.press("alert.route_add", "")
    route = (await outside.slack.next("views.open", 2))["view"]
    await outside.ada.submit(route, where={"selected_conversation": "C0MONEY"})
    await outside.slack.next("chat.postMessage", 2)
    outside.clicksend.balance = "12.00"
    alert = await outside.slack.next("chat.postMessage", 3)
    assert alert["channel"] == "C0MONEY"
    assert alert["text"].startswith("<!here> :warning: Low credit")


async def test_a_user_group_is_offered_by_its_name_and_called(world: World) -> None:
    world.slack.groups = [
        {"id": "S0NIGHT", "handle": "night", "name": "On call <!channel>" + "x" * 99, "users": []},
        *({"id": f"S{number:03}", "handle": f"team-{number:03}"} for number in range(150)),
    ]

    async def offered(typed: str) -> list[dict[str, Any]]:
        menu = {"action_id": "alert.group", "block_id": "alert.group", "value": typed}
        answer = await world.ada.interact(type="block_suggestion", **menu)
        return list(answer.json()["options"])

    assert len(await offered("")) == 100
    assert [each["value"] for each in await offered("team-149")] == ["S149"]
    (night,) = await offered("@ON CALL")
    assert night["value"] == "S0NIGHT"
    assert len(night["text"]["text"]) <= 75
    assert await offered("nobody of that name") == []
    await world.ada.command("/clicksend", "alert settings", channel="C0MONEY")
    view = (await world.slack.next("views.open"))["view"]
    assert view_problems(view) == []
    chosen = {"selected_option": night}
    await world.ada.submit(view, **{"alert.group": chosen})
    await world.slack.next("chat.postMessage")
    await world.ada.command("/clicksend", "alert settings", channel="C0MONEY")
    again = (await world.slack.next("views.open", 2))["view"]
    assert view_problems(again) == []
    (menu,) = (b["element"] for b in again["blocks"] if b.get("block_id") == "alert.group")
    assert menu["initial_option"]["value"] == "S0NIGHT"
    assert len(world.slack.of("usergroups.list")) == 1


async def test_who_is_no_admin_changes_no_settings(world: World) -> None:
    await world.eve.command("/clicksend", "alert settings")
    assert "no_entry" in (await world.slack.next("respond"))["text"]
    assert world.slack.of("views.open") == []


async def escalated(world: World, alert: str, *ways: str) -> None:
    """Store steps of an escalation, as the engine does when nobody takes an alert."""
    database = Database(world.settings.database_url)
    await database.open()
    now = datetime.now(UTC)
    async with database.write() as connection:
        for way in ways:
            notice = notices.AlertEscalated.model_validate(
                {"alert": alert, "episode": 1, "way": way, "to": "U0EVE" if way == "dm" else ""}
            )
            text = notices.to_json(notice)
            await outbox.add(
                connection, SCOPE, key=f"step:{way}", kind=notice.kind, payload=text, at=now
            )
    await database.close()


async def test_the_phone_on_call_rings_once_and_a_pressed_key_acknowledges(
    outside: World,
) -> None:
    outside.clicksend.balance = "12.00"
    async with App(outside.settings):
        alert = alert_id(await outside.slack.next("chat.postMessage"))
    await escalated(outside, alert, "dm", "call")
    outside.slack.locales["U0EVE"] = "de-DE"
    outside.settings = outside.settings.model_copy(
        update={
            "escalation_call": "voice",
            "escalation_phones": frozenset({"+61411111111"}),
            "failure_watch_seconds": 1,
        }
    )
    async with App(outside.settings):
        told = await outside.slack.next("chat.postMessage", 2)
        assert "Das hat noch niemand übernommen. <" in told["text"]
        assert "Bestätigen" in str(told["blocks"])
        assert problems(told["blocks"], "message") == []
        called = (await outside.clicksend.next("voice.send"))["messages"][0]
        assert called["to"] == "+61411111111"
        assert called["require_input"] == 1
        assert called["body"].endswith("Press 1 to acknowledge.")
        await outside.slack.next("chat.postMessage", 3)
        outside.clicksend.answers["voice.receipts"] = {
            "total": 1,
            "current_page": 1,
            "last_page": 1,
            "data": [
                {
                    "message_id": "M0",
                    "timestamp": 1_780_000_000,
                    "status_code": "201",
                    "digits": "1",
                }
            ],
        }
        while True:
            count = len(outside.slack.of("chat.update")) + 1
            changed = await outside.slack.next("chat.update", count)
            if "acknowledged by the phone on call" in changed["text"]:
                break
    assert len(outside.clicksend.of("voice.send")) == 1
