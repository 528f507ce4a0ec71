"""What a start costs: only what nearly every bot needs is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

RARE = {
    "PIL": "pictures for reports",
    "alembic": "a migration",
    "asyncpg": "PostgreSQL",
    "sqlalchemy.dialects.postgresql": "PostgreSQL",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    asks = "import sys, bot.__main__, bot.app; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    return set(said.stdout.split())


@pytest.mark.parametrize("module", RARE)
def test_what_few_need_is_not_loaded_at_the_start(module: str, loaded: set[str]) -> None:
    assert "bot.app" in loaded
    assert module not in loaded, f"it is only for {RARE[module]}"
