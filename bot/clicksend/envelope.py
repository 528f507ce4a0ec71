"""From an HTTP answer to a typed one, or to the right error."""

import functools
import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Generic, NoReturn, TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from bot.clicksend import errors
from bot.clicksend.answers import Answer
from bot.clicksend.operation import Effect, Operation, answer_adapter, answer_type
from bot.clicksend.wiretypes import Integer, Text

T = TypeVar("T")

SUCCESS = "SUCCESS"
_FAILED_INSIDE = {"INTERNAL_ERROR", "INTERNAL_SERVER_ERROR", "SOMETHING_IS_WRONG"}
_BY_STATUS: dict[int, type[errors.Refused]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    429: errors.RateLimited,
}


class Envelope(BaseModel, Generic[T]):
    """What surrounds nearly every answer."""

    model_config = ConfigDict(defer_build=True)

    http_code: Integer = None
    response_code: Text
    response_msg: Text = None
    data: T


class Verdict(Answer):
    """The part of an envelope that says whether it is a success, whatever else it holds."""

    response_code: Text = None
    response_msg: Text = None
    data: JsonValue = None


_SILENT = Verdict.model_construct()


@functools.cache
def _envelope_adapter(cls: type[Operation[Any]]) -> TypeAdapter[Envelope[Any]]:
    return TypeAdapter(Envelope[answer_type(cls)])  # type: ignore[misc, arg-type]  # built at run time


def changes_something(operation: Operation[Any]) -> bool:
    """Whether an operation is anything but a read.

    Args:
        operation: Of any answer, for only its route is read.

    Returns:
        True when repeating it, or not knowing its outcome, matters.
    """
    return operation.route.effect is not Effect.READ


def read(operation: Operation[T], status: int, headers: Mapping[str, str], body: bytes) -> T:
    """Read an HTTP answer.

    Args:
        operation: What was asked.
        status: The HTTP status.
        headers: The HTTP headers, case-insensitive.
        body: The decoded body.

    Returns:
        The typed answer.

    Raises:
        ClickSendError: The subclass the status and the body call for.
    """
    if not 200 <= status < 300:  # noqa: PLR2004 - the 2xx statuses
        _fail(operation, status, _verdict(body), retry_after(headers))
    if status == 204 and answers_nothing(operation):  # noqa: PLR2004 - HTTP, No Content
        return cast("T", answer_adapter(type(operation)).validate_python(None))
    try:
        envelope = _envelope_adapter(type(operation)).validate_json(body)
    except ValidationError as error:
        problem = error
    else:
        if envelope.response_code == SUCCESS:
            return cast("T", envelope.data)
        _fail(operation, status, _verdict(body), None)
    return _second_reading(operation, status, body, problem)


def answers_nothing(operation: Operation[Any]) -> bool:
    """Whether an operation may answer without any body (HTTP 204).

    Args:
        operation: Of any answer, for only its type is read.

    Returns:
        True when None is a valid answer of it.
    """
    try:
        answer_adapter(type(operation)).validate_python(None)
    except ValidationError:
        return False
    return True


def _second_reading(operation: Operation[T], status: int, body: bytes, why: ValidationError) -> T:
    """A success that did not fit: a refusal with other data, a bare answer, or unreadable."""
    verdict = _verdict(body)
    if verdict.response_code not in {None, SUCCESS}:
        _fail(operation, status, verdict, None)
    if operation.route.bare and verdict.response_code is None:
        try:
            return cast("T", answer_adapter(type(operation)).validate_json(body))
        except ValidationError as error:
            why = error
    raise errors.UnreadableAnswer.of(
        why,
        operation=operation.route.id,
        status=status,
        ambiguous=changes_something(operation),
    ) from None


def _verdict(body: bytes) -> Verdict:
    try:
        return Verdict.model_validate_json(body)
    except ValidationError:
        return Verdict()


def _fail(operation: Operation[Any], status: int, verdict: Verdict, wait: float | None) -> NoReturn:
    """Raise the error for an answer that is not a success."""
    changes = changes_something(operation)
    raise failure(operation.route.id, status, verdict, wait=wait, changes=changes)


def failure(
    name: str,
    status: int,
    verdict: Verdict = _SILENT,
    *,
    wait: float | None = None,
    changes: bool = False,
) -> errors.ClickSendError:
    """The error for an answer that is not a success.

    Args:
        name: The operation id.
        status: The HTTP status.
        verdict: What the answer says of itself.
        wait: Seconds it asks to wait.
        changes: Whether the operation changes anything.

    Returns:
        The error, to raise.
    """
    kind = _kind(status, verdict.response_code)
    said = verdict.response_msg or verdict.response_code
    return kind(
        f"ClickSend {_VERB[kind]} {name} (HTTP {status})" + (f": {said}" if said else "."),
        operation=name,
        http_status=status,
        response_code=verdict.response_code,
        response_msg=verdict.response_msg,
        retry_after=wait,
        ambiguous=issubclass(kind, errors.OutcomeUnknown) and changes,
    )


def _kind(status: int, code: str | None) -> type[errors.ClickSendError]:
    if status >= 500 or (status < 300 and code in _FAILED_INSIDE):  # noqa: PLR2004 - HTTP
        return errors.ServerError
    if status == 408:  # noqa: PLR2004 - a gateway gave up waiting: the work may go on behind it
        return errors.NoAnswer
    if status < 300:  # noqa: PLR2004 - HTTP
        return errors.Refused
    if status < 400:  # noqa: PLR2004 - HTTP
        return errors.UnreadableAnswer
    return _BY_STATUS.get(status, errors.BadRequest)


_VERB: Mapping[type[errors.ClickSendError], str] = {
    errors.ServerError: "failed on",
    errors.NoAnswer: "gave no answer in time to",
    errors.UnreadableAnswer: "answered with a redirect to",
    errors.Refused: "refused",
    errors.BadRequest: "found a mistake in",
    errors.Unauthorized: "did not accept the credentials for",
    errors.Forbidden: "does not allow",
    errors.NotFound: "did not find what was asked for in",
    errors.RateLimited: "allows no more calls for now of",
}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The wait an answer asks for.

    Args:
        headers: The HTTP headers.

    Returns:
        Seconds from now, zero or more; None when the answer does not say.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        return _until(value)
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _until(date: str) -> float | None:
    """Seconds until an HTTP date."""
    try:
        return max(parsedate_to_datetime(date).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError):
        return None
