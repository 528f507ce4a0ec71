"""Home, shortcuts and mentions between the two sandboxes, which are as strict as the real ones."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.app.test_conversation import ADA, OPS, Stage, stage

__all__ = ["stage"]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def home(stage: Stage, shows: Callable[[str], bool]) -> dict[str, Any]:
    """Ada's Home, once it shows something."""
    async with asyncio.timeout(30):
        await stage.slack.workspace.feed.until(
            lambda: shows(str(stage.slack.views.homes.get(ADA, "")))
        )
    return stage.slack.views.homes[ADA]


async def test_home_is_published_and_its_buttons_work(stage: Stage) -> None:
    stage.slack.look_home(ADA)
    view = await home(stage, lambda shown: "as of" in shown and "Usage of" in shown)
    assert view["type"] == "home"
    assert (await stage.slack.press_home(ADA, "home.send:sms")).error is None
    await stage.slack.wait_view(ADA, "sms.form")
    await stage.slack.close(ADA)
    assert (await stage.slack.press_home(ADA, "settings.open")).error is None
    form = await stage.slack.wait_view(ADA, "settings.form")
    zone = {"text": {"type": "plain_text", "text": "Tokyo (Asia)"}, "value": "Asia/Tokyo"}
    typed = {"settings.zone": {"selected_option": zone}, "settings.from": {"value": "Harbour"}}
    assert form["submit"]["text"] == "Save"
    assert (await stage.slack.submit(ADA, typed)).error is None
    await home(stage, lambda shown: "(Tokyo)" in shown)
    await stage.slack.shortcut(ADA, "shortcut.sms")
    assert "Harbour" in str(await stage.slack.wait_view(ADA, "sms.form"))


async def test_a_mention_in_a_thread_is_answered_there(stage: Stage) -> None:
    said = stage.slack.say(ADA, OPS, "How much is left?")
    stage.slack.say(ADA, OPS, "@ClickSend balance", thread_ts=said.ts)
    answer = await stage.until(lambda each: "left" in each.text and each.only_for == ADA)
    assert (answer.thread_ts, answer.channel) == (said.ts, OPS)
    stage.slack.say(ADA, OPS, "@ClickSend sms send +61411111111 Hello", thread_ts=said.ts)
    offer = await stage.until(lambda each: "Open the form" in each.text)
    await stage.press(offer, "mention.open")
    assert "Hello" in str(await stage.slack.wait_view(ADA, "sms.form"))


async def test_a_message_with_a_picture_becomes_an_mms_that_is_seen_before_the_yes(
    stage: Stage,
) -> None:
    file = stage.slack.attach(ADA, "hours.png", PNG)
    said = stage.slack.say(ADA, OPS, "*Open* from nine, @Ben", files=[file["id"]])
    await stage.slack.shortcut(ADA, "shortcut.mms", said)
    form = await stage.slack.wait_view(ADA, "mms.form")
    (menu,) = [b["element"] for b in form["blocks"] if b["block_id"] == "offered"]
    assert menu["initial_option"]["text"]["text"] == "hours.png"
    typed = {
        "to": {"value": "+61411111111"},
        "subject": {"value": "Hours"},
        "body": {"value": "Open from nine, @Ben"},
    }
    assert "Open from nine, @Ben" in str(form)
    assert (await stage.slack.submit(ADA, typed)).error is None
    review = await stage.slack.wait_view(ADA, "send.confirm")
    (image,) = [b for b in review["blocks"] if b["type"] == "image"]
    assert image["slack_file"]["id"] == file["id"]
    assert (await stage.slack.submit(ADA)).error is None
    assert "MMS sent" in (await stage.until(lambda each: "MMS sent" in each.text)).text


async def test_a_document_is_faxed_and_a_text_is_texted(stage: Stage) -> None:
    file = stage.slack.attach(ADA, "plan.pdf", b"%PDF-1.4\n")
    said = stage.slack.say(ADA, OPS, "Please sign & return <today>", files=[file["id"]])
    await stage.slack.shortcut(ADA, "shortcut.fax_file", said)
    await stage.slack.wait_view(ADA, "fax.form")
    assert (await stage.slack.submit(ADA, {"to": {"value": "+61298765432"}})).error is None
    assert "plan.pdf" in str(await stage.slack.wait_view(ADA, "send.confirm"))
    await stage.slack.close(ADA)
    await stage.slack.shortcut(ADA, "shortcut.text_this", said)
    form = await stage.slack.wait_view(ADA, "sms.form")
    (field,) = [b["element"] for b in form["blocks"] if b["block_id"] == "body"]
    assert field["initial_value"] == "Please sign & return <today>"
