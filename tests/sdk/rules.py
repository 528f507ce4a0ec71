"""Automations, templates of SMS, email-to-SMS: what is set up once."""

from typing import Any

from clicksend_client import (
    CountryListIds,
    DeliveryReceiptRule,
    EmailSMSAddress,
    InboundFaxRule,
    InboundSMSRule,
    SmsTemplate,
    StrippedString,
)

from tests.sdk.desk import Desk

_RECEIPTS = {
    "SMSDeliveryReceiptRulesApi": "sms_delivery_receipt_automation",
    "VoiceDeliveryReceiptRulesApi": "voice_delivery_receipt_automation",
    "FAXDeliveryReceiptRulesApi": "fax_delivery_receipt_automation",
    "EmailDeliveryReceiptRulesApi": "email_delivery_receipt_automation",
}


def play(desk: Desk) -> None:
    """Make, list, read, change and delete each kind of rule."""
    for api, stem in _RECEIPTS.items():
        rule = DeliveryReceiptRule(
            rule_name="Mine",
            match_type=0,
            action="EMAIL_FIXED",
            action_address="test1@test.com",
            enabled=1,
        )
        _rule(desk, api, stem, rule, "receipt_rule_id")
    common = {"dedicated_number": "*", "rule_name": "Mine", "enabled": 1}
    common |= {"action": "EMAIL_FIXED", "action_address": "test1@test.com"}
    fax = InboundFaxRule(**common)
    _rule(desk, "InboundFAXRulesApi", "fax_inbound_automation", fax, "inbound_rule_id")
    sms = InboundSMSRule(message_search_type=0, message_search_term="hi", **common)
    _rule(desk, "InboundSMSRulesApi", "sms_inbound_automation", sms, "inbound_rule_id")
    _templates(desk)
    _stripped(desk)
    _countries(desk)


def _rule(desk: Desk, api: str, stem: str, rule: Any, key: str) -> None:
    number = desk.do(api, f"{stem}_post", rule)[key]
    listed = desk.do(api, f"{stem}s_get", limit=100)["data"]
    desk.expect(f"{stem} is listed", holds=number in {each[key] for each in listed})
    rule.rule_name = "Ours"
    desk.do(api, f"{stem}_put", number, rule)
    shown = desk.do(api, f"{stem}_get", number)
    desk.expect(f"{stem} is renamed", holds=shown["rule_name"] == "Ours")
    desk.do(api, f"{stem}_delete", number)
    desk.gone(api, f"{stem}_get", number)


def _templates(desk: Desk) -> None:
    template = SmsTemplate(template_name="Mine", body="Hi")
    number = desk.do("SMSApi", "sms_templates_post", template)["template_id"]
    template.body = "Ho"
    desk.do("SMSApi", "sms_templates_by_template_id_put", number, template)
    listed = desk.do("SMSApi", "sms_templates_get", limit=100)["data"]
    bodies = {each["template_id"]: each["body"] for each in listed}
    desk.expect("a template is changed", holds=bodies[number] == "Ho")
    desk.do("SMSApi", "sms_templates_by_template_id_delete", number)
    desk.gone("SMSApi", "sms_templates_by_template_id_delete", number)


def _stripped(desk: Desk) -> None:
    api, stem = "EmailToSmsApi", "sms_email_sms_stripped_string"
    address = EmailSMSAddress(email_address="test1@test.com", _from="+61411111111")
    made = desk.do(api, "sms_email_sms_post", address)
    listed = desk.do(api, "sms_email_sms_get")["data"]
    desk.expect("an allowed address is listed", holds=made in listed)
    number = desk.do(api, f"{stem}_post", StrippedString(strip_string="--"))["rule_id"]
    desk.do(api, f"{stem}s_get")
    desk.do(api, f"{stem}_put", StrippedString(strip_string="=="), number)
    shown = desk.do(api, f"{stem}_get", number)
    desk.expect("a stripped string is changed", holds=shown["strip_string"] == "==")
    desk.do(api, f"{stem}_delete", number)
    desk.gone(api, f"{stem}_get", number)


def _countries(desk: Desk) -> None:
    desk.do("CountriesApi", "countries_get")
    desk.do("TimezonesApi", "timezones_get")
    api = "GlobalSendingApi"
    desk.do(api, "list_countries_get")
    before = [each["id"] for each in desk.do(api, "user_countries_get")]
    chosen = desk.do(api, "user_countries_post", CountryListIds(country_list_ids=[1, 3]))
    desk.expect("two countries are selected", holds=len(chosen) == 2)
    desk.do(api, "user_countries_agree_post")
    desk.do(api, "user_countries_post", CountryListIds(country_list_ids=before))
