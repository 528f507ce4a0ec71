"""What admins type about roles and limits: read in one way, or refused with how to write it."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.access_words import AccessWordsError, LimitWish, grant, read_grant, read_limit
from bot.services.limits import Limit, Measure
from bot.services.roles import Grant, Role

KINDS = frozenset({"sms", "fax"})
ADA, OPS, ONCALL = "<@U0ADA|ada>", "<#C0OPS|ops>", "<!subteam^S0ONCALL|@oncall>"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"{ADA} sender", Grant("U0ADA", Role.SENDER)),
        ("<@W0ADA> Admin", Grant("W0ADA", Role.ADMIN)),
        (f"{ONCALL}  approver", Grant("S0ONCALL", Role.APPROVER)),
        ("<!subteam^S0ONCALL> viewer", Grant("S0ONCALL", Role.VIEWER)),
        (f"{OPS} sender", Grant("C0OPS", Role.SENDER)),
        (f"{OPS} sender for SMS", Grant("C0OPS", Role.SENDER, "sms")),
        (f"{ADA} sender in {OPS}", Grant("U0ADA", Role.SENDER, "C0OPS")),
        (f"{ADA} approver IN <#G0BOARD|>", Grant("U0ADA", Role.APPROVER, "G0BOARD")),
        ("everybody sender for fax", Grant("*", Role.SENDER, "fax")),
        ("<!everyone> viewer", Grant("*", Role.VIEWER)),
    ],
)
def test_roles_are_read(text: str, read: Grant) -> None:
    assert read_grant(text, kinds=KINDS) == read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Write it as"),
        ("ada sender", "Write it as"),
        ("@ada sender", "Pick the name from the list"),
        ("#ops sender", "Pick the name from the list"),
        ("<@C0OPS|ops> sender", "Write it as"),
        ("<#U0ADA|ada> sender", "Write it as"),
        ("<!here> sender", "Write it as"),
        (ADA, "Which role"),
        (f"{ADA} boss", "*viewer*, *sender*, *approver*, *admin*"),
        (f"{ADA} sender everywhere", "Write it as"),
        (f"{ADA} sender in ops", "Write it as"),
        (f"{ADA} sender in {ONCALL}", "comes a channel"),
        (f"{ADA} sender for pigeons", "fax, sms only"),
        (f"{ADA} sender in {OPS} for sms", "Write it as"),
        (f"{OPS} admin", "Only people and user groups"),
        ("everybody admin", "Only people and user groups"),
        (f"{ADA} admin in {OPS}", "one everywhere"),
        (f"{OPS} sender in {OPS}", "leave the second channel out"),
    ],
)
def test_what_is_no_role_says_how_to_write_one(text: str, says: str) -> None:
    with pytest.raises(AccessWordsError) as found:
        read_grant(text, kinds=KINDS)
    assert says in str(found.value)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (f"{ADA} 100 messages a day", LimitWish("U0ADA", Measure.MESSAGES_DAY, Decimal(100))),
        (f"{OPS} 1,000 messages/month", LimitWish("C0OPS", Measure.MESSAGES_MONTH, Decimal(1000))),
        ("each 1 message daily", LimitWish("each", Measure.MESSAGES_DAY, Decimal(1))),
        (
            "workspace AUD 50 a month",
            LimitWish("*", Measure.MONEY_MONTH, Decimal(50)),
        ),
        (
            f"{ADA} 49.95 aud per day",
            LimitWish("U0ADA", Measure.MONEY_DAY, Decimal("49.95")),
        ),
        ("each AUD 5 one send", LimitWish("each", Measure.SEND_MONEY, Decimal(5))),
        ("each 20 recipients in one send", LimitWish("each", Measure.SEND_RECIPIENTS, Decimal(20))),
        (f"{ADA} 0 messages monthly", LimitWish("U0ADA", Measure.MESSAGES_MONTH, Decimal(0))),
        (f"{ADA} off", LimitWish("U0ADA", None)),
        (f"{ADA} messages a day off", LimitWish("U0ADA", Measure.MESSAGES_DAY)),
        ("each money a month off", LimitWish("each", Measure.MONEY_MONTH)),
        ("each aud one send off", LimitWish("each", Measure.SEND_MONEY)),
        ("workspace recipients one send OFF", LimitWish("*", Measure.SEND_RECIPIENTS)),
    ],
)
def test_limits_are_read(text: str, read: LimitWish) -> None:
    assert read_limit(text, currency="AUD") == read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Write it as"),
        (ADA, "Write it as"),
        ("everybody 5 messages a day", "`each` for a limit of every person"),
        (f"{ONCALL} 5 messages a day", "no limit of its own"),
        ("@ada 5 messages a day", "Pick the name"),
        (f"{ADA} 50 a month", "messages or money"),
        (f"{ADA} $50 a month", "messages or money"),
        (f"{ADA} 5 messages", "Write it as"),
        (f"{ADA} 5 messages a week", "Write it as"),
        (f"{ADA} 5.5 messages a day", "messages or money"),
        (f"{ADA} -5 messages a day", "messages or money"),
        (f"{ADA} AUD 5.1234567 a day", "messages or money"),
        (f"{ADA} AUD 1,00 a day", "messages or money"),
        (f"{ADA} AUD ٥ a day", "messages or money"),
        (f"{ADA} EUR 5 a day", "counts in AUD"),
        (f"{ADA} 12345678901 messages a day", "messages or money"),
        (f"{ADA} pigeons a day off", "Write it as"),
        (f"{ADA} a day off", "Write it as"),
    ],
)
def test_what_is_no_limit_says_how_to_write_one(text: str, says: str) -> None:
    with pytest.raises(AccessWordsError) as found:
        read_limit(text, currency="AUD")
    assert says in str(found.value)


WORDS = st.sampled_from(
    [
        *(ADA, OPS, ONCALL, "each", "everybody", "sender", "admin", "in", "for", "sms", "5"),
        *("messages", "AUD", "a", "day", "one", "send", "off", "<@", "|", "-", "1,000", "0.5", "/"),
    ]
)


@given(st.lists(WORDS | st.text(max_size=6), max_size=7).map(" ".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(AccessWordsError):
        assert isinstance(read_grant(text, kinds=KINDS), Grant)
    with contextlib.suppress(AccessWordsError):
        wish = read_limit(text, currency="AUD")
        assert wish.measure is not None or wish.amount is None
        limit = wish.limit()
        assert limit is None or limit.amount >= 0


def test_a_wish_becomes_a_limit_only_with_an_amount() -> None:
    assert LimitWish("each", None).limit() is None
    assert LimitWish("each", Measure.MONEY_DAY, Decimal(2)).limit() == Limit(
        "each", Measure.MONEY_DAY, Decimal(2)
    )
    assert grant("*", Role.SENDER, None) == Grant("*", Role.SENDER)
