"""The sign of life: an address elsewhere is asked every minute, and notices when that stops."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import structlog
from pydantic import SecretStr

_log = structlog.get_logger(__name__)
_PATIENCE = 10.0


class Heartbeat:
    """Asks an address; what holds it is secret, for whoever knows it can fake the bot's life.

    Args:
        url: The address; None: there is nobody to tell.
    """

    def __init__(self, url: SecretStr | None) -> None:
        self._url = url

    async def beat(self) -> bool:
        """Ask the address once (GET).

        Returns:
            Whether it answered with a 2xx; a failure is logged without the address, and the next
            minute tries again.
        """
        if self._url is None:
            return False
        address = self._url.get_secret_value()
        near = urlsplit(address).hostname in {"127.0.0.1", "::1", "localhost"}
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=not near) as http:
                answer = await http.get(address)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            _log.warning("the heartbeat was not heard", problem=type(error).__name__)
            return False
        if not answer.is_success:
            _log.warning("the heartbeat was not heard", status=answer.status_code)
        return answer.is_success
