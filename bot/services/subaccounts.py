"""Subaccounts: what they may do in words, and the operations that make and change them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from pydantic import SecretStr

from bot.clicksend import ClickSend
from bot.clicksend.operations.account import GetUsage, Subaccount
from bot.clicksend.operations.subaccounts import CreateSubaccount, UpdateSubaccount
from bot.services.usage import CHANNELS, Used
from bot.texts import Phrase

CHANGEABLE: Final = {
    "access_users": Phrase("subaccounts"),
    "access_billing": Phrase("billing"),
    "access_reporting": Phrase("reports"),
    "access_contacts": Phrase("contacts"),
    "access_settings": Phrase("settings"),
}
"""What ClickSend lets one switch (the reference, `subaccounts.create`), in words."""
_OTHERS = {
    "access_sms": Phrase("SMS"),
    "access_mms": Phrase("MMS"),
    "access_voice": Phrase("voice"),
    "access_fax": Phrase("fax"),
    "access_email": Phrase("email"),
    "access_post": Phrase("post"),
    "access_reseller": Phrase("reselling"),
    "access_smpp": Phrase("SMPP"),
}
PERSON: Final = ("email", "phone_number", "first_name", "last_name")
_LONGEST_ID = 18


def parse_id(text: str) -> int | None:
    """Read a subaccount's number; None when it is none."""
    typed = text.strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_ID
    return int(typed) if is_number else None


def permissions(account: Subaccount) -> tuple[list[Phrase], list[Phrase]]:
    """What a subaccount may see and use, and what it may not; what is not said is in neither."""
    known = {
        name: getattr(account, field)
        for field, name in {**CHANGEABLE, **_OTHERS}.items()
        if getattr(account, field) is not None
    }
    return [each for each in known if known[each]], [each for each in known if not known[each]]


def creation(name: str, person: Mapping[str, str], may: AbstractSet[str]) -> CreateSubaccount:
    """The operation that makes a subaccount, with a password that nobody ever sees.

    Its person sets one of their own by ClickSend's *Forgot password*, so that none passes through
    Slack, or is kept here.

    Args:
        name: To log in with.
        person: The fields of `PERSON`.
        may: Which of `CHANGEABLE` it may.
    """
    # Some of each kind of character, whatever the vendor asks for.
    password = SecretStr(f"Aa1!{secrets.token_urlsafe(24)}")
    return CreateSubaccount.model_validate(
        {"api_username": name, "password": password, **person, **_flags(may)}
    )


def update(
    number: int, name: str, person: Mapping[str, str], may: AbstractSet[str]
) -> UpdateSubaccount:
    """The operation that changes a subaccount, and leaves its password as it is."""
    return UpdateSubaccount.model_validate(
        {"subaccount_id": number, "api_username": name, **person, **_flags(may)}
    )


async def used(clicksend: ClickSend, number: int, *, at: datetime) -> dict[str, Used]:
    """What a subaccount used in a month, by channel (operation `account.usage`).

    Args:
        clicksend: The client.
        number: Which subaccount.
        at: A time of the month.

    Raises:
        ClickSendError: It could not be read.
    """
    usage = await clicksend.run(GetUsage(year=at.year, month=at.month))
    return {
        channel: Used(row.total_count or 0, row.total_price or Used().price)
        for channel in CHANNELS
        for row in getattr(usage, channel)
        if row.subaccount_id == number
    }


def _flags(may: AbstractSet[str]) -> dict[str, bool]:
    return {field: field in may for field in CHANGEABLE}
