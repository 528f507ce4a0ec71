"""Ctrl+C at the command line: seen between two steps, or in the middle of one that cannot be cut.

A cancelled task may leave a database driver in the middle of something, and hang. So nothing is
cancelled: what waits looks for the wish to stop, and what must not be waited for is left by ending
the process, which is as safe as a kill is, because the row says what became of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.cli import terminal

_T = TypeVar("_T")


def wish_to_stop() -> asyncio.Event:
    """Set by Ctrl+C from now on, while the loop that runs goes on; elsewhere nothing sets it."""
    stopped = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
    return stopped


async def unless_stopped(
    work: Coroutine[Any, Any, _T], stopped: asyncio.Event, words: Callable[[], list[str]]
) -> _T:
    """Do something; at Ctrl+C say what may have become of it, and end the process.

    Args:
        work: What is done.
        stopped: From `wish_to_stop`.
        words: What to say, in lines.
    """
    doing, stop = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    if not doing.done():
        for line in words():
            terminal.say(line)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(terminal.FAILED)
    stop.cancel()
    return await doing
