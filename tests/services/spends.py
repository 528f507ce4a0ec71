"""One send of every operation that spends, and what ClickSend answers and keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clicksend.operations.email import EmailRecipient, EmailSender, SendEmail
from bot.clicksend.operations.email_campaigns import SendEmailCampaign, UpdateEmailCampaign
from bot.clicksend.operations.fax import FaxMessage, SendFax
from bot.clicksend.operations.letters import SendLetter
from bot.clicksend.operations.mms import MmsMessage, SendMms
from bot.clicksend.operations.mms_campaigns import SendMmsCampaign, UpdateMmsCampaign
from bot.clicksend.operations.numbers import BuyNumber
from bot.clicksend.operations.postcards import SendPostcard
from bot.clicksend.operations.recharge import PurchasePackage
from bot.clicksend.operations.reseller import TransferCredit
from bot.clicksend.operations.sms import SendSms, SmsMessage
from bot.clicksend.operations.sms_campaigns import SendSmsCampaign, UpdateSmsCampaign
from bot.clicksend.operations.voice import SendVoice, Voice, VoiceMessage
from bot.clicksend.post import PostRecipient
from bot.services.channels import SendOperation
from tests.app.world import FakeClickSend
from tests.services.pipeline import Clock, page

TO, TWO = "+61411111111", "+61422222222"
FILE = "https://files.example.com/a.pdf"
Record = Callable[[Any, datetime], list[dict[str, Any]]]


@dataclass(frozen=True)
class Spend:
    """One send.

    Attributes:
        operation: The send.
        price: The data of the price operation's answer, by operation id.
        answer: Makes the data of the send's answer from its body.
        history: The operation that shows what became of it; empty where none does.
        records: Makes what the history has of it from its body, and the time.
        shape: Makes the history's data of its records.
    """

    operation: SendOperation
    price: dict[str, Any]
    answer: Callable[[Any], Any]
    history: str = ""
    records: Record = lambda _, __: []
    shape: Callable[..., Any] = page

    @property
    def id(self) -> str:
        return self.operation.route.id

    def install(self, fake: FakeClickSend, now: datetime, *, kept: int = 1) -> None:
        """Have the fake answer to it, and keep it in the history so many times."""
        fake.answers.update(self.price)

        def take(body: Any) -> Any:
            if self.history:
                fake.answers[self.history] = self.shape(*(self.records(body, now) * kept))
            return self.answer(body)

        fake.answers[self.id] = take
        if self.history:
            fake.answers[self.history] = self.shape()


def _batch(field: str) -> Callable[[Any], Any]:
    """What a send or its price answers, whatever the batch is called."""

    def answer(body: Any) -> Any:
        outcomes = [
            {
                **each,
                "status": "SUCCESS",
                "message_id": f"M{index}",
                "message_parts": 1,
                "message_pages": 1,
                "post_pages": 1,
                "message_price": "0.50",
                "post_price": "0.50",
            }
            for index, each in enumerate(body[field])
        ]
        return {"total_price": f"{len(outcomes) * 0.5:.2f}", field: outcomes}

    return answer


def _sent_messages(body: Any, now: datetime) -> list[dict[str, Any]]:
    at = int(now.timestamp())
    return [
        {**each, "message_id": f"M{index}", "status": "Sent", "message_price": "0.50", "date": at}
        for index, each in enumerate(body["messages"])
    ]


def _messages(operation: SendOperation) -> Spend:
    family = operation.route.id.partition(".")[0]
    answer = _batch("messages")
    return Spend(
        operation, {f"{family}.price": answer}, answer, f"{family}.history", _sent_messages
    )


def _posted(body: Any, now: datetime) -> list[dict[str, Any]]:
    at = int(now.timestamp())
    return [
        {
            **each,
            "address_city": each["address_city"].upper(),
            "message_id": f"P{index}",
            "status": "Queued:Stamped",
            "post_price": "0.50",
            "date_added": at,
        }
        for index, each in enumerate(body["recipients"])
    ]


def _post(operation: SendOperation) -> Spend:
    family = operation.route.id.partition(".")[0]
    answer = _batch("recipients")
    return Spend(operation, {f"{family}.price": answer}, answer, f"{family}.history", _posted)


def _mailed(body: Any, now: datetime) -> list[dict[str, Any]]:
    at = int(now.timestamp())
    sender = body["from"]["email_address_id"]
    return [
        {"to": body["to"], "cc": body.get("cc"), "bcc": None, "subject": body["subject"],
         "from_email_address_id": sender, "message_id": "E1", "price": "0.0822",
         "status": "Queued:WaitSend", "date_added": at}
    ]  # fmt: skip


def _campaign(operation: SendOperation, number: str, kind: str) -> Spend:
    """A campaign that is sent, or one that is changed: a list of all, or the one itself."""
    price = {"total_count": 120, "total_price": "8.40", "data": None}

    def record(body: Any) -> dict[str, Any]:
        return {number: 7, "name": body["name"], "list_id": 428, "status": "Queued"}

    def answer(body: Any) -> Any:
        whole = kind == "email_campaigns" and operation.route.id.endswith("send")
        return {"total_price": "8.40", "data": record(body)} if whole else record(body)

    changed = operation.route.id.endswith("update")
    untouched = {number: 7, "name": "Before", "list_id": 428}
    return Spend(
        operation,
        {f"{kind}.price": price},
        answer,
        f"{kind}.get" if changed else f"{kind}.list",
        lambda body, _: [record(body)],
        (lambda *found: found[-1] if found else untouched) if changed else page,
    )


_WORDS: dict[str, Any] = {
    "list_id": 428,
    "name": "Spring sale",
    "body": "Hi. Reply STOP to opt out",
}
_MMS: dict[str, Any] = {
    **_WORDS,
    "subject": "Sale",
    "media_file": "https://files.example.com/a.gif",
}
_MAIL: dict[str, Any] = {
    **_WORDS,
    "subject": "Sale",
    "from_email_address_id": 2,
    "from_name": "Harbour",
}
_ADDRESS: dict[str, Any] = {
    "address_line_1": "130 Example Drive",
    "address_city": "Perth",
    "address_state": "WA",
    "address_postal_code": "11111",
    "address_country": "AU",
    "return_address_id": 1,
}
_PEOPLE = (
    PostRecipient(address_name="Ada Example", **_ADDRESS),
    PostRecipient(address_name="Eve Example, of the house with the longest name", **_ADDRESS),
)
_NUMBER = "+61411111111"
_CLIENT = {"user_id": 42, "username": "client", "balance": "170.72"}

ALL = (
    _messages(SendSms(messages=(SmsMessage(to=TO, body="Hi"), SmsMessage(to=TWO, body="Hi")))),
    _messages(
        SendMms(
            media_file="https://files.example.com/a.gif",
            messages=(MmsMessage(to=TO, subject="Sale", body="Hi"),),
        )
    ),
    _messages(SendVoice(messages=(VoiceMessage(to=TO, body="Hi", voice=Voice.FEMALE),))),
    _messages(SendFax(file_url=FILE, messages=(FaxMessage(to="+61261111111"),))),
    Spend(
        SendEmail(
            to=(EmailRecipient(email="test1@test.com"),),
            cc=(EmailRecipient(email="test2@test.com", name="Two"),),
            from_=EmailSender(email_address_id=2),
            subject="Hello",
            body="<p>Hi</p>",
        ),
        {"email.price": page({"price": "0.0822", "to": [{"email": "test1@test.com"}]})},
        lambda body: _mailed(body, Clock().now)[0],
        "email.history",
        _mailed,
    ),
    _post(SendLetter(file_url=FILE, recipients=_PEOPLE, colour=True)),
    _post(SendPostcard(file_urls=(FILE,), recipients=_PEOPLE)),
    _campaign(SendSmsCampaign(**_WORDS), "sms_campaign_id", "sms_campaigns"),
    _campaign(SendMmsCampaign(**_MMS), "mms_campaign_id", "mms_campaigns"),
    _campaign(SendEmailCampaign(**_MAIL), "email_campaign_id", "email_campaigns"),
    _campaign(UpdateSmsCampaign(sms_campaign_id=7, **_WORDS), "sms_campaign_id", "sms_campaigns"),
    _campaign(UpdateMmsCampaign(mms_campaign_id=7, **_MMS), "mms_campaign_id", "mms_campaigns"),
    _campaign(
        UpdateEmailCampaign(email_campaign_id=7, **_MAIL), "email_campaign_id", "email_campaigns"
    ),
    Spend(
        PurchasePackage(package_id=1),
        {
            "recharge.packages": {
                "packages": [{"package_id": 1, "package_price": "20.00"}],
                "_currency": {"currency_name_short": "AUD"},
            }
        },
        lambda _: {"user_id": 1, "amount": "20.00", "currency": "AUD"},
        "recharge.transactions",
        lambda _, now: [
            {
                "invoice_number": "I1",
                "amount": "20.00",
                "currency": "AUD",
                "date": int(now.timestamp()),
            }
        ],
    ),
    Spend(
        BuyNumber(dedicated_number=_NUMBER),
        {"numbers.search": page({"dedicated_number": _NUMBER, "price_total": "20.71"})},
        lambda _: {"dedicated_number": _NUMBER, "price_total": "20.71"},
        "numbers.list",
        lambda _, __: [{"dedicated_number": _NUMBER, "country": "AU"}],
    ),
    Spend(
        TransferCredit(client_user_id=42, balance=6, currency="AUD"),
        {"reseller.get": _CLIENT},
        lambda _: _CLIENT,
    ),
)
"""Every one of them."""
