"""`clicksend-slack run` as a process: who is let in, how soon it answers, why it does not start."""

import asyncio
import time
from pathlib import Path
from urllib.parse import urlencode

import httpx
import yaml

from tests.process.conftest import Outside
from tests.process.running import COMMAND, started

TO = "+61411111111"
COMMANDS = (
    # What is typed, and how many answers come while ClickSend thinks, and after it.
    ("/balance", "", 0, 1),
    ("/usage", "", 0, 1),
    ("/clicksend", "campaign list", 0, 1),
    ("/clicksend", "history", 1, 0),
    ("/clicksend", "help", 0, 0),  # the acknowledgement is the answer
    ("/sms", f"{TO} See you at nine", 0, 0),  # a form is
    ("/fax", "+61261111111", 0, 0),
)


def elapsed(response: httpx.Response) -> float:
    """Seconds from the request to the end of its acknowledgement."""
    assert response.status_code == 200
    return response.elapsed.total_seconds()


async def test_slack_is_answered_at_once_while_clicksend_thinks(outside: Outside) -> None:
    await outside.start()
    await outside.ada.command("/clicksend", "help")  # the first one warms up
    outside.clicksend.hold = asyncio.Event()

    took = {}
    for slash, text, _, _ in COMMANDS:
        took[f"{slash} {text}"] = elapsed(await outside.ada.command(slash, text))
    await outside.slack.next("views.open", 2)  # in either order
    opened = [each["view"] for each in outside.slack.of("views.open")]
    (form,) = (each for each in opened if each["callback_id"] == "sms.form")
    submitted = await outside.ada.submit(form, to={"value": TO}, body={"value": "Hello"})
    took["Price, in the form"] = elapsed(submitted)

    print({each: f"{seconds * 1000:.1f} ms" for each, seconds in took.items()})  # noqa: T201 - the figures
    assert max(took.values()) < 1.0
    assert submitted.json()["response_action"] == "update"
    for operation in ("account.get", "account.usage", "sms_campaigns.list"):
        await outside.clicksend.next(operation)
    meanwhile = sum(each[2] for each in COMMANDS)
    await outside.slack.next("respond", meanwhile)
    assert len(outside.slack.of("respond")) == meanwhile
    assert outside.slack.of("views.update") == []

    outside.clicksend.hold.set()
    await outside.slack.next("respond", meanwhile + sum(each[3] for each in COMMANDS))
    answers = " ".join(answer["text"] for answer in outside.slack.of("respond"))
    assert "AUD 100.00 left" in answers
    assert "AUD 0.077" in str((await outside.slack.next("views.update"))["view"])


def test_every_slash_command_of_the_manifest_is_measured() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text())
    declared = {each["command"] for each in manifest["features"]["slash_commands"]}
    assert declared == {slash for slash, _, _, _ in COMMANDS}


async def test_only_what_slack_signed_lately_is_served(outside: Outside) -> None:
    await outside.start()
    body = urlencode({"command": "/balance", "user_id": "U0ADA", "team_id": "T0SANDBOX"})
    now = int(time.time())

    async with httpx.AsyncClient(trust_env=False) as stranger:
        unsigned = await stranger.post(f"{outside.ada.bot_url}/slack/events", content=body)
    refused = [
        unsigned,
        await outside.ada.send(body, at=str(now - 301)),
        await outside.ada.send(body, at=str(now + 330)),
        await outside.ada.send(body + "&text=more", signed_body=body),
        await outside.ada.send(body, signature="v0=" + "0" * 64),
    ]
    assert [answer.status_code for answer in refused] == [401] * 5
    assert outside.slack.of("respond") == []

    assert (await outside.ada.command("/balance")).status_code == 200
    assert "AUD 100.00 left" in (await outside.slack.next("respond"))["text"]
    assert len(outside.slack.of("respond")) == 1


async def test_the_web_server_tells_its_health(outside: Outside) -> None:
    await outside.start()
    async with httpx.AsyncClient(base_url=outside.ada.bot_url, trust_env=False) as http:
        assert (await http.get("/healthz")).text == "ok"
        assert (await http.get("/readyz")).json()["database"] is True
        assert "clicksend_slack_clicksend_calls" in (await http.get("/metrics")).text


async def test_without_settings_it_says_what_is_missing_and_exits_2(tmp_path: Path) -> None:
    async with started({}, cwd=tmp_path) as bot:
        assert await bot.ended() == 2
    first, *lines = bot.text.splitlines()
    assert first == "The bot cannot start:"
    missing = ["CLICKSEND_USERNAME", "CLICKSEND_API_KEY", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert [line.split(":")[0].strip() for line in lines] == missing
    assert all("find it at" in line or "create it at" in line for line in lines)
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240 - an empty folder


async def test_each_wrong_setting_is_one_line_that_repeats_no_value(outside: Outside) -> None:
    wrong = ("BOT_MODE", "SLACK_BOT_TOKEN", "SLACK_API_URL", "DATABASE_URL", "BOT_PORT")
    bot = await outside.launch(**dict.fromkeys(wrong, "?wrong?"))
    assert await bot.ended() == 2
    assert [line.split(":")[0].strip() for line in bot.text.splitlines()[1:]] == list(wrong)
    assert "?wrong?" not in bot.text


async def test_a_second_bot_on_the_same_file_is_refused(outside: Outside) -> None:
    first = await outside.start()
    second = await outside.launch()
    assert await second.ended() == 2
    (line,) = second.text.splitlines()
    assert line.startswith("The database is in use: another clicksend-slack is running on ")
    assert "stop it first, or give this one another DATABASE_URL" in line

    await outside.ada.command("/balance")
    assert "AUD 100.00 left" in (await outside.slack.next("respond"))["text"]
    await first.kill()
    await outside.start()


async def test_a_taken_port_is_said_in_one_line(outside: Outside) -> None:
    await outside.start()
    port = outside.ada.bot_url.rpartition(":")[2]
    second = await outside.launch(
        BOT_PORT=port, DATABASE_URL=f"sqlite+aiosqlite:///{outside.folder}/other.sqlite3"
    )
    assert await second.ended() == 2
    assert f"The bot cannot listen on 127.0.0.1:{port}" in second.text.splitlines()[-1]


async def test_help_says_how_to_run_it(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--help", cwd=tmp_path, stdout=asyncio.subprocess.PIPE, env={"COLUMNS": "100"}
    )
    text, _ = await process.communicate()
    assert process.returncode == 0
    assert "Run the bot, with the settings of the environment." in text.decode()
