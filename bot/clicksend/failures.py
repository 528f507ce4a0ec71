"""From an exception of the HTTP libraries to one of ours."""

import aiohttp
import httpx

from bot.clicksend import errors

_NEVER_LEFT = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL),
    *(aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL),
)


def classify(
    error: httpx.HTTPError | httpx.InvalidURL | aiohttp.ClientError | TimeoutError,
    *,
    operation: str,
    changes: bool,
) -> errors.ClickSendError:
    """Say what an exception of the HTTP libraries means for the request.

    Args:
        error: What was raised while the request was made or its answer read.
        operation: The operation id.
        changes: Whether the operation changes anything.

    Returns:
        The error to raise. It does not refer to ``error``, which may hold the credentials.
    """
    if isinstance(error, _NEVER_LEFT):
        return errors.NotSent(
            f"ClickSend could not be reached ({_named(error)}); {operation} was not sent.",
            operation=operation,
        )
    kind = errors.UnreadableAnswer if isinstance(error, httpx.DecodingError) else errors.NoAnswer
    return kind(
        f"No usable answer to {operation} came back ({_named(error)}).",
        operation=operation,
        ambiguous=changes,
    )


def _named(error: Exception) -> str:
    """The kind of failure, by the class that says most; never its text or its arguments."""
    return type((isinstance(error, httpx.HTTPError) and error.__cause__) or error).__name__
