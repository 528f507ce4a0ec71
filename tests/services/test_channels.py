"""What is particular to a channel: partial answers, references, splitting, waiting, sizes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clicksend.operations.numbers import BuyNumber
from bot.clicksend.operations.reseller import TransferCredit
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.clicksend.operations.sms_campaigns import SendSmsCampaign
from bot.services.channels import ACCEPTED, NO_ANSWER, NoPrice, channel_of
from bot.store.sends import State
from commands import sent
from commands.retry import has_failed
from tests.services.pipeline import Pipeline, page
from tests.services.spends import ALL, TWO, Spend

SPENDS = {spend.id: spend for spend in ALL}
WHEN = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
each_spend = pytest.mark.parametrize("spend", ALL, ids=lambda spend: spend.id)
IN_PARTS = ("sms.send", "mms.send", "voice.send", "fax.send", "letters.send", "postcards.send")


@each_spend
def test_what_can_wait_is_put_to_its_hour_and_nothing_else_is(spend: Spend) -> None:
    channel = channel_of(spend.id)
    assert channel.schedule(spend.operation) is None
    if channel.traits.can_wait:
        assert channel.schedule(channel.at(spend.operation, WHEN)) == WHEN
    else:
        with pytest.raises(ValueError, match="cannot be scheduled"):
            channel.at(spend.operation, WHEN)


@each_spend
def test_what_is_repeated_goes_at_once_without_a_reference(spend: Spend) -> None:
    channel = channel_of(spend.id)
    recipients = channel.recipients(spend.operation)
    marked = channel.referenced(spend.operation, "first")
    assert ("cs-first-0" in str(marked)) == channel.traits.is_marked
    assert channel.unreferenced(marked) == spend.operation
    late = channel.at(marked, WHEN) if channel.traits.can_wait else marked
    assert channel.only(late, recipients) == spend.operation
    if channel.traits.can_split:
        one = channel.only(late, recipients[:1])
        assert channel.recipients(one) == recipients[:1]
    with pytest.raises(ValueError, match=r"recipients|all of"):
        channel.only(spend.operation, ["somebody else"])


@each_spend
def test_the_content_is_the_same_whoever_gets_it_and_whatever_its_mark(spend: Spend) -> None:
    channel = channel_of(spend.id)
    marked = channel.referenced(spend.operation, "first")
    assert list(channel.content(marked)) == list(channel.content(spend.operation))
    others = [each for each in ALL if each.id != spend.id]
    for other in others:
        kind = channel_of(other.id).kind
        same = list(channel_of(other.id).content(other.operation))
        twins = {spend.id.partition(".")[0], other.id.partition(".")[0]}
        if kind == channel.kind and len(twins) > 1:
            assert same != list(channel.content(spend.operation))


def test_an_email_and_a_purchase_keep_characters_that_are_only_plainer() -> None:
    body = "It’s “fine”"
    sms = SendSms(messages=(SmsMessage(to=TWO, body=body),))
    assert channel_of("sms.send").text(channel_of("sms.send").plainer(sms)) == 'It\'s "fine"'
    campaign = SendSmsCampaign(list_id=1, name="x", body=body)
    changed = channel_of("sms_campaigns.send").plainer(campaign)
    assert channel_of("sms_campaigns.send").sms_texts(changed) == ('It\'s "fine"',)
    buying = SPENDS["recharge.purchase"].operation
    assert channel_of("recharge.purchase").plainer(buying) == buying


@given(name=st.text(min_size=1).filter(lambda text: text == text.strip() and "[cs-" not in text))
def test_a_campaign_has_one_reference_at_the_end_of_its_name(name: str) -> None:
    channel = channel_of("sms_campaigns.send")
    once: Any = channel.referenced(SendSmsCampaign(list_id=1, name=name, body="Hi"), "first")
    assert once.name == f"{name} [cs-first-0]"
    twice: Any = channel.referenced(once, "second")
    assert twice.name == f"{name} [cs-second-0]"


@pytest.mark.parametrize("name", ["sms.send", "letters.send", "postcards.send"])
async def test_a_partial_failure_is_told_by_recipient(line: Pipeline, name: str) -> None:
    spend = SPENDS[name]
    spend.install(line.fake, line.clock.now)
    whole = spend.answer

    def refuse_second(body: Any) -> Any:
        data = whole(body)
        field = "messages" if "messages" in data else "recipients"
        # As a refused recipient really comes: little but its status.
        data[field][1] = {"status": "INVALID_RECIPIENT", "message_id": "M9"}
        return data

    line.fake.answers[name] = refuse_second
    send_id = await line.sent(spend.operation)
    row, messages = await line.row(send_id), await line.messages(send_id)
    who = channel_of(name).recipients(spend.operation)
    assert row.state is State.SENT
    assert [(m.recipient, m.status) for m in messages] == [
        (who[0], ACCEPTED),
        (who[1], "INVALID_RECIPIENT"),
    ]
    again: Any = channel_of(name).only(spend.operation, [messages[1].recipient])
    assert channel_of(name).recipients(again) == (who[1],)
    said = sent.render(row, messages)
    assert said is not None
    assert "to 1 of 2 recipients" in said.text
    assert "Retry failed" in str([block.to_dict() for block in said.blocks])


@pytest.mark.parametrize("name", IN_PARTS)
async def test_an_outcome_without_a_status_is_no_refusal(line: Pipeline, name: str) -> None:
    spend = SPENDS[name]
    spend.install(line.fake, line.clock.now)
    field = "recipients" if name.startswith(("letters", "postcards")) else "messages"
    line.fake.answers[name] = lambda body: {field: [{**each} for each in body[field]]}
    send_id = await line.sent(spend.operation)
    row, messages = await line.row(send_id), await line.messages(send_id)
    assert row.state is State.UNKNOWN
    assert {m.status for m in messages} == {NO_ANSWER}
    assert not any(has_failed(message) for message in messages)


async def test_an_email_that_is_refused_says_why(line: Pipeline) -> None:
    spend = SPENDS["email.send"]
    spend.install(line.fake, line.clock.now)
    line.fake.answers["email.send"] = {"message_id": "E1", "status": "INSUFFICIENT_CREDIT"}
    send_id = await line.sent(spend.operation)
    assert (await line.row(send_id)).state is State.REFUSED
    assert {m.status for m in await line.messages(send_id)} == {"INSUFFICIENT_CREDIT"}


@pytest.mark.parametrize(
    ("count", "problem"), [(20_000, None), (20_001, "20,001 contacts"), (0, "none of these")]
)
async def test_a_campaign_counts_its_contacts(
    line: Pipeline, count: int, problem: str | None
) -> None:
    line.fake.answers["sms_campaigns.price"] = {"total_count": count, "total_price": "8.40"}
    quote = await line.sending.quote(line.draft(SPENDS["sms_campaigns.send"].operation))
    assert quote.recipients == count
    assert (quote.problem is None) == (problem is None)
    assert problem is None or problem in str(quote.problem)


async def test_what_a_card_pays_needs_no_balance(line: Pipeline) -> None:
    spend = SPENDS["recharge.purchase"]
    spend.install(line.fake, line.clock.now)
    line.fake.balance = "0.01"
    quote = await line.sending.quote(line.draft(spend.operation))
    assert (quote.problem, quote.balance_after) == (None, Decimal("0.01"))


@pytest.mark.parametrize(
    ("name", "operation", "answer"),
    [
        ("recharge.purchase", "recharge.packages", {"packages": []}),
        ("numbers.buy", "numbers.search", page()),
        ("sms_campaigns.send", "sms_campaigns.price", {"total_price": "8.40"}),
    ],
)
async def test_what_has_no_price_is_not_kept(
    line: Pipeline, name: str, operation: str, answer: Any
) -> None:
    spend = SPENDS[name]
    spend.install(line.fake, line.clock.now)
    line.fake.answers[operation] = answer
    draft = line.draft(spend.operation)
    with pytest.raises(Exception, match=r"does not offer|does not say how many"):
        await line.sending.quote(draft)
    assert await line.sending.draft(draft.id) is None


def test_one_of_two_messages_to_the_same_number_is_never_repeated_by_guess() -> None:
    texts = ("first", "second")
    twice = SendSms(messages=tuple(SmsMessage(to=TWO[0], body=text) for text in texts))
    with pytest.raises(ValueError, match="several messages"):
        channel_of("sms.send").only(twice, [TWO[0]])


async def test_credit_in_another_currency_than_the_accounts_is_not_given(line: Pipeline) -> None:
    SPENDS["reseller.transfer_credit"].install(line.fake, line.clock.now)
    wish = TransferCredit(client_user_id=42, balance=6, currency="USD")
    quote = await line.sending.quote(line.draft(wish))
    assert "The account's currency is AUD" in str(quote.problem)


async def test_a_number_without_its_country_has_no_price(line: Pipeline) -> None:
    wish = BuyNumber(dedicated_number="0411 nonsense")
    with pytest.raises(NoPrice, match="with its country code"):
        await line.sending.quote(line.draft(wish))
    assert line.fake.of("numbers.buy") == []
