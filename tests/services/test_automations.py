"""Automations as values: named, kept whole through a change, said without a secret."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clicksend.operations.sms_inbound_rules import MessageSearch, SmsInboundRule
from bot.clicksend.rules import ReceiptMatch, ReceiptRule, RuleAction
from bot.services import automations
from bot.services.automations import Family, Found, Ref, Wish, parse_ref
from bot.services.rule_check import checked
from bot.services.rule_words import ACTIONS, sentence

TEXT = st.text(min_size=1, max_size=30)
WISHES = st.builds(
    Wish,
    family=st.sampled_from(Family),
    name=TEXT,
    action=st.sampled_from(RuleAction).map(str),
    address=st.text(max_size=30),
    enabled=st.booleans(),
    number=st.just("*") | st.just("+61411111111"),
    search=st.sampled_from(MessageSearch).map(int),
    term=st.text(max_size=30),
    body=st.none() | TEXT,
    match=st.sampled_from(ReceiptMatch).map(int),
)


@given(wish=WISHES, number=st.integers(0, 10**17), on=st.booleans())
def test_a_rule_keeps_everything_but_its_switch(wish: Wish, number: int, *, on: bool) -> None:
    """As read from its own creation's fields, and switched."""
    family = wish.family
    fields = automations.creation(wish).model_dump(mode="json")
    rule: Any = SmsInboundRule if family.is_inbound else ReceiptRule
    key = "inbound_rule_id" if family.is_inbound else "receipt_rule_id"
    found = automations.found(family, rule.model_validate({**fields, key: number}))
    assert found.ref == Ref(family, number)
    changed = automations.switched(found, on=on).model_dump(mode="json")
    assert changed == {**fields, key: number, "enabled": on}


@given(WISHES)
def test_a_rule_is_said_whatever_it_holds(wish: Wish) -> None:
    assert " → " in sentence(wish)


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.example.com/s3cret",
        "https://hooks.example.com?key=s3cret",
        "https://s3cret:s3cret@hooks.example.com/",
        "HTTP://hooks.example.com#s3cret",
        "//s3cret@hooks.example.com/s3cret",
        "https://s3cret@hooks.example.com",
        "hooks.example.com/s3cret",
    ],
)
def test_an_address_keeps_its_host_alone(address: str) -> None:
    wish = Wish(family=Family.SMS_RECEIPT, name="x", action=RuleAction.URL, address=address)
    said = sentence(wish)
    assert said.endswith("//hooks.example.com/…")
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"search": 2, "term": "STOP", "action": "AUTO_REPLY", "body": "Bye"},
         "SMS to any number containing “STOP” → reply “Bye”"),
        ({"search": 3, "term": "x", "action": "SMS", "address": "+61422222222"},
         "SMS to any number without “x” → text it to +61422222222"),
        ({"search": 9, "term": "x", "action": "NEW", "address": "y"},
         "SMS to any number of search 9 “x” → NEW y"),
        ({"number": "+61411111111", "action": "GROUP_SMS", "address": "428"},
         "SMS to +61411111111 → text it to everybody of contact list 428"),
        ({"family": Family.FAX_IN, "action": "EMAIL_FIXED", "address": "a@example.com"},
         "faxes to any number → mail it to a@example.com"),
        ({"family": Family.EMAIL_RECEIPT, "match": 7, "action": ""},
         "email receipts of kind 7 → an action without a name"),
    ],
)  # fmt: skip
def test_a_rule_in_words(wish: dict[str, Any], words: str) -> None:
    assert sentence(Wish(**{"family": Family.SMS_IN, "name": "x", **wish})) == words


def test_every_action_has_words_and_every_family_has_actions() -> None:
    assert set(ACTIONS) == set(RuleAction)
    assert all(set(family.actions) <= set(RuleAction) for family in Family)
    assert RuleAction.AUTO_REPLY not in Family.SMS_RECEIPT.actions
    assert len(automations.uses("list", "get")) == 12


@given(st.sampled_from(Family), st.integers(0, 10**17), st.text(max_size=30))
def test_a_name_of_a_rule_is_read_as_it_is_written(family: Family, number: int, text: str) -> None:
    assert parse_ref(f" {str(Ref(family, number)).upper()} ") == Ref(family, number)
    ref = parse_ref(text)
    assert ref is None or ref.family in text.lower()


@given(WISHES)
def test_what_is_right_can_be_made(wish: Wish) -> None:
    ready, wrong = checked(wish, default_country="AU")
    if not wrong:
        assert automations.creation(ready).route.id.endswith(".create")
    assert set(wrong) <= {"name", "number", "term", "address", "body"}


def test_a_rule_that_is_not_understood_cannot_be_switched() -> None:
    wish = Wish(family=Family.SMS_IN, name="x", action="NEW_ACTION")
    with pytest.raises(ValueError, match="action"):
        automations.switched(Found(Ref(Family.SMS_IN, 1), wish), on=True)
