"""A client against a peer of this machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from hypothesis import settings
from pydantic import SecretStr

from bot.clicksend import ClickSend, Timeouts, client
from tests.clicksend.peer import Step, hang

USERNAME = "nocredit"
API_KEY = "6E1D4C2B-SECRET-OF-THE-TEST"
PATIENT = Timeouts(connect=5.0, read=5.0, write=5.0, pool=5.0, total=30.0)
QUICK = Timeouts(connect=0.5, read=0.5, write=0.5, pool=0.5, total=3.0)
"""For a peer that never answers; anything else gets time, for a busy machine is slow."""

Connect = Callable[..., ClickSend]

# The first example of a test builds its models, which a busy machine does in its own time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def patience(step: Step) -> Timeouts:
    """How long to wait for a peer that does this."""
    return QUICK if step is hang else PATIENT


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.001)


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Open clients that are closed with the test."""
    async with AsyncExitStack() as stack:

        def to(url: str, **options: object) -> ClickSend:
            options.setdefault("timeouts", PATIENT)
            opened = ClickSend(url, USERNAME, SecretStr(API_KEY), **options)  # type: ignore[arg-type]  # options of any test
            stack.push_async_callback(opened.aclose)
            return opened

        yield to
