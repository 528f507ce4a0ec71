"""The vendor's own SDK works against the sandbox: all of its operations."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.sandbox.clicksend import ClickSendSandbox
from bot.sandbox.clicksend.callers import KEY, USER

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-sdk" / "bin" / "python"


@pytest.mark.skipif(not PYTHON.exists(), reason="no .venv-sdk: make test builds it")
async def test_every_operation_of_the_vendors_own_sdk_answers_as_documented() -> None:
    sandbox = ClickSendSandbox()
    async with sandbox.serve() as url, asyncio.timeout(120):
        process = await asyncio.create_subprocess_exec(
            PYTHON,
            *("-m", "tests.sdk.drive", url, USER, KEY),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        written, _ = await process.communicate()
    *wrong, counts = written.decode().splitlines()
    assert wrong == []
    assert process.returncode == 0
    assert json.loads(counts) == {
        "methods": 188,
        "operations": 188,
        "documented": 182,
        "undocumented": 6,
        "wrong": 0,
    }
