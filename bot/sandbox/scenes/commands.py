"""Every command there is, typed as the help lists it; and the same bot for who reads German."""

from __future__ import annotations

import re
from itertools import groupby

from bot.sandbox.hand import ADA, CLEO, OPS, Hand
from bot.sandbox.slack import Posted
from bot.sandbox.slack.shapes import Json

_LISTED = re.compile(r"^`/clicksend ([a-z]+)(?: ([a-z]+)(?=[ `]))?", re.MULTILINE)
_BROKEN = ("Something went wrong", "I don't know")


async def every(hand: Hand) -> None:
    """Each command of the help, typed bare: it answers, opens its form, or says what it wants."""
    hand.title("Every command there is")
    listed = await hand.type("/clicksend", "help all")
    found = [(noun, f"{noun} {verb}".strip()) for noun, verb in _LISTED.findall(listed.text)]
    for noun, commands in groupby(found, lambda each: each[0]):
        words = [word for _, word in commands]
        await hand.acts(f"types [bold]/clicksend {noun} …[/]: {len(words)} in all")
        for each in words:
            await _answers(hand, each)
    hand.shows("in all", f"{len(found)} commands answered")


async def german(hand: Hand) -> None:
    """Cleo's Slack is German: the bot speaks German with her, and writes numbers as she does."""
    hand.title("The same in German, for Cleo")
    hand.expect(await hand.type("/balance", user=CLEO), "noch 99,")
    hand.expect(await hand.type("/clicksend", "help list", user=CLEO), "Liste")


async def _answers(hand: Hand, words: str) -> None:
    known = list(hand.slack.messages)
    hand.check(await hand.slack.command(ADA, OPS, "/clicksend", words))

    def news() -> list[Posted]:
        return [each for each in hand.slack.messages if each.only_for == ADA and each not in known]

    def form() -> Json | None:
        return hand.slack.views.top(ADA)

    await hand.comes(lambda: bool(form() or news()), f"an answer to {words}")
    for said in news():
        for broken in _BROKEN:
            hand.require(broken not in said.text, f"/clicksend {words} works, not {said.text!r}")
    if form():
        await hand.slack.close(ADA)
