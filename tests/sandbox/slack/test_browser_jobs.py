"""What takes more than one person or one step, by clicks and keys alone, in a real browser.

Skipped where there is no Playwright (`pip install playwright`) or no Chromium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.sandbox.demo import Stage
from tests.sandbox.slack.browser import axe, faults, reason
from tests.sandbox.slack.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [
    pytest.mark.skipif(reason() is not None, reason=str(reason())),
    pytest.mark.asyncio(loop_scope="module"),
]
CUSTOMER, OURS = "+61433333333", "+61422222222"
FORMS = {
    "/sms": "Send an SMS",
    "/clicksend mms": "Send an MMS",
    "/clicksend voice send": "Make a voice call",
    "/clicksend email": "Send an email",
    "/fax": "Send a fax",
    "/clicksend letter send": "Send a letter",
    "/clicksend postcard send": "Send a postcard",
    "/clicksend campaign create email": "Email campaign",
    "/clicksend contact import": "Import contacts",
    "/clicksend reseller transfer": "Transfer credit",
}


async def test_a_second_person_says_yes_and_only_who_may(page: Page, running: Stage) -> None:
    person = Person(page)
    form = await person.opens(
        "/sms +61411111111, +61422222222, +61433333333 We are open.", "Send an SMS"
    )
    review = await person.prices(form)
    await review.get_by_text("A second person has to approve it").wait_for()
    await review.get_by_role("button", name="Ask for approval").click()
    await person.leaves(await person.form("Waiting for approval"))
    request = person.message("needs a second yes")
    for user, refusal in (("U0ADA", "needs another person"), ("U0CLEO", "Nichts wurde geändert")):
        await person.becomes(user)
        await request.get_by_role("button", name="Approve").click()
        await person.agrees()
        await person.message(refusal).wait_for()
    assert running.clicksend.outbox("sms") == []

    await person.becomes("U0BEN")
    await request.get_by_role("button", name="Approve").click()
    await person.agrees()
    await person.message("approved by @Ben").get_by_text("We are open.").wait_for()
    arrived = page.locator("#phones").get_by_text("We are open.")
    await arrived.nth(2).wait_for()
    assert len(running.clicksend.outbox("sms")) == 3


async def test_a_customer_is_answered_in_the_thread_and_writes_back(
    page: Page, running: Stage
) -> None:
    person = Person(page)
    running.clicksend.text_in(CUSTOMER, "Can I come at ten?", OURS)
    head = person.message("wrote to +61 422 222 222")
    await head.get_by_role("button", name="Reply", exact=True).click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Message").fill("Yes, at ten.")
    review = await person.prices(form)
    await review.get_by_role("button", name="Send").click()

    await head.get_by_role("button", name="2 replies").click()
    thread = page.get_by_role("region", name="Thread")
    await thread.get_by_text("Can I come at ten?").wait_for()
    await thread.get_by_text("SMS sent by").wait_for()
    phone = page.locator(".phone").filter(has_text="Yes, at ten.")
    await phone.get_by_label(f"Text back as {CUSTOMER}").fill("See you then!")
    await page.keyboard.press("Enter")
    await thread.get_by_text("See you then!").wait_for()
    sent = [each.to for each in running.clicksend.outbox("sms") if each.body == "Yes, at ten."]
    assert sent == [CUSTOMER]


async def test_an_alert_is_snoozed_and_woken(page: Page) -> None:
    person = Person(page)
    await page.get_by_label("Balance", exact=True).first.fill("4")
    await page.keyboard.press("Enter")
    alert = person.message("Low credit")
    await person.chooses(alert, "Snooze", "Snooze for 1 hour")
    await alert.get_by_text("snoozed until").wait_for()
    assert "by @Ada" in await alert.inner_text()
    await alert.get_by_role("button", name="Wake").click()
    await alert.get_by_text("snoozed until").wait_for(state="detached")
    await page.get_by_label("Balance", exact=True).first.fill("100")
    await page.keyboard.press("Enter")
    await person.message("over since").wait_for()
    assert await alert.get_by_role("button", name="Acknowledge").count() == 0


async def test_a_csv_is_dropped_matched_and_imported(page: Page, running: Stage) -> None:
    person = Person(page)
    rows = [f"+614111{index:05},Guest {index}" for index in range(40)]
    table = "\n".join(["Mobile,First name", *rows, "none,Nobody"])
    form = await person.opens("/clicksend contact import", "Import contacts")
    await person.drops(form, "guests.csv", table.encode())
    await form.get_by_label("Or into a new list").fill("Guests")
    await form.get_by_role("button", name="Look at the file").click()
    columns = await person.form("Match the columns")
    assert await columns.get_by_role("combobox", name="Mobile").input_value() == "Phone number"
    await columns.get_by_role("button", name="Check the rows").click()
    await columns.wait_for(state="detached")

    await person.goes("ClickSend")
    job = person.message("the import of")
    running.clicksend.fail("latency", "lists.import_contacts", seconds=1.0)
    await job.get_by_role("button", name="Import 40 contacts").click()
    await person.agrees()
    await job.get_by_text("Importing 40 contacts: 0 of 1 batch handed over").wait_for()
    await job.get_by_text("40 contacts imported by").wait_for()
    lists = running.clicksend.state.shelf("lists").all()
    assert [each["list_name"] for each in lists].count("Guests") == 1


@pytest.mark.skipif(axe() is None, reason="no axe here: pip install axe-playwright-python")
async def test_no_form_and_no_message_of_the_bot_has_a_serious_fault(page: Page) -> None:
    person = Person(page)
    for typed, title in FORMS.items():
        form = await person.opens(typed, title)
        assert await faults(page, "dialog") == [], title
        await person.leaves(form)
    for typed in ("help sms", "audit", "alert list", "inbox", "list list", "stats sms"):
        await person.types(f"/clicksend {typed}")
    await page.locator("article.ephemeral").nth(5).wait_for()
    assert await faults(page, "main") == []
    await page.get_by_role("button", name="Shortcuts").click()
    assert await faults(page, "main") == []
    await page.keyboard.press("Escape")
    await person.goes("ClickSend")
    await page.get_by_role("tab", name="Home").click()
    await page.get_by_role("heading", name="Scheduled").wait_for()
    assert await faults(page, "main") == []
