"""The start: each missing or malformed setting is one clear line, and no value is repeated."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine, and no `.env`."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def problems() -> str:
    with pytest.raises(SettingsError) as caught:
        load()
    return str(caught.value)


def test_each_missing_setting_says_what_for_and_where() -> None:
    lines = problems().splitlines()
    names = [line.partition(":")[0] for line in lines]
    assert names == [
        "CLICKSEND_USERNAME",
        "CLICKSEND_API_KEY",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
    ]
    assert all(
        "missing" in line and ("find it at" in line or "create it at" in line) for line in lines
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "sekrit-token"),
        ("SLACK_APP_TOKEN", "sekrit-app"),
        ("BOT_PORT", "sekrit"),
        ("DATABASE_URL", "mysql://sekrit"),
        ("CLICKSEND_BASE_URL", "sekrit"),
        ("DEFAULT_COUNTRY", "sekrit"),
        ("LOW_CREDIT_THRESHOLD", "sekrit"),
        ("BOT_MODE", "sekrit"),
    ],
)
def test_a_malformed_setting_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    found = problems()
    assert f"{name}: " in found
    assert "sekrit" not in found


def test_run_without_settings_prints_what_is_missing_and_exits_2(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "SLACK_BOT_TOKEN: missing. It lets the bot speak in Slack" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_example_file_names_every_setting() -> None:
    listed = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)
