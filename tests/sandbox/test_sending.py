"""Messages: what is priced, refused, charged, scheduled, cancelled, delivered and counted."""

import base64
import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import TEST_KEY
from bot.sandbox.clicksend.prices import sms_parts, voice_parts
from tests.sandbox.conftest import Api

# From the range that the Australian regulator keeps for fiction: nobody's, and not for free.
PAID = "+61491570156"
FAILING = "+61411111199"
PDF = "http://example.com/letter.pdf"


async def _send(api: Api, *messages: dict[str, Any]) -> Any:
    return await api.post("/sms/send", {"messages": list(messages)})


async def test_a_price_charges_nothing_and_a_send_charges_that_price(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    message = {"to": PAID, "body": "x" * 161}
    priced = await api.post("/sms/price", {"messages": [message]})
    assert (priced["total_price"], priced["messages"][0]["message_parts"]) == (0.154, 2)
    assert sandbox.state.balance == 100
    assert sandbox.outbox("sms") == []
    sent = await _send(api, message)
    assert sent["total_price"] == priced["total_price"]
    assert sandbox.state.balance == Decimal("99.846")
    assert [each.to for each in sandbox.outbox("sms")] == [PAID]


@pytest.mark.parametrize(
    ("to", "price"), [("+447700900123", "0.0715"), (PAID, "0.0770"), ("+14055550100", "0.0209")]
)
async def test_the_price_is_the_countrys(api: Api, to: str, price: str) -> None:
    found = await api.post("/sms/price", {"messages": [{"to": to, "body": "Hi"}]})
    assert found["messages"][0]["message_price"] == price


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("x" * 5000, 8),
    ],
)
def test_parts_are_counted_by_the_documented_table(body: str, parts: int) -> None:
    assert sms_parts(body) == parts


@pytest.mark.parametrize(("body", "parts"), [("x" * 300, 1), ("x" * 301, 2), ("ж" * 151, 2)])
def test_spoken_parts_are_counted_by_theirs(body: str, parts: int) -> None:
    assert voice_parts(body) == parts


async def test_test_numbers_succeed_and_cost_nothing(api: Api, sandbox: ClickSendSandbox) -> None:
    sent = await _send(api, {"to": "+61411111111", "body": "Hi"})
    assert sent["messages"][0]["status"] == "SUCCESS"
    await api.post("/fax/send", {"file_url": PDF, "messages": [{"to": "+61261111111"}]})
    assert sandbox.state.balance == 100


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"to": "12", "body": "Hi"}, "INVALID_RECIPIENT"),
        ({"to": "+61411111198", "body": "Hi"}, "INVALID_RECIPIENT"),
        ({"to": "+33639980000", "body": "Hi"}, "COUNTRY_NOT_ENABLED"),
        ({"to": PAID, "body": ""}, "EMPTY_MESSAGE"),
        ({"to": PAID, "body": "Hi", "from": "much too long a name"}, "INVALID_SENDER_ID"),
        ({"to": PAID, "body": "Hi", "schedule": "soon"}, "INVALID_SCHEDULE"),
        ({"list_id": 9, "body": "Hi"}, "NOT_ENOUGH_PERMISSION_TO_LIST_ID"),
    ],
)
async def test_what_is_wrong_with_one_message_is_its_own_status_under_http_200(
    api: Api, sandbox: ClickSendSandbox, message: dict[str, Any], status: str
) -> None:
    sent = await _send(api, message, {"to": PAID, "body": "Fine"})
    assert [each["status"] for each in sent["messages"]] == [status, "SUCCESS"]
    assert sent["messages"][0]["message_id"].isupper()
    assert (sent["total_count"], sent["queued_count"]) == (2, 1)
    assert sent["blocked_count"] == (status == "COUNTRY_NOT_ENABLED")
    assert len(sandbox.outbox("sms")) == 1


