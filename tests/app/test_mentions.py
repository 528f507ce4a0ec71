"""`@ClickSend …` does what the slash command does, once, and only for people."""

import asyncio

from tests.app.conftest import World

BOT = "<@U0BOT>"


async def test_a_mention_is_answered_to_the_person_alone(world: World) -> None:
    await world.ada.mention(f"{BOT} balance")
    answer = await world.slack.next("chat.postEphemeral")
    assert (answer["channel"], answer["user"]) == ("C0OPS", "U0ADA")
    assert "thread_ts" not in answer  # an ephemeral one does not show where there is no thread yet
    assert "AUD 100.00 left" in answer["text"]


async def test_in_a_thread_it_is_answered_in_the_thread(world: World) -> None:
    await world.ada.mention(f"{BOT}: balance", thread_ts="1.1")
    answer = await world.slack.next("chat.postEphemeral")
    assert answer["thread_ts"] == "1.1"


async def test_what_all_may_see_opens_a_thread(world: World) -> None:
    await world.ada.mention(f"{BOT} inbox route keyword HELP <#C0OPS|ops>", ts="7.1")
    answer = await world.slack.next("chat.postMessage")
    assert (answer["channel"], answer["thread_ts"]) == ("C0OPS", "7.1")


async def test_help_and_typos_are_answered(world: World) -> None:
    await world.ada.mention(f"{BOT} balence")
    assert "Did you mean" in (await world.slack.next("chat.postEphemeral"))["text"]
    await world.ada.mention(BOT)
    assert "/clicksend balance" in (await world.slack.next("chat.postEphemeral", 2))["text"]


async def test_an_event_that_comes_twice_is_answered_once(world: World) -> None:
    for _ in range(2):
        await world.ada.mention(f"{BOT} balance", event_id="Ev0TWICE")
    await world.ada.mention(f"{BOT} usage")
    await world.slack.next("chat.postEphemeral", 2)
    assert len(world.slack.of("chat.postEphemeral")) == 2


async def test_bots_edits_and_passing_words_are_left_alone(world: World) -> None:
    await world.ada.mention(f"{BOT} balance", bot_id="B0OTHER")
    await world.ada.mention(f"{BOT} balance", user="U0BOT")
    await world.ada.mention(f"{BOT} balance", edited={"ts": "1.2"})
    await world.ada.mention(f"ask {BOT} balance")
    await world.ada.mention(f"<@U0EVE> {BOT} balance")
    await world.ada.mention(f"{BOT} help")
    await world.slack.next("chat.postEphemeral")
    await asyncio.sleep(0)
    assert len(world.slack.of("chat.postEphemeral")) == 1
    assert world.clicksend.of("account.get") == []


async def test_a_form_opens_from_the_button_and_nothing_is_sent_before(world: World) -> None:
    await world.ada.mention(f"{BOT} sms send +61411111111 Tom &amp; Co", thread_ts="1.1")
    offer = await world.slack.next("chat.postEphemeral")
    assert "Nothing was sent or charged" in offer["text"]
    (button,) = offer["blocks"][-1]["elements"]
    assert world.slack.of("views.open") == []
    url = f"{world.slack.url}/respond"
    channel = {"id": "C0OPS"}
    await world.ada.press(button["action_id"], button["value"], response_url=url, channel=channel)
    view = (await world.slack.next("views.open"))["view"]
    assert view["callback_id"] == "sms.form"
    assert "Tom & Co" in str(view)
    assert world.clicksend.of("sms.send") == []
    await world.eve.press(button["action_id"], button["value"], response_url=url)
    assert "Ask <@U0ADA>" in (await world.slack.next("respond"))["text"]


async def test_a_purchase_is_priced_only_once_the_button_is_pressed(world: World) -> None:
    await world.ada.mention(f"{BOT} billing buy 1")
    offer = await world.slack.next("chat.postEphemeral")
    assert "Open the form" in offer["text"]
    await world.ada.mention(f"{BOT} help balance")
    assert "/clicksend balance" in (await world.slack.next("chat.postEphemeral", 2))["text"]
    assert world.slack.of("views.update") == world.slack.of("views.open") == []
    (button,) = offer["blocks"][-1]["elements"]
    await world.ada.press(button["action_id"], button["value"])
    await world.slack.next("views.open")
    assert world.clicksend.of("recharge.purchase") == []


async def test_one_that_is_too_long_for_a_button_says_so(world: World) -> None:
    await world.ada.mention(f"{BOT} sms send +61411111111 {'x' * 2500}")
    assert "too long for a mention" in (await world.slack.next("chat.postEphemeral"))["text"]


async def test_where_the_bot_may_not_speak_the_answer_comes_in_a_dm(world: World) -> None:
    world.slack.errors["chat.postEphemeral"] = "user_not_in_channel"
    await world.ada.mention(f"{BOT} balance")
    answer = await world.slack.next("chat.postMessage")
    assert answer["channel"] == "D0ADA"
    assert "AUD 100.00 left" in answer["text"]
