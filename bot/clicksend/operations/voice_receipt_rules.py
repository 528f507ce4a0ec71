"""Rules for the delivery receipts of voice calls."""

from pydantic import JsonValue

from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Listing, Page
from bot.clicksend.rules import ReceiptRule, ReceiptRuleFields

_RULES = "/automations/voice/receipts"
_RULE = _RULES + "/{receipt_rule_id}"


class ListVoiceReceiptRules(Listing, Operation[Page[ReceiptRule]]):
    """List the rules."""

    route = Route("voice_receipt_rules.list", "GET", _RULES, Effect.READ)


class CreateVoiceReceiptRule(ReceiptRuleFields, Operation[ReceiptRule]):
    """Make a rule."""

    route = Route("voice_receipt_rules.create", "POST", _RULES, Effect.WRITE)


class GetVoiceReceiptRule(Operation[ReceiptRule]):
    """Read one rule."""

    route = Route("voice_receipt_rules.get", "GET", _RULE, Effect.READ)
    receipt_rule_id: int


class UpdateVoiceReceiptRule(ReceiptRuleFields, Operation[ReceiptRule]):
    """Change a rule."""

    route = Route("voice_receipt_rules.update", "PUT", _RULE, Effect.WRITE)
    receipt_rule_id: int


class DeleteVoiceReceiptRule(Operation[JsonValue]):
    """Delete a rule."""

    route = Route("voice_receipt_rules.delete", "DELETE", _RULE, Effect.DESTROY)
    receipt_rule_id: int
