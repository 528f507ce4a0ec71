"""The pictures of `docs/pictures/`: each flow and each form, taken while it is done by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.demo import Stage
from bot.sandbox.hand import ADA, CLEO, OPS
from tests.sandbox.slack.browser import PHONE, WIDE
from tests.sandbox.slack.person import Person

if TYPE_CHECKING:
    from playwright.async_api import Locator

ALBUM = Path(__file__).parents[3] / "docs" / "pictures"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n%%EOF\n"
GUESTS = 40
FORMS = {
    "mms": ("/clicksend mms send +61411111111 Our new menu is here", "Send an MMS"),
    "voice": ("/clicksend voice send +61411111111 We open at nine", "Make a voice call"),
    "email": ("/clicksend email send test1@test.com New hours", "Send an email"),
    "letter": (
        "/clicksend letter send Jane Doe, 12 High Street, Sydney NSW 2000",
        "Send a letter",
    ),
    "postcard": (
        "/clicksend postcard send Jane Doe, 12 High Street, Sydney NSW 2000",
        "Send a postcard",
    ),
    "campaign": ("/clicksend campaign create sms We are open again", "SMS campaign"),
}
"""A picture's name, what is typed, the title of the form."""


@dataclass(frozen=True)
class Camera:
    """Takes pictures of what a person sees.

    Args:
        person: Whoever is at the page.
        stage: What runs.
    """

    person: Person
    stage: Stage

    async def takes(self, name: str, what: Locator | None = None) -> None:
        """Take one of an element, or of the whole page."""
        page = self.person.page
        await page.mouse.move(0, 0)
        await (what or page).screenshot(path=ALBUM / f"{name}.png", animations="disabled")


async def album(camera: Camera) -> None:
    """Take all of them."""
    ALBUM.mkdir(exist_ok=True)
    for taken in (_sms, _fax, _cancelled, _import, _forms, _shortcuts, _answers, _german, _phone):
        await taken(camera)


async def _sms(camera: Camera) -> None:
    """An SMS with its price, and a second person's yes."""
    person = camera.person
    form = await person.opens(
        "/sms +61411111111, +61422222222, +61433333333 We are open again.", "Send an SMS"
    )
    await camera.takes("sms", form)
    review = await person.prices(form)
    await camera.takes("sms-price", review)
    await review.get_by_role("button", name="Ask for approval").click()
    await person.leaves(await person.form("Waiting for approval"))
    await person.becomes("U0BEN")
    request = person.message("needs a second yes")
    await camera.takes("approval", request)
    await request.get_by_role("button", name="Approve").click()
    await person.agrees()
    await person.message("SMS sent by").get_by_text("3 delivered").wait_for()
    await camera.takes("sms-sent")
    await person.becomes("U0ADA")


async def _fax(camera: Camera) -> None:
    person = camera.person
    form = await person.opens("/fax +61298765432", "Send a fax")
    await person.drops(form, "referral.pdf", PDF)
    await camera.takes("fax", form)
    await person.leaves(form)


async def _cancelled(camera: Camera) -> None:
    person = camera.person
    await person.types("/clicksend campaign cancel sms-101")
    message = person.message("Spring sale")
    await message.get_by_role("button", name="Cancel campaign").click()
    await camera.takes("campaign-cancel")
    await person.agrees()
    await person.message("is cancelled").wait_for()


async def _import(camera: Camera) -> None:
    person = camera.person
    form = await person.opens("/clicksend contact import", "Import contacts")
    rows = [f"+614111{index:05},Guest {index},Sydney" for index in range(GUESTS)]
    table = "\n".join(["Mobile,First name,Town", *rows, "none,Nobody,Perth"])
    await person.drops(form, "guests.csv", table.encode())
    await form.get_by_label("Or into a new list").fill("Guests")
    await form.get_by_role("button", name="Look at the file").click()
    columns = await person.form("Match the columns")
    await camera.takes("import-columns", columns)
    await columns.get_by_role("button", name="Check the rows").click()
    await columns.wait_for(state="detached")
    await person.goes("ClickSend")
    job = person.message("the import of")
    camera.stage.clicksend.fail("latency", "lists.import_contacts", seconds=3.0)
    await job.get_by_role("button", name="Import 40 contacts").click()
    await person.agrees()
    await job.get_by_text("of 1 batch handed over").wait_for()
    await camera.takes("import-progress", job)
    await job.get_by_text("imported by").wait_for()
    await camera.takes("import-done")
    await person.goes("ops")


async def _forms(camera: Camera) -> None:
    """The form of each channel that has none above."""
    for name, (typed, title) in FORMS.items():
        form = await camera.person.opens(typed, title)
        await camera.takes(name, form)
        await camera.person.leaves(form)


async def _shortcuts(camera: Camera) -> None:
    """Those of everywhere, and the one of a message."""
    person, page = camera.person, camera.person.page
    await page.get_by_role("button", name="Shortcuts").click()
    await camera.takes("shortcuts")
    await page.keyboard.press("Escape")
    await person.types("We open at nine tomorrow, ring us on +61 411 111 111.")
    said = person.message("We open at nine tomorrow")
    await said.hover()
    await said.get_by_role("button", name="Text this to…").click()
    form = await person.form("Send an SMS")
    await camera.takes("text-this", form)
    await person.leaves(form)


async def _answers(camera: Camera) -> None:
    person = camera.person
    await person.types("/clicksend help sms")
    await camera.takes("help", person.message("clicksend sms send"))
    await person.types("/clicksend audit")
    await camera.takes("audit", person.message("all that is kept"))


async def _german(camera: Camera) -> None:
    """The form and the review as somebody sees them whose Slack is German."""
    person = camera.person
    await camera.stage.slack.command(ADA, OPS, "/clicksend", f"access grant <@{CLEO}> sender")
    await person.message("made").wait_for()
    await person.becomes(CLEO)
    form = await person.opens("/sms +61411111111 Wir sehen uns um zehn.", "SMS senden")
    await camera.takes("german", form)
    await form.get_by_role("button", name="Preis").click()
    await camera.takes("german-price", await person.form("Senden?"))
    await person.leaves(await person.form("Senden?"))
    await person.becomes(ADA)


async def _phone(camera: Camera) -> None:
    """The same page as a phone shows it, in the dark."""
    page = camera.person.page
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size(PHONE)
    await page.get_by_role("button", name="Behind the scenes").click()
    form = await camera.person.opens("/sms +61411111111 See you at ten.", "Send an SMS")
    await camera.takes("phone-dark")
    await camera.person.leaves(form)
    await page.set_viewport_size(WIDE)
