"""The tour: the bot's main job, played by Ada, checked at each step."""

from __future__ import annotations

import re
import time
from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from bot.sandbox.demo import Stage
from bot.sandbox.slack import Delivery, Posted
from bot.sandbox.slack.shapes import Json

ADA, OPS = "U0ADA", "C0OPS"
PDF = b"%PDF-1.4 a letter"
_SCENE_SECONDS, _STEP_SECONDS = 2.0, 1.5
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")


class TourError(Exception):
    """Something was not as it should be; the text says what."""


class Tour:
    """Plays, prints and checks.

    Args:
        stage: What runs.
        console: Where it is shown.
    """

    def __init__(self, stage: Stage, console: Console) -> None:
        self._slack = stage.slack
        self._clicksend = stage.clicksend
        self._console = console
        self._scene = ""

    async def play(self) -> None:
        """Play everything, at leisure when somebody watches the page, until they skip it.

        Raises:
            TourError: At the first thing that is not as it should be.
        """
        started = time.monotonic()
        scenes = (
            self._balance,
            self._usage,
            self._sms,
            self._fax,
            self._campaign,
            self._low_credit,
            self._failure,
            self._conversation,
        )
        try:
            for scene in scenes:
                await scene()
                await self._slack.guide.pause(_SCENE_SECONDS)
                if self._slack.guide.skipped:
                    self._console.print("\n[bold]The tour was skipped.[/]")
                    return
        finally:
            self._slack.guide.say("")
        took = time.monotonic() - started
        self._console.print(f"\n[bold green]The tour is complete[/] ({took:.1f} s).")

    async def _balance(self) -> None:
        self._title("The balance")
        self._expect(await self._type("/balance"), "AUD 100.00 left")

    async def _usage(self) -> None:
        self._title("The usage of this month")
        self._expect(await self._type("/usage"), "messages, AUD")

    async def _sms(self) -> None:
        self._title("An SMS: a form, the price, the yes")
        await self._send_sms("+61411111111", "Your appointment is tomorrow at 9.")
        (sent,) = self._clicksend.outbox("sms")
        self._phone(f"{sent.to}: {sent.body}")

    async def _fax(self) -> None:
        self._title("A fax with an uploaded file")
        letter = self._slack.attach(ADA, "letter.pdf", PDF)
        await self._open("/fax", "+61298765432", "fax.form")
        await self._review({"file": {"files": [letter]}}, "AUD 0.099")
        self._expect(await self._yes(), "Fax sent by")
        self._require(PDF in self._clicksend.state.uploads.values(), "the file is at ClickSend")
        (fax,) = self._clicksend.outbox("fax")
        self._phone(f"{fax.to}: {fax.body}")

    async def _campaign(self) -> None:
        self._title("A campaign cancelled")
        self._expect(await self._type("/clicksend", "campaign list"), "Spring sale")
        shown = await self._type("/clicksend", "campaign cancel sms-101")
        count = len(self._slack.messages)
        await self._acted("presses [bold]Cancel campaign[/], and says yes")
        self._check(await self._slack.press(ADA, shown, "campaign.cancel"))
        self._expect(await self._next(count), "is cancelled")
        status = next(c.status for c in self._clicksend.state.campaigns if c.number == 101)  # noqa: PLR2004 - the seeded one
        self._require(status == "Cancelled", "the campaign is cancelled at ClickSend")

    async def _low_credit(self) -> None:
        self._title("Low credit: the alert comes by itself")
        count = len(self._slack.messages)
        self._clicksend.state.balance = Decimal("12.00")
        self._expect(await self._next(count), "Low credit")

    async def _failure(self) -> None:
        self._title("A failed delivery: so does this one")
        await self._send_sms("+61411111199", "Are you there?")
        count = len(self._slack.messages)
        posted = await self._next(count)
        self._expect(posted, "was not delivered")
        self._require(f"sent by <@{ADA}>" in posted.text, "it names who sent the message")
        self._require("/archives/" in posted.text, "it links to the message that sent it")

    async def _conversation(self) -> None:
        self._title("A customer writes, and is answered in the thread")
        count = len(self._slack.messages)
        self._clicksend.text_in("+61433333333", "Can I come at ten instead?", "+61422222222")
        head = await self._next(count)
        self._expect(head, "wrote to +61 422 222 222")
        self._expect(await self._next(count + 1), "Can I come at ten instead?")
        await self._acted("presses [bold]Reply[/]")
        self._check(await self._slack.press(ADA, head, "inbox.reply"))
        await self._view("inbox.form")
        await self._review({"body": {"value": "Yes, see you at ten."}}, "AUD 0.077")
        answered = await self._yes()
        self._expect(answered, "SMS sent by")
        self._require(answered.thread_ts == head.ts, "the answer is in the customer's thread")
        sent = next(m for m in self._clicksend.outbox("sms") if m.to == "+61433333333")
        self._phone(f"{sent.to}: {sent.body}")

    async def _send_sms(self, to: str, body: str) -> None:
        await self._open("/sms", f"{to} {body}", "sms.form")
        await self._review({}, "AUD 0.077")
        self._expect(await self._yes(), "SMS sent by")

    async def _open(self, slash: str, text: str, form: str) -> None:
        await self._acted(f"types [bold]{slash} {escape(text)}[/]")
        self._check(await self._slack.command(ADA, OPS, slash, text))
        await self._view(form)

    async def _review(self, typed: Json, price: str) -> None:
        await self._acted("presses [bold]Price[/]")
        self._check(await self._slack.submit(ADA, typed))
        view = await self._view("send.confirm")
        texts = _texts(view["blocks"])
        self._shown("modal", " · ".join(texts))
        self._require(any(price in text for text in texts), f"the price {price} is shown")
        sent = [name for name, _ in self._clicksend.requests[-3:] if name.endswith(".send")]
        self._require(not sent, "nothing is sent before the yes")

    async def _yes(self) -> Posted:
        count = len(self._slack.messages)
        await self._acted("presses [bold]Send[/]")
        self._check(await self._slack.submit(ADA))
        return await self._next(count)

    async def _type(self, slash: str, text: str = "") -> Posted:
        count = len(self._slack.messages)
        await self._acted(f"types [bold]{escape(f'{slash} {text}'.strip())}[/]")
        self._check(await self._slack.command(ADA, OPS, slash, text))
        return await self._next(count)

    async def _view(self, name: str) -> Json:
        try:
            return await self._slack.wait_view(ADA, name)
        except TimeoutError:
            raise TourError(f"the modal {name} did not come within 20 seconds") from None

    async def _next(self, count: int) -> Posted:
        try:
            return await self._slack.wait_message(count + 1)
        except TimeoutError:
            raise TourError("no message came within 20 seconds") from None

    def _check(self, delivery: Delivery) -> None:
        self._require(delivery.error is None, f"Slack was answered in time, not {delivery.error}")
        errors = delivery.body.get("errors")
        self._require(not errors, f"the form was accepted, not {errors}")

    def _expect(self, posted: Posted, part: str) -> None:
        where = "only Ada sees" if posted.only_for else f"in {posted.channel}"
        self._shown(where, posted.text)
        self._require(part in posted.text, f"it says {part!r}")

    def _require(self, fine: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
        if not fine:
            raise TourError(f"expected that {what}")

    def _title(self, text: str) -> None:
        self._scene = text
        self._slack.guide.say(text)
        self._console.print(f"\n[bold cyan]{text}[/]")

    async def _acted(self, text: str) -> None:
        self._console.print(f"  [yellow]Ada[/] {text}")
        self._slack.guide.say(f"{self._scene} · Ada {Text.from_markup(text).plain}")
        await self._slack.guide.pause(_STEP_SECONDS)

    def _shown(self, where: str, text: str) -> None:
        for line in _DATE.sub(r"\1", text).splitlines():
            self._console.print(f"    [dim]{where}[/] │ {escape(line)}")

    def _phone(self, text: str) -> None:
        self._console.print(f"    [dim]arrived[/] │ {escape(text)}")


def _texts(blocks: list[Json]) -> list[str]:
    found = [(block.get("text") or {}).get("text") for block in blocks]
    found += [field["text"] for block in blocks for field in block.get("fields") or []]
    return [text.replace("\n", ": ") for text in found if text]
