"""What a start costs: only what nearly every bot needs is loaded."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys

import pytest

from bot.clicksend import registry
from tests.bench import servers
from tests.bench.modals import seed

RARE = {
    "PIL": "pictures for reports",
    "alembic": "a migration",
    "asyncpg": "PostgreSQL",
    "babel.messages": "a language that is not English",
    "bot.app.many": "many workspaces",
    "bot.clicksend.operations.email_to_sms": "`/clicksend api`",
    "bot.console": "people at a terminal",
    "bot.settings_cli": "people at a terminal",
    "bot.slack.socket": "Socket Mode, and this bot takes HTTP",
    "cryptography": "secrets of many workspaces",
    "httpx._main": "httpx's own command line",
    "phonenumbers.timezone": "quiet hours",
    "pygments": "httpx's own command line",
    "rich": "people at a terminal",
    "sqlalchemy.dialects.postgresql": "PostgreSQL",
    "typer": "people at a terminal",
}
# The bot by its own way in; beside it a thread that asks whether it is ready, and then stops it.
ASKS = """
import json, os, signal, sys, threading, time, urllib.request

def ask():
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{os.environ['BOT_PORT']}/readyz")
            break
        except OSError:
            time.sleep(0.02)
    print(json.dumps(sorted(sys.modules)), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=ask, daemon=True).start()
sys.argv = ["clicksend-slack", "run"]
from bot.__main__ import main
main()
"""
HIDES = """
import sys
from bot.running import _without
with _without("rich", "httpx._main"):
    import httpx, structlog
assert "rich" not in sys.modules and "httpx._main" not in sys.modules
import rich.console, httpx._main
print(rich.console.Console.__name__, httpx._main.main.name)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a bot that is ready, on tables that are up to date."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = servers.settings(tmp_path_factory.mktemp("start")) | {"BOT_PORT": str(port)}
    asyncio.run(seed(environment["DATABASE_URL"], 0))
    said = subprocess.run(
        [sys.executable, "-c", ASKS],
        cwd=servers.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(said.stdout))


@pytest.mark.parametrize("module", RARE)
def test_what_few_need_is_not_loaded_when_the_bot_is_ready(module: str, loaded: set[str]) -> None:
    assert {"bot.app", "commands", "httpx", "structlog"} <= loaded
    assert module not in loaded, f"it is only for {RARE[module]}"


def test_every_operation_that_may_be_loaded_late_is_there() -> None:
    assert [registry.operation(each).route.id for each in registry.all_ids()] == [
        *registry.all_ids()
    ]


def test_what_the_start_hides_can_be_imported_afterwards() -> None:
    said = subprocess.run([sys.executable, "-c", HIDES], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["Console", "main"]
