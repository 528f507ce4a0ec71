"""What settles an unknown send, what never does, and how long the bot waits: by a moved clock."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.clicksend.operations.email import EmailRecipient, EmailSender, SendEmail
from bot.clicksend.operations.recharge import PurchasePackage
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.services.channels import ACCEPTED, Line, channel_of, reference
from bot.services.reconcile import is_doubled, is_whole
from bot.store import Scope, spaces, tables
from bot.store.sends import State
from tests.services.pipeline import EVE, SCOPE, Pipeline, page, pipeline
from tests.services.spends import ALL
from tests.store.test_spaces import connection_of

TO, TWO = "+61411111111", "+61422222222"
NUMBERS = (TO, TWO, "+61433333333", "+61444444444")
ID = "abc"
SPENDS = {spend.id: spend for spend in ALL}


def sms(*to: str) -> SendSms:
    return SendSms(messages=tuple(SmsMessage(to=each, body="Hi") for each in to))


def email(*to: str) -> SendEmail:
    people = tuple(EmailRecipient(email=each) for each in to)
    return SendEmail(to=people, from_=EmailSender(email_address_id=2), subject="Hi", body="Hi")


def marked(*indices: int) -> tuple[Line, ...]:
    return tuple(Line(NUMBERS[i], ACCEPTED, reference(ID, i)) for i in indices)


@given(
    asked=st.integers(1, 4),
    found=st.lists(st.integers(0, 3), max_size=8),
    strangers=st.integers(0, 3),
)
def test_a_marked_send_is_whole_when_each_reference_is_there_once(
    asked: int, found: list[int], strangers: int
) -> None:
    operation = sms(*NUMBERS[:asked])
    mine = [index for index in found if index < asked]
    lines = marked(*mine)
    others = tuple(Line(TO, ACCEPTED, reference("other", n)) for n in range(strangers))
    times = Counter(mine)
    assert is_doubled(operation, lines) == any(count > 1 for count in times.values())
    assert is_whole(ID, operation, lines + others) == (times == Counter(range(asked)))


@given(found=st.lists(st.sampled_from(["a@x.com", "b@x.com"]), max_size=5))
def test_an_unmarked_send_is_whole_when_each_recipient_is_there_once(found: list[str]) -> None:
    operation = email("a@x.com", "b@x.com")
    lines = tuple(Line(who, ACCEPTED) for who in found)
    assert is_whole(ID, operation, lines) == (sorted(found) == ["a@x.com", "b@x.com"])
    assert is_doubled(operation, lines) == any(n > 1 for n in Counter(found).values())


@given(status=st.text(max_size=20).filter(lambda text: text != ACCEPTED))
def test_evidence_that_is_no_acceptance_settles_nothing(status: str) -> None:
    assert not is_whole(ID, sms(TO), (Line(TO, status, reference(ID, 0)),))
    assert not is_whole(ID, email("a@x.com"), (Line("a@x.com", status),))


def test_a_list_is_whole_with_one_of_its_contacts_and_doubled_with_one_twice() -> None:
    operation = SendSms(messages=(SmsMessage(list_id=428, body="Hi"),))
    contacts = tuple(Line(each, ACCEPTED, reference(ID, 0)) for each in NUMBERS)
    assert is_whole(ID, operation, contacts)
    assert not is_whole(ID, operation, (*contacts, contacts[0]))
    assert not is_whole(ID, operation, ())


def test_one_number_twice_in_a_send_is_two_references() -> None:
    operation = sms(TO, TO)
    first, second = Line(TO, ACCEPTED, reference(ID, 0)), Line(TO, ACCEPTED, reference(ID, 1))
    assert not is_whole(ID, operation, (first,))
    assert is_whole(ID, operation, (first, second))
    assert not is_doubled(operation, (first, second))


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[Pipeline]:
    """The pipeline on SQLite and on PostgreSQL."""
    async with pipeline(database_url) as found:
        yield found


async def lost(line: Pipeline, name: str, *, kept: int) -> str:
    """A send whose answer was lost, so many times in the history."""
    spend = SPENDS[name]
    spend.install(line.fake, line.clock.now, kept=kept)
    line.fake.cut.add(name)
    send_id = await line.sent(spend.operation)
    line.fake.cut.clear()
    return send_id


async def test_it_looks_at_once_and_then_ever_more_seldom_for_ten_minutes(
    both: Pipeline,
) -> None:
    send_id = await lost(both, "sms.send", kept=0)
    looks = []
    for second in range(0, 15 * 60, 5):
        before = len(both.fake.of("sms.history"))
        await both.reconciler.look()
        if len(both.fake.of("sms.history")) > before:
            looks.append(second)
        both.clock.move(seconds=5)
    gaps = [after - before for before, after in itertools.pairwise(looks)]
    assert looks[0] == 0
    assert gaps == sorted(gaps)
    assert min(gaps) >= 15
    assert max(gaps) <= 60
    assert 600 <= looks[-1] < 660
    row = await both.row(send_id)
    assert row.asked_at is not None
    assert row.asked_at - row.updated_at >= timedelta(minutes=10)
    assert (await both.told()).count("send_unsettled") == 1


async def test_a_history_that_cannot_be_read_is_no_proof(both: Pipeline) -> None:
    send_id = await lost(both, "sms.send", kept=1)
    both.fake.statuses["sms.history"] = 403
    assert await both.looked(minutes=5) == 0
    both.fake.statuses.clear()
    assert await both.looked(minutes=1) == 1
    assert (await both.row(send_id)).state is State.RECONCILED


async def moved_away(line: Pipeline) -> None:
    """What was sent was sent in another workspace, of the same ClickSend account."""
    other = Scope("T0OTHER", "Demo")
    async with line.database.write() as connection:
        for table in (tables.sends, tables.messages):
            await connection.execute(update(table).values(**other.columns()))
        for each in (SCOPE, other):
            await spaces.connect(connection, connection_of(each, at=line.clock.now))
        await spaces.disconnect(connection, other)


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_the_message_of_another_send_of_the_bot_is_not_taken_for_this_one(
    both: Pipeline, *, elsewhere: bool
) -> None:
    spend = SPENDS["email.send"]
    spend.install(both.fake, both.clock.now, kept=1)
    known = await both.sent(spend.operation)
    assert [m.message_id for m in await both.messages(known)] == ["E1", "E1"]
    if elsewhere:
        await moved_away(both)
    record = both.fake.answers["email.history"]
    send_id = await lost(both, "email.send", kept=0)
    both.fake.answers["email.history"] = record
    assert await both.looked(minutes=1) == 0
    assert await both.looked(minutes=10) == 1
    row = await both.row(send_id)
    assert (row.state, row.asked_at is not None) == (State.UNKNOWN, True)


async def test_of_two_lost_twins_none_is_settled_by_one_match(line: Pipeline) -> None:
    first = await lost(line, "email.send", kept=0)
    second = await lost(line, "email.send", kept=1)
    assert await line.looked(minutes=1) == 0
    assert await line.looked(minutes=10) == 2
    for send_id in (first, second):
        assert (await line.row(send_id)).state is State.UNKNOWN


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_purchase_like_one_of_a_moment_ago_is_for_a_person(
    line: Pipeline, *, elsewhere: bool
) -> None:
    spend = SPENDS["recharge.purchase"]
    spend.install(line.fake, line.clock.now)
    await line.sent(spend.operation)
    if elsewhere:
        await moved_away(line)
    send_id = await lost(line, "recharge.purchase", kept=1)
    assert await line.looked(minutes=11) == 1
    assert (await line.row(send_id)).asked_at is not None


async def test_a_purchase_like_one_of_yesterday_is_settled(line: Pipeline) -> None:
    spend = SPENDS["recharge.purchase"]
    spend.install(line.fake, line.clock.now)
    await line.sent(spend.operation)
    line.clock.move(days=1)
    send_id = await lost(line, "recharge.purchase", kept=1)
    assert await line.looked(seconds=5) == 1
    assert (await line.row(send_id)).state is State.RECONCILED


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("email.send", {"subject": "Another"}),
        ("email.send", {"to": [{"email": "test3@test.com"}]}),
        ("email.send", {"from_email_address_id": 9}),
        ("email.send", {"date_added": 1_000_000_000}),
        ("email.send", {"date_added": None}),
        ("letters.send", {"address_name": "Somebody Else"}),
        ("letters.send", {"colour": 0}),
        ("letters.send", {"file_url": "https://files.example.com/other.pdf"}),
        ("letters.send", {"return_address_id": 2}),
        ("postcards.send", {"date_added": 1_000_000_000}),
        ("recharge.purchase", {"amount": "50.00"}),
        ("recharge.purchase", {"currency": "USD"}),
        ("recharge.purchase", {"date": 1_000_000_000}),
        ("numbers.buy", {"dedicated_number": "+61422222222"}),
        ("sms.send", {"custom_string": "theirs"}),
        ("sms_campaigns.send", {"name": "Spring sale"}),
        ("mms_campaigns.send", {"name": "Spring sale [cs-other-0]"}),
    ],
)
async def test_what_is_only_like_it_settles_nothing(
    line: Pipeline, name: str, change: dict[str, object]
) -> None:
    send_id = await lost(line, name, kept=1)
    history = SPENDS[name].history
    records = line.fake.answers[history]["data"]
    line.fake.answers[history] = page(*({**each, **change} for each in records))
    assert await line.looked(seconds=30) == 0
    assert (await line.row(send_id)).state is State.UNKNOWN


async def test_a_transfer_goes_to_a_person_at_once_with_the_clients_balance(
    line: Pipeline,
) -> None:
    send_id = await lost(line, "reseller.transfer_credit", kept=0)
    assert await line.looked(seconds=5) == 1
    row = await line.row(send_id)
    assert row.asked_at is not None
    assert [m.status for m in await line.messages(send_id)] == ["has AUD 170.72 now"]


async def test_a_person_and_the_history_settle_it_once(both: Pipeline) -> None:
    send_id = await lost(both, "sms.send", kept=1)
    assert await both.decisions.was_sent(send_id, actor=EVE)
    assert await both.looked(minutes=1) == 0
    trail = await both.trail()
    assert [each for each in trail if each.endswith("reconciled")] == ["sms.send reconciled"]


def test_a_purchase_is_known_by_its_package() -> None:
    channel = channel_of("recharge.purchase")
    one, two = PurchasePackage(package_id=1), PurchasePackage(package_id=2)
    assert list(channel.content(one)) != list(channel.content(two))
