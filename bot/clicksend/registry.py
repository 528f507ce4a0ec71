"""From an operation id to its class; a family is imported when one of its operations is needed."""

import functools
import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from bot.clicksend.operation import Operation

_FAMILIES: Mapping[str, str] = {
    # family and module: the operations of it
    "account": "get usage create send_verification verify forgot_username forgot_password"
    " verify_forgot_password",
    "alpha_tags": "list create get delete",
    "contacts": "list create get update delete copy transfer remove_opted_out",
    "countries": "list",
    "delivery_issues": "list create",
    "email": "send price history export_history",
    "email_addresses": "list create get delete send_verification verify",
    "email_campaigns": "send price list get update cancel history export_history",
    "email_receipt_rules": "list create get update delete",
    "email_templates": "list create get update delete",
    "email_to_sms": "list_allowed_addresses create_allowed_address list_stripped_strings"
    " create_stripped_string get_stripped_string update_stripped_string"
    " delete_stripped_string",
    "fax": "send price receipts receipt history",
    "fax_inbound_rules": "list create get update delete",
    "fax_receipt_rules": "list create get update delete",
    "global_sending": "list_countries selected_countries select_countries agree",
    "letters": "send price cancel history export_history detect_address",
    "lists": "list create get update delete remove_duplicates import_contacts",
    "master_email_templates": "list get list_categories get_category list_in_category",
    "mms": "send price history export_history",
    "mms_campaigns": "send price list get update cancel",
    "numbers": "list search buy",
    "own_numbers": "list get update delete request_verification verify",
    "postcards": "send price cancel history export_history",
    "recharge": "packages purchase transactions transaction payment_info update_payment_info",
    "referrals": "list",
    "reseller": "list create get update transfer_credit",
    "return_addresses": "list create get update delete",
    "search": "contact_lists",
    "sms": "send price create_test_receipt receipts receipt mark_receipts_read"
    " create_test_inbound inbound mark_inbound_read mark_inbound_message_read cancel"
    " cancel_all list_templates create_template update_template delete_template history"
    " export_history",
    "sms_campaigns": "send price list get update cancel",
    "sms_inbound_rules": "list create get update delete",
    "sms_receipt_rules": "list create get update delete",
    "statistics": "sms voice",
    "subaccounts": "list create get update delete regenerate_api_key",
    "timezones": "list",
    "uploads": "upload",
    "voice": "send price languages receipts cancel cancel_all history export_history",
    "voice_receipt_rules": "list create get update delete",
}
_UNDOCUMENTED: Mapping[str, str] = {
    # the same, for what only the vendor's SDKs have
    "default_senders": "list create get update delete",
    "fax": "create_test_receipt mark_receipts_read",
    "mms": "receipts mark_receipts_read",
    "short_urls": "statistics tracking",
    "sms": "inbound_message",
    "voice": "create_test_receipt mark_receipts_read",
}


class UnknownOperation(KeyError):  # noqa: N818 - it is a KeyError, and says so
    """No operation has this id."""

    def __str__(self) -> str:
        return f"There is no operation {self.args[0]}."


@functools.cache
def ids() -> tuple[str, ...]:
    """The id of every documented operation, without importing any family.

    Returns:
        The ids, sorted.
    """
    return _ids(_FAMILIES)


@functools.cache
def undocumented_ids() -> tuple[str, ...]:
    """The id of every operation that the vendor's SDKs have and the reference lacks.

    Returns:
        The ids, sorted.
    """
    return _ids(_UNDOCUMENTED)


def _ids(families: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(f"{f}.{name}" for f, names in families.items() for name in names.split()))


def operation(id: str) -> type[Operation[Any]]:  # noqa: A002 - the contract's name
    """The class of an operation, documented or not.

    Args:
        id: An operation id, such as ``sms.send``.

    Returns:
        Its class; of Any, because the answer's type depends on the id.

    Raises:
        UnknownOperation: No operation has this id.
    """
    if id not in ids() and id not in undocumented_ids():
        raise UnknownOperation(id)
    return _family(id.partition(".")[0])[id]


def all_ids() -> tuple[str, ...]:
    """The id of everything that ``operation`` finds, whether documented or not.

    Returns:
        The ids, sorted.
    """
    return tuple(sorted({*ids(), *undocumented_ids()}))


def nearest(id: str) -> tuple[str, ...]:  # noqa: A002 - as operation()
    """The ids that a mistyped one may mean.

    Args:
        id: What was typed.

    Returns:
        At most three ids, the likeliest first.
    """
    typed = id.strip().lower().replace("-", "_")[:80]
    near = get_close_matches(typed, all_ids(), n=3, cutoff=0.6)
    parts = [part for part in typed.split(".") if part]
    holding = [each for each in all_ids() if parts and all(part in each for part in parts)]
    return tuple(dict.fromkeys([*near, *holding]))[:3]


@functools.cache
def _family(name: str) -> Mapping[str, type[Operation[Any]]]:
    module = importlib.import_module(f"bot.clicksend.operations.{name}")
    found = (value for value in vars(module).values() if _is_operation(value))
    return MappingProxyType(
        {cls.route.id: cls for cls in found if cls.__module__ == module.__name__}
    )


def _is_operation(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Operation) and hasattr(value, "route")