async def test_credit_that_ends_within_a_batch_refuses_the_rest(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    sandbox.state.balance = Decimal("0.1")
    sent = await _send(api, {"to": PAID, "body": "a"}, {"to": PAID, "body": "b"})
    assert [each["status"] for each in sent["messages"]] == ["SUCCESS", "INSUFFICIENT_CREDIT"]
    assert sandbox.state.balance == Decimal("0.023")


async def test_the_user_without_credit_sends_nothing(api: Api, sandbox: ClickSendSandbox) -> None:
    async with httpx.AsyncClient(auth=("nocredit", TEST_KEY), trust_env=False) as poor:
        sent = await _send(Api(poor, api.url), {"to": PAID, "body": "Hi"})
        assert sent["messages"][0]["status"] == "INSUFFICIENT_CREDIT"
        assert (await Api(poor, api.url).get("/account"))["balance"] == "0.000000"
    assert sandbox.outbox("sms") == []


async def test_more_than_1000_recipients_are_refused_as_a_whole(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    many = [{"to": PAID, "body": "Hi"}] * 1001
    answer = await api.post("/sms/send", {"messages": many}, 400)
    assert answer["response_code"] == "TOO_MANY_RECIPIENTS"
    assert sandbox.outbox("sms") == []


async def test_a_list_stands_for_its_contacts_by_name(api: Api, sandbox: ClickSendSandbox) -> None:
    sent = await _send(api, {"list_id": 428, "body": "Hi (First Name)", "custom_string": "r1"})
    assert [each["to"] for each in sent["messages"]] == [
        "+61411111111",
        "+61422222222",
        "+447777777777",
    ]
    assert [each.body for each in sandbox.outbox("sms")] == ["Hi Ellen", "Hi John", "Hi Grace"]
    history = await api.get("/sms/history", q="custom_string:r1")
    assert {each["list_id"] for each in history["data"]} == {428}


async def test_a_reference_comes_back_in_the_history_and_the_receipt(api: Api) -> None:
    await _send(api, {"to": PAID, "body": "Hi", "custom_string": "ref-7"})
    (found,) = (await api.get("/sms/history", q="custom_string:ref-7"))["data"]
    assert (found["to"], found["status"], found["message_price"]) == (PAID, "Sent", "0.077000")
    (receipt,) = (await api.get("/sms/receipts"))["data"]
    assert (receipt["custom_string"], receipt["status_code"]) == ("ref-7", "201")
    assert receipt["message_id"] == found["message_id"]


async def test_a_receipt_arrives_after_its_delay_and_says_what_failed(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    sandbox.state.delay = 100.0
    await _send(api, {"to": FAILING, "body": "Hi"})
    assert (await api.get("/sms/receipts"))["data"] == []
    assert (await api.get("/sms/history"))["data"][0]["status"] == "Queued"
    sandbox.advance(101)
    (receipt,) = (await api.get("/sms/receipts"))["data"]
    assert (receipt["status_code"], receipt["error_code"]) == ("301", "301")
    assert "Handset absent" in receipt["error_text"]
    assert (await api.get("/sms/history"))["data"][0]["status"] == "Failed"


@pytest.mark.parametrize("kind", ["sms", "voice"])
async def test_a_scheduled_message_waits_and_can_be_cancelled_once(
    api: Api, sandbox: ClickSendSandbox, kind: str
) -> None:
    later = int(sandbox.state.now()) + 3600
    message = {"to": PAID, "body": "Later", "schedule": later}
    sent = await api.post(f"/{kind}/send", {"messages": [message]})
    number = sent["messages"][0]["message_id"]
    waiting = await api.get(f"/{kind}/history", q="status:Scheduled")
    assert [each["message_id"] for each in waiting["data"]] == [number]
    assert sandbox.state.balance < 100
    await api.put(f"/{kind}/{number}/cancel")
    assert sandbox.state.balance == 100
    await api.put(f"/{kind}/{number}/cancel", expect=404)
    sandbox.advance(3601)
    assert [each.status for each in sandbox.outbox(kind)] == ["Cancelled"]


async def test_a_scheduled_message_goes_out_at_its_hour(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    later = int(sandbox.state.now()) + 3600
    sent = await _send(api, {"to": PAID, "body": "Later", "schedule": later})
    sandbox.advance(3602)
    assert [each.status for each in sandbox.outbox("sms")] == ["Sent"]
    number = sent["messages"][0]["message_id"]
    await api.put(f"/sms/{number}/cancel", expect=404)


async def test_cancelling_all_counts_what_was_still_waiting(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    later = int(sandbox.state.now()) + 3600
    scheduled = {"to": PAID, "body": "Later", "schedule": later}
    await _send(api, scheduled, scheduled, {"to": PAID, "body": "Now"})
    assert await api.put("/sms/cancel-all") == {"count": 2}
    assert await api.put("/sms/cancel-all") == {"count": 0}


async def test_an_mms_needs_a_subject_and_a_file(api: Api) -> None:
    message = {"to": PAID, "body": "Look", "subject": "Cat", "from": "Harbour"}
    url = "http://example.com/cat.gif"
    fine = await api.post("/mms/send", {"messages": [message], "media_file": url})
    assert fine["messages"][0]["status"] == "SUCCESS"
    without = await api.post(
        "/mms/send", {"messages": [{**message, "subject": ""}], "media_file": url}
    )
    assert without["messages"][0]["status"] == "SUBJECT_REQUIRED"
    no_file = await api.post("/mms/send", {"messages": [message], "media_file": "cat"})
    assert no_file["messages"][0]["status"] == "INVALID_MEDIA_FILE"
    long = {"messages": [{**message, "subject": "x" * 21}], "media_file": url}
    assert "subject" in (await api.post("/mms/send", long, 400))["response_msg"]


async def test_the_file_of_an_mms_has_250_kilobytes_at_most(api: Api) -> None:
    message = {"to": PAID, "body": "Look", "subject": "Cat"}
    for size, status in ((250_000, "SUCCESS"), (250_001, "INVALID_MEDIA_FILE")):
        content = base64.b64encode(b"GIF8".ljust(size, b"x")).decode()
        upload = await api.post("/uploads", {"content": content, "convert": "mms"})
        batch = {"messages": [message], "media_file": upload["_url"]}
        assert (await api.post("/mms/send", batch))["messages"][0]["status"] == status


async def test_an_attachment_is_kept_and_served(api: Api) -> None:
    email = {
        "to": [{"email": "test1@test.com", "name": "Ada"}],
        "from": {"email_address_id": 2, "name": "Me"},
        "subject": "Hi",
        "body": "Hi",
        "attachments": [{"content": "SGk=", "type": "text/plain", "filename": "a.txt"}],
    }
    sent = await api.post("/email/send", email)
    (kept,) = sent["_attachments"]
    assert (await api.client.get(kept["_attachment_file_url"])).content == b"Hi"
    assert (await api.get("/email/history"))["data"][0]["_attachments"] == [kept]
    spoilt = {**email["attachments"][0], "content": "?"}
    await api.post("/email/send", {**email, "attachments": [spoilt]}, 400)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, "SUCCESS"),
        ({"lang": "tlh"}, "INVALID_LANG"),
        ({"voice": "robot"}, "INVALID_VOICE"),
        ({"lang": "sv-se", "voice": "male"}, "INVALID_VOICE"),
    ],
)
async def test_a_voice_speaks_the_documented_languages(
    api: Api, changed: dict[str, str], status: str
) -> None:
    message = {"to": PAID, "body": "Hello", "lang": "en-au", "voice": "female", **changed}
    sent = await api.post("/voice/send", {"messages": [message]})
    assert sent["messages"][0]["status"] == status


async def test_a_fax_costs_by_the_pages_of_its_upload(api: Api, sandbox: ClickSendSandbox) -> None:
    pdf = b"%PDF-1.4 /Type /Pages /Type /Page /Type /Page /Type /Page"
    response = await api.client.post(
        f"{api.url}/v3/uploads", params={"convert": "fax"}, files={"file": ("a.pdf", pdf)}
    )
    upload = response.json()["data"]
    assert (await api.client.get(upload["_url"])).content == pdf
    sent = await api.post(
        "/fax/send", {"file_url": upload["_url"], "messages": [{"to": "+61255501234"}]}
    )
    assert (sent["messages"][0]["message_pages"], sent["total_price"]) == (3, 0.297)
    sandbox.advance(601)
    assert (await api.client.get(upload["_url"])).status_code == 404


async def test_an_export_downloads_from_the_sandbox_as_csv(api: Api) -> None:
    await _send(api, {"to": PAID, "body": 'A, "b"\nc', "custom_string": "x"})
    made = await api.get("/sms/history/export", filename="mine.csv")
    assert made["url"].endswith("?filename=mine.csv")
    response = await api.client.get(made["url"])
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert rows[0]["body"] == 'A, "b"\nc'
    assert len(rows) == (await api.get("/sms/history"))["total"]


async def test_the_same_text_to_the_same_number_can_be_throttled(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    sandbox.state.throttle = 5.0
    message = {"to": PAID, "body": "Hi"}
    assert (await _send(api, message))["messages"][0]["status"] == "SUCCESS"
    assert (await _send(api, message))["messages"][0]["status"] == "THROTTLED"
    sandbox.advance(6)
    assert (await _send(api, message))["messages"][0]["status"] == "SUCCESS"


async def test_usage_and_statistics_agree_with_what_was_sent(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    async def figures() -> tuple[Any, Any]:
        today = datetime.fromtimestamp(sandbox.state.now(), UTC)
        usage = await api.get(f"/account/usage/{today.year}/{today.month}/subaccount")
        return usage, await api.get("/statistics/sms")

    usage, statistics = await figures()
    await _send(api, {"to": PAID, "body": "x" * 161}, {"to": FAILING, "body": "b"})
    await api.put("/sms/cancel-all")
    sandbox.text_in(PAID, "Thanks")
    used, counted = await figures()
    assert used["sms_total"]["count"] - usage["sms_total"]["count"] == 3
    spent = Decimal(used["sms_total"]["price"]) - Decimal(usage["sms_total"]["price"])
    assert spent == 100 - sandbox.state.balance == Decimal("0.231")
    before, after = statistics["total"], counted["total"]
    assert after["outbound"]["count"] - before["outbound"]["count"] == 2
    assert after["inbound"]["count"] - before["inbound"]["count"] == 1
    assert after["bounced"]["count"] - before["bounced"]["count"] == 1
    assert sum(day["outbound"]["count"] for day in counted["stat"]) == after["outbound"]["count"]
    history = await api.get("/sms/history", limit=100)
    assert after["outbound"]["count"] == history["total"]


async def test_a_letter_is_priced_by_page_colour_and_speed_and_test_codes_are_free(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    person = {
        "address_name": "John Doe",
        "address_line_1": "1 Wharf Street",
        "address_city": "Perth",
        "address_state": "WA",
        "address_postal_code": "6000",
        "address_country": "AU",
        "return_address_id": 4,
    }
    letter = {"file_url": PDF, "recipients": [person], "colour": 0}
    plain = (await api.post("/post/letters/price", letter))["total_price"]
    colour = await api.post("/post/letters/price", {**letter, "colour": 1, "priority_post": 1})
    assert colour["total_price"] > plain
    await api.post("/post/letters/send", letter)
    assert sandbox.state.balance == 100 - Decimal(str(plain))
    free = {**letter, "recipients": [{**person, "address_postal_code": "11111"}]}
    await api.post("/post/letters/send", free)
    assert sandbox.state.balance == 100 - Decimal(str(plain))
    lost = {**letter, "recipients": [{**person, "return_address_id": 99}]}
    await api.post("/post/letters/send", lost, 404)
    assert (await api.get("/post/letters/history"))["total"] == 2


@pytest.mark.parametrize(("files", "status"), [(1, 200), (2, 200), (3, 400)])
async def test_a_postcard_has_one_or_two_files(
    api: Api, sandbox: ClickSendSandbox, files: int, status: int
) -> None:
    person = {
        "address_name": "John Doe",
        "address_line_1": "1 Wharf Street",
        "address_city": "Perth",
        "address_postal_code": "11111",
        "address_country": "AU",
    }
    body = {"file_urls": [PDF] * files, "recipients": [person]}
    await api.post("/post/postcards/send", body, status)
    assert len(sandbox.outbox("postcard")) == (1 if status == 200 else 0)


async def test_what_is_printed_is_made_a_pdf_and_forgotten_after_ten_minutes(
    api: Api, sandbox: ClickSendSandbox
) -> None:
    content = base64.b64encode(b"BM a picture").decode()
    upload = await api.post("/uploads?convert=postcard", {"content": content})
    assert upload["_url"].endswith(".pdf")
    person = {
        "address_name": "Jane Doe",
        "address_line_1": "12 High Street",
        "address_city": "Sydney",
        "address_postal_code": "2000",
        "address_country": "AU",
        "return_address_id": 4,
    }
    card = {"file_urls": [upload["_url"]], "recipients": [person]}
    letter = {"file_url": upload["_url"], "recipients": [person]}
    assert (await api.post("/post/postcards/price", card))["queued_count"] == 1
    priced = await api.post("/post/letters/price", letter)
    assert (priced["total_cost"], priced["recipients"][0]["post_pages"]) == (1, 1)
    sandbox.advance(601)
    await api.get("/account")
    for path, body in (("postcards", card), ("letters", letter)):
        refused = await api.post(f"/post/{path}/price", body, 400)
        assert refused["response_code"] == "INVALID_FILE_URL"


async def test_an_address_is_read_from_the_text_of_a_pdf(api: Api) -> None:
    shown = b"%PDF-1.4 BT (Jane Doe) Tj (12 High Street) Tj (Sydney NSW 2000) Tj ET %%EOF"
    found = {}
    for name, content in (("text", shown), ("none", b"%PDF-1.4 %%EOF")):
        body = {"content": base64.b64encode(content).decode()}
        found[name] = await api.post("/post/letters/detect-address", body)
    assert found["text"]["address_line_1"] == "12 High Street"
    assert found["text"]["address_postal_code"] == "2000"
    assert not any(found["none"].values())
