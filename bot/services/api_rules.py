"""Which operations may be run from Slack by hand: pure decisions, with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clicksend import Operation
from bot.clicksend.fields import Kind, fields
from bot.texts import Phrase, say

KEPT_OUT: Mapping[str, Phrase] = {
    # Beside the operations that must be given a secret, which their fields say themselves.
    "account.create": Phrase("it takes a password"),
    "account.forgot_password": Phrase("it is a way into an account"),
    "account.forgot_username": Phrase("it is a way into an account"),
    "account.verify": Phrase("it takes a code that opens an account"),
    "account.verify_forgot_password": Phrase("it takes a password"),
    "recharge.payment_info": Phrase("its answer is card data"),
    "recharge.update_payment_info": Phrase("it takes card data"),
    "reseller.create": Phrase("it takes a password"),
    "subaccounts.create": Phrase("it takes a password, and its answer is an API key"),
    "subaccounts.regenerate_api_key": Phrase("its answer is an API key"),
}
"""Operations whose secrets must not pass through Slack, and why."""


def kept_out(cls: type[Operation[Any]]) -> str | None:
    """Why an operation cannot be run from Slack.

    Args:
        cls: An operation class.

    Returns:
        The reason, to follow "because"; None when it can be run.
    """
    if reason := KEPT_OUT.get(cls.route.id):
        return say("{reason}, and that never passes through Slack", reason=reason)
    secrets = [field for field in fields(cls) if field.secret]
    # A secret that may be left out is not offered; one that must be given, or hides, closes it.
    if any(field.required or field.kind is not Kind.SECRET for field in secrets):
        named = ", ".join(field.wire for field in secrets)
        return say("it takes a secret ({named}), and that never passes through Slack", named=named)
    return None
