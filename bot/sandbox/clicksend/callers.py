"""Who asks: the account, its subaccounts, and the vendor's test users."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.clicksend.wire import Json, RefusedError

USER, KEY = "demo", "00000000-DEMO-DEMO-DEMO-000000000000"
TEST_KEY = "D83DED51-9E35-4D42-9BB9-0E34B7CA85AE"
"""The key of the documented test users `nocredit`, `notactive` and `banned`."""

ACCESS = (
    "users",
    "billing",
    "reporting",
    "contacts",
    "settings",
    "sms",
    "email",
    "voice",
    "fax",
    "post",
    "reseller",
    "mms",
)
"""What a subaccount may be allowed, by the names of its `access_*` flags."""
_OPEN = frozenset(
    {
        "account.create",
        "account.send_verification",
        "account.verify",
        "account.forgot_username",
        "account.forgot_password",
        "account.verify_forgot_password",
        "countries.list",
    }
)
_NEEDS = {
    "sms": "sms",
    "sms_campaigns": "sms",
    "email_to_sms": "sms",
    "short_urls": "sms",
    "mms": "mms",
    "mms_campaigns": "mms",
    "voice": "voice",
    "fax": "fax",
    "letters": "post",
    "postcards": "post",
    "return_addresses": "post",
    "email": "email",
    "email_campaigns": "email",
    "email_templates": "email",
    "email_addresses": "email",
    "master_email_templates": "email",
    "contacts": "contacts",
    "lists": "contacts",
    "search": "contacts",
    "recharge": "billing",
    "numbers": "billing",
    "statistics": "reporting",
    "subaccounts": "users",
    "reseller": "reseller",
    "sms_inbound_rules": "settings",
    "sms_receipt_rules": "settings",
    "fax_inbound_rules": "settings",
    "fax_receipt_rules": "settings",
    "voice_receipt_rules": "settings",
    "email_receipt_rules": "settings",
    "alpha_tags": "settings",
    "own_numbers": "settings",
    "default_senders": "settings",
    "global_sending": "settings",
}


@dataclass(frozen=True)
class Caller:
    """Somebody with valid credentials.

    Attributes:
        username: The name of the account or subaccount.
        subaccount_id: The subaccount; 1 is the account's own.
        access: What it may use, by the names of the `access_*` flags.
        broke: Whether this is the test user without credit.
    """

    username: str
    subaccount_id: int = 1
    access: frozenset[str] = frozenset(ACCESS)
    broke: bool = False

    def must_be_allowed(self, operation: str) -> None:
        """Refuse an operation that the subaccount's flags do not allow.

        Raises:
            RefusedError: 403.
        """
        needed = _NEEDS.get(operation.partition(".")[0])
        if needed and needed not in self.access:
            raise RefusedError(403, "FORBIDDEN", f"This subaccount has no access to {needed}.")


def recognise(header: str, subaccounts: Iterable[Json]) -> Caller:
    """Read an `Authorization` header.

    Args:
        header: Its value.
        subaccounts: The subaccounts there are.

    Raises:
        RefusedError: 401, or 403 for the test users that may not do anything.
    """
    name, key = _pair(header)
    if (name, key) == (USER, KEY):
        return Caller(USER)
    if key == TEST_KEY and name in ("nocredit", "notactive", "banned"):
        return _test_user(name)
    for each in subaccounts:
        if (name, key) == (each["api_username"], each["api_key"]):
            access = frozenset(part for part in ACCESS if each[f"access_{part}"])
            return Caller(name, int(each["subaccount_id"]), access)
    raise RefusedError(401, "UNAUTHORIZED", "Authorization failed.")


def is_open(operation: str) -> bool:
    """Whether somebody without an account may call it: to sign up, or after forgetting the key."""
    return operation in _OPEN


def _pair(header: str) -> tuple[str, str]:
    kind, _, encoded = header.partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return "", ""
    name, _, key = pair.partition(":")
    return (name, key) if kind.lower() == "basic" else ("", "")


def _test_user(name: str) -> Caller:
    if name == "notactive":
        raise RefusedError(403, "ACCOUNT_NOT_ACTIVATED", "Your account has not been activated.")
    if name == "banned":
        raise RefusedError(403, "FORBIDDEN", "Your account is banned.")
    return Caller(name, broke=True)
