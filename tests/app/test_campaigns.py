"""Campaigns from form to result: made, previewed, tested, changed once, and what came of them."""

from typing import Any

import pytest

from tests.app.conftest import World

BODY = "Hi (First Name), we open at 9. Reply STOP to opt out."
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
ELLEN = {
    "contact_id": 1,
    "first_name": "Ellen",
    "last_name": "<!channel>",
    "phone_number": "+61411111111",
    "email": "test1@test.com",
}
WAITING = {
    "name": "Spring [cs-abc123-0]",
    "status": "Scheduled",
    "list_id": 428,
    "body": BODY,
    "schedule": "4000000000",
    "date_added": "1444962803",
}


def option(value: str, text: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": text}}}


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"total": len(rows), "current_page": 1, "last_page": 1, "data": list(rows)}


@pytest.fixture
def campaigns(world: World) -> World:
    """An account with one contact in its list, a template of each kind, a picture in Slack."""
    price = {
        "total_count": 3,
        "total_price": "0.231",
        "data": {"body": "Hi Ellen, as it goes out."},
    }
    world.clicksend.answers |= {
        "contacts.list": page(ELLEN),
        "sms_campaigns.price": price,
        "mms_campaigns.price": price,
        "email_campaigns.price": {**price, "data": {"body": "x"}},
        "sms.list_templates": page({"template_id": 7, "template_name": "Open", "body": BODY}),
        "email_templates.get": {
            "template_id": 9,
            "template_name": "News",
            "body": "<b>Hi</b>" * 999,
        },
    }
    world.slack.files["F0PIC"] = ("menu.png", PNG)
    return world


COMMON = {"name": {"value": "Spring sale"}, "list": option("428", "Customers (3)")}
KINDS: dict[str, dict[str, dict[str, Any]]] = {
    "sms": {**COMMON, "body": {"value": BODY}},
    "mms": {
        **COMMON,
        "body": {"value": BODY},
        "subject": {"value": "Menu"},
        "file": {"files": [{"id": "F0PIC"}]},
    },
    "email": {
        **COMMON,
        "body": {"value": "Hi (First Name) <3"},
        "subject": {"value": "News for (First Name)"},
        "sender": option("2", "test1@test.com"),
        "from_name": {"value": "Harbour"},
        "style": option("text", "Text"),
    },
}


async def form(world: World, text: str = "campaign create sms") -> dict[str, Any]:
    before = len(world.slack.of("views.open"))
    await world.ada.command("/clicksend", text)
    view: dict[str, Any] = (await world.slack.next("views.open", before + 1))["view"]
    return view


