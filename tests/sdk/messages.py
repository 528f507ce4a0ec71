"""SMS, MMS, voice, fax, and campaigns of the first two."""

from typing import Any

from clicksend_client import (
    DateBefore,
    FaxMessage,
    FaxMessageCollection,
    MmsCampaign,
    MmsMessage,
    MmsMessageCollection,
    SmsCampaign,
    SmsMessage,
    SmsMessageCollection,
    Url,
    VoiceMessage,
    VoiceMessageCollection,
)

from tests.sdk.desk import Desk

TO, PDF, GIF = "+61491570157", "http://example.com/a.pdf", "http://example.com/a.gif"
_TEST_URL = "http://example.com/hook"


def play(desk: Desk) -> None:
    """Price, send, cancel, list, export and read the receipts of each channel."""
    _sms(desk)
    _inbound(desk)
    _mms(desk)
    _voice(desk)
    _fax(desk)
    _sms_campaign(desk)
    _mms_campaign(desk)
    for kind in ("sms", "voice"):
        desk.do("StatisticsApi", f"statistics_{kind}_get")


def _one(desk: Desk, data: Any) -> Any:
    """The only message of a batch, which was taken."""
    (found,) = data["messages"]
    desk.expect(f"{found} is taken", holds=found["status"] == "SUCCESS")
    return found


def _sms(desk: Desk) -> None:
    api = "SMSApi"
    message = SmsMessage(body="Hi", to=TO, _from="Harbour", custom_string="sdk-1")
    batch = SmsMessageCollection(messages=[message])
    priced = _one(desk, desk.do(api, "sms_price_post", batch))
    sent = _one(desk, desk.do(api, "sms_send_post", batch))
    desk.expect("a price is kept", holds=sent["message_price"] == priced["message_price"])
    desk.settle()
    history = desk.do(api, "sms_history_get", q="custom_string:sdk-1")["data"]
    desk.expect("a message is in the history", holds=len(history) == 1)
    desk.do(api, "sms_history_export_get", "sms.csv")
    desk.do(api, "sms_receipts_get")
    desk.do(api, "sms_receipts_by_message_id_get", sent["message_id"])
    desk.do(api, "sms_receipts_post", Url(url=_TEST_URL))
    desk.do(api, "sms_receipts_read_put", date_before=DateBefore(date_before=desk.later()))
    left = desk.ask(api, "sms_receipts_get")
    desk.expect("read receipts are gone", holds=left["total"] == 0)
    _scheduled(desk, api, "sms", batch)


def _scheduled(desk: Desk, api: str, kind: str, batch: Any) -> None:
    """Schedule it twice; cancel one, then all."""
    batch.messages[0].schedule = desk.later()
    number = _one(desk, desk.do(api, f"{kind}_send_post", batch))["message_id"]
    desk.do(api, f"{kind}_send_post", batch)
    desk.do(api, f"{kind}_cancel_by_message_id_put", number)
    desk.gone(api, f"{kind}_cancel_by_message_id_put", number)
    count = desk.do(api, f"{kind}_cancel_all_put")["count"]
    desk.expect("one was left to cancel", holds=count == 1)


def _inbound(desk: Desk) -> None:
    api = "SMSApi"
    desk.control("text", {"from": TO, "body": "Thanks"})
    made = desk.do(api, "sms_inbound_post", Url(url=_TEST_URL))
    listed = desk.do(api, "sms_inbound_get")["data"]
    desk.expect("two messages came in", holds=len(listed) == 2)
    desk.do(api, "sms_inbound_read_by_message_id_put", made["message_id"])
    desk.do(api, "sms_inbound_read_put", date_before=DateBefore(date_before=desk.later()))
    left = desk.ask(api, "sms_inbound_get")
    desk.expect("read messages are gone", holds=left["total"] == 0)


