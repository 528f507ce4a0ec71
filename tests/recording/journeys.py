"""The main job as calls to ClickSend: made against the sandbox to record, and again to play.

A journey decides what to do next by what it was answered, and never looks into the sandbox: any
local ClickSend can be recorded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from bot.clicksend import ClickSend, ClickSendError, Operation, Page
from bot.clicksend.answers import Receipt
from bot.clicksend.operations.account import GetAccount, GetUsage
from bot.clicksend.operations.email_campaigns import ListEmailCampaigns
from bot.clicksend.operations.fax import FaxMessage, ListFaxReceipts, PriceFax, SendFax
from bot.clicksend.operations.mms_campaigns import ListMmsCampaigns
from bot.clicksend.operations.recharge import ListPackages
from bot.clicksend.operations.sms import (
    ListSmsReceipts,
    MarkSmsReceiptsRead,
    PriceSms,
    SendSms,
    SmsMessage,
)
from bot.clicksend.operations.sms_campaigns import (
    CancelSmsCampaign,
    GetSmsCampaign,
    ListSmsCampaigns,
)
from bot.clicksend.operations.uploads import Convert, UploadMedia
from bot.clicksend.operations.voice import ListVoiceReceipts

YEAR, MONTH = 2026, 3
"""The month whose usage is asked for; the sandbox's clock stands in it while it is recorded."""

Wait: TypeAlias = Callable[[float], None]
Facts: TypeAlias = Mapping[str, object]
Journey: TypeAlias = Callable[[ClickSend, Wait], Awaitable[Facts]]


async def balance(client: ClickSend, wait: Wait) -> Facts:
    """What `/balance` asks: the account, and what the balance buys."""
    del wait
    account = await client.run(GetAccount())
    packages = await client.run(ListPackages())
    return {"left": account.balance is not None, "packages": len(packages.packages) > 0}


async def usage(client: ClickSend, wait: Wait) -> Facts:
    """What `/usage` asks: a month, and the month before."""
    del wait
    months = [await client.run(GetUsage(year=YEAR, month=MONTH - back)) for back in (0, 1)]
    return {"sms": [month.sms_total is not None for month in months]}


async def sms(client: ClickSend, wait: Wait) -> Facts:
    """An SMS priced and sent to a good and to an impossible number, and the balance after it."""
    del wait
    messages = (
        SmsMessage(to="+61411111111", body="Your appointment is at 9.", custom_string="cs-1"),
        SmsMessage(to="+61422222222", body="Grüße, bis morgen – €5 {frei}", custom_string="cs-2"),
        SmsMessage(to="+000", body="Nobody gets this.", custom_string="cs-3"),
    )
    before = await client.run(GetAccount())
    priced = await client.run(PriceSms(messages=messages))
    sent = await client.run(SendSms(messages=messages))
    after = await client.run(GetAccount())
    assert before.balance is not None
    assert after.balance is not None
    return {
        "accepted": [outcome.accepted for outcome in sent.messages],
        "costs what was said": before.balance - after.balance == priced.total_price,
    }


async def fax(client: ClickSend, wait: Wait) -> Facts:
    """A file uploaded, and priced and sent as a fax."""
    del wait
    uploaded = await client.run(UploadMedia.of(b"%PDF-1.4 a letter", Convert.FAX))
    messages = (FaxMessage(to="+61261111111", custom_string="cs-1"),)
    priced = await client.run(PriceFax(file_url=uploaded.url, messages=messages))
    sent = await client.run(SendFax(file_url=uploaded.url, messages=messages))
    return {
        "accepted": [outcome.accepted for outcome in sent.messages],
        "price": priced.total_price > 0,
    }


async def campaigns(client: ClickSend, wait: Wait) -> Facts:
    """The three lists; an SMS campaign looked at, cancelled, and refused a second time."""
    del wait
    lists: tuple[Operation[Page[object]], ...] = (
        ListSmsCampaigns(),
        ListMmsCampaigns(),
        ListEmailCampaigns(),
    )
    for each in lists:
        await client.run(each)
    page = await client.run(ListSmsCampaigns())
    numbers = [one.sms_campaign_id for one in page.data if one.status == "Scheduled"]
    number = next(number for number in numbers if number is not None)
    shown = await client.run(GetSmsCampaign(sms_campaign_id=number))
    await client.run(CancelSmsCampaign(sms_campaign_id=number))
    again = await client.run(GetSmsCampaign(sms_campaign_id=number))
    return {"status": [shown.status, again.status]}


async def refusals(client: ClickSend, wait: Wait) -> Facts:
    """What cannot be done: a campaign that is not there, read and cancelled."""
    del wait
    refused = []
    for operation in (GetSmsCampaign(sms_campaign_id=9), CancelSmsCampaign(sms_campaign_id=9)):
        try:
            await client.run(operation)
        except ClickSendError as error:
            refused.append((type(error).__name__, error.ambiguous))
    return {"refused": refused}


async def receipts(client: ClickSend, wait: Wait) -> Facts:
    """Receipts of every kind: none yet, one after a while, none again once they are read."""
    await client.run(SendSms(messages=(SmsMessage(to="+61411111111", body="Hello"),)))
    seen: list[int] = []
    read: tuple[Receipt, ...] = ()
    for step in range(3):
        page = await client.run(ListSmsReceipts())
        read = tuple(page.data) or read
        seen.append(len(page.data))
        if step == 1:
            await client.run(MarkSmsReceiptsRead())
        wait(3600)
    await client.run(ListFaxReceipts())
    await client.run(ListVoiceReceipts())
    return {"seen": seen, "codes": [receipt.status_code for receipt in read]}


JOURNEYS: Mapping[str, Journey] = {
    each.__name__: each for each in (balance, usage, sms, fax, campaigns, refusals, receipts)
}
