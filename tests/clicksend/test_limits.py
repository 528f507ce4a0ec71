"""What the API would refuse is refused before the request; what it takes is taken."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Secret, SecretStr, ValidationError

from bot.clicksend import Operation, envelope, registry
from bot.clicksend.operations.account import Account, ForgotUsername, SendAccountVerification
from bot.clicksend.operations.alpha_tags import AlphaTagReason, CreateAlphaTag
from bot.clicksend.operations.contacts import CreateContact, UpdateContact
from bot.clicksend.operations.fax_inbound_rules import CreateFaxInboundRule
from bot.clicksend.operations.global_sending import (
    AgreeToCountryRules,
    SelectCountries,
    SelectedCountry,
)
from bot.clicksend.operations.lists import (
    ContactField,
    CreateContactList,
    ImportContacts,
    RemoveDuplicateContacts,
)
from bot.clicksend.operations.numbers import NumberSearch, SearchNumbers
from bot.clicksend.operations.own_numbers import (
    RequestNumberVerification,
    UpdateOwnNumber,
    VerifyNumber,
)
from bot.clicksend.operations.recharge import UpdatePaymentInfo
from bot.clicksend.operations.reseller import TransferCredit
from bot.clicksend.operations.sms_inbound_rules import (
    CreateSmsInboundRule,
    MessageSearch,
    SmsInboundRule,
    WebhookType,
)
from bot.clicksend.operations.sms_receipt_rules import CreateSmsReceiptRule
from bot.clicksend.operations.subaccounts import CreateSubaccount
from bot.clicksend.rules import ReceiptMatch, ReceiptRule, RuleAction
from tests.clicksend.examples import DOCUMENTED, example

PHONE = "+61411111111"
CARD = {"number": "4111111111111111", "name": "R. Robot", "bank_name": "Bank"}
PERSON = {
    "api_username": "robot",
    "password": "pass",
    "email": "test1@test.com",
    "phone_number": PHONE,
    "first_name": "R.",
    "last_name": "Robot",
}
RULE = {"rule_name": "R", "action": "POLL", "action_address": "", "enabled": True}
SMS_RULE = {
    **RULE,
    "dedicated_number": "*",
    "message_search_type": 0,
    "message_search_term": "",
}


def fault(cls: type[Operation[Any]], **fields: object) -> str:
    """What is wrong with these fields."""
    with pytest.raises(ValidationError) as caught:
        cls.model_validate(fields)
    return str(caught.value)


def body(operation: Operation[Any]) -> Any:
    return json.loads(operation.wire().body or b"null")


@pytest.mark.parametrize("tag", ["abc", "Shop1234567", "+61", "a+1", "12a"])
def test_an_alpha_tag_that_may_be(tag: str) -> None:
    assert body(CreateAlphaTag(alpha_tag=tag)) == {"alpha_tag": tag}


@pytest.mark.parametrize(
    "tag", ["", "ab", "Shop12345678", "my shop", "shop!", "schön", "12345", "abc\n", "٣٤٥", "a_b"]
)
def test_an_alpha_tag_that_may_not_be(tag: str) -> None:
    assert "alpha_tag" in fault(CreateAlphaTag, alpha_tag=tag)


@given(st.text(max_size=14))
def test_an_alpha_tag_is_checked_as_the_reference_says(tag: str) -> None:
    fine = all(c.isascii() and (c.isalnum() or c == "+") for c in tag) and 3 <= len(tag) <= 11
    try:
        CreateAlphaTag(alpha_tag=tag)
    except ValidationError:
        assert not fine or tag.isdigit()
    else:
        assert fine
        assert not tag.isdigit()


@pytest.mark.parametrize("code", ["12345", "1234567", ""])
def test_a_code_has_six_characters(code: str) -> None:
    fields = {"verification_id": "v", "phone_number": PHONE}

    assert "code" in fault(VerifyNumber, **fields, code=code)
    assert body(VerifyNumber(**fields, code=SecretStr("428312")))["code"] == "428312"


@pytest.mark.parametrize("label", ["", "x" * 201])
def test_a_label_has_1_to_200_characters(label: str) -> None:
    assert "label" in fault(UpdateOwnNumber, own_number_id="n", label=label)
    assert "label" in fault(RequestNumberVerification, phone_number=PHONE, label=label)
    assert body(UpdateOwnNumber(own_number_id="n", label="x" * 200)) == {"label": "x" * 200}


WRONG: list[tuple[type[Operation[Any]], dict[str, object]]] = [
    (SendAccountVerification, {"country": "Australia", "user_phone": PHONE, "type": "sms"}),
    (ForgotUsername, {}),
    (ForgotUsername, {"email": "test1@test.com", "phone_number": PHONE}),
    (CreateContact, {"list_id": 1, "first_name": "Ellen"}),
    (CreateContact, {"list_id": 1, "phone_number": ""}),
    (UpdateContact, {"list_id": 1, "contact_id": 2}),
    (CreateContactList, {"list_name": ""}),
    (RemoveDuplicateContacts, {"list_id": 1, "fields": []}),
    (RemoveDuplicateContacts, {"list_id": 1, "fields": ["shoe_size"]}),
    (ImportContacts, {"list_id": 1, "file_url": "", "field_order": ["email"]}),
    (ImportContacts, {"list_id": 1, "file_url": "https://a.invalid/b.csv", "field_order": []}),
    (SearchNumbers, {"country": "USA"}),
    (SearchNumbers, {"country": "US", "search_type": 3}),
    (TransferCredit, {"client_user_id": 1, "balance": 0, "currency": "AUD"}),
    (TransferCredit, {"client_user_id": 1, "balance": "1.5", "currency": "AUD"}),
    (TransferCredit, {"client_user_id": 1, "balance": 1, "currency": "dollars"}),
    (UpdatePaymentInfo, {**CARD, "expiry_month": 13, "expiry_year": 2030, "cvc": 123}),
    (UpdatePaymentInfo, {**CARD, "expiry_month": 1, "expiry_year": 30, "cvc": 123}),
    (UpdatePaymentInfo, {**CARD, "expiry_month": 1, "expiry_year": 2030, "cvc": 12345}),
    (CreateSubaccount, {**PERSON, "password": ""}),
    (CreateSubaccount, {**PERSON, "access_users": 2}),
    (CreateAlphaTag, {"alpha_tag": "Shop", "reason": "It is mine"}),
    (AgreeToCountryRules, {"country_list_ids": []}),
    (CreateSmsInboundRule, {**SMS_RULE, "action": "SHOUT"}),
    (CreateSmsInboundRule, {**SMS_RULE, "message_search_type": 4}),
    (CreateSmsInboundRule, {**SMS_RULE, "webhook_type": "post"}),
    (CreateSmsInboundRule, {**SMS_RULE, "action": "URL", "webhook_type": "xml"}),
    (CreateSmsInboundRule, {**SMS_RULE, "dedicated_number": ""}),
    (CreateSmsReceiptRule, {**RULE, "match_type": 1234}),
    (CreateSmsReceiptRule, {**RULE, "match_type": "EMAIL_FIXED"}),
    (CreateSmsReceiptRule, {**RULE, "match_type": 0, "enabled": 2}),
    (CreateFaxInboundRule, {**RULE, "dedicated_number": "*", "match_type": 0}),
]


@pytest.mark.parametrize(("cls", "fields"), WRONG, ids=lambda v: getattr(v, "__name__", ""))
def test_what_the_api_would_refuse_is_refused_here(
    cls: type[Operation[Any]], fields: dict[str, object]
) -> None:
    assert f"for {cls.__name__}\n" in fault(cls, **fields)


def test_a_card_that_is_wrapped_is_checked_too() -> None:
    card = {name: SecretStr(value) for name, value in CARD.items()}
    fine = UpdatePaymentInfo(
        **card, expiry_month=Secret(5), expiry_year=Secret(2030), cvc=SecretStr("123")
    )
    assert body(fine) == {**CARD, "expiry_month": 5, "expiry_year": 2030, "cvc": 123}
    with pytest.raises(ValidationError, match="expiry_month"):
        UpdatePaymentInfo(
            **card, expiry_month=Secret(13), expiry_year=Secret(2030), cvc=SecretStr("123")
        )


@pytest.mark.parametrize(
    ("code", "sent"),
    [("123", 123), (123, 123), ("1234", 1234), ("012", "012"), (12, "012"), ("0123", "0123")],
)
def test_a_cards_code_keeps_its_zeros(code: object, sent: object) -> None:
    """The reference says that it is a number; a number cannot begin with 0."""
    card = {**CARD, "expiry_month": 5, "expiry_year": 2030, "cvc": code}

    assert body(UpdatePaymentInfo.model_validate(card))["cvc"] == sent


@pytest.mark.parametrize("code", ["12", "12345", "12a", "", -12, 12345, None, "٣٤٥", "***"])
def test_a_cards_code_has_3_or_4_digits(code: object) -> None:
    card = {**CARD, "expiry_month": 5, "expiry_year": 2030, "cvc": code}

    assert "3 or 4 digits" in fault(UpdatePaymentInfo, **card)


@pytest.mark.parametrize(
    ("enum", "id_", "field"),
    [
        (AlphaTagReason, "alpha_tags.create", "reason"),
        (RuleAction, "sms_inbound_rules.create", "action"),
        (RuleAction, "sms_receipt_rules.create", "action"),
        (RuleAction, "voice_receipt_rules.create", "action"),
        (RuleAction, "email_receipt_rules.create", "action"),
        (RuleAction, "fax_inbound_rules.create", "action"),
        (RuleAction, "fax_receipt_rules.create", "action"),
        (WebhookType, "sms_inbound_rules.create", "webhook_type"),
    ],
)
def test_an_enum_has_the_values_that_the_reference_lists(enum: Any, id_: str, field: str) -> None:
    (row,) = (r for r in DOCUMENTED[id_]["properties"] if r["name"] == field)
    listed = row["description"]
    for value in sorted(enum, key=len, reverse=True):
        assert value in listed
        listed = listed.replace(value, "", 1)

    assert not any(word.isupper() and len(word) > 3 for word in listed.replace(",", " ").split())


def test_numbers_stand_for_what_the_reference_says() -> None:
    searches = DOCUMENTED["sms_inbound_rules.create"]["properties"][2]["description"]
    where = DOCUMENTED["numbers.search"]["parameters"][2]["description"]

    for search in MessageSearch:
        assert f"{search.value}={search.name.replace('_', ' ').lower()}" in searches.lower()
    for place in NumberSearch:
        assert f"{place.value} = {place.name.replace('_', ' ').lower()}" in where.lower()
    assert ReceiptMatch.ALL == 0


def test_a_switch_is_a_number_on_the_wire_and_survives_storage() -> None:
    rule = CreateSmsReceiptRule(
        rule_name="R",
        action=RuleAction.POLL,
        action_address="",
        enabled=False,
        match_type=ReceiptMatch.FAILED,
    )

    assert body(rule) == {
        "rule_name": "R",
        "action": "POLL",
        "action_address": "",
        "enabled": 0,
        "match_type": 1,
    }
    assert CreateSmsReceiptRule.model_validate(rule.model_dump(mode="json")) == rule


def test_a_webhook_may_say_how_it_is_called() -> None:
    rule = CreateSmsInboundRule.model_validate(
        {**SMS_RULE, "action": "URL", "action_address": "https://a.invalid", "webhook_type": "json"}
    )

    assert body(rule)["webhook_type"] == "json"
    assert "body" not in body(rule)


@pytest.mark.parametrize("id_", ["inbound_rule_id", "sms_inbound_rule_id"])
def test_a_rules_id_is_read_by_either_name(id_: str) -> None:
    rule = SmsInboundRule.model_validate({id_: "7", "action": "NEW_ACTION", "enabled": "1"})

    assert (rule.inbound_rule_id, rule.action, rule.enabled) == (7, "NEW_ACTION", 1)
    assert rule.model_dump(by_alias=True)["inbound_rule_id"] == 7


def test_a_match_type_nobody_knows_is_read() -> None:
    assert ReceiptRule.model_validate({"receipt_rule_id": 2, "match_type": "3"}).match_type == 3


@pytest.mark.parametrize("reach", ["phone_number", "fax_number", "email"])
def test_a_contact_needs_one_address_and_no_custom_field(reach: str) -> None:
    assert body(CreateContact.model_validate({"list_id": 1, reach: "x"})) == {reach: "x"}


def test_duplicates_are_compared_by_named_fields() -> None:
    operation = RemoveDuplicateContacts(
        list_id=3, fields=(ContactField.PHONE_NUMBER, ContactField.CUSTOM_1)
    )

    assert operation.wire().target == "/lists/3/remove-duplicates"
    assert body(operation) == {"fields": ["phone_number", "custom_1"]}


def test_countries_can_all_be_deselected_and_all_be_agreed_to() -> None:
    assert body(SelectCountries(country_list_ids=())) == {"country_list_ids": []}
    assert body(AgreeToCountryRules()) == {}


def test_an_agreement_is_read_in_any_form() -> None:
    for agreed in (None, "2026-01-02 03:04:05", {"date": "2026-01-02", "timezone": "UTC"}):
        country = SelectedCountry.model_validate({"id": "1", "agreed_at": agreed})
        assert country.agreed_at == agreed
    assert SelectedCountry.model_validate({"id": 1, "restricted_sending": True}).restricted_sending


@pytest.mark.parametrize("balance", [115, "115.000000", 115.0])
def test_a_clients_balance_is_exact(balance: object) -> None:
    account = Account.model_validate({"user_id": 24, "balance": balance, "_subaccount": None})

    assert account.balance == Decimal(115)
    assert account.subaccount is None


@pytest.mark.parametrize("name", registry.ids())
def test_a_field_that_is_required_is_in_its_documented_example(name: str) -> None:
    """The reference marks as required what its own examples leave out."""
    operation, _, _ = example(name)
    required = {f for f, field in type(operation).model_fields.items() if field.is_required()}

    assert required <= operation.model_fields_set


@pytest.mark.parametrize("name", registry.ids())
def test_every_documented_field_can_be_given(name: str) -> None:
    cls = registry.operation(name)
    known = {f.serialization_alias or n for n, f in cls.model_fields.items()}
    entry = DOCUMENTED[name]
    # The parameter tables spell one field differently from every example (NOTES).
    rows = {row["name"].replace("stripped-", "strip_") for row in entry["parameters"]}
    rows |= set(entry["request_example"] or {})

    assert {row.removesuffix("[0]").removesuffix("[1]") for row in rows} <= known


@pytest.mark.parametrize("nothing", [None, "", []])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("account.get", "_currency"),
        ("account.get", "_subaccount"),
        ("account.usage", "sms_total"),
        ("numbers.buy", "_currency"),
        ("recharge.packages", "_currency"),
        ("recharge.update_payment_info", "token"),
        ("reseller.transfer_credit", "_subaccount"),
        ("subaccounts.create", "api_key"),
    ],
)
def test_an_object_that_is_missing_costs_no_answer(name: str, field: str, nothing: object) -> None:
    """A purchase whose answer has ``[]`` where an object should be has happened all the same."""
    operation, status, body = example(name)
    answer = json.loads(body)
    answer["data"][field] = nothing
    read = envelope.read(operation, status, {}, json.dumps(answer).encode())

    assert getattr(read, field.lstrip("_")) is None
