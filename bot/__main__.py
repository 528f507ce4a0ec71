"""`clicksend-slack`: `run`, which servers start, goes straight to the bot; the rest, to `console`.

Typer and Rich are for people at a terminal: a bot that runs has no use for them.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Do what the command line says, and exit."""
    if sys.argv[1:] == ["run"]:
        from bot.running import run  # noqa: PLC0415 - see above

        run()
    else:
        from bot.console import main as console  # noqa: PLC0415 - see above

        console()


if __name__ == "__main__":
    main()
