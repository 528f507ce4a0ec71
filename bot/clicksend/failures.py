"""From an exception of the HTTP libraries to one of ours."""

import aiohttp
import httpx

from bot.clicksend import errors

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL)
_NEVER_LEFT_AIOHTTP = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


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
    if never_left(error, changes=changes):
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


def never_left(error: Exception, *, changes: bool) -> bool:
    """Whether the request certainly never reached the peer.

    Args:
        error: What was raised.
        changes: Whether the operation changes anything, and so went over httpx's own transport.
            Over aiohttp the httpx type says little (a drop after the request was read is a
            ``ConnectTimeout`` there): its cause counts.

    Returns:
        True for a refused, unresolved or timed out connection, or a full pool.
    """
    if changes:
        return isinstance(error, _NEVER_LEFT)
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__
    return isinstance(cause, _NEVER_LEFT_AIOHTTP)


def _named(error: Exception) -> str:
    """The kind of failure, by the class that says most; never its text or its arguments."""
    return type(error.__cause__ or error).__name__
