"""Rules for SMS that come in; without one of action POLL, ``sms.inbound`` stays empty."""

import enum
from typing import Annotated, Self

from pydantic import AliasChoices, Field, JsonValue, model_validator

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.rules import Rule, RuleAction, RuleFields
from bot.clicksend.wiretypes import Identifier, Integer, Text

_RULES = "/automations/sms/inbound"
_RULE = _RULES + "/{inbound_rule_id}"


class MessageSearch(enum.IntEnum):
    """How ``message_search_term`` is looked for in a message."""

    ANY_MESSAGE = 0
    STARTS_WITH = 1
    CONTAINS = 2
    DOES_NOT_CONTAIN = 3


class WebhookType(enum.StrEnum):
    """How a rule of action URL calls it: form fields, a query string, or JSON."""

    POST = "post"
    GET = "get"
    JSON = "json"


class SmsInboundRule(Rule):
    """A rule for the messages of one number, or of all (``*``).

    ``message_search_type`` is a :class:`MessageSearch`. The vendor's newer description calls the id
    ``sms_inbound_rule_id`` in a list.
    """

    inbound_rule_id: Annotated[
        Identifier,
        Field(validation_alias=AliasChoices("inbound_rule_id", "sms_inbound_rule_id")),
    ]
    dedicated_number: Text = None
    message_search_type: Integer = None
    message_search_term: Text = None
    body: Text = None
    webhook_type: Text = None


class SmsInboundRuleFields(RuleFields):
    """What a rule for messages is made of.

    Attributes:
        dedicated_number: The number they come in on; ``*`` for all.
        message_search_type: How the term is looked for.
        message_search_term: What a message must hold; anything, for any message.
        body: The text of an automatic reply, or the address an action mails to. The reference
            has it in its answers only; the vendor's newer description takes it.
        webhook_type: How a URL is called (action URL only); ``post`` when None.
    """

    dedicated_number: Annotated[str, Field(min_length=1)]
    message_search_type: MessageSearch
    message_search_term: str
    body: str | None = None
    webhook_type: WebhookType | None = None

    @model_validator(mode="after")
    def _webhook_has_a_url(self) -> Self:
        if self.webhook_type and self.action is not RuleAction.URL:
            raise ValueError("webhook_type goes with the action URL only")
        return self


class ListSmsInboundRules(Listing, Operation[Page[SmsInboundRule]]):
    """List the rules."""

    route = Route("sms_inbound_rules.list", "GET", _RULES, Effect.READ)


class CreateSmsInboundRule(SmsInboundRuleFields, Operation[SmsInboundRule]):
    """Make a rule."""

    route = Route("sms_inbound_rules.create", "POST", _RULES, Effect.WRITE)


class GetSmsInboundRule(Operation[SmsInboundRule]):
    """Read one rule."""

    route = Route("sms_inbound_rules.get", "GET", _RULE, Effect.READ)
    inbound_rule_id: int


class UpdateSmsInboundRule(SmsInboundRuleFields, Operation[SmsInboundRule]):
    """Change a rule."""

    route = Route("sms_inbound_rules.update", "PUT", _RULE, Effect.WRITE)
    inbound_rule_id: int


class DeleteSmsInboundRule(Operation[JsonValue]):
    """Delete a rule."""

    route = Route("sms_inbound_rules.delete", "DELETE", _RULE, Effect.DESTROY)
    inbound_rule_id: int
