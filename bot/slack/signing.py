"""Slack's request signature (v0), checked on the raw bytes before anything is parsed.

Bolt checks it too, but only after it has parsed the body, and it logs the body of what it refuses.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

WINDOW = 300
"""How old a request may be, in seconds."""


class Signature:
    """The check of one signing secret.

    Args:
        secret: The app's signing secret; with None nothing is ever valid, as an empty key is one
            that everybody knows.
        now: The time of day, in Unix seconds.
    """

    def __init__(self, secret: str | None, *, now: Callable[[], float] = time.time) -> None:
        self.secret = secret or secrets.token_hex(32)
        self._now = now

    def valid(self, timestamp: bytes | None, signature: bytes | None, body: bytes) -> bool:
        """Whether Slack signed this, lately.

        Args:
            timestamp: The header `X-Slack-Request-Timestamp`.
            signature: The header `X-Slack-Signature`.
            body: The body as it came.

        Returns:
            Whether it may be believed.
        """
        if timestamp is None or signature is None or not self._fresh(timestamp):
            return False
        signed = b"v0:" + timestamp + b":" + body
        digest = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(b"v0=" + digest.encode(), signature)

    def _fresh(self, timestamp: bytes) -> bool:
        if not timestamp.isdigit() or len(timestamp) > 12:  # noqa: PLR2004 - year 33658
            return False
        return abs(self._now() - int(timestamp)) <= WINDOW
