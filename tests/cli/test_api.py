"""`clicksend-slack api` against a local ClickSend: what goes out, what is printed, exit codes."""

import asyncio
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import terminal as terminal_of_the_command
from bot.clicksend import registry
from bot.clicksend.fields import fields
from bot.console import main
from bot.settings import Settings
from bot.store import Database, Scope, rights
from bot.store.rights import StoredLimit
from tests.app.world import FakeClickSend, serving

ROOT = Path(__file__).parents[2]
TO = "+61411111111"
MESSAGE = json.dumps({"to": TO, "body": "See you at nine"})
KEY = "00000000-SECRET-OF-THE-TEST"


class Shell:
    """Runs the command line; nothing but the way to ClickSend is set."""

    def __init__(self, url: str) -> None:
        self.environment: dict[str, str | None] = {
            "CLICKSEND_USERNAME": "demo",
            "CLICKSEND_API_KEY": KEY,
            "CLICKSEND_BASE_URL": f"{url}/v3",
        }

    async def api(self, *words: str, typed: str = "") -> Result:
        """In a thread of its own: the command brings its own event loop."""
        result = await asyncio.to_thread(
            CliRunner().invoke, main, ["api", *words], input=typed, env=self.environment
        )
        assert KEY not in result.stdout + result.stderr
        if result.exception is not None:
            assert isinstance(result.exception, SystemExit)
        return result


@pytest.fixture
def clicksend() -> FakeClickSend:
    return FakeClickSend()


