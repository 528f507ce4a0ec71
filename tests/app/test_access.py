"""`/clicksend access`: shown to everybody, changed by admins, told where it was changed."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.app import App
from bot.store import Database, Scope, audit
from tests.app.conftest import World

EVE, OPS, ONCALL = "<@U0EVE|eve>", "<#C0OPS|ops>", "<!subteam^S0CALL|@oncall>"
SCOPE = Scope("default", "demo")


async def said(world: World, text: str, user: str = "ada", channel: str = "C0OPS") -> Any:
    """Type a command; the answer."""
    before = len(world.slack.of("respond"))
    await getattr(world, user).command("/clicksend", text, channel)
    return await world.slack.next("respond", before + 1)


async def trail(world: World) -> list[tuple[str, str, str, str, dict[str, Any]]]:
    database = Database(world.settings.database_url)
    async with database.read() as connection:
        found = await audit.search(connection, SCOPE, limit=100)
    await database.close()
    return [(r.actor, r.place, r.action, r.subject, dict(r.detail)) for r in reversed(found)]


async def may_send(world: World, user: str = "eve", channel: str = "C0OPS") -> bool:
    """Whether the form of an SMS opens."""
    opened, answered = len(world.slack.of("views.open")), len(world.slack.of("respond"))
    await getattr(world, user).command("/sms", "", channel)
    async with asyncio.timeout(10), world.slack.changed:
        await world.slack.changed.wait_for(
            lambda: (
                len(world.slack.of("views.open")) > opened
                or len(world.slack.of("respond")) > answered
            )
        )
    return len(world.slack.of("views.open")) > opened


async def test_everybody_sees_who_may_what_and_how_to_change_it(world: World) -> None:
    await said(world, f"access grant {EVE} sender in {OPS}")
    await said(world, f"access limit {EVE} 100 messages a day")
    await said(world, "access limit each AUD 5 one send")
    answer = await said(world, "access", "eve")
    assert answer["response_type"] == "ephemeral"
    shown = str(answer["blocks"])
    for text in (
        "You are *viewer*.",
        "*admin* by the setting `BOT_ADMINS`: <@U0ADA>",
        "<@U0EVE> *sender* in <#C0OPS> · given by <@U0ADA>",
        "<@U0EVE>: 100 messages a day, *0* used · set by <@U0ADA>",
        "each person: AUD 5.00 in one send · set by <@U0ADA>",
        "/clicksend access grant @user sender",
    ):
        assert text in shown
    assert "Give a role…" not in shown
    assert "Give a role…" in str((await said(world, "access"))["blocks"])


async def test_an_empty_book_says_so(world: World) -> None:
    answer = await said(world, "access", "eve")
    assert "Nobody else may send: no role was given." in answer["text"]
    assert "There are no limits." in answer["text"]
    assert "alone" in (await said(world, "access ada"))["text"]


async def test_a_role_is_given_told_and_taken_again(world: World) -> None:
    assert not await may_send(world)
    given = await said(world, f"access grant {EVE} sender")
    assert given["text"] == ":key: <@U0ADA> made <@U0EVE> *sender*."
    assert given["response_type"] == "in_channel"
    assert await may_send(world)
    again = await said(world, f"access grant {EVE} sender")
    assert "had that role already" in again["text"]
    assert again["response_type"] == "ephemeral"
    gone = await said(world, f"access revoke {EVE} sender")
    assert "took a role away: <@U0EVE> *sender* no more." in gone["text"]
    assert gone["response_type"] == "in_channel"
    assert not await may_send(world)
    assert "was not given" in (await said(world, f"access revoke {EVE} sender"))["text"]
    detail = {"role": "sender"}
    assert await trail(world) == [
        ("U0ADA", "C0OPS", "access granted", "U0EVE", detail),
        ("U0ADA", "C0OPS", "access revoked", "U0EVE", detail),
    ]


async def test_a_channel_hears_of_roles_and_limits_in_its_own_language(world: World) -> None:
    world.slack.locales["U0ADA"] = "de-DE"
    given = await said(world, f"access grant {EVE} sender")
    assert given["response_type"] == "in_channel"
    assert given["text"] == ":key: <@U0ADA> made <@U0EVE> *sender*."
    again = await said(world, f"access grant {EVE} sender")
    assert again["text"] == ":information_source: <@U0EVE> hatte diese Rolle schon."
    limit = await said(world, "access limit each 1,000 messages a day")
    assert limit["text"] == ":bar_chart: <@U0ADA> set a limit: each person: 1,000 messages a day."
    shown = str((await said(world, "access"))["blocks"])
    assert "jede Person: 1.000 Nachrichten am Tag, davon hast du *0* verbraucht" in shown
    view = await form(world, "access revoke")
    assert view["title"]["text"] == "Rolle wegnehmen"
    chosen = {
        "people": {"selected_users": ["U0EVE"]},
        "role": {"selected_option": {"value": "sender"}},
    }
    await world.ada.submit(view, **chosen)
    told = await world.slack.next("chat.postMessage")
    assert told["text"] == ":key: <@U0ADA> took a role away: <@U0EVE> *sender* no more."
    assert "Das war schon so." in str((await world.ada.submit(view, **chosen)).json())


async def test_a_role_counts_only_where_it_was_given(world: World) -> None:
    await said(world, f"access grant {EVE} sender in <#C0SALES|sales>")
    assert not await may_send(world)
    assert "you have it only for <#C0SALES>" in world.slack.of("respond")[-1]["text"]
    assert await may_send(world, channel="C0SALES")


async def test_a_role_for_one_channel_of_sending_is_for_that_one(world: World) -> None:
    await said(world, f"access grant {EVE} sender for fax")
    assert not await may_send(world)
    assert "you have it only for fax" in world.slack.of("respond")[-1]["text"]
    await said(world, f"access grant {EVE} sender for sms")
    assert await sent(world, "For sms", user="eve") == {"response_action": "clear"}
    await world.clicksend.next("sms.send")


async def test_a_user_group_and_a_channel_have_roles(world: World) -> None:
    await said(world, f"access grant {ONCALL} sender")
    assert not await may_send(world)
    assert world.slack.of("usergroups.list")
    await said(world, "access grant <#C0SALES|sales> sender")
    assert await may_send(world, channel="C0SALES")
    assert not await may_send(world)
    shown = (await said(world, "access"))["text"]
    assert "<!subteam^S0CALL> *sender*" in shown
    assert "everybody in <#C0SALES> *sender*" in shown


@pytest.mark.parametrize(
    "text",
    [
        f"access grant {EVE} admin",
        f"access revoke {EVE} admin",
        f"access limit {EVE} off",
        "access grant",
        "access revoke",
        "access limit",
    ],
)
async def test_only_admins_change_it_and_others_are_told_whom_to_ask(
    world: World, text: str
) -> None:
    answer = await said(world, text, "eve")
    assert "the role *admin* is missing. Ask <@U0ADA> for it" in answer["text"]
    assert "Nothing changed." in answer["text"]
    assert world.slack.of("views.open") == []
    assert await trail(world) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("access grant @eve sender", "Pick the name from the list"),
        (f"access grant {EVE} king", "Which role"),
        (f"access revoke {EVE}", "Which role"),
        (f"access limit {EVE} lots", "Write it as"),
        (f"access limit {EVE} EUR 5 a day", "counts in AUD"),
        (f"access limit {EVE} off", "no such limit"),
    ],
)
async def test_what_cannot_be_read_changes_nothing(world: World, text: str, says: str) -> None:
    answer = await said(world, text)
    assert says in answer["text"]
    assert "Nothing changed." in answer["text"]
    assert await trail(world) == []


async def test_what_a_setting_gives_stays_and_is_said(world: World) -> None:
    await said(world, "access grant <@U0ADA|ada> admin")
    gone = await said(world, "access revoke <@U0ADA|ada> admin")
    assert "<@U0ADA> stays an admin by the setting `BOT_ADMINS`." in gone["text"]
    assert "Give a role…" in str((await said(world, "access"))["blocks"])


async def test_the_last_admin_stays(outside: World, stack: AsyncExitStack) -> None:
    async with App(outside.settings) as first:
        outside.ada.bot_url = f"http://127.0.0.1:{first.port}"
        await said(outside, f"access grant {EVE} admin")
    settings = outside.settings.model_copy(update={"bot_admins": frozenset()})
    app = await stack.enter_async_context(App(settings))
    outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{app.port}"
    kept = await said(outside, f"access revoke {EVE} admin", "eve")
    assert "the last admin" in kept["text"]
    assert kept["response_type"] == "ephemeral"
    await said(outside, f"access grant {ONCALL} admin", "eve")  # its people are not certain
    assert "the last admin" in (await said(outside, f"access revoke {EVE} admin", "eve"))["text"]
    await said(outside, "access grant <@U0ADA|ada> admin", "eve")
    assert "no more" in (await said(outside, f"access revoke {EVE} admin", "eve"))["text"]
    assert "is missing" in (await said(outside, f"access grant {EVE} admin", "eve"))["text"]


async def test_a_limit_is_set_counted_kept_and_lifted(world: World) -> None:
    limit = await said(world, "access limit <@U0ADA|ada> 1 message a day")
    assert limit["text"] == ":bar_chart: <@U0ADA> set a limit: <@U0ADA>: 1 message a day."
    assert limit["response_type"] == "in_channel"
    assert (await sent(world, "first")) == {"response_action": "clear"}
    await world.clicksend.next("sms.send")
    assert "1 message a day, *1* used" in (await said(world, "access"))["text"]
    refused = str(await sent(world, "second"))
    assert "Your limit is 1 message a day: 1 used, 0 left" in refused
    assert "Nothing was sent or charged." in refused
    lifted = await said(world, "access limit <@U0ADA|ada> off")
    assert "lifted a limit: <@U0ADA>: 1 message a day." in lifted["text"]
    assert (await sent(world, "third")) == {"response_action": "clear"}
    assert [each[2:] for each in await trail(world) if each[2].startswith("limit")] == [
        ("limit messages_day set", "U0ADA", {"limit": "1"}),
        ("limit messages_day lifted", "U0ADA", {"limit": "1"}),
    ]


async def sent(world: World, body: str, user: str = "ada") -> Any:
    """Send an SMS; the acknowledgement of the yes."""
    opened, updated = len(world.slack.of("views.open")), len(world.slack.of("views.update"))
    person = getattr(world, user)
    await person.command("/sms", "")
    view = (await world.slack.next("views.open", opened + 1))["view"]
    await person.submit(view, to={"value": "+61411111111"}, body={"value": body})
    review = (await world.slack.next("views.update", updated + 1))["view"]
    return (await person.submit(review)).json()


async def test_one_limit_of_several_is_lifted(world: World) -> None:
    await said(world, "access limit each 5 messages a day")
    await said(world, "access limit each AUD 2.50 a month")
    lifted = await said(world, "access limit each money a month off")
    assert "lifted a limit: each person: AUD 2.50 a month." in lifted["text"]
    shown = (await said(world, "access"))["text"]
    assert "each person: 5 messages a day, *0* used by you" in shown
    assert "AUD 2.50" not in shown


async def form(world: World, text: str) -> Any:
    opened = len(world.slack.of("views.open"))
    await world.ada.command("/clicksend", text)
    return (await world.slack.next("views.open", opened + 1))["view"]


async def test_a_form_gives_and_takes_roles(world: World) -> None:
    chosen: dict[str, Any] = {
        "people": {"selected_users": ["U0EVE", "U0BEN"]},
        "role": {"selected_option": {"value": "sender"}},
        "place": {"selected_conversation": "C0SALES"},
    }
    view = await form(world, "access grant")
    assert (await world.ada.submit(view, **chosen)).json() == {"response_action": "clear"}
    told = await world.slack.next("chat.postMessage")
    assert told["channel"] == "C0OPS"
    assert "made <@U0EVE> *sender* in <#C0SALES>." in told["text"]
    assert "made <@U0BEN> *sender* in <#C0SALES>." in told["text"]
    assert await may_send(world, channel="C0SALES")
    again = (await world.ada.submit(view, **chosen)).json()
    assert "It was like that before." in str(again)
    gone = await form(world, "access revoke")
    await world.ada.submit(gone, **chosen)
    assert "no more" in (await world.slack.next("chat.postMessage", 2))["text"]
    assert not await may_send(world, channel="C0SALES")


async def test_a_form_says_what_is_wrong_with_a_role(world: World) -> None:
    view = await form(world, "access grant")
    role = {"selected_option": {"value": "admin"}}
    assert "Choose people" in str((await world.ada.submit(view, role=role)).json()["errors"])
    channel = {"selected_conversation": "C0OPS"}
    wrong = (await world.ada.submit(view, role=role, channel=channel)).json()["errors"]
    assert wrong == {"people": "Only people and user groups can be admins."}
    kind = {"selected_option": {"value": "sms"}}
    people = {"selected_users": ["U0EVE"]}
    both = await world.ada.submit(view, role=role, people=people, place=channel, kind=kind)
    assert "not both" in str(both.json()["errors"])
    assert await trail(world) == []


async def test_a_form_sets_limits(world: World) -> None:
    view = await form(world, "access limit")
    each = {"selected_option": {"value": "each"}}
    nobody = (await world.ada.submit(view, messages_day={"value": "5"})).json()
    assert "Choose people" in nobody["errors"]["people"]
    nothing = (await world.ada.submit(view, others=each)).json()
    assert "one limit at least" in nothing["errors"]["messages_day"]
    wrong = await world.ada.submit(
        view, others=each, messages_day={"value": "1.5"}, money_day={"value": "-1"}
    )
    assert set(wrong.json()["errors"]) == {"messages_day", "money_day"}
    done = await world.ada.submit(
        view,
        others=each,
        people={"selected_users": ["U0EVE"]},
        messages_day={"value": "5"},
        money_month={"value": "49.95"},
    )
    assert done.json() == {"response_action": "clear"}
    told = (await world.slack.next("chat.postMessage"))["text"]
    for text in ("each person: 5 messages a day", "<@U0EVE>: AUD 49.95 a month"):
        assert text in told
    assert len(await trail(world)) == 4


async def test_a_form_of_somebody_who_is_no_admin_any_more_changes_nothing(world: World) -> None:
    view = await form(world, "access grant")
    chosen: dict[str, Any] = {
        "people": {"selected_users": ["U0EVE"]},
        "role": {"selected_option": {"value": "sender"}},
    }
    answer = (await world.eve.submit(view, **chosen)).json()
    assert "the role *admin* is missing" in str(answer["view"])
    limits = await form(world, "access limit")
    answer = (await world.eve.submit(limits, messages_day={"value": "5"}, **chosen)).json()
    assert "the role *admin* is missing" in str(answer["view"])
    assert await trail(world) == []


async def test_the_buttons_open_the_forms(world: World) -> None:
    for number, action in enumerate(("access.grant", "access.revoke", "access.limit"), start=1):
        await world.ada.press(action, "", channel={"id": "C0OPS"})
        view = (await world.slack.next("views.open", number))["view"]
        assert view["callback_id"] == action


async def test_other_commands_read_mentions_and_links_as_they_were_typed(world: World) -> None:
    typed = (
        "sms send <tel:+61411111111|+61411111111> Ask <@U0EVE|eve> in <#C0OPS|ops> &amp; see "
        "<http://example.test|example.test> &lt;<!here>&gt;"
    )
    view = await form(world, typed)
    filled = {
        block["block_id"]: block["element"].get("initial_value")
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert filled["to"] == "+61411111111"
    assert filled["body"] == "Ask @eve in #ops & see example.test <@here>"


async def test_a_risen_price_that_a_limit_forbids_is_not_sent(world: World) -> None:
    await said(world, "access limit each AUD 0.08 one send")
    opened = len(world.slack.of("views.open"))
    await world.ada.command("/sms", "")
    view = (await world.slack.next("views.open", opened + 1))["view"]
    await world.ada.submit(view, to={"value": "+61411111111"}, body={"value": "Hello"})
    review = (await world.slack.next("views.update"))["view"]
    world.clicksend.price = "0.0900"
    await world.ada.submit(review)
    assert "the price rose" in (await world.slack.next("chat.postMessage"))["text"]
    await world.ada.press("send.pay", f"{review['private_metadata']} 0.09")
    answer = await world.slack.next("chat.postMessage", 2)
    assert "limit for one send is AUD 0.08, and this one costs AUD 0.09" in answer["text"]
    assert "Nothing was sent or charged." in answer["text"]
    assert world.clicksend.of("sms.send") == []
    await said(world, "access limit each off")
    await world.ada.press("send.pay", f"{review['private_metadata']} 0.09")
    await world.clicksend.next("sms.send")
