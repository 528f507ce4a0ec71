"""What an operation that changes something does, in words, as `Subaccount, change`; pure."""

from __future__ import annotations

from typing import Final

_FAMILIES: Final = {
    "account": "Account",
    "alpha_tags": "Alpha tag",
    "contacts": "Contact",
    "default_senders": "Default sender",
    "delivery_issues": "Delivery issue",
    "email_addresses": "Email address",
    "email_receipt_rules": "Automation of email receipts",
    "email_templates": "Email template",
    "email_to_sms": "Email to SMS",
    "fax": "Fax",
    "fax_inbound_rules": "Automation of faxes that come in",
    "fax_receipt_rules": "Automation of fax receipts",
    "global_sending": "Countries to send to",
    "letters": "Letter",
    "lists": "Contact list",
    "mms": "MMS",
    "own_numbers": "Own number",
    "postcards": "Postcard",
    "recharge": "Credit",
    "reseller": "Client account",
    "return_addresses": "Return address",
    "sms": "SMS",
    "sms_inbound_rules": "Automation of SMS that come in",
    "sms_receipt_rules": "Automation of SMS receipts",
    "subaccounts": "Subaccount",
    "uploads": "File",
    "voice": "Voice call",
    "voice_receipt_rules": "Automation of voice receipts",
}
_VERBS: Final = {
    "agree": "agreement to rules",
    "cancel": "cancellation",
    "cancel_all": "cancellation of all",
    "copy": "copy",
    "create": "creation",
    "create_allowed_address": "new allowed address",
    "create_stripped_string": "new text to be cut",
    "create_template": "new template",
    "create_test_inbound": "test message",
    "create_test_receipt": "test receipt",
    "delete": "deletion",
    "delete_stripped_string": "text to be cut no more",
    "delete_template": "deletion of a template",
    "forgot_password": "forgotten password",
    "forgot_username": "forgotten name",
    "import_contacts": "import",
    "mark_inbound_message_read": "message marked as read",
    "mark_inbound_read": "messages marked as read",
    "mark_receipts_read": "receipts marked as read",
    "regenerate_api_key": "new key",
    "remove_duplicates": "removal of duplicates",
    "remove_opted_out": "removal of the opted-out",
    "request_verification": "code sent",
    "select_countries": "selection",
    "send_verification": "code sent",
    "transfer": "move",
    "update": "change",
    "update_payment_info": "new card",
    "update_stripped_string": "change of a text to be cut",
    "update_template": "change of a template",
    "upload": "upload",
    "verify": "verification",
    "verify_forgot_password": "new password",
}


def said(operation: str) -> str | None:
    """What an operation does, in words; None when it is none that changes something.

    Args:
        operation: Its id, such as `subaccounts.update`.
    """
    family, _, verb = operation.partition(".")
    if family not in _FAMILIES or verb not in _VERBS:
        return None
    return f"{_FAMILIES[family]}, {_VERBS[verb]}"
