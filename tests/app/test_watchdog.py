"""The rules set up and tried out, the doctor, the heartbeat, and an empty list explained."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.app import App
from bot.services import hooks
from bot.slack.scopes import BOT_SCOPES
from tests.app.conftest import World
from tests.app.world import serving

pytestmark = pytest.mark.jobs

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-twenty-letters"
FAMILIES = (
    "sms_inbound_rules",
    "sms_receipt_rules",
    "voice_receipt_rules",
    "fax_receipt_rules",
    "fax_inbound_rules",
)


def no_rules(world: World) -> None:
    empty = {"total": 0, "current_page": 1, "last_page": 0, "data": []}
    world.clicksend.answers |= {f"{family}.list": empty for family in FAMILIES}


def free_port() -> int:
    import socket  # noqa: PLC0415 - beside its only use

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def start(outside: World, stack: AsyncExitStack) -> Any:
    """Starts the bot where the internet (this machine) reaches it."""

    async def started(**settings: object) -> World:
        port = free_port()
        more = {"bot_port": port, "public_url": f"http://127.0.0.1:{port}", **settings}
        outside.settings = outside.settings.model_validate(
            {**outside.settings.model_dump(), "webhook_secret": SECRET, **more}
        )
        outside.slack.scopes = ",".join(sorted(BOT_SCOPES))
        await stack.enter_async_context(App(outside.settings))
        outside.ada.bot_url = outside.eve.bot_url = f"http://127.0.0.1:{port}"
        return outside

    return started


async def answered(world: World, text: str, count: int = 1) -> dict[str, Any]:
    await world.ada.command("/clicksend", text)
    return await world.slack.next("respond", count)


async def test_the_rules_are_shown_made_and_tried_out(outside: World, start: Any) -> None:
    no_rules(outside)
    await start()
    shown = await answered(outside, "setup webhooks")
    assert shown["text"].count(":x:") == 5
    assert "Make the missing rules" in str(shown["blocks"])

    trials = asyncio.create_task(pushed_tests(outside))
    url = f"{outside.slack.url}/respond"
    await outside.ada.press("setup.make", "", response_url=url)
    made = await outside.slack.next("respond", 2)
    assert made["text"].count(":white_check_mark:") == 9
    tried = await outside.slack.next("respond", 3)
    assert tried["text"].count("arrived") == 2
    await trials
    (poll, push) = outside.clicksend.of("sms_inbound_rules.create")
    assert (poll["action"], poll["dedicated_number"], poll["enabled"]) == ("POLL", "*", 1)
    assert push["action_address"].endswith(f"/clicksend/webhooks/{SECRET}/inbound/sms")
    assert push["webhook_type"] == "json"
    assert SECRET not in json.dumps(outside.slack.of("respond"))


async def pushed_tests(world: World) -> None:
    """What ClickSend does when it is asked for a test: it calls the address."""
    for operation in ("sms.create_test_receipt", "sms.create_test_inbound"):
        asked = await world.clicksend.next(operation)
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(asked["url"], data={"a": "b"})).status_code == 200


async def test_what_is_there_is_not_made_again_and_its_secrets_are_not_shown(
    outside: World, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_TRIES", 1)  # no push comes of the fake
    rule = {
        "inbound_rule_id": 1,
        "rule_name": "Other",
        "action": "URL",
        "action_address": "https://elsewhere.example/hook/very-secret",
        "enabled": 1,
    }
    await start()
    url = f"{outside.settings.public_url}/clicksend/webhooks/{SECRET}/inbound/sms"
    ours = {**rule, "rule_name": "clicksend-slack", "action_address": url}
    poll = {**rule, "action": "POLL", "action_address": ""}
    outside.clicksend.answers["sms_inbound_rules.list"] = {"data": [rule, ours, poll]}
    shown = await answered(outside, "setup")
    first = shown["text"].split("\n")
    assert (
        first[0] == ":white_check_mark: *SMS that come in*: kept for polling and pushed to the bot"
    )
    assert first[1] == "• Other: SMS to any number → call https://elsewhere.example/…"
    assert "very-secret" not in str(shown)
    await outside.ada.press("setup.make", "", response_url=f"{outside.slack.url}/respond")
    assert "did not arrive" in (await outside.slack.next("respond", 3))["text"]
    assert outside.clicksend.of("sms_inbound_rules.create") == []


async def test_only_admins_set_up(outside: World, start: Any) -> None:
    no_rules(outside)
    await start()
    await outside.eve.command("/clicksend", "setup webhooks")
    assert "Nothing changed" in (await outside.slack.next("respond"))["text"]
    await outside.eve.press("setup.make", "", response_url=f"{outside.slack.url}/respond")
    assert "Nothing changed" in (await outside.slack.next("respond", 2))["text"]
    assert outside.clicksend.of("sms_inbound_rules.create") == []


async def test_an_empty_list_without_a_rule_is_explained_once(outside: World) -> None:
    no_rules(outside)
    outside.settings = outside.settings.model_copy(update={"inbox_watch_seconds": 1})
    async with App(outside.settings):
        told = await outside.slack.next("chat.postMessage")
    assert told["channel"] == "C0OPS"
    assert "ClickSend keeps SMS that come in and SMS receipts to itself" in told["text"]
    assert "Make the rules" in str(told["blocks"])
    looked = len(outside.clicksend.of("sms_inbound_rules.list"))
    async with App(outside.settings):
        await outside.clicksend.next("sms_inbound_rules.list", looked + 1)
        await outside.clicksend.next("sms.inbound", len(outside.clicksend.of("sms.inbound")) + 2)
    assert len(outside.slack.of("chat.postMessage")) == 1


async def test_the_doctor_finds_a_healthy_bot_healthy(outside: World, start: Any) -> None:
    no_rules(outside)
    await start()
    outside.clicksend.answers.clear()
    said = (await answered(outside, "doctor"))["text"]
    assert said.splitlines()[0].startswith("Everything works; ")  # nothing is pushed yet
    for part in (
        "Slack scopes*: as in manifest.yml",
        "Clock*: ",
        "Permissions*: the key reaches every part of ClickSend",
        "Webhooks*: reached from here",
    ):
        assert part in said
    assert "Jobs*: " in said
    assert SECRET not in said


async def test_the_doctor_says_what_is_ill_and_how_to_mend_it(outside: World, start: Any) -> None:
    await start(public_url="http://127.0.0.1:9")
    outside.slack.scopes = "chat:write"
    outside.clicksend.statuses["account.get"] = 401
    outside.clicksend.statuses |= dict.fromkeys(
        ("sms_inbound_rules.list", "fax.history", "letters.history"), 403
    )
    said = (await answered(outside, "doctor"))["text"]
    assert said.splitlines()[0].endswith("checks failed")
    assert "missing: app_mentions:read, chat:write.public, commands" in said
    assert "install the app again" in said
    assert "does not accept the bot's username and API key" in said
    assert "does not allow this account" in said
    assert "ClickSend keeps this key from: faxes, post" in said
    assert "not reached from here (ConnectError)" in said


async def test_only_admins_call_the_doctor(outside: World, start: Any) -> None:
    await start()
    await outside.eve.command("/clicksend", "doctor")
    assert ":no_entry:" in (await outside.slack.next("respond"))["text"]


async def test_the_heartbeat_is_heard_and_its_address_is_in_no_log(
    outside: World, stack: AsyncExitStack, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = asyncio.Event()

    async def listen(request: web.Request) -> web.Response:
        assert request.path == "/ping/very-secret"
        heard.set()
        return web.Response(status=500)

    url = await stack.enter_async_context(serving(listen))
    outside.settings = outside.settings.model_validate(
        {**outside.settings.model_dump(), "heartbeat_url": f"{url}/ping/very-secret"}
    )
    async with App(outside.settings):
        await asyncio.wait_for(heard.wait(), 10)
    said = "".join(capfd.readouterr())
    assert "the heartbeat was not heard" in said
    assert "very-secret" not in said


def doctor(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


async def test_the_command_line_examines_a_running_bot(
    outside: World, start: Any, tmp_path: Path
) -> None:
    await start()
    await outside.clicksend.next("account.get")
    given = outside.settings
    environment = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
        "SLACK_API_URL": given.slack_api_url,
        "CLICKSEND_USERNAME": "demo",
        "CLICKSEND_API_KEY": "00000000-DEMO",
        "CLICKSEND_BASE_URL": given.clicksend_base_url,
        "DATABASE_URL": given.database_url,
        "PUBLIC_URL": given.public_url or "",
        "WEBHOOK_SECRET": SECRET,
        "BOT_MODE": "http",
    }
    done = await asyncio.to_thread(doctor, tmp_path, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok   Webhooks: reached from here" in done.stdout
    assert "ok   ClickSend: signed in as" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    outside.slack.scopes = ""
    done = await asyncio.to_thread(doctor, tmp_path, **environment)
    assert done.returncode == 1
    assert "fail Slack scopes: missing: app_mentions:read, chat:write" in done.stdout
    assert " -> Paste manifest.yml" in done.stdout


def test_the_command_line_names_what_is_wrong_with_the_settings(tmp_path: Path) -> None:
    done = doctor(tmp_path, BOT_MODE="http")
    assert done.returncode == 1
    assert "fail Settings: SLACK_BOT_TOKEN: missing." in done.stdout
