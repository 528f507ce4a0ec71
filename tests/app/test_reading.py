"""Balance, usage, campaigns and help: signed payload in, HTTP calls and Slack's answers out."""

import pytest

from tests.app.conftest import World


async def test_the_balance_is_answered_with_what_it_buys(world: World) -> None:
    assert (await world.ada.command("/balance")).status_code == 200
    answer = await world.slack.next("respond")
    assert answer["response_type"] == "ephemeral"
    assert "AUD 100.00 left" in answer["text"]
    assert "SMS" in answer["text"]


async def test_a_name_from_outside_mentions_nobody(world: World) -> None:
    await world.ada.command("/balance")
    answer = await world.slack.next("respond")
    assert "<!channel>" not in str(answer)
    assert "&lt;!channel&gt; &amp; Sons" in answer["text"]


async def test_usage_adds_up_and_compares(world: World) -> None:
    world.clicksend.answers["account.usage"] = {
        "sms": [
            {"subaccount_id": 1, "username": "one", "total_count": "2", "total_price": "0.20"},
            {"subaccount_id": 2, "username": "two", "total_count": 1, "total_price": 0.1},
        ],
        "sms_total": {"count": 3, "price": "0.30"},
        "fax": [],
    }
    await world.ada.command("/usage", "2026-02")
    answer = await world.slack.next("respond")
    assert "2026-02: 3 messages, AUD 0.30 (2026-01: AUD 0.30, no change)" in answer["text"]
    assert "*one*\\n2 for AUD 0.20" in str(answer["blocks"]).replace("\n", "\\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-13", "that is no month"),
        ("yesterday <!here>", "that is no month"),
        ("9999-01", "has not begun"),
        ("1999-01", "before ClickSend's time"),
    ],
)
async def test_a_nonsense_month_gets_a_clear_error(world: World, typed: str, said: str) -> None:
    await world.ada.command("/usage", typed)
    answer = await world.slack.next("respond")
    assert said in answer["text"]
    assert "<!here>" not in answer["text"]
    assert world.clicksend.of("account.usage") == []


async def test_help_and_typos_are_answered_at_once(world: World) -> None:
    listed = await world.ada.command("/clicksend", "help")
    assert "`/clicksend campaign` cancel, change, create" in listed.json()["text"]
    whole = await world.ada.command("/clicksend", "help all")
    assert "/clicksend campaign cancel &lt;id&gt;" in whole.json()["text"]
    typo = await world.ada.command("/clicksend", "balence")
    assert "Did you mean `/clicksend balance`?" in typo.json()["text"]


async def test_clicksend_in_trouble_is_said_plainly(world: World) -> None:
    world.clicksend.statuses["account.get"] = 401
    await world.ada.command("/balance")
    answer = await world.slack.next("respond")
    assert "does not accept the bot's username and API key" in answer["text"]
    assert "Nothing was sent or charged." in answer["text"]


async def test_campaigns_of_three_kinds_are_one_list(world: World) -> None:
    await world.ada.command("/clicksend", "campaign")
    answer = await world.slack.next("respond")
    for kind in ("sms", "mms", "email"):
        assert f"`{kind}-" in answer["text"]


async def test_a_kind_that_cannot_be_read_is_named(world: World) -> None:
    world.clicksend.statuses["email_campaigns.list"] = 403
    await world.ada.command("/clicksend", "campaign list")
    answer = await world.slack.next("respond")
    assert "Not shown: email" in str(answer["blocks"])


async def test_a_campaign_is_cancelled_once_and_everybody_sees_who(world: World) -> None:
    world.clicksend.answers["sms_campaigns.get"] = {
        "sms_campaign_id": 5,
        "name": "Spring <!channel>",
        "status": "Scheduled",
    }
    await world.ada.press("campaign.cancel", "sms-5", response_url=f"{world.slack.url}/respond")
    answer = await world.slack.next("respond")
    assert answer["response_type"] == "in_channel"
    assert "is cancelled. By <@U0ADA>" in answer["text"]
    assert "<!channel>" not in answer["text"]
    assert len(world.clicksend.of("sms_campaigns.cancel")) == 1


async def test_too_late_is_said_plainly(world: World) -> None:
    world.clicksend.answers["sms_campaigns.get"] = {
        "sms_campaign_id": 5,
        "name": "Spring",
        "status": "Sent",
    }
    await world.ada.press("campaign.cancel", "sms-5", response_url=f"{world.slack.url}/respond")
    answer = await world.slack.next("respond")
    assert "Too late" in answer["text"]
    assert world.clicksend.of("sms_campaigns.cancel") == []


async def test_who_may_not_send_may_not_cancel(world: World) -> None:
    await world.eve.press("campaign.cancel", "sms-5", response_url=f"{world.slack.url}/respond")
    answer = await world.slack.next("respond")
    assert "Ask <@U0ADA>" in answer["text"]
    assert world.clicksend.of("sms_campaigns.cancel") == []
