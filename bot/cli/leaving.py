"""How a command ends that cannot begin: plain lines on standard error, exit code 2."""

from __future__ import annotations

import sys
from typing import NoReturn

from bot.settings import Settings, SettingsError, load


def settings_or_leave() -> Settings:
    """The settings of the environment.

    Raises:
        SystemExit: They are not complete, or one is malformed.
    """
    try:
        return load()
    except SettingsError as error:
        leave("The bot cannot start:", *(f"  {line}" for line in error.problems))


def leave(*lines: str) -> NoReturn:
    """Say why, and end.

    Raises:
        SystemExit: Always.
    """
    for line in lines:
        sys.stderr.write(f"{line}\n")
    raise SystemExit(2)
