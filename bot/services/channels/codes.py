"""Codes and reminders that ClickSend sends to somebody: free, and shown in no history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import phonenumbers

from bot.clicksend import ClickSend
from bot.clicksend.operations.account import (
    ForgotPassword,
    ForgotUsername,
    SendAccountVerification,
)
from bot.clicksend.operations.own_numbers import NumberVerification, RequestNumberVerification
from bot.services.channels.base import ACCEPTED, Answer, Line, Quoted, SendOperation, Traits
from bot.services.channels.single import SingleChannel

_TRAITS = Traits(can_wait=False, can_split=False, is_marked=False, is_listed=False)


def _e164(number: str, country: str | None) -> str:
    """A number in E.164 format; as it was given where it cannot be read."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


async def _nowhere(
    clicksend: ClickSend, wish: SendOperation, since: datetime, until: datetime
) -> tuple[Line, ...]:
    """Nothing: no list shows what was sent."""
    del clicksend, wish, since, until
    return ()


def _channel(
    noun: str,
    operation: type[SendOperation],
    target: Callable[[Any], str],
    *,
    to_phone: bool = False,
) -> SingleChannel:
    """A channel that costs nothing; that ClickSend took it is all its answer says."""

    async def free(clicksend: ClickSend, wish: SendOperation) -> Quoted:
        del clicksend
        return Quoted(Decimal(0), (Line(target(wish), ACCEPTED),))

    def taken(wish: SendOperation, answer: object) -> Answer:
        number = answer.id if isinstance(answer, NumberVerification) else None
        return Answer(Decimal(0), (Line(target(wish), ACCEPTED, message_id=number),))

    return SingleChannel(
        kind="code",
        noun=noun,
        traits=_TRAITS,
        operation=operation,
        target=target,
        shared=lambda wish: (target(wish),),
        pricing=free,
        reading=taken,
        looking=_nowhere,
        phone=target if to_phone else lambda _: None,
    )


ACCOUNT_CODE = _channel(
    "Activation code",
    SendAccountVerification,
    lambda wish: _e164(wish.user_phone, wish.country),
    to_phone=True,
)
NUMBER_CODE = _channel(
    "Verification code",
    RequestNumberVerification,
    lambda wish: _e164(wish.phone_number, wish.country),
    to_phone=True,
)
USERNAME = _channel(
    "Username reminder", ForgotUsername, lambda wish: wish.email or wish.phone_number
)
PASSWORD = _channel("Password reset", ForgotPassword, lambda wish: f"the owner of {wish.username}")
