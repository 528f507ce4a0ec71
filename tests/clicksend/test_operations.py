"""Operations as values: stored and read back, placed on the wire, checked before it."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clicksend import Effect, Operation, Page, UnknownOperation, registry
from bot.clicksend.operation import answer_type
from bot.clicksend.operations.account import GetAccount, GetUsage
from bot.clicksend.operations.fax import FaxMessage, SendFax
from bot.clicksend.operations.lists import ListContactLists
from bot.clicksend.operations.search import SearchContactLists
from bot.clicksend.operations.sms import (
    CancelSms,
    GetSmsReceipt,
    ListSmsHistory,
    MarkSmsReceiptsRead,
    SendSms,
    SmsMessage,
    SmsOutcome,
)
from bot.clicksend.operations.sms_campaigns import SendSmsCampaign
from bot.clicksend.operations.uploads import Convert, UploadMedia
from bot.clicksend.paging import Listing, Paged, Portion
from tests.clicksend import peer
from tests.clicksend.conftest import Connect
from tests.clicksend.examples import example
from tests.clicksend.peer import Peer

DOCUMENTED = {
    entry["id"]: entry
    for entry in json.loads((Path(__file__).parents[1] / "data/operations.json").read_text())
}
SPENDING = {
    "numbers.buy",
    "recharge.purchase",
    "reseller.transfer_credit",
    # A campaign that is changed may go out at once, to more people.
    "sms_campaigns.update",
    "mms_campaigns.update",
    "email_campaigns.update",
}
LOSING = {
    # What they undo has no way back, though they are no DELETE.
    "contacts.remove_opted_out",
    "global_sending.agree",
    "lists.remove_duplicates",
    "voice.cancel_all",
    "sms.cancel_all",
    "subaccounts.regenerate_api_key",
}
AWKWARD = ["a/b", "a b", "ä€", "%2F", "a?b=c&d", "#", "+", "..a", "a;b", "100%", "a:b,c:d", "'\""]

READ_BY_POST = {"price", "detect_address"}
text = st.text(min_size=1, max_size=30)
times = st.datetimes(datetime(1970, 1, 2), datetime(2900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
maybe = {"from_": st.none() | text, "schedule": st.none() | times}
sms = st.builds(
    SmsMessage, to=text, body=text, custom_string=st.none() | text, list_id=st.none(), **maybe
)
values: st.SearchStrategy[Operation[Any]] = st.one_of(
    st.builds(GetAccount),
    st.builds(GetUsage, year=st.integers(2000, 2100), month=st.integers(1, 12)),
    st.builds(SendSms, messages=st.lists(sms, min_size=1, max_size=3).map(tuple)),
    st.builds(ListSmsHistory, date_from=times, date_to=st.none(), q=st.none() | text),
    st.builds(SendSmsCampaign, list_id=st.integers(1), name=text, body=text, **maybe),
    st.builds(CancelSms, message_id=text.filter(lambda t: t not in {".", ".."})),
    st.builds(UploadMedia.of, content=st.binary(min_size=1), convert=st.sampled_from(Convert)),
)


@given(values)
def test_a_value_survives_storage(value: Operation[Any]) -> None:
    stored = json.loads(json.dumps(value.model_dump(mode="json")))
    by_alias = json.loads(value.model_dump_json(by_alias=True, exclude_none=True))

    assert type(value).model_validate(stored) == value
    assert type(value).model_validate(by_alias) == value
    assert type(value).model_validate(stored).wire() == value.wire()


WITHOUT_SECRETS = [id_ for id_ in registry.ids() if "*****" not in repr(example(id_)[0])]


@pytest.mark.parametrize("id_", WITHOUT_SECRETS)
def test_every_documented_value_without_secrets_survives_storage(id_: str) -> None:
    value, _, _ = example(id_)
    read = type(value).model_validate_json(value.model_dump_json())

    assert read == value
    assert read.wire() == value.wire()
    assert hash(read) == hash(value)


@given(values)
def test_a_value_cannot_be_changed(value: Operation[Any]) -> None:
    for name in type(value).model_fields:
        with pytest.raises(ValidationError):
            setattr(value, name, None)


@given(text.filter(lambda t: t not in {".", ".."}))
def test_a_path_field_stays_in_its_place(message_id: str) -> None:
    target = GetSmsReceipt(message_id=message_id).wire().target

    prefix, _, last = target.rpartition("/")
    assert prefix == "/sms/receipts"
    assert unquote(last) == message_id


@pytest.mark.parametrize("message_id", ["", ".", ".."])
def test_a_path_field_cannot_climb(message_id: str) -> None:
    with pytest.raises(ValidationError, match="relative path"):
        GetSmsReceipt(message_id=message_id)


@pytest.mark.parametrize("value", AWKWARD)
async def test_awkward_text_arrives_as_it_was_by_both_ways(connect: Connect, value: str) -> None:
    async with Peer([peer.ok({}), peer.ok([]), peer.ok([])]) as there:
        client = connect(there.url)
        await client.run(GetSmsReceipt(message_id=value))
        await client.run(CancelSms(message_id=value))
        await client.run(SearchContactLists(q=value))

    read, cancel, search = (a.target for a in there.arrivals)
    assert unquote(read.removeprefix("/v3/sms/receipts/")) == value
    assert unquote(cancel.removeprefix("/v3/sms/").removesuffix("/cancel")) == value
    assert cancel.count("/") == 4
    assert dict(parse_qsl(urlsplit(search).query)) == {"q": value}


def test_the_body_is_json_without_what_is_not_given() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    message = SmsMessage(to="+61411111111", body="Hello", from_="Me", schedule=moment)
    wire = SendSms(messages=(message,)).wire()

    assert (wire.method, wire.target) == ("POST", "/sms/send")
    assert json.loads(wire.body or b"") == {
        "messages": [{"to": "+61411111111", "body": "Hello", "from": "Me", "schedule": 1767323045}]
    }


def test_a_named_query_field_leaves_the_body() -> None:
    wire = UploadMedia.of(b"GIF", Convert.FAX).wire()

    assert wire.target == "/uploads?convert=fax"
    assert json.loads(wire.body or b"") == {"content": "R0lG"}


def test_body_fields_that_are_all_missing_leave_an_empty_object() -> None:
    assert MarkSmsReceiptsRead().wire().body == b"{}"
    assert CancelSms(message_id="A").wire().body is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SendSms(messages=()),
        lambda: SendSms(messages=(SmsMessage(to="+61411111111", body="x"),) * 1001),
        lambda: SmsMessage(body="x"),
        lambda: SmsMessage(to="+61411111111", list_id=1, body="x"),
        lambda: SmsMessage(to="+61411111111", body=""),
        lambda: SendFax(file_url="", messages=(FaxMessage(to="+61261111111"),)),
        lambda: SendSmsCampaign(list_id=1, name="n", body="smsu.io/xxxxx"),
        lambda: SendSmsCampaign(list_id=1, name="n", body="b", url_to_shorten="https://a.invalid"),
        lambda: UploadMedia(content="not base64!", convert=Convert.FAX),
        lambda: GetUsage(year=2026, month=13),
        lambda: ListContactLists(limit=10),
        lambda: ListSmsHistory(
            date_from=datetime(2026, 2, 1, tzinfo=UTC), date_to=datetime(2026, 1, 1, tzinfo=UTC)
        ),
    ],
)
def test_what_the_api_would_refuse_is_refused_here(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        wrong()


def test_a_batch_takes_1000() -> None:
    assert len(SendSms(messages=(SmsMessage(list_id=1, body="x"),) * 1000).messages) == 1000


def test_only_success_is_accepted() -> None:
    assert SmsOutcome(status="SUCCESS").accepted
    assert not SmsOutcome(status="INVALID_RECIPIENT").accepted
    assert not SmsOutcome().accepted


def test_an_answer_keeps_what_it_does_not_know() -> None:
    outcome = SmsOutcome.model_validate({"status": "SUCCESS", "_new": 1, "newer": {"a": 2}})

    assert outcome.model_extra == {"_new": 1, "newer": {"a": 2}}


@pytest.mark.parametrize("id_", registry.ids())
def test_a_route_is_the_documented_one(id_: str) -> None:
    cls, documented = registry.operation(id_), DOCUMENTED[id_]

    assert cls.route.id == id_
    assert (cls.route.method, cls.route.path) == (documented["method"], documented["path"])
    assert set(cls.route.in_path) <= set(cls.model_fields)
    assert set(cls.route.query) <= set(cls.model_fields)
    assert cls.__doc__


@pytest.mark.parametrize("id_", registry.ids())
def test_an_effect_is_plausible(id_: str) -> None:
    effect, method = registry.operation(id_).route.effect, DOCUMENTED[id_]["method"]
    name = id_.partition(".")[2]

    assert (effect is Effect.READ) == (method == "GET" or name in READ_BY_POST)
    assert (effect is Effect.SPEND) == (name == "send" or id_ in SPENDING)
    assert (effect is Effect.DESTROY) == (method == "DELETE" or id_ in LOSING)


@pytest.mark.parametrize("id_", registry.ids())
def test_every_page_is_a_listing(id_: str) -> None:
    cls = registry.operation(id_)
    answers = answer_type(cls)
    is_portion = isinstance(answers, type) and issubclass(answers, Portion)

    if id_ == "email.price":  # it looks like a page, and holds the one email that was priced
        assert is_portion
        assert not issubclass(cls, Paged)
        return
    assert is_portion == issubclass(cls, Paged)
    assert issubclass(cls, Listing) == (is_portion and issubclass(answers, Page))


def test_the_families_register_all_they_define() -> None:
    known = registry.ids() + registry.undocumented_ids()
    for id_ in known:
        assert set(registry._family(id_.partition(".")[0])) <= set(known)


def test_an_unknown_operation_is_a_key_error() -> None:
    with pytest.raises(UnknownOperation, match=r"There is no operation sms\.sned\."):
        registry.operation("sms.sned")
    assert issubclass(UnknownOperation, KeyError)


def test_families_are_imported_when_needed() -> None:
    program = (
        "import sys\n"
        "from bot.clicksend import registry\n"
        "registry.ids()\n"
        "registry.operation('countries.list')\n"
        "print(*sorted(m for m in sys.modules if m.startswith('bot.clicksend.operations.')))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ran.stdout.split() == ["bot.clicksend.operations.countries"]
