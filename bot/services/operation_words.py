"""What an operation that changes something does, in words, as `Subaccount, change`; pure."""

from __future__ import annotations

from typing import Final

from bot.texts import Phrase

_FAMILIES: Final = {
    "account": Phrase("Account"),
    "alpha_tags": Phrase("Alpha tag"),
    "contacts": Phrase("Contact"),
    "default_senders": Phrase("Default sender"),
    "delivery_issues": Phrase("Delivery issue"),
    "email_addresses": Phrase("Email address"),
    "email_receipt_rules": Phrase("Automation of email receipts"),
    "email_templates": Phrase("Email template"),
    "email_to_sms": Phrase("Email to SMS"),
    "fax": Phrase("Fax"),
    "fax_inbound_rules": Phrase("Automation of faxes that come in"),
    "fax_receipt_rules": Phrase("Automation of fax receipts"),
    "global_sending": Phrase("Countries to send to"),
    "letters": Phrase("Letter"),
    "lists": Phrase("Contact list"),
    "mms": "MMS",
    "own_numbers": Phrase("Own number"),
    "postcards": Phrase("Postcard"),
    "recharge": Phrase("Credit"),
    "reseller": Phrase("Client account"),
    "return_addresses": Phrase("Return address"),
    "sms": "SMS",
    "sms_inbound_rules": Phrase("Automation of SMS that come in"),
    "sms_receipt_rules": Phrase("Automation of SMS receipts"),
    "subaccounts": Phrase("Subaccount"),
    "uploads": Phrase("File"),
    "voice": Phrase("Voice call"),
    "voice_receipt_rules": Phrase("Automation of voice receipts"),
}
_VERBS: Final = {
    "agree": Phrase("agreement to rules"),
    "cancel": Phrase("cancellation"),
    "cancel_all": Phrase("cancellation of all"),
    "copy": Phrase("copy"),
    "create": Phrase("creation"),
    "create_allowed_address": Phrase("new allowed address"),
    "create_stripped_string": Phrase("new text to be cut"),
    "create_template": Phrase("new template"),
    "create_test_inbound": Phrase("test message"),
    "create_test_receipt": Phrase("test receipt"),
    "delete": Phrase("deletion"),
    "delete_stripped_string": Phrase("text to be cut no more"),
    "delete_template": Phrase("deletion of a template"),
    "forgot_password": Phrase("forgotten password"),
    "forgot_username": Phrase("forgotten name"),
    "import_contacts": Phrase("import"),
    "mark_inbound_message_read": Phrase("message marked as read"),
    "mark_inbound_read": Phrase("messages marked as read"),
    "mark_receipts_read": Phrase("receipts marked as read"),
    "regenerate_api_key": Phrase("new key"),
    "remove_duplicates": Phrase("removal of duplicates"),
    "remove_opted_out": Phrase("removal of the opted-out"),
    "request_verification": Phrase("code sent"),
    "select_countries": Phrase("selection"),
    "send_verification": Phrase("code sent"),
    "transfer": Phrase("move"),
    "update": Phrase("change"),
    "update_payment_info": Phrase("new card"),
    "update_stripped_string": Phrase("change of a text to be cut"),
    "update_template": Phrase("change of a template"),
    "upload": Phrase("upload"),
    "verify": Phrase("verification"),
    "verify_forgot_password": Phrase("new password"),
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
