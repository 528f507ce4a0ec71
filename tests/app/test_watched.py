"""What the bot tells of itself: `/readyz`, `/metrics`, and the id that a request has everywhere."""

from __future__ import annotations

import json
import logging
import re
from contextlib import AsyncExitStack

import httpx
import pytest
import structlog

from bot import logs
from bot.app import App
from bot.setting_types import LogFormat
from bot.store import Database, Scope, waiting
from bot.store.sends import State
from tests.app.conftest import World
from tests.app.world import OPERATIONS
from tests.store.made import stored

pytestmark = pytest.mark.jobs


async def ready(world: World) -> tuple[int, dict[str, object]]:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{world.ada.bot_url}/readyz")
    return answer.status_code, answer.json()


async def metrics(world: World) -> dict[str, float]:
    async with httpx.AsyncClient() as http:
        text = (await http.get(f"{world.ada.bot_url}/metrics")).text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = (line.rpartition(" ") for line in lines)
    return {name.removeprefix("clicksend_slack_"): float(value) for name, _, value in found}


async def test_ready_tells_of_each_part(world: World) -> None:
    await world.clicksend.next("account.get")
    await world.ada.command("/clicksend", "help")
    status, parts = await ready(world)
    assert status == 200
    assert parts["database"] is True
    assert parts["accepting"] is True
    assert str(parts["slack"]) in {"heard 0 seconds ago", "heard 1 seconds ago"}
    assert parts["scheduler"] == "on time"
    assert set(parts) == {"database", "accepting", "slack", "clicksend_credentials", "scheduler"}


async def test_refused_credentials_are_told_and_take_nobody_out(world: World) -> None:
    # All of them: the jobs of the start ask, too, and whoever is answered last decides.
    world.clicksend.statuses.update({each["id"]: 401 for each in OPERATIONS})
    await world.ada.command("/usage")
    await world.slack.next("respond")
    before = len(world.clicksend.of("account.usage"))
    status, parts = await ready(world)
    assert (status, parts["clicksend_credentials"]) == (200, "refused")
    assert len(world.clicksend.of("account.usage")) == before  # nobody was asked for it
    world.clicksend.statuses.clear()
    await world.ada.command("/usage")
    await world.slack.next("respond", 2)
    assert (await ready(world))[1]["clicksend_credentials"] == "accepted"


async def test_a_bot_that_leaves_says_so_and_still_answers(
    outside: World, stack: AsyncExitStack
) -> None:
    app = await stack.enter_async_context(App(outside.settings))
    outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
    await app.leave()
    status, parts = await ready(outside)
    assert (status, parts["accepting"]) == (503, False)
    assert "What you can type" in (await outside.ada.command("/clicksend", "help")).text


async def test_what_happens_is_counted(world: World) -> None:
    await world.ada.command("/clicksend", "help")
    await world.ada.command("/balance")
    await world.slack.next("respond")
    found = await metrics(world)
    assert found['handled_total{handler="help",outcome="ok"}'] == 1
    assert found['handled_total{handler="balance.balance",outcome="ok"}'] == 1
    assert found['acknowledgement_seconds_count{kind="command"}'] == 2
    assert found['clicksend_calls_total{operation="account.get",outcome="ok"}'] >= 1
    assert found["database_up"] == 1
    assert found["leader"] == 1
    assert found['job_late_seconds{job="outbox"}'] >= 0
    assert (found["unknown_sends"], found["queue_sends"]) == (0, 0)


async def test_what_waits_is_looked_up(outside: World, stack: AsyncExitStack) -> None:
    outside.clicksend.balance = "1.00"
    scope = Scope("default", "demo")
    database = Database(outside.settings.database_url)
    await database.open()
    async with database.write() as connection:
        await stored(connection, scope, "one", state=State.UNKNOWN)
        assert await waiting.count(connection, scope, state=State.UNKNOWN) == 1
    await database.close()
    app = await stack.enter_async_context(App(outside.settings))
    outside.ada.bot_url = f"http://127.0.0.1:{app.port}"
    await outside.slack.next("chat.postMessage")
    found = await metrics(outside)
    assert found["unknown_sends"] == 1
    assert found['alerts{rule="low_credit",severity="warning"}'] == 1


async def test_a_call_that_is_made_again_is_counted(world: World) -> None:
    world.clicksend.statuses["account.usage"] = 500
    await world.ada.command("/usage")
    await world.slack.next("respond")
    found = await metrics(world)
    assert found['clicksend_retries_total{operation="account.usage"}'] >= 1
    assert found['clicksend_calls_total{operation="account.usage",outcome="ServerError"}'] >= 2


async def test_the_reference_of_an_error_is_the_id_in_every_line_of_the_log(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("DEBUG", LogFormat.JSON)

    async def broken(*_: object) -> None:
        structlog.get_logger("far.away").info("about to break")
        raise RuntimeError("it broke for +61411111111")

    monkeypatch.setattr("commands.balance._read", broken)
    try:
        await world.ada.command("/balance")
        shown = (await world.slack.next("respond"))["text"]
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    counted = await metrics(world)
    assert counted['handled_total{handler="reading the balance",outcome="broken"}'] == 1
    (reference,) = re.findall(r"reference `(\w+)`", shown)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line[:1] == "{"]
    mine = {line["event"] for line in lines if line.get("request") == reference}
    assert {"about to break", "slow work broke"} <= mine
    assert "+61411111111" not in json.dumps(lines)
    assert "+614" not in shown
