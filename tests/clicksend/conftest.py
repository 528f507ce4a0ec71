"""A client against a peer of this machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from pydantic import SecretStr

from bot.clicksend import ClickSend, Timeouts, client

USERNAME = "nocredit"
API_KEY = "6E1D4C2B-SECRET-OF-THE-TEST"
QUICK = Timeouts(connect=0.3, read=0.3, write=0.3, pool=0.3, total=5.0)

Connect = Callable[..., ClickSend]


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.001)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Open clients that are closed with the test."""
    async with AsyncExitStack() as stack:

        def to(url: str, **options: object) -> ClickSend:
            options.setdefault("timeouts", QUICK)
            opened = ClickSend(url, USERNAME, SecretStr(API_KEY), **options)  # type: ignore[arg-type]  # options of any test
            stack.push_async_callback(opened.aclose)
            return opened

        yield to
