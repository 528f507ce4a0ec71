"""A time in words on the form of an SMS; a scheduled SMS moved to another hour, once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.app.conftest import World
from tests.app.test_decisions import bot, state_of

__all__ = ["bot"]
TO, BODY, OLD = "+61411111111", "See you at nine", "0F7E3A52-0000-4000-8000-00000000000A"
SYDNEY = ZoneInfo("Australia/Sydney")


def waiting(*, status: str = "Scheduled", **more: Any) -> dict[str, Any]:
    """A history in which one message waits for tomorrow."""
    at = datetime.now(UTC) + timedelta(days=1)
    record = {
        "message_id": OLD,
        "to": TO,
        "body": BODY,
        "from": "Harbour",
        "status": status,
        "schedule": int(at.timestamp()),
    }
    return {"current_page": 1, "last_page": 1, "data": [{**record, **more}]}


def moment_of(body: Any) -> datetime:
    found: int = body["messages"][0]["schedule"]
    return datetime.fromtimestamp(found, SYDNEY)


async def form_of(world: World) -> dict[str, Any]:
    """The form for another time, opened from the list."""
    world.clicksend.answers["sms.history"] = waiting()
    await world.ada.command("/clicksend", "scheduled")
    answer = await world.slack.next("respond", len(world.slack.of("respond")) + 1)
    pressed = next(
        element
        for block in answer["blocks"]
        for element in block.get("elements", [])
        if element["action_id"].startswith("scheduled.change")
    )
    assert pressed["text"]["text"] == "Change time…"
    opened = len(world.slack.of("views.open"))
    await world.ada.press(pressed["action_id"], pressed["value"])
    view: dict[str, Any] = (await world.slack.next("views.open", opened + 1))["view"]
    return view


async def reviewed(world: World, words: str = "tomorrow 5pm") -> dict[str, Any]:
    view, before = await form_of(world), len(world.slack.of("views.update"))
    answer = (await world.ada.submit(view, words={"value": words})).json()
    assert answer["response_action"] == "update", answer
    updated: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return updated


async def test_words_are_read_in_the_time_zone_of_the_person(world: World) -> None:
    await world.ada.command("/sms", f"{TO} {BODY}")
    view = (await world.slack.next("views.open"))["view"]
    picked = int((datetime.now(UTC) + timedelta(days=3)).timestamp())
    answer = await world.ada.submit(
        view,
        to={"value": TO},
        body={"value": BODY},
        words={"value": "tomorrow 9am"},
        when={"selected_date_time": picked},
    )
    assert answer.json()["response_action"] == "update"
    review = (await world.slack.next("views.update"))["view"]
    await world.ada.submit(review)
    at = moment_of(await world.clicksend.next("sms.send"))
    tomorrow = datetime.now(SYDNEY).date() + timedelta(days=1)
    assert (at.date(), at.hour, at.minute) == (tomorrow, 9, 0)


async def test_a_note_on_the_time_stands_in_the_review(world: World) -> None:
    await world.ada.command("/sms", f"{TO} {BODY}")
    view = (await world.slack.next("views.open"))["view"]
    typed = {"to": TO, "body": BODY, "words": "tomorrow"}
    await world.ada.submit(view, **{k: {"value": v} for k, v in typed.items()})
    review = (await world.slack.next("views.update"))["view"]
    assert "No time of day was given, so it is 09:00." in str(review)
    assert review["submit"]["text"] == "Send"


@pytest.mark.parametrize(
    ("words", "said"),
    [("blue", "cannot be read as a time"), ("1 Jan 2020 9am", "is over"), ("tomorrow 9", "9am")],
)
async def test_words_that_cannot_be_read_are_answered_at_their_field(
    world: World, words: str, said: str
) -> None:
    await world.ada.command("/sms", f"{TO} {BODY}")
    view = (await world.slack.next("views.open"))["view"]
    typed = {"to": TO, "body": BODY, "words": words}
    answer = (await world.ada.submit(view, **{k: {"value": v} for k, v in typed.items()})).json()
    assert answer["response_action"] == "errors"
    assert said in answer["errors"]["words"]
    assert world.clicksend.of("sms.price") == []


async def test_a_changed_time_cancels_the_old_message_and_sends_the_new(world: World) -> None:
    review = await reviewed(world)
    assert "It replaces the message of" in str(review)
    assert world.clicksend.of("sms.cancel") == []
    assert (await world.ada.submit(review)).json() == {"response_action": "clear"}
    sent = await world.clicksend.next("sms.send")
    at = moment_of(sent)
    assert (at.hour, at.minute) == (17, 0)
    assert sent["messages"][0]["body"] == BODY
    assert sent["messages"][0]["from"] == "Harbour"
    assert len(world.clicksend.of("sms.cancel")) == 1
    names = [name for name, _ in world.clicksend.arrivals]
    assert names.index("sms.cancel") < names.index("sms.send")
    posted = await world.slack.next("chat.postMessage")
    assert "SMS scheduled by <@U0ADA>" in posted["text"]


async def test_a_message_that_is_gone_meanwhile_is_not_sent_again(world: World) -> None:
    review = await reviewed(world)
    world.clicksend.statuses["sms.cancel"] = 404
    world.clicksend.answers["sms.history"] = waiting(status="Cancelled")
    await world.ada.submit(review)
    posted = await world.slack.next("chat.postMessage")
    assert "was not sent" in posted["text"]
    assert "sent or cancelled already" in posted["text"]
    assert world.clicksend.of("sms.send") == []


async def test_two_changes_of_one_message_are_one(world: World) -> None:
    first, second = await reviewed(world), await reviewed(world, "tomorrow 6pm")
    await world.ada.submit(first)
    await world.clicksend.next("sms.send")
    answer = (await world.ada.submit(second)).json()
    if "anyway" in json.dumps(answer):  # the same text was sent a moment ago
        answer = (await world.ada.submit(answer["view"])).json()
    assert "Somebody is changing this scheduled message already" in json.dumps(answer)
    assert len(world.clicksend.of("sms.send")) == 1


async def test_a_message_that_waits_no_more_cannot_be_moved(world: World) -> None:
    view = await form_of(world)
    world.clicksend.answers["sms.history"] = waiting(status="Sent")
    await world.ada.submit(view, words={"value": "tomorrow 5pm"})
    stopped = (await world.slack.next("views.update"))["view"]
    assert "does not wait any more" in str(stopped)
    assert world.clicksend.of("sms.price") == []


async def test_no_time_is_no_change(world: World) -> None:
    view = await form_of(world)
    for words in ("", "now"):
        answer = (await world.ada.submit(view, words={"value": words})).json()
        assert "Say when" in answer["errors"]["words"]


async def test_who_does_not_pay_a_risen_price_keeps_the_old_message(bot: Any) -> None:
    world = await bot()
    review = await reviewed(world)
    world.clicksend.price = "0.0900"
    await world.ada.submit(review)
    assert "the price rose" in (await world.slack.next("chat.postMessage"))["text"]
    assert world.clicksend.of("sms.cancel") == []
    send = await state_of(world, review["private_metadata"])
    assert send.replaces == OLD


async def test_only_its_sender_and_approvers_touch_a_scheduled_message(bot: Any) -> None:
    world = await bot(bot_senders=frozenset({"U0EVE"}))
    world.clicksend.answers["sms.history"] = waiting()
    wish = json.dumps({"id": OLD, "at": int(datetime.now(UTC).timestamp()) + 90_000})

    async def refused(action: str, value: str, number: int) -> str:
        await world.eve.press(action, value)
        return str((await world.slack.next("chat.postMessage", number))["text"])

    text = await refused("scheduled.cancel:x", OLD, 1)
    assert "It was scheduled elsewhere." in text
    assert "the role *approver* is missing" in text
    assert "Ask <@U0ADA> for it" in text
    assert "scheduled elsewhere" in await refused("scheduled.change:x", wish, 2)
    assert "the role *approver* is missing" in await refused("scheduled.cancel_all", "", 3)
    assert world.clicksend.of("sms.cancel") == world.clicksend.of("sms.cancel_all") == []
    assert world.slack.of("views.open") == []

    opened = await world.eve.command("/sms", "")
    assert opened.status_code == 200
    view = (await world.slack.next("views.open"))["view"]
    typed = {"to": {"value": TO}, "body": {"value": BODY}, "words": {"value": "tomorrow 9am"}}
    await world.eve.submit(view, **typed)
    review = (await world.slack.next("views.update"))["view"]
    await world.eve.submit(review)
    await world.slack.next("chat.postMessage", 4)
    await world.eve.press("scheduled.cancel:x", "M0")
    assert "cancelled a scheduled SMS" in (await world.slack.next("chat.postMessage", 5))["text"]
    await world.ada.press("scheduled.cancel:x", OLD)
    assert "cancelled a scheduled SMS" in (await world.slack.next("chat.postMessage", 6))["text"]


async def test_hundreds_of_scheduled_messages_are_paged_and_none_is_lost(world: World) -> None:
    at = int((datetime.now(UTC) + timedelta(days=1)).timestamp())
    records = [
        {
            "message_id": f"M{number}",
            "to": TO,
            "body": f"<!here> {number}",
            "status": "Scheduled",
            "schedule": at + number,
        }
        for number in range(230)
    ]
    world.clicksend.answers["sms.history"] = {"current_page": 1, "last_page": 1, "data": records}
    seen, answer = "", {}
    for page in range(1, 17):
        await world.ada.command("/clicksend", f"scheduled {page}")
        answer = await world.slack.next("respond", page)
        assert len(answer["blocks"]) <= 50
        seen += str(answer["blocks"])
    assert all(f"'scheduled.cancel:M{number}'" in seen for number in range(230))
    assert "230 scheduled SMS, page 16 of 16" in answer["text"]
    assert "<!here>" not in seen
    previous, _ = answer["blocks"][-1]["elements"]
    await world.ada.press(
        previous["action_id"], previous["value"], response_url=f"{world.slack.url}/respond"
    )
    turned = await world.slack.next("respond", 17)
    assert turned["replace_original"] is True
    assert "page 15 of 16" in turned["text"]
