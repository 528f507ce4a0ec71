"""A ClickSend API client: typed operations, one executor, errors that say what happened.

Source: the vendor's REST API v3. Operation ids are those of the committed operations file.
"""

from bot.clicksend.client import CallObserver, ClickSend, Timeouts
from bot.clicksend.errors import (
    BadRequest,
    ClickSendError,
    Forbidden,
    NoAnswer,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
    ServerError,
    Unauthorized,
    UnreadableAnswer,
)
from bot.clicksend.limiter import Limiter, Rate
from bot.clicksend.operation import Effect, Operation, Route
from bot.clicksend.paging import Page
from bot.clicksend.registry import UnknownOperation

__all__ = [
    "BadRequest",
    "CallObserver",
    "ClickSend",
    "ClickSendError",
    "Effect",
    "Forbidden",
    "Limiter",
    "NoAnswer",
    "NotFound",
    "NotSent",
    "Operation",
    "OutcomeUnknown",
    "Page",
    "Rate",
    "RateLimited",
    "Refused",
    "Route",
    "ServerError",
    "Timeouts",
    "Unauthorized",
    "UnknownOperation",
    "UnreadableAnswer",
]
