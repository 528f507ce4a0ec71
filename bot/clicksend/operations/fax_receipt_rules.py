"""Rules for the delivery receipts of faxes.

The reference's samples show the path of the email rules, pasted; the path here is the SDK's.
"""

from pydantic import JsonValue

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.rules import ReceiptRule, ReceiptRuleFields

_RULES = "/automations/fax/receipts"
_RULE = _RULES + "/{receipt_rule_id}"


class ListFaxReceiptRules(Listing, Operation[Page[ReceiptRule]]):
    """List the rules."""

    route = Route("fax_receipt_rules.list", "GET", _RULES, Effect.READ)


class CreateFaxReceiptRule(ReceiptRuleFields, Operation[ReceiptRule]):
    """Make a rule."""

    route = Route("fax_receipt_rules.create", "POST", _RULES, Effect.WRITE)


class GetFaxReceiptRule(Operation[ReceiptRule]):
    """Read one rule."""

    route = Route("fax_receipt_rules.get", "GET", _RULE, Effect.READ)
    receipt_rule_id: int


class UpdateFaxReceiptRule(ReceiptRuleFields, Operation[ReceiptRule]):
    """Change a rule."""

    route = Route("fax_receipt_rules.update", "PUT", _RULE, Effect.WRITE)
    receipt_rule_id: int


class DeleteFaxReceiptRule(Operation[JsonValue]):
    """Delete a rule."""

    route = Route("fax_receipt_rules.delete", "DELETE", _RULE, Effect.DESTROY)
    receipt_rule_id: int
