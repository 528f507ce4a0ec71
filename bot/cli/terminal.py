"""What the commands say and ask, on standard error; answers alone go to standard output."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from rich.console import Console

from bot.cli import printing

FAILED, USAGE, WAITS = 1, 2, 3
"""Exit codes: ClickSend did not do it (all of it); nothing was tried; it is not decided yet."""


def console(*, stderr: bool = False) -> Console:
    """A console that takes texts as they are."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def is_there() -> bool:
    """Whether somebody sits in front of it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def say(line: str) -> None:
    """Say a line, whatever is in it."""
    console(stderr=True).print(printing.printable(line), soft_wrap=True)


def ask(question: str) -> str:
    """Ask, and wait for a line; not with typer.confirm, which writes to the output, too."""
    console(stderr=True).print(question, end="")
    return sys.stdin.readline().strip()


def stop(code: int, *lines: str) -> NoReturn:
    """Say why, and end with this exit code."""
    for line in lines:
        say(line)
    raise typer.Exit(code)
