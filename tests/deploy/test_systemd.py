"""The unit: as systemd itself reads it, confined, and right about the bot it runs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.app.served import DRAIN_SECONDS

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/systemd/clicksend-slack.service"
COMMAND = "/opt/clicksend-slack/bin/clicksend-slack"
EXPOSED = 40
"""The most that systemd's own look at the confinement may come to: 0 is none, 100 is all."""
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here"
)


def verified(unit: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What systemd says of a unit; the command is one that exists here."""
    file = folder / UNIT.name
    file.write_text(unit.replace(COMMAND, "/bin/true"))
    return subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", file],
        check=False,
        capture_output=True,
        text=True,
    )


@needs_systemd
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    done = verified(UNIT.read_text(), tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
def test_what_is_misspelt_is_found(tmp_path: Path) -> None:
    done = verified(UNIT.read_text().replace("ProtectHome=yes", "ProtectHouse=yes"), tmp_path)
    assert "ProtectHouse" in done.stderr


@needs_systemd
def test_it_is_confined() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED}", UNIT],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_it_runs_the_bot_and_does_not_try_again_what_cannot_work() -> None:
    lines = [line for line in UNIT.read_text().splitlines() if line and not line.startswith("#")]
    sections = [line for line in lines if line.startswith("[")]
    assert sections == ["[Unit]", "[Service]", "[Install]"]
    assert f"ExecStart={COMMAND} run" in lines
    assert {"RestartPreventExitStatus=2", "NoNewPrivileges=yes", "DynamicUser=yes"} <= set(lines)


def test_a_stop_leaves_time_for_all_that_is_under_way() -> None:
    (patience,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert int(patience) >= 2 * DRAIN_SECONDS
