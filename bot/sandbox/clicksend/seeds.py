"""What a new account holds, so that every list has something to show."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bot.sandbox.clicksend.callers import ACCESS, KEY, USER
from bot.sandbox.clicksend.contact_rows import contact
from bot.sandbox.clicksend.fields import card_shown
from bot.sandbox.clicksend.recipients import SHARED_NUMBER
from bot.sandbox.clicksend.shelf import Shelf
from bot.sandbox.clicksend.state import Campaign, Message, State
from bot.sandbox.clicksend.wire import Json

DAY = 86_400
OPTED_OUT = 430
"""The list of those who answered STOP."""

_CUSTOMERS = (
    ("+61411111111", "Ellen", "Diaz", "test1@test.com"),
    ("+61422222222", "John", "Doe", "test2@test.com"),
    ("+447777777777", "Grace", "Okafor", None),
)
_STAFF = (
    ("+61433333333", "Ada", "Byron", "test3@test.com"),
    ("+61444444444", "Bob", "Stone", None),
    ("+14055555555", "Chen", "Wei", None),
    ("+14055555666", "Dora", "Klein", None),
)
_SHELVES = {
    "lists": Shelf("list_id", "Your list is not found.", 428, others=frozenset({1})),
    "contacts": Shelf("contact_id", "Contact record not found.", 552_786),
    "allowed_addresses": Shelf("email_address_id", next=84),
    "stripped_strings": Shelf("rule_id", next=18),
    "sms_templates": Shelf("template_id", "Template record not found."),
    "email_templates": Shelf("template_id", "Template record not found.", 281),
    "email_addresses": Shelf("email_address_id", "Email address record not found.", 2),
    "return_addresses": Shelf("return_address_id", "Return address record not found.", 4),
    "sms_inbound": Shelf("inbound_rule_id", "Rule record not found."),
    "fax_inbound": Shelf("inbound_rule_id", "Rule record not found."),
    "sms_receipts": Shelf("receipt_rule_id", "Rule record not found."),
    "fax_receipts": Shelf("receipt_rule_id", "Rule record not found."),
    "voice_receipts": Shelf("receipt_rule_id", "Rule record not found."),
    "email_receipts": Shelf("receipt_rule_id", "Rule record not found."),
    "subaccounts": Shelf("subaccount_id", "Subaccount record not found."),
    "accounts": Shelf("user_id", "Account record not found.", 116),
    "clients": Shelf("user_id", "Account record not found.", 24),
    "issues": Shelf("issue_id"),
    "uploads": Shelf("upload_id", next=15),
    "transactions": Shelf("transaction_id", "Transaction record not found."),
    "referrals": Shelf("referral_rule_id"),
}


def seeded() -> State:
    """A new account."""
    state = State()
    state.shelves = {
        name: Shelf(each.key, each.absent, each.next, others=each.others)
        for name, each in _SHELVES.items()
    }
    for sow in (_campaigns, _lists, _rules, _people, _templates, _money, _settings, _history):
        sow(state)
    return state


def _campaigns(state: State) -> None:
    today = int(state.now())
    fields: Json = {"list_id": 428, "from": "+61411111111", "subject": "News"}
    fields |= {"open_count": 412, "click_count": 97}
    state.campaigns = [
        Campaign(*each, fields={**fields, "body": f"{each[2]} is here"})
        for each in (
            ("sms", 101, "Spring sale", "Scheduled", today - DAY, today + 7 * DAY, 1200),
            ("sms", 100, "Opening hours", "Sent", today - 9 * DAY, today - 8 * DAY, 340),
            ("mms", 57, "New menu", "Queued", today - 2 * DAY, today + DAY, 80),
            ("email", 12, "October news", "Sent", today - 30 * DAY, today - 30 * DAY, 910),
        )
    ]


def _lists(state: State) -> None:
    now = int(state.now())
    for name, people in (("Customers", _CUSTOMERS), ("Staff", _STAFF), ("Opt-out list", ())):
        made = state.shelf("lists").add({"list_name": name, "list_email_id": f"{name[:5]}DEMO"})
        for phone, first, last, email in people:
            fields = {"phone_number": phone, "first_name": first, "last_name": last, "email": email}
            state.shelf("contacts").add(contact(fields, made["list_id"], now))


def _rules(state: State) -> None:
    """Without a POLL rule nothing can be polled."""
    poll: Json = {"rule_name": "Poll", "action": "POLL", "action_address": "", "enabled": 1}
    for kind in ("sms", "fax", "voice"):
        state.shelf(f"{kind}_receipts").add({**poll, "match_type": 0})
    anything = {"dedicated_number": "*", "message_search_type": 0, "message_search_term": ""}
    state.shelf("sms_inbound").add({**anything, **poll, "body": None, "webhook_type": None})


def _people(state: State) -> None:
    state.shelf("subaccounts").add(
        {
            "api_username": USER,
            "email": "demo@example.com",
            "phone_number": "+61411111111",
            "first_name": "Ada",
            "last_name": "Byron",
            "api_key": KEY,
            **{f"access_{part}": 1 for part in ACCESS},
            "share_campaigns": 0,
            "notes": None,
        }
    )
    joined = int(state.now()) - 90 * DAY
    state.shelf("referrals").add(
        {"refered_user_id": 24, "date_referred": joined, "percentage_referral": 5}
    )
    state.shelf("email_addresses").add(
        {"email_address": "test1@test.com", "verified": 1, "date_added": str(joined)}
    )
    state.shelf("return_addresses").add(
        {
            "user_id": 1,
            "address_name": "Harbour Dental",
            "address_line_1": "1 Wharf Street",
            "address_line_2": "",
            "address_city": "Sydney",
            "address_state": "NSW",
            "address_postal_code": "2000",
            "address_country": "AU",
        }
    )


def _templates(state: State) -> None:
    state.shelf("sms_templates").add(
        {"body": "Hi (First Name), see you tomorrow.", "template_name": "Reminder"}
    )


def _money(state: State) -> None:
    bought = int(state.now()) - 20 * DAY
    state.shelf("transactions").add(
        {
            "invoice_number": "cb726c65-1c65-47fa-aea2-3ded9ed57557",
            "amount": "100.00",
            "currency": "AUD",
            "date": bought,
        }
    )


def _settings(state: State) -> None:
    state.settings = {
        "countries": ["AU", "NZ", "US", "CA", "GB", "CN"],
        "agreed": None,
        "card": {
            "display_number": card_shown("0000"),
            "expiry_month": 5,
            "expiry_year": 2030,
            "name": "Ada Byron",
        },
        "numbers": [],
    }
    state.senders = {"alpha_tags": [], "own_numbers": [], "verifications": [], "defaults": []}


def _history(state: State) -> None:
    """Some weeks of traffic, so that usage and statistics have something to add up."""
    now = state.now()
    kinds: tuple[tuple[str, str, Decimal, Callable[[int], float]], ...] = (
        ("sms", "Your appointment is tomorrow.", Decimal("0.0770"), lambda i: i * 0.9),
        ("fax", "http://example.com/referral.pdf", Decimal("0.0990"), lambda i: i * 5.5),
    )
    for kind, body, price, age in kinds:
        for index in range(40 if kind == "sms" else 6, 0, -1):
            at = now - age(index) * DAY
            state.messages.append(
                Message(
                    kind=kind,
                    id=state.new_id(),
                    to="+61411111111" if kind == "sms" else "+61261111111",
                    body=body,
                    price=price,
                    charged=price,
                    parts=1,
                    sender=SHARED_NUMBER,
                    sent_at=at,
                    added=int(at),
                    status="Sent",
                    status_code="201",
                    status_text="Success: Message received on handset.",
                    seeded=True,
                )
            )
    state.messages.sort(key=lambda message: message.sent_at)
