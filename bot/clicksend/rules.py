"""What the rules have in common: what to do with what comes in, and with receipts."""

import enum
from typing import Annotated

from pydantic import Field

from bot.clicksend.answers import Answer
from bot.clicksend.requests import Mixin
from bot.clicksend.wiretypes import Flag, Identifier, Integer, Text

RuleName = Annotated[str, Field(min_length=1)]


class RuleAction(enum.StrEnum):
    """What a rule does; its ``action_address`` says with whom or where."""

    AUTO_REPLY = "AUTO_REPLY"
    EMAIL_USER = "EMAIL_USER"
    EMAIL_FIXED = "EMAIL_FIXED"
    URL = "URL"
    SMS = "SMS"
    POLL = "POLL"
    GROUP_SMS = "GROUP_SMS"
    MOVE_CONTACT = "MOVE_CONTACT"
    CREATE_CONTACT = "CREATE_CONTACT"
    CREATE_CONTACT_PLUS_EMAIL = "CREATE_CONTACT_PLUS_EMAIL"
    CREATE_CONTACT_PLUS_NAME_EMAIL = "CREATE_CONTACT_PLUS_NAME_EMAIL"
    CREATE_CONTACT_PLUS_NAME = "CREATE_CONTACT_PLUS_NAME"
    SMPP = "SMPP"
    NONE = "NONE"


class ReceiptMatch(enum.IntEnum):
    """Which receipts a rule is for.

    The reference names 0 alone; the others are of the vendor's older description.
    """

    ALL = 0
    FAILED = 1
    SUCCESSFUL = 2


class Rule(Answer):
    """A rule; ``action`` is a :class:`RuleAction`, ``enabled`` 0 or 1."""

    rule_name: Text = None
    action: Text = None
    action_address: Text = None
    enabled: Integer = None


class ReceiptRule(Rule):
    """A rule for receipts; ``match_type`` is a :class:`ReceiptMatch`, or a number unknown here."""

    receipt_rule_id: Identifier
    match_type: Integer = None


class RuleFields(Mixin):
    """What every rule is made of; mixed into the operations that create and change one.

    Attributes:
        rule_name: Its name.
        action: What it does.
        action_address: With whom or where: a URL, an email address, a number, a list's id, ….
        enabled: Whether it is on.
    """

    rule_name: RuleName
    action: RuleAction
    action_address: str
    enabled: Flag


class ReceiptRuleFields(RuleFields):
    """What a rule for receipts is made of.

    Attributes:
        match_type: Which receipts it is for.
    """

    match_type: ReceiptMatch
