"""Every command line of README and docs: run where it can be without the internet.

What is typed in Slack is in tests/app/test_documented_commands.py.
"""

import asyncio
import importlib.util
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
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
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
    "git": "tests/docs/test_site.py looks for the commits",
    "npm": "it needs a registry; make test says what it skips without it",
    "pip": "it needs a registry; tests/packaging/test_locks.py compares what is named",
}
DONE_BY = {
    "audit": "tests/packaging/audit/requirements.in",  # it needs a database from the internet
    "bench": "tests/bench/test_bench.py",
    "cassettes": "tests/recording/test_sandbox.py",
    "crash": "tests/crash/test_crash.py",
    "demo": "tests/sandbox/slack/test_commands.py",
    "docs": "tests/docs/test_site.py",
    "lint": ".ci/run",
    "lock": "tests/packaging/test_locks.py",  # it needs a registry; what it wrote is compared
    "replicas": "tests/replicas/test_replicas.py",
    "run": "tests/process/test_run.py",
    "sbom": "tests/packaging/test_sbom.py",
    "soak": "tests/soak/test_soak.py",
    "test": ".ci/run",
    "texts": "tests/texts/test_catalogues.py",
}
"""What tests what each target does: most take minutes, or would begin this test again."""
_CODE = re.compile(r"`([^`\n]+)`")
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_COMMANDS = ("clicksend-slack", "make", "python", *NOT_HERE)
_SETTING = re.compile(r"^([A-Z_]+=\S+ +)+")
_PLAIN = frozenset({"", "sh", "bash", "console"})
"""The languages of blocks that are typed; a block of plain text says that it is `text`."""


def fenced() -> set[str]:
    """The lines of every block that is typed, without their comments."""
    blocks = [
        block
        for page in PAGES
        for kind, block in _FENCE.findall(page.read_text())
        if kind in _PLAIN and page.name != GENERATED
    ]
    typed = {line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()}
    return {_SETTING.sub("", line) for line in typed if line}


def lines() -> set[str]:
    """Every command line: of blocks, and those that stand in a sentence."""
    found = fenced()
    for page in PAGES:
        if page.name != GENERATED:
            found |= set(_CODE.findall(_FENCE.sub("", page.read_text())))
    return {line.strip() for line in found if line.startswith(tuple(f"{c} " for c in _COMMANDS))}


OURS = sorted(
    line for line in lines() if line.startswith("clicksend-slack ") and line not in ELSEWHERE
)
MAKES = sorted(line for line in lines() if line.startswith("make "))
MODULES = sorted(line for line in lines() if line.startswith("python -m "))
PROGRAMS = sorted(line for line in lines() if line.startswith("python -c "))


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


def test_what_make_is_asked_for_is_there_and_what_it_does_is_tested() -> None:
    for line in MAKES:
        words = shlex.split(line)[1:]
        done = subprocess.run(
            ["make", "--dry-run", *words], cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        (target,) = [word for word in words if "=" not in word]
        assert (ROOT / DONE_BY[target]).exists()
        for word in " ".join(words).replace("ARGS=", "").split():
            assert "/" not in word or (ROOT / word).exists(), word


@pytest.mark.parametrize("line", MODULES)
def test_a_module_that_is_run_is_there(line: str) -> None:
    """They take minutes, or a browser; what they do has tests of its own."""
    module = re.fullmatch(r"python -m (tests[\w.]+)", line)
    assert module, line
    assert importlib.util.find_spec(module[1])


@pytest.mark.parametrize("line", PROGRAMS)
def test_a_program_in_a_line_prints_something(line: str) -> None:
    _, *arguments = shlex.split(line)
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.strip()


def test_each_line_of_a_block_is_run_or_there_is_a_reason_why_not() -> None:
    assert len(fenced()) >= 12
    assert [line for line in fenced() if line.split()[0] not in _COMMANDS] == []


def test_there_are_commands_and_what_is_not_run_here_is_run_elsewhere() -> None:
    assert len(OURS) >= 4
    assert len(MAKES) >= 8
    for command, file in ELSEWHERE.items():
        assert command.split()[1] in (ROOT / file).read_text()


def test_the_manual_of_settings_is_what_the_code_says() -> None:
    assert settings.TARGET.read_text() == settings.text(), "run make docs"
    assert settings.text().count("| `") >= 50