def _mms(desk: Desk) -> None:
    api = "MMSApi"
    message = MmsMessage(to=TO, body="Look", subject="Cat", _from="Harbour", custom_string="m")
    batch = MmsMessageCollection(media_file=GIF, messages=[message])
    _one(desk, desk.do(api, "mms_price_post", batch))
    _one(desk, desk.do(api, "mms_send_post", batch))
    desk.settle()
    desk.do(api, "mms_history_get")
    desk.do(api, "mms_history_export_get", "mms.csv")
    receipts = desk.do(api, "mms_receipts_get")
    desk.expect("an MMS has its receipt", holds=receipts["total"] == 1)
    desk.do(api, "mms_receipts_read_put", date_before=DateBefore(date_before=desk.later()))
    desk.expect("it is read", holds=desk.do(api, "mms_receipts_get")["total"] == 0)


def _voice(desk: Desk) -> None:
    api = "VoiceApi"
    desk.do(api, "voice_lang_get")
    message = VoiceMessage(
        to=TO, body="Hello", voice="female", custom_string="v", country="AU", lang="en-au"
    )
    batch = VoiceMessageCollection(messages=[message])
    _one(desk, desk.do(api, "voice_price_post", batch))
    _one(desk, desk.do(api, "voice_send_post", batch))
    desk.settle()
    desk.do(api, "voice_history_get")
    desk.do(api, "voice_history_export_get", "voice.csv")
    desk.do(api, "voice_receipts_get")
    desk.do(api, "voice_receipts_post", Url(url=_TEST_URL))
    desk.do(api, "voice_receipts_read_put", date_before=DateBefore(date_before=desk.later()))
    _scheduled(desk, api, "voice", batch)


def _fax(desk: Desk) -> None:
    api = "FAXApi"
    message = FaxMessage(to="+61255501234", _from="+61261111111", custom_string="f")
    batch = FaxMessageCollection(messages=[message], file_url=PDF)
    _one(desk, desk.do(api, "fax_price_post", batch))
    sent = _one(desk, desk.do(api, "fax_send_post", batch))
    desk.settle()
    desk.do(api, "fax_history_get")
    desk.do(api, "fax_receipts_get")
    desk.do(api, "fax_receipts_by_message_id_get", sent["message_id"])
    desk.do(api, "fax_receipts_post", Url(url=_TEST_URL))
    desk.do(api, "fax_receipts_read_put", date_before=DateBefore(date_before=desk.later()))


def _sms_campaign(desk: Desk) -> None:
    api = "SmsCampaignApi"
    campaign = SmsCampaign(list_id=428, name="News", body="Hi (First Name)", _from="Harbour")
    desk.do(api, "sms_campaigns_price_post", campaign)
    campaign.schedule = desk.later()
    number = desk.do(api, "sms_campaigns_send_post", campaign)["sms_campaign_id"]
    campaign.name = "Newer"
    desk.do(api, "sms_campaigns_by_sms_campaign_id_put", number, campaign)
    shown = desk.do(api, "sms_campaign_by_sms_campaign_id_get", number)
    desk.expect("a campaign is renamed", holds=shown["name"] == "Newer")
    desk.do(api, "sms_campaigns_get")
    desk.do(api, "sms_campaigns_cancel_by_sms_campaign_id_put", number)
    desk.gone(api, "sms_campaigns_cancel_by_sms_campaign_id_put", number)


def _mms_campaign(desk: Desk) -> None:
    api = "MmsCampaignApi"
    campaign = MmsCampaign(
        list_id=428, name="News", body="Look", _from="Harbour", subject="Cat", media_file=GIF
    )
    desk.do(api, "mms_campaigns_price_post", campaign)
    campaign.schedule = desk.later()
    number = desk.do(api, "mms_campaigns_send_post", campaign)["mms_campaign_id"]
    campaign.name = "Newer"
    desk.do(api, "mms_campaigns_by_mms_campaign_id_put", number, campaign)
    shown = desk.do(api, "mms_campaign_by_mms_campaign_id_get", number)
    desk.expect("a campaign is renamed", holds=shown["name"] == "Newer")
    desk.do(api, "mms_campaigns_get")
    desk.do(api, "mms_campaigns_cancel_by_mms_campaign_id_put", number)
    desk.gone(api, "mms_campaigns_cancel_by_mms_campaign_id_put", number)
