"""The main job by clicks and keys alone, in a real browser.

Skipped where there is no Playwright (`pip install playwright`) or no Chromium.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.demo import Stage
from tests.sandbox.slack.browser import PHONE, reason
from tests.sandbox.slack.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [
    pytest.mark.skipif(reason() is not None, reason=str(reason())),
    pytest.mark.asyncio(loop_scope="module"),  # one bot for all of them: it takes long to start
]


async def test_an_sms_is_sent_by_keys_alone(page: Page, running: Stage) -> None:
    await page.keyboard.press("/")
    await page.keyboard.type("sm")
    await page.get_by_role("option", name="/sms").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.type("+61411111111 Hello")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Send an SMS")
    await form.wait_for()
    message = form.get_by_label("Message")
    while not await message.evaluate("node => node === document.activeElement"):
        await page.keyboard.press("Tab")
    await page.keyboard.press("End")
    await page.keyboard.type(" — see you")
    await form.get_by_text("15 characters · 1 part · Unicode").wait_for()
    assert await message.input_value() == "Hello — see you"
    assert await message.evaluate("node => node === document.activeElement")

    price = form.get_by_role("button", name="Price")
    while not await price.evaluate("node => node === document.activeElement"):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    review = page.get_by_role("dialog", name="Send this?")
    await review.get_by_text("AUD 0.077").wait_for()
    assert "Hello — see you" not in _sent(running)
    yes = review.get_by_role("button", name="Send")
    while not await yes.evaluate("node => node === document.activeElement"):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await page.get_by_role("log").get_by_text("SMS sent by").wait_for()
    await page.locator("#phones").get_by_text("Hello — see you").wait_for()
    assert _sent(running).count("Hello — see you") == 1

    await page.get_by_role("tab", name="Wire").click()
    await page.get_by_label("What crosses").select_option(label="to ClickSend")
    wire = page.locator("#crossings")
    await wire.get_by_text("sms.send", exact=True).wait_for()
    assert await wire.get_by_text("chat.postMessage", exact=True).first.is_hidden()
    await page.get_by_label("What crosses").select_option(label="rows of the database")
    await wire.get_by_text("sends: inserted").wait_for()
    assert await wire.get_by_text("sms.send", exact=True).is_hidden()


async def test_what_is_wrong_stands_at_its_field_and_everything_typed_stays(page: Page) -> None:
    await Person(page).types("/sms Hello")
    form = page.get_by_role("dialog", name="Send an SMS")
    await form.get_by_label("To").fill("12")
    await form.get_by_role("button", name="Price").click()
    await form.get_by_text("Not a phone number").wait_for()
    assert await form.get_by_label("Message").input_value() == "Hello"
    wrong = form.get_by_label("To")
    assert await wrong.get_attribute("aria-invalid") == "true"
    await page.keyboard.press("Escape")
    await form.wait_for(state="detached")


async def test_a_fax_is_sent_with_a_file_that_was_dropped(page: Page, running: Stage) -> None:
    ada = Person(page)
    form = await ada.opens("/fax +61298765432", "Send a fax")
    await ada.drops(form, "letter.pdf", b"%PDF-1.4 a letter")
    review = await ada.prices(form)
    await review.get_by_role("button", name="Send").click()
    await page.get_by_role("log").get_by_text("Fax sent by").wait_for()
    assert b"%PDF-1.4 a letter" in running.clicksend.state.uploads.values()


async def test_a_campaign_is_cancelled_only_after_the_question(page: Page, running: Stage) -> None:
    await Person(page).types("/clicksend campaign cancel sms-101")
    pressed = page.get_by_role("button", name="Cancel campaign")
    await pressed.click()
    await page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    assert running.clicksend.state.campaigns[0].status == "Scheduled"
    await pressed.click()
    await page.get_by_role("dialog").get_by_role("button", name="Yes, cancel it").click()
    await page.get_by_role("log").get_by_text("is cancelled").wait_for()
    assert running.clicksend.state.campaigns[0].status == "Cancelled"


async def test_what_is_for_one_person_another_does_not_see(page: Page) -> None:
    await Person(page).types("/balance")
    await page.get_by_text("Only visible to you").first.wait_for()
    await page.get_by_label("You are").select_option("U0BEN")
    await page.get_by_text("Only visible to you").first.wait_for(state="detached")
    assert await page.get_by_text("Only visible to you").count() == 0


async def test_a_contact_list_is_found_by_typing(page: Page) -> None:
    await Person(page).types("/sms")
    form = page.get_by_role("dialog", name="Send an SMS")
    search = form.get_by_role("combobox")
    await search.fill("Cust")
    await form.get_by_role("option", name="Customers").wait_for()
    await page.keyboard.press("Enter")
    assert "Customers" in await search.input_value()
    await page.keyboard.press("Escape")
    await form.wait_for(state="detached")


async def test_hostile_text_is_only_text(page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)> <javascript:alert(1)|x> *<b>bold</b>* &lt;u&gt;"
    await Person(page).types(hostile)
    said = page.get_by_role("log").locator(".text").last
    await said.get_by_text("onerror=alert(1)").wait_for()
    assert await said.inner_text() == hostile.replace("*", "")
    assert await said.locator("img, b, u, a").count() == 0


async def test_it_can_be_used_on_a_phone(page: Page) -> None:
    await page.set_viewport_size(PHONE)
    await page.get_by_role("button", name="Behind the scenes").click()
    channels = page.get_by_role("button", name="Channels")
    await channels.press("Enter")
    sales = page.get_by_role("link", name="sales")
    await sales.wait_for()
    await page.keyboard.press("Escape")
    await sales.wait_for(state="hidden")
    await channels.click()
    await sales.click()
    await page.get_by_role("heading", name="# sales").first.wait_for()
    await Person(page).types("/balance")
    await page.get_by_role("log").get_by_text(re.compile(r"AUD [\d.]+ left")).wait_for()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


def _sent(running: Stage) -> list[str]:
    return [message.body for message in running.clicksend.outbox("sms")]
