"""Every element of Block Kit in a real browser: what is clicked and typed is what the bot gets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.sandbox.slack import SlackSandbox, manifest
from tests.sandbox.slack.browser import opened_in, reason
from tests.sandbox.slack.receiver import Receiver

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [
    pytest.mark.skipif(reason() is not None, reason=str(reason())),
    pytest.mark.asyncio(loop_scope="module"),  # one browser for all of them
]
ADA, OPS = "U0ADA", "C0OPS"
APP = manifest.read(
    """
    features:
      bot_user: {display_name: Kit}
      app_home: {home_tab_enabled: true}
      shortcuts:
        - {name: Lunch, type: global, callback_id: lunch, description: Order lunch}
        - {name: Keep it, type: message, callback_id: keep, description: Keep it}
    oauth_config:
      scopes: {bot: [chat:write, commands]}
    settings:
      event_subscriptions: {bot_events: [app_home_opened]}
    """
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(name: str) -> dict[str, Any]:
    return {"text": plain(name), "value": name.lower()}


def asks(name: str, kind: str, **more: Any) -> dict[str, Any]:
    element = {"type": kind, "action_id": name, **more}
    return {"type": "input", "block_id": name, "label": plain(name), "element": element}


TWO = [option("Red"), option("Green")]
EVERYTHING = {
    "type": "modal",
    "callback_id": "kit",
    "title": plain("Everything"),
    "submit": plain("Done"),
    "blocks": [
        asks("Text", "plain_text_input", multiline=True),
        asks("Count", "number_input", is_decimal_allowed=False, max_value="9"),
        asks("Site", "url_text_input"),
        asks("Mail", "email_text_input"),
        asks("One", "static_select", options=TWO),
        asks("Many", "multi_static_select", options=TWO),
        asks("Asked", "external_select", min_query_length=1),
        asks("Who", "users_select"),
        asks("Ticks", "checkboxes", options=TWO),
        asks("Radio", "radio_buttons", options=TWO),
        asks("Day", "datepicker"),
        asks("Hour", "timepicker"),
        asks("Moment", "datetimepicker"),
        asks("File", "file_input", filetypes=["pdf"], max_files=1),
    ],
}


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest_asyncio.fixture(loop_scope="module")
async def slack(receiver: Receiver) -> AsyncIterator[SlackSandbox]:
    sandbox = SlackSandbox(APP)
    async with receiver.serve() as url, sandbox.serve():
        sandbox.request_url = url
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def page(slack: SlackSandbox, window: Browser) -> AsyncIterator[Page]:
    async with opened_in(window, slack.url) as found:
        yield found


async def test_a_form_with_every_input_is_filled_in(
    slack: SlackSandbox, page: Page, receiver: Receiver, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.4")
    slack.views.open({"trigger_id": slack.views.trigger(ADA), "view": EVERYTHING})
    form = page.get_by_role("dialog", name="Everything")
    await form.get_by_role("button", name="Done").click()
    assert await form.get_by_text("Please complete this required field.").count() == 14

    await form.get_by_label("Text").fill("two\nlines")
    await form.get_by_label("Count").fill("12")
    await form.get_by_label("Site").fill("nowhere")
    await form.get_by_label("Mail").fill("ada")
    await _choose(page, "One", "Green")
    await _choose(page, "Many", "Red")
    await _choose(page, "Many", "Green")
    receiver.answer = {"options": [option("Blue")]}
    await form.get_by_label("Asked").fill("bl")
    await form.get_by_role("option", name="Blue").click()
    receiver.answer = ""
    await _choose(page, "Who", "Ben")
    await form.get_by_role("checkbox", name="Green").check()
    await form.get_by_role("radio", name="Red").check()
    await form.get_by_label("Day").fill("2026-12-24")
    await form.get_by_label("Hour").fill("18:30")
    await form.get_by_label("Moment").fill("2026-12-24T18:30")
    await form.get_by_label("File").set_input_files(letter)
    await form.get_by_text("letter.pdf").wait_for()

    await form.get_by_role("button", name="Done").click()
    for wrong in ("at most 9", "valid URL", "valid email"):
        await form.get_by_text(wrong).wait_for()
    await form.get_by_label("Count").fill("3")
    await form.get_by_label("Site").fill("https://site.example")
    await form.get_by_label("Mail").fill("ada@mail.example")
    await form.get_by_role("button", name="Done").click()
    await form.wait_for(state="detached")

    values = receiver.payloads[-1]["view"]["state"]["values"]
    held = {name: _held(values[name][name]) for name in values}
    file = held.pop("File")
    assert held == {
        "Text": "two\nlines",
        "Count": "3",
        "Site": "https://site.example",
        "Mail": "ada@mail.example",
        "One": option("Green"),
        "Many": TWO,
        "Asked": option("Blue"),
        "Who": "U0BEN",
        "Ticks": [option("Green")],
        "Radio": option("Red"),
        "Day": "2026-12-24",
        "Hour": "18:30",
        "Moment": 1_798_097_400,  # 18:30 in Sydney, where Ada is
    }
    assert slack.workspace.files[file[0]["id"]].content == b"%PDF-1.4"


async def test_menus_and_questions_of_a_message_are_used_by_keys(
    slack: SlackSandbox, page: Page, receiver: Receiver
) -> None:
    ask = {
        "title": plain("Sure?"),
        "text": plain("Really?"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    more = {"type": "overflow", "action_id": "more", "options": TWO, "confirm": ask}
    section = {"type": "section", "text": plain("Pick"), "accessory": more}
    slack.api.chat.post({"channel": OPS, "text": "Pick", "blocks": [section]})
    opener = page.get_by_role("button", name="More")
    await opener.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Sure?")
    await question.wait_for()
    await question.get_by_role("button", name="Yes").focus()
    await page.keyboard.press("Enter")
    await question.wait_for(state="detached")
    await slack.workspace.feed.until(lambda: bool(receiver.payloads))
    (action,) = receiver.payloads[0]["actions"]
    assert (action["action_id"], action["selected_option"]["value"]) == ("more", "green")


async def test_a_pushed_form_lies_over_the_one_before(slack: SlackSandbox, page: Page) -> None:
    for name, show in (("First", slack.views.open), ("Second", slack.views.push)):
        view = {"type": "modal", "title": plain(name), "blocks": [{"type": "divider"}]}
        show({"trigger_id": slack.views.trigger(ADA), "view": view})
    second = page.get_by_role("dialog", name="Second")
    await second.get_by_role("button", name="Back").click()
    await page.get_by_role("dialog", name="First").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog").wait_for(state="detached")
    assert await page.get_by_role("dialog").count() == 0


async def test_messages_have_threads_shortcuts_and_marks(
    slack: SlackSandbox, page: Page, receiver: Receiver
) -> None:
    posted = slack.api.chat.post({"channel": OPS, "text": "First version"})
    message = page.get_by_role("article").filter(has_text="version")
    await message.hover()
    await message.get_by_role("button", name="Reply in thread").click()
    await page.get_by_label("Reply", exact=True).fill("I agree")
    await page.keyboard.press("Enter")
    await page.get_by_label("Thread").get_by_text("I agree").wait_for()
    await page.get_by_role("log").get_by_role("button", name="1 reply").wait_for()

    slack.api.chat.update({"channel": OPS, "ts": posted["ts"], "text": "Second version"})
    await page.get_by_role("log").get_by_text("(edited)").wait_for()
    await message.first.hover()
    await page.get_by_role("log").get_by_role("button", name="Keep it").click()
    await slack.workspace.feed.until(lambda: bool(receiver.payloads))
    assert receiver.payloads[0]["callback_id"] == "keep"
    assert receiver.payloads[0]["message"]["text"] == "Second version"

    slack.api.chat.delete({"channel": OPS, "ts": posted["ts"]})
    await page.get_by_role("log").get_by_text("Second version").wait_for(state="detached")


async def test_the_home_tab_and_global_shortcuts(
    slack: SlackSandbox, page: Page, receiver: Receiver
) -> None:
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("menuitem", name="Lunch").click()
    await slack.workspace.feed.until(lambda: bool(receiver.payloads))
    assert receiver.payloads[0]["callback_id"] == "lunch"

    await page.get_by_role("link", name="Kit").click()
    await page.get_by_role("tab", name="Home").click()
    await slack.workspace.feed.until(lambda: len(receiver.payloads) == 2)
    assert receiver.payloads[1]["event"]["type"] == "app_home_opened"
    blocks = [{"type": "header", "text": plain("Welcome home")}]
    slack.views.publish({"user_id": ADA, "view": {"type": "home", "blocks": blocks}})
    await page.get_by_role("heading", name="Welcome home").wait_for()


async def _choose(page: Page, label: str, name: str) -> None:
    await page.get_by_role("combobox", name=label).click()
    await page.get_by_role("option", name=name, exact=True).click()


def _held(state: dict[str, Any]) -> Any:
    (value,) = [value for name, value in state.items() if name != "type"]
    return value
