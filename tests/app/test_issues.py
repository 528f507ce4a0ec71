"""Delivery issues: listed, and reported with one press from a message that failed."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from bot.app import App
from bot.slack.blocks import Message
from bot.store import Database, Scope, deliveries, sends
from bot.store.deliveries import Delivery
from commands import sent
from commands.issue_form import type_of
from tests.app.conftest import World
from tests.app.test_alerts import RECEIPT, page

SCOPE = Scope("default", "demo")
HOSTILE = "<!channel> *_~ " + "x" * 300


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


async def form_after(world: World, action: str, value: str) -> dict[str, Any]:
    opened = len(world.slack.of("views.open"))
    await world.ada.press(action, value, channel={"id": "C0OPS"})
    view: dict[str, Any] = (await world.slack.next("views.open", opened + 1))["view"]
    return view


def typed_in(view: dict[str, Any]) -> dict[str, Any]:
    """What a form is filled with, as it is submitted untouched."""
    inputs = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    return {
        name: {"selected_option": element["initial_option"]}
        if "initial_option" in element
        else {"value": element.get("initial_value")}
        for name, element in inputs.items()
    }


async def test_reports_are_paged_and_escaped_and_an_empty_list_says_how(world: World) -> None:
    issue: dict[str, Any] = {
        "type": "sms",
        "description": HOSTILE,
        "message_id": "<!here>",
        "resolved": "0",
    }
    issue |= {"support_comments": "We <@U0EVE> look at it", "date_added": 1481610495}
    many = [{**issue, "issue_id": number} for number in range(1, 101)]
    world.clicksend.answers["delivery_issues.list"] = {**page(*many), "last_page": 70}
    answer = await answered(world, "issue list 3")
    assert len(answer["blocks"]) <= 50
    assert all(f"`{number}` :hourglass" in str(answer["blocks"]) for number in range(1, 101))
    assert [each["value"] for each in answer["blocks"][-1]["elements"]] == ["2", "4"]
    assert not any(mark in str(answer) for mark in ("<!channel>", "<!here>", "<@U0EVE>"))
    world.clicksend.answers["delivery_issues.list"] = page()
    assert "issue report" in (await answered(world, "issue"))["text"]
    await world.eve.command("/clicksend", "issue")
    assert "Ask <@U0ADA>" in (await world.slack.next("respond", 3))["text"]


async def test_a_failure_is_reported_from_the_list_with_one_press(
    outside: World, stack: AsyncExitStack
) -> None:
    outside.clicksend.answers["sms.receipts"] = page(RECEIPT)
    app = await stack.enter_async_context(App(outside.settings))
    outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
    await outside.clicksend.next("sms.mark_receipts_read")
    await outside.ada.command("/clicksend", "history failed")
    shown = await outside.slack.next("respond")
    (press,) = [block["accessory"] for block in shown["blocks"] if block.get("accessory")]
    view = await form_after(outside, press["action_id"], press["value"])
    typed = typed_in(view)
    assert typed["what"] == {"value": "Not delivered: Handset <!here> off"}
    for _ in range(2):
        await outside.ada.submit(view, **typed)
    (reported,) = outside.clicksend.of("delivery_issues.create")
    assert (reported["type"], reported["message_id"]) == ("SMS", "M7")
    assert "@" in reported["email_address"]
    done = await outside.slack.next("chat.postMessage")
    assert "The delivery issue of `M7` is reported" in done["text"]
    wrong = await outside.ada.submit(view, what={"value": " "}, email={"value": "<!here>"})
    assert set(wrong.json()["errors"]) == {"what", "email"}
    await outside.eve.press(press["action_id"], press["value"])
    refused = await outside.eve.submit(view, **typed)
    assert "Ask <@U0ADA>" in str(refused.json())
    assert len(outside.slack.of("views.open")) == 1


async def test_the_failed_messages_of_a_send_are_reported_together(world: World) -> None:
    await world.ada.command("/sms")
    view = (await world.slack.next("views.open"))["view"]
    to = {"value": "+61411111111, +61422222222, +61433333333"}
    await world.ada.submit(view, to=to, body={"value": "See you at nine"})
    await world.ada.submit((await world.slack.next("views.update"))["view"])
    await world.slack.next("chat.postMessage")
    message = await failed(world, ["M0", "M2"])
    retry, press = message.blocks[-1].to_dict()["elements"]
    assert retry["text"]["text"] == "Retry failed (2 recipients)"
    assert press["text"]["text"] == "Report to ClickSend…"
    view = await form_after(world, press["action_id"], press["value"])
    typed = typed_in(view)
    assert typed["message"] == {"value": "M0"}
    assert typed["what"] == {"value": "Not delivered: absent <!here>"}
    assert typed["more"] == {"value": "Also of these messages:\nM2"}
    assert "<!here>" not in str([block.get("text") for block in view["blocks"]])
    url = f"{world.slack.url}/respond"
    await world.ada.press("issue.send", "gone", response_url=url)
    assert "not known here" in (await world.slack.next("respond"))["text"]


async def failed(world: World, ids: Sequence[str]) -> Message:
    """Have receipts say that messages failed; the message of their send."""
    database, send_id = Database(world.settings.database_url), ""
    async with database.write() as connection:
        for message_id in ids:
            noted = await deliveries.note(
                connection,
                SCOPE,
                kind="sms",
                message_id=message_id,
                delivery=Delivery.FAILED,
                text="absent <!here>",
            )
            send_id = noted or ""
        send = await sends.get(connection, SCOPE, send_id)
        messages = await deliveries.of_send(connection, SCOPE, send_id)
    await database.close()
    message = sent.render(send, messages) if send else None
    assert message is not None
    return message


async def test_a_form_opens_without_the_email_where_the_account_is_slow(world: World) -> None:
    world.clicksend.hold = asyncio.Event()
    await world.ada.command("/clicksend", "issue report M1")
    view = (await world.slack.next("views.open"))["view"]
    world.clicksend.hold.set()
    assert typed_in(view)["message"] == {"value": "M1"}
    assert typed_in(view)["email"] == {"value": None}


def test_each_channel_has_a_kind_of_report() -> None:
    kinds = {kind: type_of(kind) for kind in ("sms", "mms", "voice", "fax", "email", "letter")}
    assert list(kinds.values()) == ["SMS", "MMS", "VOICE", "FAX", "EMAIL_TRANSACTIONAL", "POST"]
