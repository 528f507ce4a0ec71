"""A real browser for the page; `reason` says why there is none."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page

WIDE: Any = {"width": 1280, "height": 800}
PHONE: Any = {"width": 390, "height": 780}
_SECONDS = 15_000
_BAD = {"serious", "critical"}
_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in _NAMES if (found := shutil.which(name))), None)


def reason() -> str | None:
    """Why there is no browser here; None when there is one."""
    if importlib.util.find_spec("playwright") is None:
        return "no Playwright here: pip install playwright"
    return None if CHROMIUM else "no Chromium here: apt install chromium"


def axe() -> str | None:
    """The accessibility checker's script; None where axe-playwright-python is not installed."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        return None
    (script,) = Path(found.origin).parent.rglob("axe.min.js")
    return script.read_text(encoding="utf-8")


async def faults(page: Page, within: str = "body") -> list[tuple[str, list[str]]]:
    """The serious faults that axe-core finds, with their elements; needs `axe`.

    Args:
        page: Where it looks.
        within: What it looks at, a CSS selector; a part is much quicker than the whole.
    """
    if not await page.evaluate("Boolean(window.axe)"):
        await page.evaluate(str(axe()))
    # A message that fades in has little contrast for a moment.
    moving = "Promise.allSettled(document.getAnimations().map((each) => each.finished))"
    await page.evaluate(f"{moving}.then(() => null)")
    found = await page.evaluate("within => axe.run(within)", within)
    return [
        (each["id"], [node["html"] for node in each["nodes"]])
        for each in found["violations"]
        if each["impact"] in _BAD
    ]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - not everywhere installed

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(url: str, **context: Any) -> AsyncIterator[Page]:
    """The page of a local Slack in a browser of its own; see `opened_in`."""
    async with chromium() as browser, opened_in(browser, url, **context) as page:
        yield page


@asynccontextmanager
async def opened_in(browser: Browser, url: str, **context: Any) -> AsyncIterator[Page]:
    """The page of a local Slack; fails when its scripts do, or load from elsewhere.

    Args:
        browser: Where it is opened.
        url: Where that Slack is served.
        context: Playwright's options of a page, as `color_scheme`.
    """
    problems: list[str] = []

    def watch(asked: str) -> None:
        if not asked.startswith((url, "data:", "blob:")):
            problems.append(f"something was loaded from {asked}")

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            problems.append(f"{said.text} {said.location.get('url')}")

    page = await browser.new_page(**{"viewport": WIDE, **context})
    page.set_default_timeout(_SECONDS)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", hear)
    page.on("request", lambda request: watch(request.url))
    await page.goto(f"{url}/")
    await page.get_by_role("heading", name="# ops").first.wait_for()
    yield page
    await page.close()
    assert not problems, problems
