"""Starts bots quickly: everything is imported once, and each bot is a fork of this process.

A line of JSON on standard input (`environment`, `folder`, `log`, `end`) starts one; its process id
is the answer. From the fork on it is `python -m bot run`, in its own folder and environment. When
it has ended, its exit code stands in the file `end`, unless that is no name.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.__main__ import main as bot_main

_FAMILIES = ("bot.clicksend.operations", "bot.store.migrations.versions")
_LATE = (
    *("bot.app", "bot.logs", "bot.cli.leaving", "bot.running", "bot.slack.socket"),
    *("aiosqlite", "asyncpg", "uvloop", "uvicorn.protocols.http.httptools_impl"),
    *("bot.store.steps", "sqlalchemy.dialects.postgresql"),
)


def warm_up() -> None:
    """Import what a bot imports on its way to being ready."""
    for name in _LATE:
        importlib.import_module(name)
    for name in _FAMILIES:
        package = importlib.import_module(name)
        for found in pkgutil.iter_modules(package.__path__, f"{name}."):
            importlib.import_module(found.name)


def become_a_bot(order: dict[str, Any]) -> None:
    """Be `python -m bot run` from now on."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["bot", "run"]
    bot_main()


def bury(children: dict[int, str]) -> None:
    """Take the dead off the list of children, and write down how they ended."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0] != 0:
            if end := children.pop(found[0], ""):
                part = Path(f"{end}.part")
                part.write_text(str(os.waitstatus_to_exitcode(found[1])))
                part.rename(end)


def fork(order: dict[str, Any], children: dict[int, str]) -> int:
    """Start a bot; its process id. Its death waits until it is on the list."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            become_a_bot(order)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os._exit(code)
    children[child] = order.get("end", "")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    return child


def main() -> None:
    """Fork a bot for each line; at the end, leave none behind."""
    children: dict[int, str] = {}
    signal.signal(signal.SIGCHLD, lambda *_: bury(children))
    warm_up()
    for line in sys.stdin:
        sys.stdout.write(f"{fork(json.loads(line), children)}\n")
        sys.stdout.flush()
    for child in tuple(children):
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
