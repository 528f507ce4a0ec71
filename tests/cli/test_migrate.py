"""`clicksend-slack migrate`, and what `run` says of tables that are behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import Database
from tests.store.test_schema import RELEASED

NEEDED = {
    "SLACK_BOT_TOKEN": "xoxb-sandbox",
    "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
    "BOT_MODE": "http",
    "BOT_PORT": "0",
    "CLICKSEND_USERNAME": "demo",
    "CLICKSEND_API_KEY": "demo-key",
    "CLICKSEND_BASE_URL": "http://127.0.0.1:9/v3",
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
}


def bot(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *words]
    environment = {**NEEDED, "DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
async def behind(empty_postgres_url: str) -> str:
    """A PostgreSQL at the revision before the newest."""
    database = Database(empty_postgres_url)
    await database.migrate(RELEASED[-2])
    await database.close()
    return empty_postgres_url


def test_run_refuses_what_is_behind_and_migrate_mends_it(behind: str, tmp_path: Path) -> None:
    refused = bot(behind, tmp_path, "run")
    assert refused.returncode == 2
    assert f"at revision {RELEASED[-2]}, and this version needs {RELEASED[-1]}" in refused.stderr
    assert "run clicksend-slack migrate first" in refused.stderr
    assert "Traceback" not in refused.stderr

    shown = bot(behind, tmp_path, "migrate", "--dry-run")
    assert shown.returncode == 0
    head = f"Current revision: {RELEASED[-2]}. Target: {RELEASED[-1]}."
    assert shown.stdout.splitlines()[0] == head
    assert f"  {RELEASED[-1]} " in shown.stdout
    assert shown.stdout.endswith("Nothing was changed.\n")

    done = bot(behind, tmp_path, "migrate")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == head  # so the dry run changed nothing
    assert done.stdout.endswith("The tables are up to date.\n")
    again = bot(behind, tmp_path, "migrate")
    assert f"Current revision: {RELEASED[-1]}. Target: {RELEASED[-1]}." in again.stdout
    assert "Done:" not in again.stdout


def test_a_file_is_made_by_migrate_and_not_by_its_dry_run(tmp_path: Path) -> None:
    url, file = f"sqlite+aiosqlite:///{tmp_path}/new.sqlite3", tmp_path / "new.sqlite3"
    shown = bot(url, tmp_path, "migrate", "--dry-run")
    assert "Current revision: none." in shown.stdout
    assert not file.exists()
    assert bot(url, tmp_path, "migrate").returncode == 0
    assert file.exists()


def test_a_database_that_cannot_be_reached_is_said_in_a_line(tmp_path: Path) -> None:
    done = bot("postgresql+asyncpg://bot:hush@127.0.0.1:9/bot", tmp_path, "migrate")
    assert done.returncode == 2
    assert "The database cannot be reached" in done.stderr
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr
