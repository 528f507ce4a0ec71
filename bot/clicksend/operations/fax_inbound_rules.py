"""Rules for faxes that come in."""

from typing import Annotated

from pydantic import Field, JsonValue

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.rules import Rule, RuleFields
from bot.clicksend.wiretypes import Identifier, Integer, Text

_RULES = "/automations/fax/inbound"
_RULE = _RULES + "/{inbound_rule_id}"


class FaxInboundRule(Rule):
    """A rule for the faxes of one number, or of all (``*``)."""

    inbound_rule_id: Identifier
    dedicated_number: Text = None
    user_id: Integer = None


class FaxInboundRuleFields(RuleFields):
    """What a rule for faxes is made of.

    Attributes:
        dedicated_number: The number they come in on; ``*`` for all.
    """

    dedicated_number: Annotated[str, Field(min_length=1)]


class ListFaxInboundRules(Listing, Operation[Page[FaxInboundRule]]):
    """List the rules."""

    route = Route("fax_inbound_rules.list", "GET", _RULES, Effect.READ)


class CreateFaxInboundRule(FaxInboundRuleFields, Operation[FaxInboundRule]):
    """Make a rule."""

    route = Route("fax_inbound_rules.create", "POST", _RULES, Effect.WRITE)


class GetFaxInboundRule(Operation[FaxInboundRule]):
    """Read one rule."""

    route = Route("fax_inbound_rules.get", "GET", _RULE, Effect.READ)
    inbound_rule_id: int


class UpdateFaxInboundRule(FaxInboundRuleFields, Operation[FaxInboundRule]):
    """Change a rule."""

    route = Route("fax_inbound_rules.update", "PUT", _RULE, Effect.WRITE)
    inbound_rule_id: int


class DeleteFaxInboundRule(Operation[JsonValue]):
    """Delete a rule."""

    route = Route("fax_inbound_rules.delete", "DELETE", _RULE, Effect.DESTROY)
    inbound_rule_id: int
