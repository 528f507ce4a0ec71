"""Who reads German gets German, and a channel gets what the workspace speaks."""

import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.app import App
from bot.setting_types import Language
from bot.texts import catalogue
from commands import build_router
from tests.app.conftest import World
from tests.app.test_extremes import answer_to, filled, hostile
from tests.app.test_sending import reviewed

_SAID = re.compile(r"⟦[^⟦⟧]*⟧")
_NO_TEXT = re.compile(r"`[^`]*`|<[^<>]*>|:[a-z0-9_+-]+:|\S*[\d/@_.]\S*")
_ENGLISH = re.compile(r"\b[A-Za-z][a-z]{2,} [a-z]{2,}\b")


class Marked(dict[str, tuple[str, ...]]):
    """A language in which every text is the English one between brackets."""

    def get(self, text: str, _: Any = None) -> tuple[str, ...]:  # type: ignore[override]  # total
        return (f"⟦{text}⟧",)


def texts(answer: Any, key: str = "") -> Iterator[str]:
    """Every text of an answer that somebody reads."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield from texts(value, name)
    elif isinstance(answer, list):
        for each in answer:
            yield from texts(each, key)
    elif isinstance(answer, str) and key in {"text", "alt_text", "placeholder", "hint", "label"}:
        yield answer


def english(answer: Any) -> set[str]:
    """What of an answer was not said in the reader's language, as far as it is words."""
    found = set()
    for text in texts(answer):
        left = text
        while _SAID.search(left):
            left = _SAID.sub(" ", left)
        left = re.sub(r"⟦[^⟦⟧]*…", " ", left)  # it was cut to Slack's limit
        found |= set(_ENGLISH.findall(_NO_TEXT.sub(" ", left)))
    return found


async def test_a_german_reads_german_with_german_numbers_and_others_english(world: World) -> None:
    world.slack.locales = {"U0ADA": "de-DE"}
    await world.ada.command("/balance")
    german = await world.slack.next("respond")
    await world.eve.command("/balance")
    assert "100,00 AUD" in german["text"]
    assert "left" not in str(german["blocks"])
    assert "AUD 100.00 left" in (await world.slack.next("respond", 2))["text"]
    asked = world.slack.of("users.info")
    assert [each["user"] for each in asked] == ["U0ADA", "U0EVE"]


async def test_a_channel_reads_one_language_whoever_sends(world: World) -> None:
    world.slack.locales = {"U0ADA": "de-DE"}
    review = await reviewed(world)
    assert "0,077 AUD" in str(review)
    assert "Price" not in str(review["blocks"])
    await world.ada.submit(review)
    result = await world.slack.next("chat.postMessage")
    assert "SMS sent by <@U0ADA> to 1 recipient for AUD 0.077" in result["text"]


async def test_a_workspace_may_speak_german(outside: World, stack: AsyncExitStack) -> None:
    outside.slack.locales = {"U0EVE": "en-GB"}
    settings = outside.settings.model_copy(update={"bot_language": Language.DE})
    app = await stack.enter_async_context(App(settings))
    outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
    await outside.ada.submit(await reviewed(outside))
    result = await outside.slack.next("chat.postMessage")
    assert "0,077 AUD" in result["text"]
    assert "sent by" not in result["text"]
    await outside.eve.command("/balance")
    # What was just sent is deducted from what was just read.
    assert "AUD 99.923 left" in (await outside.slack.next("respond"))["text"]


async def test_no_english_is_left_in_what_a_german_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_read", {"de": Marked()})
    world.slack.locales = {"U0ADA": "de-DE"}
    world.clicksend.reshape = hostile  # names that are no English
    await filled(world, "Tom", 3)
    left = {
        words: english(await answer_to(world, words))
        for words in [*build_router().commands, "help"]
    }
    before = len(world.slack.of("views.publish"))
    await world.ada.event(type="app_home_opened", tab="home")
    home = await world.slack.next("views.publish", before + 2)
    left["home"] = english(home["view"])
    assert {words: found for words, found in left.items() if found} == {}
