"""The hand that plays a scene: does what a person does, shows what they see, checks each step."""

from __future__ import annotations

import re
from collections.abc import Callable

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from bot.sandbox.demo import Stage
from bot.sandbox.slack import Delivery, Posted
from bot.sandbox.slack.shapes import Json

ADA, BEN, CLEO, OPS = "U0ADA", "U0BEN", "U0CLEO", "C0OPS"
NAMES = {ADA: "Ada", BEN: "Ben", CLEO: "Cleo"}
_STEP_SECONDS, _LETTER_SECONDS = 1.0, 0.03
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")


class TourError(Exception):
    """Something was not as it should be; the text says what."""


class Hand:
    """Plays, prints and checks.

    Args:
        stage: What runs.
        console: Where it is shown.

    Attributes:
        slack: The local Slack.
        clicksend: The local ClickSend.
    """

    def __init__(self, stage: Stage, console: Console) -> None:
        self.slack = stage.slack
        self.clicksend = stage.clicksend
        self._console = console
        self._scene = ""

    def title(self, text: str) -> None:
        """Begin a scene."""
        self._scene = text
        self.slack.guide.say(text)
        self._console.print(f"\n[bold cyan]{text}[/]")

    async def type(self, slash: str, text: str = "", *, user: str = ADA) -> Posted:
        """Type a command; the answer, which only who typed it sees."""
        before = list(self.slack.messages)
        await self.acts(f"types [bold]{escape(f'{slash} {text}'.strip())}[/]", user=user)
        self.check(await self.slack.command(user, OPS, slash, text))
        return await self.until(
            lambda each: each.only_for == user and each not in before, f"what {slash} answers"
        )

    async def open(self, slash: str, text: str, form: str) -> None:
        """Type a command that opens a form."""
        await self.acts(f"types [bold]{slash} {escape(text)}[/]")
        self.check(await self.slack.command(ADA, OPS, slash, text))
        await self.view(form)

    async def review(self, typed: Json, *parts: str) -> None:
        """Submit the form; the review says these things, and nothing is sent yet."""
        before = self._sends()
        await self.acts("presses [bold]Price[/]")
        self.check(await self.slack.submit(ADA, typed))
        await self.reviewed(*parts)
        self.require(self._sends() == before, "nothing is sent before the yes")

    async def reviewed(self, *parts: str) -> None:
        """Wait for the review, which says these things."""
        view = await self.view("send.confirm")
        said = " · ".join([*_texts(view["blocks"]), str((view.get("submit") or {}).get("text"))])
        self.shows("modal", said)
        for part in parts:
            self.require(part in said, f"the review says {part!r}")

    async def yes(self, label: str = "Send") -> Posted:
        """Say yes; the message that comes of it."""
        count = len(self.slack.messages)
        await self.acts(f"presses [bold]{label}[/]")
        self.check(await self.slack.submit(ADA))
        return await self.next(count)

    async def press(
        self, posted: Posted, action: str, label: str, *, user: str = ADA, hurry: bool = False
    ) -> None:
        """Press a button of a message, and say yes if it asks.

        Args:
            posted: The message.
            action: The button's action id.
            label: What stands on it.
            user: Who presses it.
            hurry: It is soon too late: whoever watches reads what happens after it has happened.
        """
        pause = self.says(f"presses [bold]{escape(label)}[/]", user=user)
        if not hurry:
            await self.slack.guide.pause(pause)
        self.check(await self.slack.press(user, posted, action))
        if hurry:
            await self.slack.guide.pause(pause)

    async def view(self, name: str) -> Json:
        """Wait until Ada's modal is this one."""
        try:
            return await self.slack.wait_view(ADA, name)
        except TimeoutError:
            raise TourError(f"the modal {name} did not come within 20 seconds") from None

    async def next(self, count: int) -> Posted:
        """Wait for the message after so many."""
        try:
            return await self.slack.wait_message(count + 1)
        except TimeoutError:
            raise TourError("no message came within 20 seconds") from None

    async def until(self, said: Callable[[Posted], bool], what: str) -> Posted:
        """Wait until some message, posted or changed, is as it should be."""

        def found() -> list[Posted]:
            return [posted for posted in self.slack.messages if said(posted)]

        await self.comes(lambda: bool(found()), f"a message that says {what}")
        return found()[-1]

    async def comes(self, there: Callable[[], bool], what: str) -> None:
        """Wait until something is seen.

        Raises:
            TourError: It is not, within 20 seconds.
        """
        try:
            await self.slack.workspace.feed.until(there)
        except TimeoutError:
            raise TourError(f"{what} did not come within 20 seconds") from None

    def check(self, delivery: Delivery) -> None:
        """The bot answered in time, and took what was typed."""
        self.require(delivery.error is None, f"Slack was answered in time, not {delivery.error}")
        errors = delivery.body.get("errors")
        self.require(not errors, f"the form was accepted, not {errors}")

    def expect(self, posted: Posted, part: str) -> None:
        """A message says something."""
        where = "only Ada sees" if posted.only_for else f"in {posted.channel}"
        self.shows(where, posted.text)
        self.require(part in posted.text, f"it says {part!r}")

    def require(self, fine: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Something is as it should be.

        Raises:
            TourError: It is not.
        """
        if not fine:
            raise TourError(f"expected that {what}")

    async def acts(self, text: str, *, user: str = ADA) -> None:
        """Say what a person does, and give whoever watches the time to read it."""
        await self.slack.guide.pause(self.says(text, user=user))

    def says(self, text: str, *, user: str) -> float:
        """Say what a person does; how long it takes to read, in seconds."""
        who = NAMES[user]
        self._console.print(f"  [yellow]{who}[/] {text}")
        caption = f"{self._scene} · {who} {Text.from_markup(text).plain}"
        self.slack.guide.say(caption)
        return _STEP_SECONDS + _LETTER_SECONDS * len(caption)

    def shows(self, where: str, text: str) -> None:
        """Show what somebody sees."""
        for line in _DATE.sub(r"\1", text).splitlines():
            self._console.print(f"    [dim]{where}[/] │ {escape(line)}")

    def _sends(self) -> int:
        """How many sends ClickSend was asked for."""
        return sum(name.endswith(".send") for name, _ in self.clicksend.requests)


def _texts(blocks: list[Json]) -> list[str]:
    found = [(block.get("text") or {}).get("text") for block in blocks]
    found += [field["text"] for block in blocks for field in block.get("fields") or []]
    return [text.replace("\n", ": ") for text in found if text]
