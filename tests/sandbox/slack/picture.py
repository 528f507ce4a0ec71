"""Take `docs/demo.png`, the page while the tour plays, and `docs/home.png`, App Home after it.

Needs Playwright and Chromium.

`python -m tests.sandbox.slack.picture`
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from playwright.async_api import async_playwright
from rich.console import Console

from bot.sandbox.demo import stage
from bot.sandbox.tour import ADA, Tour

DOCS = Path(__file__).parents[3] / "docs"


async def main() -> None:
    async with stage() as running, async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = await browser.new_page(
            viewport={"width": 1280, "height": 800},
            color_scheme="light",
            timezone_id="Australia/Sydney",
        )
        await page.goto(f"{running.slack.url}/")
        playing = asyncio.create_task(Tour(running, Console(quiet=True)).play())
        await page.get_by_text("Are you there?").first.wait_for(timeout=120_000)
        await running.slack.wait_view(ADA, "send.confirm")
        await asyncio.sleep(0.5)
        await page.screenshot(path=DOCS / "demo.png")
        await playing
        await page.get_by_role("link", name="ClickSend", exact=True).click()
        await page.get_by_role("tab", name="Home").click()
        await page.get_by_role("heading", name="Unread replies").wait_for()
        await page.screenshot(path=DOCS / "home.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