@pytest.fixture
async def shell(
    clicksend: FakeClickSend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Shell]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    async with serving(clicksend.__call__) as url:
        yield Shell(url)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits in front of it."""
    monkeypatch.setattr(terminal_of_the_command, "is_there", lambda: True)


async def test_a_read_prints_the_answer_as_json(shell: Shell) -> None:
    result = await shell.api("account.get")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert printed["balance"] == "100.00"
    assert printed["currency"]["currency_name_short"]


async def test_a_secret_in_an_answer_is_masked(shell: Shell, clicksend: FakeClickSend) -> None:
    clicksend.answers["account.get"] = {
        "username": "demo",
        "_subaccount": {"api_key": KEY},
        "new_api_key": KEY,
        "users": [{"password": KEY, "note": "kept"}],
    }
    result = await shell.api("account.get")
    assert json.loads(result.stdout)["subaccount"]["api_key"] == "**********"
    assert json.loads(result.stdout)["users"] == [{"password": "**********", "note": "kept"}]
    as_table = await shell.api("account.get", "--table")
    assert "new_api_key" in as_table.stdout


async def test_fields_are_options_in_either_spelling(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    fields = ("--name=Spring", "--body", "Hello", "--from", "Us", "--list_id", "5")
    result = await shell.api("sms_campaigns.price", *fields, "--schedule", "2026-05-01T09:30+10:00")
    assert result.exit_code == 0
    assert clicksend.of("sms_campaigns.price") == [
        {"list_id": 5, "name": "Spring", "body": "Hello", "from": "Us", "schedule": 1777591800}
    ]


async def test_a_list_is_given_by_repetition_or_as_one_array(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    await shell.api("sms.price", "--messages", MESSAGE, "--messages", MESSAGE)
    await shell.api("sms.price", "--messages", f"[{MESSAGE}, {MESSAGE}]")
    first, second = clicksend.of("sms.price")
    assert first == second
    assert len(first["messages"]) == 2


async def test_json_gives_fields_and_options_go_before_it(
    shell: Shell, clicksend: FakeClickSend, tmp_path: Path
) -> None:
    document = json.dumps({"year": 2025, "month": 4})
    (tmp_path / "fields.json").write_text(document)
    await shell.api("account.usage", "--json", "fields.json", "--month", "3")
    assert (await shell.api("account.usage", "--json", "-", typed=document)).exit_code == 0
    assert len(clicksend.of("account.usage")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sms.sned"], "Did you mean sms.send"),
        (["create-template"], "sms.create_template"),
        (["sms.cancel", "--mesage-id", "5"], "Did you mean message_id?"),
        (["sms.cancel"], "message_id: it must be given (text)"),
        (["sms.cancel", "--message-id"], "--message-id needs a value"),
        (["sms.cancel", "--message-id", "--table"], "--message-id needs a value"),
        (["sms.cancel", "--message-id", "a", "--message_id=b"], "message_id is given twice"),
        (["sms.cancel", "--message-id", "a", "b"], "one value (after --message-id) has no field"),
        (["sms.cancel_all", "--all", "x", "--yes"], "sms.cancel_all takes no fields"),
        (["--message-id", "5", "sms.cancel"], "The operation id comes first"),
        (["sms.history", "--limit", "5"], "limit: should be greater than or equal to 15"),
        (["sms.history", "--date-from", "2026-05-01T09:30"], "date_from: should have timezone"),
        (["sms.send", "--messages", "{"], "messages: this is not JSON (line 1, column 2)"),
        (["sms.send", "--messages", '{"to": "+61411111111"}'], "messages: 0.body: it must be"),
        (["sms.send", "--messages", '{"too": "x", "body": "y"}'], "0.too: there is no such field"),
        (["uploads.upload", "--content", "AAAA", "--convert", "x"], "convert: should be 'fax'"),
        (["account.get", "--all-pages"], "does not answer a list of pages"),
        (["account.get", "--json", "absent.json"], "absent.json cannot be read"),
        (["account.usage", "--json", "-"], "the standard input is not JSON"),
        (["sms.send", "--messages", "[" * 100_000], "messages: this is not JSON"),
        (["--list", "nothing-like-it"], "No operation's id holds"),
    ],
)
async def test_bad_usage_names_what_is_wrong_and_exits_2(
    shell: Shell, clicksend: FakeClickSend, words: list[str], said: str
) -> None:
    result = await shell.api(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
    assert clicksend.arrivals == []


async def test_without_an_operation_it_shows_its_manual_and_exits_2(shell: Shell) -> None:
    result = await shell.api()
    assert result.exit_code == 2
    assert "--all-pages" in result.stdout
    assert (await shell.api("--help")).exit_code == 0


async def test_missing_settings_are_named_and_none_of_slacks_is_needed(shell: Shell) -> None:
    shell.environment["CLICKSEND_API_KEY"] = ""
    result = await shell.api("account.get")
    assert result.exit_code == 2
    assert "CLICKSEND_API_KEY: missing" in result.stderr
    assert "SLACK" not in result.stderr


async def test_an_api_error_is_printed_with_its_code_and_exits_1(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    clicksend.statuses["sms.cancel"] = 404
    result = await shell.api("sms.cancel", "--message-id", "A")
    assert result.exit_code == 1
    assert "Code: ERROR, HTTP 404." in result.stderr
    assert "did not take effect" in result.stderr


async def test_a_lost_answer_is_said_to_have_perhaps_taken_effect(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    clicksend.cut.add("sms.send")
    result = await shell.api("sms.send", "--messages", MESSAGE, "--yes")
    assert result.exit_code == 1
    assert "sms.send MAY HAVE TAKEN EFFECT. Do not repeat it blindly" in result.stderr
    assert len(clicksend.of("sms.send")) == 1


@pytest.mark.parametrize(
    "words", [("sms.send", "--messages", MESSAGE), ("sms.cancel_all",), ("sms.delete_template",)]
)
async def test_without_a_terminal_and_without_yes_nothing_is_spent_or_destroyed(
    shell: Shell, clicksend: FakeClickSend, words: tuple[str, ...]
) -> None:
    more = ("--template-id", "1") if words[0] == "sms.delete_template" else ()
    result = await shell.api(*words, *more, typed="y\n")
    assert result.exit_code == 2
    assert "add --yes" in result.stderr
    assert clicksend.arrivals == []


@pytest.mark.usefixtures("terminal")
async def test_a_yes_sends_once_after_showing_what(shell: Shell, clicksend: FakeClickSend) -> None:
    result = await shell.api("sms.send", "--messages", MESSAGE, typed="y\n")
    assert result.exit_code == 0
    assert "costs money or reaches a person" in result.stderr
    assert "On the account demo:" in result.stderr
    assert "See you at nine" in result.stderr
    assert "Price AUD 0.077, recipients 1, parts 1; balance AUD 100.00, after it" in result.stderr
    printed = json.loads(result.stdout)
    assert (printed["state"], printed["total_price"]) == ("sent", "0.077")
    assert printed["messages"][0]["to"] == TO
    assert len(clicksend.of("sms.send")) == 1


async def test_the_same_again_needs_more_than_a_yes(shell: Shell, clicksend: FakeClickSend) -> None:
    words = ("sms.send", "--messages", MESSAGE, "--yes")
    assert (await shell.api(*words)).exit_code == 0
    again = await shell.api(*words)
    assert again.exit_code == 1
    assert "Warning: You sent this to +61 411 111 111" in again.stderr
    assert "add --anyway" in again.stderr
    assert len(clicksend.of("sms.send")) == 1
    assert (await shell.api(*words, "--anyway")).exit_code == 0
    assert len(clicksend.of("sms.send")) == 2


async def test_the_limits_of_the_workspace_and_the_balance_hold(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    clicksend.balance = "0.01"
    poor = await shell.api("sms.send", "--messages", MESSAGE, "--yes")
    assert poor.exit_code == 1
    assert "The balance does not cover it" in poor.stderr
    clicksend.balance = "100.00"
    database = Database("sqlite+aiosqlite:///clicksend-slack.sqlite3")
    async with database.write() as connection:
        limit = StoredLimit(
            subject="*",
            measure="messages_day",
            amount=Decimal(0),
            set_by="U0ADA",
            set_at=datetime.now(UTC),
        )
        await rights.set_limit(connection, Scope("default", "demo"), limit)
    await database.close()
    limited = await shell.api("sms.send", "--messages", MESSAGE, "--yes")
    assert limited.exit_code == 1
    assert "The workspace's limit is 0 messages a day" in limited.stderr
    assert clicksend.of("sms.send") == []


async def test_above_the_threshold_a_second_person_is_asked(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    shell.environment |= {"APPROVAL_ABOVE_RECIPIENTS": "0", "APPROVAL_CHANNEL": "C0BOSS"}
    result = await shell.api("sms.send", "--messages", MESSAGE, "--yes")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["state"] == "approval"
    assert "A second person is asked in Slack" in result.stderr
    gone = await shell.api("lists.delete", "--list-id", "428", "--yes")
    assert gone.exit_code == 3
    assert "A second person is asked in Slack" in gone.stderr
    assert clicksend.of("sms.send") == clicksend.of("lists.delete") == []


async def test_messages_that_differ_are_not_one_send(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    other = json.dumps({"to": "+61422222222", "body": "Something else"})
    words = ("sms.send", "--messages", MESSAGE, "--messages", other, "--yes")
    result = await shell.api(*words)
    assert result.exit_code == 2
    assert "the messages differ in body" in result.stderr
    assert clicksend.of("sms.send") == []


async def test_a_database_that_cannot_be_used_sends_nothing(
    shell: Shell, clicksend: FakeClickSend, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    shell.environment["DATABASE_URL"] = f"sqlite+aiosqlite:///{tmp_path}/file/bot.sqlite3"
    result = await shell.api("sms.send", "--messages", MESSAGE, "--yes")
    assert result.exit_code == 2
    assert "DATABASE_URL: the database cannot be used" in result.stderr
    assert clicksend.of("sms.send") == []


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("typed", ["n\n", "\n"])
async def test_anything_but_a_yes_does_nothing(
    shell: Shell, clicksend: FakeClickSend, typed: str
) -> None:
    result = await shell.api("sms.send", "--messages", MESSAGE, typed=typed)
    assert result.exit_code == 1
    assert "Not done: nothing was sent" in result.stderr
    assert clicksend.of("sms.send") == []
    gone = await shell.api("sms.cancel_all", typed=typed)
    assert gone.exit_code == 1
    assert "Not done: nothing was sent" in gone.stderr
    assert clicksend.of("sms.cancel_all") == []


async def test_a_message_that_was_not_taken_is_no_success(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    clicksend.refused[TO] = "INVALID_RECIPIENT"
    other = MESSAGE.replace(TO, "+61422222222")
    result = await shell.api("sms.send", "--messages", MESSAGE, "--messages", other, "--yes")
    assert result.exit_code == 1
    assert "did not take 1 of it: INVALID_RECIPIENT" in result.stderr
    assert len(json.loads(result.stdout)["messages"]) == 2


def page(number: int, last: int) -> dict[str, object]:
    rows = [{"list_id": number, "list_name": f"List\x1b[31m {number}", "_unknown": {"a": 1}}]
    return {"current_page": number, "last_page": last, "data": rows}


async def test_all_pages_reads_to_the_end(
    shell: Shell, clicksend: FakeClickSend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answered(name: str, body: dict[str, str], example: object) -> object:
        del name, example
        return page(int(body.get("page", 1)), 3)

    monkeypatch.setattr(clicksend, "_data", answered)
    result = await shell.api("lists.list", "--all-pages")
    assert [item["list_id"] for item in json.loads(result.stdout)] == [1, 2, 3]
    assert [body.get("page") for body in clicksend.of("lists.list")] == [None, "2", "3"]


async def test_a_table_shows_lists_and_values_and_no_control_characters(
    shell: Shell, clicksend: FakeClickSend
) -> None:
    clicksend.answers["lists.list"] = page(1, 1)
    result = await shell.api("lists.list", "--table")
    assert "list_name" in result.stdout
    assert "List\\u001b[31m 1" in result.stdout
    assert "\x1b" not in result.stdout
    assert "last_page" in result.stdout


async def test_every_operation_has_a_manual_and_a_line_in_the_list(shell: Shell) -> None:
    listed = (await shell.api("--list")).stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(registry.all_ids())
    for name in registry.all_ids():
        cls = registry.operation(name)
        result = await shell.api(name, "--help")
        assert f"{cls.route.method} {cls.route.path}" in " ".join(result.stdout.split())
        assert all(f"--{field.wire}" in result.stdout for field in fields(cls))


async def test_the_list_can_be_narrowed_and_drawn(shell: Shell) -> None:
    result = await shell.api("--list", "template", "--table")
    assert "sms.list_templates" in result.stdout
    assert "account.get" not in result.stdout


def environment(url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "CLICKSEND_USERNAME": "demo",
        "CLICKSEND_API_KEY": KEY,
        "CLICKSEND_BASE_URL": f"{url}/v3",
    }


COMMAND = (sys.executable, "-m", "bot", "api")


async def test_as_a_process_it_refuses_without_a_terminal_and_runs_with_yes(
    clicksend: FakeClickSend, tmp_path: Path
) -> None:
    async def run(*words: str, url: str) -> tuple[int | None, bytes, bytes]:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *words,
            cwd=tmp_path,
            env=environment(url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        return process.returncode, output, errors

    async with serving(clicksend.__call__) as url:
        words = ("sms.send", "--messages", MESSAGE)
        code, _, errors = await run(*words, url=url)
        assert code == 2
        assert b"there is no terminal. Nothing was done." in errors
        assert clicksend.arrivals == []
        code, output, errors = await run(*words, "--yes", url=url)
    assert (code, errors) == (0, b"")
    assert json.loads(output)["messages"][0]["status"] == "SUCCESS"


async def test_at_a_real_terminal_it_asks_there_and_prints_only_the_answer(
    clicksend: FakeClickSend, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    try:
        async with serving(clicksend.__call__) as url:
            process = await asyncio.create_subprocess_exec(
                *COMMAND,
                "sms.cancel_all",
                cwd=tmp_path,
                env=environment(url),
                stdin=theirs,
                stdout=asyncio.subprocess.PIPE,
                stderr=theirs,
            )
            os.write(ours, b"sms.cancel_all\n")
            output, _ = await process.communicate()
        asked = os.read(ours, 10_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "it cannot be put back" in asked
    assert "Type sms.cancel_all to do it:" in asked
    assert process.returncode == 0
    assert "count" in json.loads(output)
    assert len(clicksend.of("sms.cancel_all")) == 1


async def test_an_interrupted_change_may_have_taken_effect(
    clicksend: FakeClickSend, tmp_path: Path
) -> None:
    clicksend.hold_only = "sms.send"
    clicksend.hold = asyncio.Event()
    async with serving(clicksend.__call__) as url:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *("sms.send", "--messages", MESSAGE, "--yes"),
            cwd=tmp_path,
            env=environment(url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        await clicksend.next("sms.send")
        process.send_signal(signal.SIGINT)
        output, errors = await process.communicate()
        clicksend.hold.set()
    assert (process.returncode, output) == (1, b"")
    assert b"sms.send MAY HAVE TAKEN EFFECT" in errors
    assert b"Traceback" not in errors
