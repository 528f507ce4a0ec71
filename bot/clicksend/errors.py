"""What can go wrong in a call, as one tree.

::

    ClickSendError
    ├── NotSent               the request never reached ClickSend
    ├── OutcomeUnknown        the request left; no usable answer came back
    │   ├── NoAnswer          read timeout, dropped connection, total deadline, HTTP 408
    │   ├── ServerError       HTTP 5xx, or an answer that says INTERNAL_ERROR
    │   └── UnreadableAnswer  an answer that is not what the API documents
    └── Refused               ClickSend answered, and did nothing
        ├── BadRequest        HTTP 400, 405 and any other 4xx without a class of its own
        ├── Unauthorized      HTTP 401
        ├── Forbidden         HTTP 403
        ├── NotFound          HTTP 404
        └── RateLimited       HTTP 429, or held back by this client's own limiter

``ambiguous`` is the question a caller that changed something has to ask: may it have taken
effect? It is true for :class:`OutcomeUnknown` on any operation that changes something, and false
everywhere else; a read is never ambiguous. An HTTP 200 whose ``response_code`` is not ``SUCCESS``
is a plain :class:`Refused`.

No error keeps the request, its headers or the exception of the HTTP library beneath (whose repr
may carry the Authorization header): what is needed of them is in the message.
"""

from itertools import islice
from typing import Self

from pydantic import ValidationError

from bot.clicksend.ordinary import EITHER, PASSED_OVER, UNLIKE


class ClickSendError(Exception):
    """A call that did not succeed.

    Attributes:
        operation: The operation id, such as ``sms.send``.
        http_status: The HTTP status of the answer; None when none came.
        response_code: ClickSend's own code, such as ``INSUFFICIENT_CREDIT``.
        response_msg: ClickSend's own words.
        retry_after: Seconds to wait before another try, when known.
        ambiguous: Whether the call may have taken effect.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        http_status: int | None = None,
        response_code: str | None = None,
        response_msg: str | None = None,
        retry_after: float | None = None,
        ambiguous: bool = False,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.http_status = http_status
        self.response_code = response_code
        self.response_msg = response_msg
        self.retry_after = retry_after
        self.ambiguous = ambiguous


class NotSent(ClickSendError):  # noqa: N818 - named for what happened, as callers read it
    """The request never left: refused, unresolved, no connection in time. Safe to try again."""


class OutcomeUnknown(ClickSendError):  # noqa: N818 - named for what happened
    """The request left and no usable answer came back; see ``ambiguous``."""


class NoAnswer(OutcomeUnknown):
    """Nothing, or only half an answer, came back before the connection or the time ran out."""


class ServerError(OutcomeUnknown):
    """ClickSend, or something in front of it, failed while it worked on the request."""


class UnreadableAnswer(OutcomeUnknown):
    """An answer came back, and it is not one the API documents."""

    @classmethod
    def of(cls, error: ValidationError, *, operation: str, status: int, ambiguous: bool) -> Self:
        """Say where an answer is wrong, without quoting it: it may hold secrets.

        Args:
            error: What pydantic found.
            operation: The operation id.
            status: The HTTP status of the answer.
            ambiguous: Whether the call may have taken effect.

        Returns:
            The error, naming at most three fields and the reason for each.
        """
        found = error.errors(include_input=False, include_url=False, include_context=False)
        telling = (e for e in found if e["type"] != UNLIKE and PASSED_OVER not in e["loc"])
        named = "; ".join(f"{_place(e['loc'])}: {e['type']}" for e in islice(telling, 3))
        return cls(
            f"ClickSend's answer to {operation} could not be read ({named}).",
            operation=operation,
            http_status=status,
            ambiguous=ambiguous,
        )


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location if part != EITHER) or "answer"


class Refused(ClickSendError):  # noqa: N818 - named for what happened
    """ClickSend answered that it did not do it. Nothing was sent or changed."""


class BadRequest(Refused):
    """The request was invalid (HTTP 400, 405, or another 4xx)."""


class Unauthorized(Refused):
    """The username or the API key is wrong or missing (HTTP 401)."""


class Forbidden(Refused):
    """This account may not do or see that (HTTP 403)."""


class NotFound(Refused):
    """There is no such thing, or it is past changing (HTTP 404)."""


class RateLimited(Refused):
    """Too many calls (HTTP 429), or held back here to stay below the rate; see ``retry_after``."""
