"""Rules for the delivery receipts of SMS; ``sms.receipts`` is empty without one of action POLL."""

from pydantic import JsonValue

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.rules import ReceiptRule, ReceiptRuleFields

_RULES = "/automations/sms/receipts"
_RULE = _RULES + "/{receipt_rule_id}"


class ListSmsReceiptRules(Listing, Operation[Page[ReceiptRule]]):
    """List the rules."""

    route = Route("sms_receipt_rules.list", "GET", _RULES, Effect.READ)


class CreateSmsReceiptRule(ReceiptRuleFields, Operation[ReceiptRule]):
    """Make a rule."""

    route = Route("sms_receipt_rules.create", "POST", _RULES, Effect.WRITE)


class GetSmsReceiptRule(Operation[ReceiptRule]):
    """Read one rule."""

    route = Route("sms_receipt_rules.get", "GET", _RULE, Effect.READ)
    receipt_rule_id: int


class UpdateSmsReceiptRule(ReceiptRuleFields, Operation[ReceiptRule]):
    """Change a rule."""

    route = Route("sms_receipt_rules.update", "PUT", _RULE, Effect.WRITE)
    receipt_rule_id: int


class DeleteSmsReceiptRule(Operation[JsonValue]):
    """Delete a rule."""

    route = Route("sms_receipt_rules.delete", "DELETE", _RULE, Effect.DESTROY)
    receipt_rule_id: int
