"""Somebody at the page: what they do by clicks and keys, for tests and for pictures."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

# As a drop from the desktop: the page gets the file, whatever Playwright can read.
_DROP = """
(area, [name, content]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name));
    area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
}
"""


class Person:
    """Acts in the page.

    Args:
        page: Where they look.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    async def becomes(self, user: str) -> None:
        """Sit down as somebody else."""
        await self.page.get_by_label("You are").select_option(user)

    async def goes(self, place: str) -> None:
        """Open a channel, or the bot's direct messages."""
        await self.page.get_by_label("Channels").get_by_role("link", name=place).click()
        await self.page.get_by_role("heading", level=1, name=place).wait_for()

    async def types(self, text: str) -> None:
        """Type into the field at the bottom, and press Enter."""
        field = self.page.locator("#typed")
        await field.fill(text)
        await field.press("Enter")

    async def form(self, title: str) -> Locator:
        """The modal of that title, once it is there."""
        found = self.page.get_by_role("dialog", name=title)
        await found.wait_for()
        return found

    async def opens(self, typed: str, title: str) -> Locator:
        """Type a command that opens a form; the form."""
        await self.types(typed)
        return await self.form(title)

    async def leaves(self, form: Locator) -> None:
        """Close a form."""
        await self.page.keyboard.press("Escape")
        await form.wait_for(state="detached")

    async def drops(self, form: Locator, name: str, content: bytes) -> None:
        """Drop a file on the form's file input, until it is uploaded."""
        await form.locator(".drop").evaluate(_DROP, [name, b64encode(content).decode()])
        await form.locator(".files").get_by_text(name).wait_for()

    async def chooses(self, within: Locator, label: str, option: str) -> None:
        """Choose an option of a menu."""
        await within.get_by_role("combobox", name=label).click()
        await within.get_by_role("option", name=option).first.click()

    async def prices(self, form: Locator) -> Locator:
        """Submit a form of a send; its review."""
        await form.get_by_role("button", name="Price").click()
        return await self.form("Send this?")

    async def agrees(self) -> None:
        """Say yes to what a button asks."""
        question = self.page.locator("dialog.ask")
        await question.get_by_role("button").last.click()
        await question.wait_for(state="detached")

    def message(self, text: str) -> Locator:
        """The last message of the channel that says this."""
        return self.page.get_by_role("log").get_by_role("article").filter(has_text=text).last