async def updated(world: World, view: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Submit a form, and wait for what the loading view becomes."""
    before = len(world.slack.of("views.update"))
    answer = await world.ada.submit(view, **fields)
    assert answer.json()["response_action"] == "update", answer.json()
    found: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return found


async def pressed(world: World, action: str, review: dict[str, Any]) -> dict[str, Any]:
    """Press a button of a review, and wait for what takes its place."""
    before = len(world.slack.of("views.update"))
    view = {"id": "V0FORM", "type": "modal", **review, "state": {"values": {}}}
    await world.ada.press(action, review["private_metadata"], view=view)
    found: dict[str, Any] = (await world.slack.next("views.update", before + 1))["view"]
    return found


async def answered(world: World, text: str) -> dict[str, Any]:
    before = len(world.slack.of("respond"))
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", before + 1)


@pytest.mark.parametrize("kind", ["sms", "mms", "email"])
async def test_a_campaign_is_previewed_priced_and_sent_once(campaigns: World, kind: str) -> None:
    view = await form(campaigns, f"campaign create {kind} {BODY}")
    assert BODY in str(view)
    review = await updated(campaigns, view, **KINDS[kind])
    assert "To 3 recipients" in str(review)
    assert "AUD 0.231" in str(review)
    assert "Preview. Ellen &lt;!channel&gt;" in str(review)
    assert "gets: " in str(review)
    assert "Hi Ellen" in str(review)
    assert ("As ClickSend fills it in" in str(review)) == (kind != "email")
    assert campaigns.clicksend.of(f"{kind}_campaigns.send") == []
    back = await pressed(campaigns, "send.change", review)
    assert back["callback_id"] == "campaign.form"
    assert "Spring sale" in str(back)
    assert (await campaigns.ada.submit(review)).json() == {"response_action": "clear"}
    assert "sent once only" in str((await campaigns.ada.submit(review)).json())
    result = await campaigns.slack.next("chat.postMessage")
    assert "campaign sent by <@U0ADA> to 3 recipients" in result["text"]
    (sent,) = campaigns.clicksend.of(f"{kind}_campaigns.send")
    assert sent["list_id"] == 428
    assert sent["name"].startswith("Spring sale [cs-")
    if kind == "email":
        assert sent["body"] == "Hi (First Name) &lt;3"
        assert (sent["from_email_address_id"], sent["from_name"]) == (2, "Harbour")


async def test_a_template_and_a_short_link_and_an_hour_reach_clicksend(campaigns: World) -> None:
    fields = {**COMMON, "template": option("7", "Open"), "words": {"value": "tomorrow 9am"}}
    review = await updated(campaigns, await form(campaigns), **fields)
    assert BODY in str(review)
    wrong = await updated(
        campaigns, await form(campaigns), **fields, link={"value": "https://example.com"}
    )
    assert "Put smsu.io/xxxxx where the short link belongs" in str(wrong["blocks"][0])
    (priced,) = campaigns.clicksend.of("sms_campaigns.price")
    assert priced["body"] == BODY
    assert priced["schedule"] > 0
    linked = {"body": {"value": f"{BODY} smsu.io/xxxxx"}, "link": {"value": "https://example.com"}}
    await updated(campaigns, await form(campaigns), **COMMON, **linked)
    assert (
        campaigns.clicksend.of("sms_campaigns.price")[1]["url_to_shorten"]
        == linked["link"]["value"]
    )


async def test_a_template_longer_than_a_form_stays_chosen(campaigns: World) -> None:
    fields = {**KINDS["email"], "body": {"value": ""}, "template": option("9", "News")}
    review = await updated(campaigns, await form(campaigns, "campaign create email"), **fields)
    (priced,) = campaigns.clicksend.of("email_campaigns.price")
    assert priced["body"] == "<b>Hi</b>" * 999
    back = await pressed(campaigns, "send.change", review)
    assert "'value': '9'" in str(back)
    assert "<b>Hi</b>" not in str(back)


async def test_a_message_without_a_way_out_is_warned_of(campaigns: World) -> None:
    fields = {**KINDS["sms"], "body": {"value": "Hi {first_name}, buy now"}}
    review = await updated(campaigns, await form(campaigns), **fields)
    assert "how to opt out" in str(review)
    assert "{first_name} may go out as it stands" in str(review)
    assert review["submit"]["text"] == "Send anyway"


BAD: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("sms", {"name": {"value": " "}}, "name", "Give the campaign a name"),
    ("sms", {"list": {}}, "list", "Choose a list"),
    ("sms", {"body": {"value": " "}}, "body", "Write the message"),
    ("sms", {"template": option("7", "Open")}, "body", "one of the two"),
    ("sms", {"sender": {"value": "far too long an id"}}, "sender", "At most 11"),
    ("sms", {"link": {"value": "https://example.com"}}, "link", "Put smsu.io/xxxxx"),
    ("sms", {"link": {"value": "example"}}, "link", "begins with https"),
    ("sms", {"body": {"value": "smsu.io/xxxxx"}}, "link", "leads to"),
    ("sms", {"when": {"selected_date_time": 1}}, "when", "has passed"),
    ("mms", {"file": {}}, "file", "Attach a picture"),
    ("mms", {"subject": {"value": ""}}, "subject", "An MMS has a subject"),
    ("mms", {"body": {"value": "ж" * 501}}, "body", "At most 500 characters"),
    ("email", {"sender": {}}, "sender", "Choose an address"),
    ("email", {"from_name": {"value": ""}}, "from_name", "Say who writes"),
    ("email", {"subject": {"value": ""}}, "subject", "An email has a subject"),
)


async def test_bad_input_is_named_at_its_field(campaigns: World) -> None:
    forms = {kind: await form(campaigns, f"campaign create {kind}") for kind in KINDS}
    for kind, other, block, said in BAD:
        answer = (await campaigns.ada.submit(forms[kind], **{**KINDS[kind], **other})).json()
        assert answer["response_action"] == "errors", (kind, block)
        assert said in answer["errors"][block]
    assert campaigns.clicksend.of("uploads.upload") == []
    assert campaigns.clicksend.of("contacts.list") == []


async def test_a_list_that_cannot_be_read_gives_the_form_back(campaigns: World) -> None:
    campaigns.clicksend.statuses["contacts.list"] = 403
    again = await updated(campaigns, await form(campaigns), **KINDS["sms"])
    assert again["callback_id"] == "campaign.form"
    assert "The campaign could not be prepared." in str(again["blocks"][0])
    assert "Nothing was sent or charged." in str(again["blocks"][0])
    assert BODY in str(again)


@pytest.mark.parametrize(
    ("kind", "to", "single"),
    [
        ("sms", "+61422222222", "sms.send"),
        ("mms", "+61422222222", "mms.send"),
        ("email", "test2@test.com", "email.send"),
    ],
)
async def test_a_test_to_myself_goes_first_and_the_campaign_still_once(
    campaigns: World, kind: str, to: str, single: str
) -> None:
    campaigns.clicksend.answers["email.price"] = page({"price": "0.005", "to": [{"email": to}]})
    review = await updated(
        campaigns, await form(campaigns, f"campaign create {kind}"), **KINDS[kind]
    )
    asked = await pressed(campaigns, "campaign.test", review)
    assert asked["callback_id"] == "campaign.test_form"
    wrong = (await campaigns.ada.submit(asked, to={"value": "nobody"})).json()
    assert "where you get the test" in wrong["errors"]["to"]
    test = await updated(campaigns, asked, to={"value": to})
    assert "Test of the campaign Spring sale" in str(test)
    way_back = campaigns.slack.of("chat.postMessage")[-1]
    assert "nothing of it is sent or charged" in way_back["text"]
    await campaigns.ada.submit(test)
    body = await campaigns.clicksend.next(single)
    assert "Ellen" in str(body)
    assert "(First Name)" not in str(body)
    assert campaigns.clicksend.of(f"{kind}_campaigns.send") == []
    again = await pressed(campaigns, "campaign.resume", review)
    assert again["private_metadata"] == review["private_metadata"]
    await campaigns.ada.submit(again)
    await campaigns.clicksend.next(f"{kind}_campaigns.send")
    before = len(campaigns.slack.of("views.open"))
    url = f"{campaigns.slack.url}/respond"
    await campaigns.ada.press("campaign.resume", review["private_metadata"], response_url=url)
    assert "sent once only" in (await campaigns.slack.next("respond"))["text"]
    assert len(campaigns.slack.of("views.open")) == before
    assert len(campaigns.clicksend.of(f"{kind}_campaigns.send")) == 1


async def test_the_way_back_from_a_test_never_leads_past_a_change(campaigns: World) -> None:
    first = await updated(campaigns, await form(campaigns), **KINDS["sms"])
    changed = await pressed(campaigns, "send.change", first)
    resumed = await pressed(campaigns, "campaign.resume", first)
    again = {**KINDS["sms"], "body": {"value": f"Better. {BODY}"}}
    await campaigns.ada.submit(await updated(campaigns, changed, **again))
    await campaigns.clicksend.next("sms_campaigns.send")
    views = len(campaigns.slack.of("views.open"))
    url = f"{campaigns.slack.url}/respond"
    await campaigns.ada.press("campaign.resume", first["private_metadata"], response_url=url)
    assert "said yes to it as changed" in (await campaigns.slack.next("respond"))["text"]
    assert len(campaigns.slack.of("views.open")) == views
    late = (await campaigns.ada.submit(resumed)).json()  # it was open all the time
    assert "in another form of yours" in str(late)
    assert len(campaigns.clicksend.of("sms_campaigns.send")) == 1


async def test_a_campaign_that_waits_is_changed_once(campaigns: World) -> None:
    campaigns.clicksend.answers["sms_campaigns.get"] = {**WAITING, "sms_campaign_id": 101}
    shown = await answered(campaigns, "campaign show sms-101")
    assert "Spring" in shown["text"]
    assert "cs-abc123" not in str(shown)
    assert "campaign.change" in str(shown["blocks"])
    view = await form(campaigns, "campaign change sms-101")
    assert "cs-abc123" not in str(view)
    assert "4000000000" in str(view)
    review = await updated(campaigns, view, **KINDS["sms"])
    assert review["title"]["text"] == "Change this?"
    assert "the whole campaign as changed" in str(review)
    await campaigns.ada.submit(review)
    await campaigns.slack.next("chat.postMessage")
    (changed,) = campaigns.clicksend.of("sms_campaigns.update")
    assert changed["name"].startswith("Spring sale [cs-")
    assert campaigns.clicksend.of("sms_campaigns.send") == []
    for over, said in (
        ({**WAITING, "status": "Sent"}, "is not waiting any more"),
        ({**WAITING, "body": "x" * 3001}, "3,000 characters"),
    ):
        campaigns.clicksend.answers["sms_campaigns.get"] = {**over, "sms_campaign_id": 101}
        assert said in (await answered(campaigns, "campaign change sms-101"))["text"]
    assert "Name it as the list does" in (await answered(campaigns, "campaign change 101"))["text"]


async def test_an_mms_campaign_keeps_its_picture_when_it_is_changed(campaigns: World) -> None:
    media = {"_media_file_url": "https://media.example.com/menu.jpg", "subject": "Menu"}
    campaigns.clicksend.answers["mms_campaigns.get"] = {**WAITING, **media, "mms_campaign_id": 57}
    view = await form(campaigns, "campaign change mms-57")
    assert "*menu.jpg* is attached already" in str(view)
    fields = {name: each for name, each in KINDS["mms"].items() if name != "file"}
    await campaigns.ada.submit(await updated(campaigns, view, **fields))
    changed = await campaigns.clicksend.next("mms_campaigns.update")
    assert changed["media_file"] == "https://media.example.com/menu.jpg"


async def test_results_of_an_email_campaign_count_opens_and_clicks(campaigns: World) -> None:
    mails = [
        {
            "to_name": "<!channel>",
            "to_address": "test1@test.com",
            "open_count": 2,
            "click_count": 1,
        },
        {"to_address": "test2@test.com", "hard_bounce_count": 1, "status": "SpamReport"},
    ]
    campaigns.clicksend.answers["email_campaigns.history"] = {**page(*mails), "last_page": 700}
    answer = await answered(campaigns, "campaign results email-64")
    assert "5 opened" in answer["text"]
    assert "opened 2 · clicked 1" in answer["text"]
    assert "bounced 1 · SpamReport" in answer["text"]
    assert "<!channel>" not in str(answer)
    assert answer["blocks"][-1]["elements"][0]["value"] == "email-64 2"
    base = campaigns.settings.clicksend_base_url
    campaigns.clicksend.files["/exports/mails.csv"] = b"to\ntest1@test.com\n"
    campaigns.clicksend.answers["email_campaigns.export_history"] = {
        "url": f"{base}/exports/mails.csv"
    }
    assert "direct messages" in (await answered(campaigns, "campaign export email-64"))["text"]
    (given,) = campaigns.slack.uploads.values()
    assert b'"test1@test.com"' in given


async def test_results_of_an_sms_campaign_are_those_of_its_link(campaigns: World) -> None:
    clicksend = campaigns.clicksend
    sent = {**WAITING, "status": "Sent", "sms_campaign_id": 1}
    clicksend.answers["sms_campaigns.get"] = {**sent, "body": "See smsu.io/Ab3 now"}
    links = {"total": 3, "opened_unique": 1, "opened_total": 4}
    clicksend.answers["short_urls.statistics"] = page({"long_url_id": "x", "links": links})
    answer = await answered(campaigns, "campaign results sms-1")
    assert "opened by *1* of 3 who got it, 4 times in all" in answer["text"]
    clicksend.statuses["short_urls.statistics"] = 404
    assert "Nobody opened" in (await answered(campaigns, "campaign results sms-1"))["text"]
    clicksend.statuses["short_urls.statistics"] = 403
    assert "could not be read" in (await answered(campaigns, "campaign results sms-1"))["text"]
    clicksend.answers["sms_campaigns.get"] = sent
    assert "short links only" in (await answered(campaigns, "campaign results sms-1"))["text"]
    assert "writes no file" in (await answered(campaigns, "campaign export sms-1"))["text"]
    assert "Name it" in (await answered(campaigns, "campaign results 1"))["text"]


async def test_a_template_opens_the_form_of_a_campaign(campaigns: World) -> None:
    await campaigns.ada.press("template.campaign", "sms-7")
    view = (await campaigns.slack.next("views.open"))["view"]
    assert view["callback_id"] == "campaign.form"
    assert "'value': '7'" in str(view)
    offered = await campaigns.ada.interact(
        type="block_suggestion", action_id="campaign.sms_templates", block_id="b", value="op"
    )
    assert [each["value"] for each in offered.json()["options"]] == ["7"]


async def test_who_may_not_send_is_told_whom_to_ask(campaigns: World) -> None:
    for number, text in enumerate(("create sms", "change sms-1", "export email-1"), 1):
        await campaigns.eve.command("/clicksend", f"campaign {text}")
        assert "Ask <@U0ADA>" in (await campaigns.slack.next("respond", number))["text"]
    assert campaigns.slack.of("views.open") == []
