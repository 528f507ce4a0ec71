"""`clicksend-slack run`: the bot, with the settings of the environment."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def run() -> None:
    """Run the bot until it is told to stop.

    Raises:
        SystemExit: It cannot start; why stands on standard error.
    """
    gc.disable()  # what is imported stays: to look for garbage meanwhile is a fifth of the time
    from bot.cli.leaving import leave, settings_or_leave  # noqa: PLC0415 - the first of it

    settings = settings_or_leave()
    with _without("rich", "httpx._main"):
        from bot import app, logs, loop  # noqa: PLC0415 - without settings none of it is needed
        from bot.store import DatabaseInUseError, SchemaError  # noqa: PLC0415 - the same

    gc.freeze()
    gc.enable()
    logs.configure(settings.log_level, settings.log_format, secrets=logs.secrets_of(settings))
    try:
        loop.run(app.run(settings))
    except DatabaseInUseError as error:
        leave(f"The database is in use: {error}.")
    except SchemaError as error:
        leave(f"The bot cannot start on this database: {error}.")
    except OSError as error:
        leave(f"The bot cannot listen on {settings.bot_host}:{settings.bot_port}: {error}.")


@contextmanager
def _without(*modules: str) -> Iterator[None]:
    """Import as if these were not installed.

    structlog imports Rich where there is one, for tracebacks that the bot prints otherwise, and
    httpx its own command line, with Rich and Pygments: 3 MiB and a twentieth of the start.
    """
    hidden = [name for name in modules if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment] # Python's way to say: not to be had
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
