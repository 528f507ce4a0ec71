"""Messages of every kind: their limits, their choices, and the odd answers to them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.clicksend import Operation
from bot.clicksend.operations.email import (
    EmailFile,
    EmailPrice,
    EmailRecipient,
    EmailSender,
    SendEmail,
)
from bot.clicksend.operations.email_addresses import (
    DeleteEmailAddress,
    SendEmailVerification,
    VerifyEmailAddress,
)
from bot.clicksend.operations.email_campaigns import (
    ExportEmailCampaignHistory,
    ListEmailCampaignHistory,
)
from bot.clicksend.operations.email_to_sms import DeleteStrippedString, GetStrippedString
from bot.clicksend.operations.letters import CancelLetter, DetectAddress, PriceLetter, SendLetter
from bot.clicksend.operations.master_email_templates import ListTemplatesInCategory
from bot.clicksend.operations.mms import ListMmsHistory, MmsMessage, MmsOutcome, SendMms
from bot.clicksend.operations.postcards import CancelPostcard, SendPostcard
from bot.clicksend.operations.return_addresses import DeleteReturnAddress, UpdateReturnAddress
from bot.clicksend.operations.sms_campaigns import UpdateSmsCampaign
from bot.clicksend.operations.timezones import ListTimezones
from bot.clicksend.operations.uploads import LARGEST_MEDIA, Convert, UploadMedia
from bot.clicksend.operations.voice import (
    CancelVoice,
    Language,
    ListVoiceHistory,
    ListVoiceLanguages,
    SendVoice,
    Voice,
    VoiceMessage,
)
from bot.clicksend.post import PostRecipient
from tests.clicksend import peer
from tests.clicksend.conftest import Connect
from tests.clicksend.peer import Peer

NUMBER = "+61411111111"
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)

mms = MmsMessage(to=NUMBER, subject="s" * 20, body="b" * 1500)
call = VoiceMessage(to=NUMBER, body="b" * 1200, voice=Voice.FEMALE)
address: dict[str, Any] = {
    "address_name": "John Doe",
    "address_line_1": "123 Main Street",
    "address_city": "Perth",
    "address_state": "WA",
    "address_postal_code": "11111",
    "address_country": "AU",
    "return_address_id": 1,
}
neighbour = PostRecipient(**address)
mail: dict[str, Any] = {
    "to": (EmailRecipient(email="test1@test.com"),),
    "from_": EmailSender(email_address_id=1),
    "body": "<p>Hello</p>",
}
file: dict[str, Any] = {
    "content": "R0lG",
    "type": "image/gif",
    "filename": "a.gif",
    "disposition": "inline",
    "content_id": "a",
}


def spoken(**fields: Any) -> VoiceMessage:
    return VoiceMessage(**{"to": NUMBER, "body": "b", "voice": Voice.MALE, **fields})


def body(operation: Operation[Any]) -> Any:
    return json.loads(operation.wire().body or b"null")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (lambda: MmsMessage(to=NUMBER, subject="s" * 21, body="b"), "subject"),
        (lambda: MmsMessage(to=NUMBER, subject="", body="b"), "subject"),
        (lambda: MmsMessage(to=NUMBER, subject="s", body="b" * 1501), "body"),
        (lambda: MmsMessage(subject="s", body="b"), "either to or list_id"),
        (lambda: SendMms(media_file="https://a.invalid/a.gif", messages=()), "messages"),
        (lambda: SendMms(media_file="https://a.invalid/a.gif", messages=(mms,) * 1001), "messages"),
        (lambda: SendMms(media_file="", messages=(mms,)), "media_file"),
        (lambda: UploadMedia.of(b"x" * (LARGEST_MEDIA + 1), Convert.MMS), "an MMS takes 250 kB"),
        (lambda: spoken(body="b" * 1201), "body"),
        (lambda: spoken(list_id=1), "either to or list_id"),
        (lambda: spoken(voice="robot"), "voice"),
        (lambda: spoken(lang="xx-xx"), "lang"),
        (lambda: spoken(country="Australia"), "country"),
        (lambda: spoken(require_input=2), "require_input"),
        (lambda: SendVoice(messages=(call,) * 1001), "messages"),
        (lambda: SendEmail(**{**mail, "to": ()}), "to"),
        (lambda: SendEmail(**{**mail, "body": ""}), "body"),
        (lambda: EmailFile(**{**file, "content": "no base64!"}), "content"),
        (lambda: EmailFile(**{**file, "disposition": "beside"}), "disposition"),
        (lambda: SendLetter(file_url="https://a.invalid/a.pdf", recipients=()), "recipients"),
        (lambda: SendPostcard(file_urls=(), recipients=(neighbour,)), "file_urls"),
        (lambda: SendPostcard(file_urls=("a", "b", "c"), recipients=(neighbour,)), "file_urls"),
        (lambda: SendPostcard(file_urls=("a", ""), recipients=(neighbour,)), "file_urls.1"),
        (lambda: PostRecipient(**{**address, "address_country": "Australia"}), "address_country"),
        (lambda: PostRecipient(**{**address, "address_state": None}), "address_state"),
        (lambda: DetectAddress(content=None), "either content or address"),
        (lambda: DetectAddress(content="R0lG", address="1 Main St"), "either content or address"),
        (lambda: DetectAddress(content="no base64!"), "content"),
        (
            lambda: UpdateSmsCampaign(sms_campaign_id=1, list_id=1, name="n", body="smsu.io/xxxxx"),
            "need each other",
        ),
        (lambda: ListTimezones(limit=101), "limit"),
        (lambda: ListTimezones.model_validate({"q": "Perth"}), "q"),
        (lambda: ListMmsHistory(date_from=LATE, date_to=EARLY), "date_from"),
        (lambda: ListVoiceHistory(date_from=LATE, date_to=EARLY), "date_from"),
        (
            lambda: ExportEmailCampaignHistory(email_campaign_id=1, date_from=LATE, date_to=EARLY),
            "date_from",
        ),
    ],
)
def test_what_the_api_would_refuse_or_cut_is_refused_here(wrong: Any, where: str) -> None:
    with pytest.raises(ValidationError) as caught:
        wrong()

    (error,) = caught.value.errors()
    assert where == ".".join(map(str, error["loc"])) or where in error["msg"]


def test_the_limits_themselves_are_allowed() -> None:
    assert len(SendMms(media_file="https://a.invalid/a.gif", messages=(mms,) * 1000).messages)
    assert len(SendVoice(messages=(call,) * 1000).messages)
    assert UploadMedia.of(b"x" * LARGEST_MEDIA, Convert.MMS)
    assert UploadMedia.of(b"x" * (LARGEST_MEDIA + 1), Convert.FAX)
    assert SendPostcard(file_urls=("front", "back"), recipients=(neighbour,))


@given(st.integers(LARGEST_MEDIA - 4, LARGEST_MEDIA + 4))
def test_the_size_of_media_is_the_size_of_its_bytes(size: int) -> None:
    try:
        UploadMedia.of(b"x" * size, Convert.MMS)
    except ValidationError as error:
        assert f"has {size:,} bytes" in str(error)  # noqa: PT017 - allowed sizes raise nothing
        assert size > LARGEST_MEDIA
    else:
        assert size <= LARGEST_MEDIA


@pytest.mark.parametrize("lang", Language)
@pytest.mark.parametrize("voice", Voice)
def test_a_language_is_spoken_by_its_voices_only(lang: Language, voice: Voice) -> None:
    if voice in lang.voices:
        assert VoiceMessage(to=NUMBER, body="b", voice=voice, lang=lang).lang is lang
    else:
        with pytest.raises(ValidationError, match=f"{lang} has no {voice} voice"):
            VoiceMessage(to=NUMBER, body="b", voice=voice, lang=lang)


def test_the_languages_are_the_documented_ones() -> None:
    assert len(Language) == 23
    assert Language.EN_AU.voices == (Voice.FEMALE, Voice.MALE)
    assert {one for one in Language if one.voices == (Voice.MALE,)} == {Language.PT_PT}
    assert len([one for one in Language if one.voices == (Voice.FEMALE,)]) == 6


def test_a_flag_is_one_or_zero_on_the_wire_and_survives_storage() -> None:
    sent = VoiceMessage(
        to=NUMBER, body="b", voice=Voice.FEMALE, require_input=True, machine_detection=False
    )
    (message,) = body(SendVoice(messages=(sent,)))["messages"]

    assert (message["require_input"], message["machine_detection"]) == (1, 0)
    assert type(message["require_input"]) is int
    assert VoiceMessage.model_validate(sent.model_dump(mode="json")) == sent


def test_what_is_not_chosen_is_not_sent() -> None:
    letter = PriceLetter(file_url="https://a.invalid/a.pdf", recipients=(neighbour,))
    (recipient,) = body(letter)["recipients"]

    assert set(body(letter)) == {"file_url", "recipients"}
    assert "address_line_2" not in recipient
    assert "schedule" not in recipient


def test_an_email_names_its_sender_by_id() -> None:
    assert body(SendEmail(**mail, subject="Hello"))["from"] == {"email_address_id": 1}
    assert body(SendEmail(**mail))["to"] == [{"email": "test1@test.com"}]


@pytest.mark.parametrize(
    ("operation", "method", "target"),
    [
        (CancelVoice(message_id="A/B"), "PUT", "/voice/A%2FB/cancel"),
        (CancelLetter(message_id="A"), "PUT", "/post/letters/A/cancel"),
        (CancelPostcard(message_id="A"), "PUT", "/post/postcards/A/cancel"),
        (SendEmailVerification(email_address_id=5), "PUT", "/email/address-verify/5/send"),
        (
            VerifyEmailAddress(email_address_id=5, activation_token="a?b"),
            "PUT",
            "/email/address-verify/5/verify/a%3Fb",
        ),
        (
            ListTemplatesInCategory(category_id=4, page=2),
            "GET",
            "/email/master-templates-categories/4/master-templates?page=2",
        ),
        (
            ListEmailCampaignHistory(email_campaign_id=7, date_from=EARLY, limit=15),
            "GET",
            "/email-campaigns/7/history?date_from=1767225600&limit=15",
        ),
    ],
)
def test_an_id_is_in_the_path_and_there_is_no_body(
    operation: Operation[Any], method: str, target: str
) -> None:
    wire = operation.wire()

    assert (wire.method, wire.body) == (method, None)
    assert sorted(wire.target.split("&")) == sorted(target.split("&"))


def test_an_update_has_its_id_in_the_path_only() -> None:
    update = UpdateReturnAddress(**{**address, "return_address_id": 4})

    assert update.wire().target == "/post/return-addresses/4"
    assert "return_address_id" not in body(update)
    assert body(update)["address_city"] == "Perth"


@pytest.mark.parametrize("nothing", [[], None, True, {}, {"deleted": 1}, "Deleted."])
@pytest.mark.parametrize(
    "operation",
    [
        CancelVoice(message_id="A"),
        CancelLetter(message_id="A"),
        CancelPostcard(message_id="A"),
        DeleteReturnAddress(return_address_id=4),
        DeleteEmailAddress(email_address_id=4),
        DeleteStrippedString(rule_id=4),
        SendEmailVerification(email_address_id=4),
    ],
)
async def test_a_delete_or_cancel_may_answer_anything(
    connect: Connect, operation: Operation[Any], nothing: Any
) -> None:
    async with Peer([peer.ok(nothing)]) as there:
        assert await connect(there.url).run(operation) == nothing


@pytest.mark.parametrize("nothing", [[], None, ""])
async def test_an_empty_list_is_empty_however_it_is_spelled(connect: Connect, nothing: Any) -> None:
    async with Peer([peer.ok(nothing)] * 3) as there:
        client = connect(there.url)

        assert await client.run(ListTimezones()) == ()
        assert await client.run(ListVoiceLanguages()) == ()
        assert (await client.run(ListMmsHistory())).data == ()


async def test_an_empty_answer_to_a_list_is_an_empty_list(connect: Connect) -> None:
    async with Peer([peer.answer(204, raw=b"")] * 2) as there:
        client = connect(there.url)

        assert await client.run(ListTimezones()) == ()
        assert await client.run(DeleteReturnAddress(return_address_id=4)) is None


async def test_a_voice_alone_is_a_list_of_one(connect: Connect) -> None:
    languages = [{"code": "en-in", "gender": "female"}, {"code": "xx", "gender": ""}]
    async with Peer([peer.ok(languages)]) as there:
        first, second = await connect(there.url).run(ListVoiceLanguages())

    assert (first.gender, second.gender) == (("female",), ())


async def test_a_stripped_string_is_read_by_either_name(connect: Connect) -> None:
    texts = [{"rule_id": 1, "strip_string": "a"}, {"rule_id": "2", "stripped_string": "b"}]
    async with Peer([peer.ok(each) for each in texts]) as there:
        client = connect(there.url)
        got = [await client.run(GetStrippedString(rule_id=rule)) for rule in (1, 2)]

    assert [(each.rule_id, each.strip_string) for each in got] == [(1, "a"), (2, "b")]


async def test_a_refused_message_is_not_accepted_although_the_send_is(connect: Connect) -> None:
    batch = {
        "total_price": "0.0000",
        "queued_count": 0,
        "blocked_count": "1",
        "messages": [{"status": "INVALID_RECIPIENT"}],
    }
    async with Peer([peer.ok(batch)]) as there:
        answer = await connect(there.url).run(
            SendMms(media_file="https://a.invalid/a.gif", messages=(mms,))
        )

    assert (answer.total_price, answer.blocked_count) == (Decimal(0), 1)
    assert [outcome.accepted for outcome in answer.messages] == [False]
    assert MmsOutcome(status="SUCCESS").accepted


@pytest.mark.parametrize(
    ("total", "prices", "together"),
    [
        (2, ["0.0822", 0.0178], Decimal("0.1")),
        (2, ["0.0822"], None),
        (2, ["0.0822", None], None),
        (None, ["0.0822"], Decimal("0.0822")),
        (0, [], Decimal(0)),
    ],
)
def test_an_email_has_a_price_only_when_every_part_of_it_has(
    total: int | None, prices: list[Any], together: Decimal | None
) -> None:
    page = {"total": total, "data": [{"price": price} for price in prices]}

    assert EmailPrice.model_validate(page).total_price == together
