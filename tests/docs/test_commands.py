"""Every command line of README and docs: run where it can be without the internet."""

import asyncio
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER
from tests.docs import settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GENERATED = "operations.md"
"""Its commands are compared with the registry (tests/test_operations.py)."""
ELSEWHERE = {
    "clicksend-slack run": "tests/process/test_run.py",
    "clicksend-slack sandbox": "tests/sandbox/slack/test_commands.py",
}
"""What does not end by itself."""
EXITS = {"clicksend-slack doctor": 1}
"""What ends otherwise: there is no Slack here, which the doctor says."""
NOT_HERE = {
    "docker": "tests/packaging plays the Dockerfile and checks compose.yaml",
    "kubectl": "there is no cluster; tests/deploy checks the manifests",
    "pip-audit": "it needs a database from the internet",
    "sqlite3": "it is no part of the bot",
    "pg_dump": "it is no part of the bot",
}
_CODE = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_COMMANDS = ("clicksend-slack ", "make ", *(f"{name} " for name in NOT_HERE))


def lines() -> set[str]:
    """Every command line, without its comment."""
    found: set[str] = set()
    for page in PAGES:
        if page.name == GENERATED:
            continue
        text = page.read_text()
        for kind, block in _FENCE.findall(text):
            if kind in {"", "sh", "bash", "console"}:
                found |= {
                    line.partition("  #")[0].strip().lstrip("$ ") for line in block.splitlines()
                }
        found |= set(_CODE.findall(_FENCE.sub("", text)))
    return {line.strip() for line in found if line.startswith(_COMMANDS)}


OURS = sorted(
    line for line in lines() if line.startswith("clicksend-slack ") and line not in ELSEWHERE
)
MAKES = sorted(line for line in lines() if line.startswith("make "))


@pytest.fixture
async def environment(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """Settings for a bot beside a local ClickSend."""
    async with ClickSendSandbox().serve() as url:
        yield {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "BOT_MODE": "http",
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
            "SLACK_API_URL": f"{url}/api/",
            "CLICKSEND_USERNAME": USER,
            "CLICKSEND_API_KEY": KEY,
            "CLICKSEND_BASE_URL": f"{url}/v3",
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/bot.sqlite3",
        }


@pytest.mark.parametrize("line", OURS)
async def test_a_command_of_ours_runs(
    line: str, environment: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "bot", *shlex.split(line)[1:]]
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == EXITS.get(line, 0), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", MAKES)
def test_a_target_of_make_exists(line: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", *shlex.split(line)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_are_commands_and_what_is_not_run_here_is_run_elsewhere() -> None:
    assert len(OURS) >= 4
    assert len(MAKES) >= 8
    for command, file in ELSEWHERE.items():
        assert command.split()[1] in (ROOT / file).read_text()


def test_the_manual_of_settings_is_what_the_code_says() -> None:
    assert settings.TARGET.read_text() == settings.text(), "run make docs"
    assert settings.text().count("| `") >= 50
