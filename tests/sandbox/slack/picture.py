"""Take the pictures of `docs/`: the page while the tour plays, and after, and the album.

Needs Playwright and Chromium.

`python -m tests.sandbox.slack.picture`
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from rich.console import Console

from bot.sandbox.demo import stage
from bot.sandbox.tour import ADA, Tour
from tests.sandbox.slack.album import Camera, album
from tests.sandbox.slack.browser import opened
from tests.sandbox.slack.person import Person

DOCS = Path(__file__).parents[3] / "docs"
MESSAGES = {
    "alert-forecast.png": "Credit runs out",
    "alert-failures.png": "More failed deliveries than usual",
    "report.png": "asked for this",
}
"""Pictures of one message each, and what it says."""


async def main() -> None:
    """Take all of them: about four minutes."""
    look = {"color_scheme": "light", "timezone_id": "Australia/Sydney"}
    async with stage() as running, opened(running.slack.url, **look) as page:
        await album(Camera(Person(page), running))
    async with stage() as running, opened(running.slack.url, **look) as page:
        playing = asyncio.create_task(Tour(running, Console(quiet=True)).play())
        await page.get_by_text("Are you there?").first.wait_for(timeout=120_000)
        await running.slack.wait_view(ADA, "send.confirm")
        await asyncio.sleep(0.5)
        await page.screenshot(path=DOCS / "demo.png")
        low = page.locator("article.message", has_text="Low credit").first
        await low.get_by_text("acknowledged by").wait_for(timeout=120_000)
        await low.screenshot(path=DOCS / "alert-taken.png")
        await playing
        await page.set_viewport_size({"width": 1280, "height": 1400})
        for name, said in MESSAGES.items():
            message = page.locator("article.message", has_text=said).last
            await message.scroll_into_view_if_needed()
            await message.screenshot(path=DOCS / name)
        head = page.locator("article.message", has_text="wrote to +61 422 222 222").first
        await page.get_by_role("button", name="Behind the scenes").click()
        await head.get_by_role("button", name=re.compile("repl", re.IGNORECASE)).last.click()
        await page.set_viewport_size({"width": 1180, "height": 640})
        await page.locator("article.message", has_text="Can I come at ten").last.wait_for()
        await asyncio.sleep(0.5)
        await page.screenshot(path=DOCS / "conversation.png")
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.get_by_role("button", name="Behind the scenes").click()
        await Person(page).goes("ClickSend")
        await page.get_by_role("tab", name="Home").click()
        await page.get_by_role("heading", name="Unread replies").wait_for()
        await page.screenshot(path=DOCS / "home.png")


if __name__ == "__main__":
    asyncio.run(main())
