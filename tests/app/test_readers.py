"""What one person reads is in their language, what a channel reads in the workspace's."""

from contextlib import AsyncExitStack

import pytest

from bot.app import App
from tests.app.conftest import World

CAMPAIGN = {"sms_campaign_id": 5, "name": "Spring sale", "status": "Scheduled"}


@pytest.fixture
async def german(outside: World) -> World:
    """Ada reads German, Eve English, the workspace English; the bot is not started yet."""
    outside.slack.locales.update({"U0ADA": "de-DE", "U0EVE": "en-US"})
    return outside


async def started(world: World, stack: AsyncExitStack, **settings: object) -> World:
    world.settings = world.settings.model_copy(update=settings)
    app = await stack.enter_async_context(App(world.settings))
    world.ada.bot_url = world.eve.bot_url = f"http://127.0.0.1:{app.port}"
    return world


async def test_an_answer_is_in_the_language_of_whoever_asked(
    german: World, stack: AsyncExitStack
) -> None:
    world = await started(german, stack, bot_senders=frozenset({"U0EVE"}))
    await world.ada.command("/clicksend", "list show 428")
    answer = await world.slack.next("respond")
    assert "Kontakt" in answer["text"]
    assert "Liste löschen" in str(answer["blocks"])
    await world.eve.command("/clicksend", "list show 428")
    answer = await world.slack.next("respond", 2)
    assert "Delete list" in str(answer["blocks"])


async def test_a_form_with_what_is_wrong_in_it_is_in_the_language_of_who_fills_it_in(
    german: World, stack: AsyncExitStack
) -> None:
    world = await started(german, stack)
    await world.ada.command("/clicksend", "contact import")
    view = (await world.slack.next("views.open"))["view"]
    assert view["title"]["text"] == "Kontakte importieren"
    wrong = (await world.ada.submit(view)).json()
    assert wrong["errors"]["file"] == "Zieh eine CSV-Datei hierher."


async def test_what_a_channel_sees_is_in_its_language_whoever_pressed(
    german: World, stack: AsyncExitStack
) -> None:
    german.clicksend.answers["sms_campaigns.get"] = CAMPAIGN
    world = await started(german, stack)
    await world.ada.press("campaign.cancel", "sms-5", response_url=f"{world.slack.url}/respond")
    told = await world.slack.next("respond")
    assert told["response_type"] == "in_channel"
    assert "is cancelled. By <@U0ADA>." in told["text"]


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Gespräche nach Nummer"), ("en", "by number")]
)
async def test_the_language_of_channels_is_a_setting(
    german: World, stack: AsyncExitStack, language: str, words: str
) -> None:
    world = await started(german, stack, bot_language=language)
    await world.ada.command("/clicksend", "inbox route number +61411111111 <#C0VIP|vip>")
    told = await world.slack.next("respond")
    assert told["response_type"] == "in_channel"
    assert words in told["text"]
