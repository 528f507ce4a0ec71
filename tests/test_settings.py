"""The start: each missing or malformed setting is one clear line, and no value is repeated."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.logs import secrets_of
from bot.settings import Settings, SettingsError, load
from bot.settings_cli import load_cli
from bot.settings_spaces import ONE_WORKSPACE

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
        ("QUIET_HOURS", "sekrit"),
        ("QUIET_HOURS", "21:00-21:00"),
        ("QUIET_HOURS", "21:00-24:00"),
        ("ALLOWED_COUNTRIES", "AU,sekrit"),
        ("ALLOWED_COUNTRIES", "UK"),
        ("ALLOWED_COUNTRIES", ","),
        ("OPT_OUT_LIST", "0"),
        ("DUPLICATE_MINUTES", "-1"),
        ("PRICE_RISE_PERCENT", "NaN"),
        ("UNDO_SECONDS", "601"),
        ("APPROVAL_ABOVE_COST", "Infinity"),
        ("APPROVAL_ABOVE_RECIPIENTS", "1.5"),
        ("APPROVAL_CHANNEL", "#sekrit"),
        ("APPROVAL_HOURS", "0"),
        ("AUDIT_BODIES", "sekrit"),
        ("RETENTION_DAYS", "29"),
        ("CLICKSEND_DEADLINE_SECONDS", "0"),
        ("SLACK_DEADLINE_SECONDS", "0.5"),
        ("CLOCK_SKEW_SECONDS", "-1"),
        ("RETRY_SECONDS", "sekrit"),
        ("SETTLE_SECONDS", "86401"),
    ],
)
def test_a_malformed_setting_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    found = problems()
    assert f"{name}: " in found
    assert "sekrit" not in found


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what the bot cannot start without."""
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "CLICKSEND_USERNAME": "someone",
        "CLICKSEND_API_KEY": "key",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("complete")
def test_without_settings_of_guards_only_duplicates_and_risen_prices_ask_again() -> None:
    found = load()
    assert found.quiet_hours is None
    assert found.allowed_countries is None
    assert found.opt_out_list is None
    assert found.approval_above_cost is None
    assert found.approval_above_recipients is None
    assert (found.duplicate_minutes, found.price_rise_percent) == (10, Decimal(5))
    assert (found.undo_seconds, found.approval_hours, found.retention_days) == (0, 24, 365)
    assert found.audit_bodies is False


@pytest.mark.usefixtures("complete")
def test_waits_are_long_unless_set_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load()
    assert (found.clicksend_deadline_seconds, found.slack_deadline_seconds) == (90, 60)
    assert (found.clock_skew_seconds, found.retry_seconds, found.settle_seconds) == (60, 30, 600)
    monkeypatch.setenv("CLICKSEND_DEADLINE_SECONDS", "20")
    assert load().clicksend_deadline_seconds == 20


@pytest.mark.usefixtures("complete")
def test_hours_and_countries_are_read_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIET_HOURS", " 21:30 - 08:00 ")
    monkeypatch.setenv("ALLOWED_COUNTRIES", "au, GB nz")
    found = load()
    assert found.quiet_hours == (time(21, 30), time(8))
    assert found.allowed_countries == {"AU", "GB", "NZ"}


@pytest.mark.usefixtures("complete")
@pytest.mark.parametrize("name", ["APPROVAL_ABOVE_COST", "APPROVAL_ABOVE_RECIPIENTS"])
def test_approval_without_a_channel_to_ask_in_does_not_start(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "5")
    assert f"APPROVAL_CHANNEL: missing ({name} needs it)" in problems()
    monkeypatch.setenv("APPROVAL_CHANNEL", "C0APPROVALS")
    assert load().approval_channel == "C0APPROVALS"


@pytest.mark.parametrize("read", [load, load_cli])
def test_settings_are_read_from_a_file_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: Callable[[], Settings]
) -> None:
    (tmp_path / ".env").write_text(
        "SLACK_BOT_TOKEN=xoxb-file\nSLACK_APP_TOKEN=xapp-file\nCLICKSEND_USERNAME=of-the-file\n"
        "CLICKSEND_API_KEY=00000000-FILE\nBOT_PORT=3100\nSENDER_ID=\nSOMETHING_ELSE=of another\n"
    )
    monkeypatch.setenv("BOT_PORT", "3200")
    found = read()
    assert found.clicksend_username == "of-the-file"
    assert found.slack_bot_token.get_secret_value() == "xoxb-file"
    assert found.bot_port == 3200


@pytest.mark.usefixtures("complete")
def test_a_setting_that_is_set_to_nothing_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOW_CREDIT_THRESHOLD", "")
    assert load().low_credit_threshold is None


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


@pytest.mark.parametrize(
    ("given", "kept"),
    [("10.0.0.7, 192.168.0.0/16", "10.0.0.7,192.168.0.0/16"), ("2001:db8::/32", "2001:db8::/32")],
)
def test_proxies_are_addresses_or_networks(
    monkeypatch: pytest.MonkeyPatch, given: str, kept: str
) -> None:
    many(monkeypatch, TRUSTED_PROXIES=given)
    assert load().trusted_proxies == kept


@pytest.mark.parametrize("given", ["*", "0.0.0.0/0", "::/0", "proxy.example.com", "10.0.0.1/8"])
def test_nobody_trusts_everybody(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    many(monkeypatch, TRUSTED_PROXIES=given)
    assert problems().startswith("TRUSTED_PROXIES: must ")


def many(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """The settings of a bot for many workspaces."""
    key = Fernet.generate_key().decode()
    given = {
        "SLACK_CLIENT_ID": "1234.5678",
        "SLACK_CLIENT_SECRET": "sekrit-client",
        "ENCRYPTION_KEYS": key,
        "SLACK_APP_TOKEN": "xapp-1",
    }
    for name, value in {**given, **more}.items():
        monkeypatch.setenv(name, value)


def test_a_bot_for_many_workspaces_needs_no_token_and_no_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many(monkeypatch, APPROVAL_ABOVE_COST="10")
    assert load().has_many
    monkeypatch.delenv("ENCRYPTION_KEYS")
    monkeypatch.delenv("SLACK_CLIENT_SECRET")
    said = problems()
    assert "ENCRYPTION_KEYS: missing (SLACK_CLIENT_ID needs it)" in said
    assert "SLACK_CLIENT_SECRET: missing (SLACK_CLIENT_ID needs it)" in said


@pytest.mark.parametrize("name", ONE_WORKSPACE)
def test_what_is_of_one_workspace_is_refused_where_there_are_many(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    values = {"opt_out_list": "7", "escalation_call": "sms", "escalation_phones": "+61411111111"}
    values |= {"bot_admins": "U0ADA", "bot_senders": "*", "alert_oncall": "U0ADA"}
    values |= {"escalation_webhook_url": "https://example.com/x", "slack_bot_token": "xoxb-1"}
    values |= dict.fromkeys(("alert_channel", "approval_channel", "inbox_channel"), "C0OPS")
    many(monkeypatch, **{name.upper(): values.get(name, "sekrit-of-twenty-letters")})
    assert f"{name.upper()}: must be unset, as SLACK_CLIENT_ID is set" in problems()
    assert "sekrit" not in problems()


@pytest.mark.parametrize("keys", ["sekrit", ",", "c2Vrcml0", f"{'A' * 43}=,sekrit"])
def test_keys_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    many(monkeypatch, ENCRYPTION_KEYS=keys)
    assert problems().startswith("ENCRYPTION_KEYS: must ")
    assert "sekrit" not in problems()


def test_the_command_line_has_one_account_only(monkeypatch: pytest.MonkeyPatch) -> None:
    many(monkeypatch)
    with pytest.raises(SettingsError, match="SLACK_CLIENT_ID: must be unset at the command line"):
        load_cli()


def test_every_key_is_hidden_from_the_log_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    many(monkeypatch, ENCRYPTION_KEYS=" , ".join(keys))
    assert set(keys) <= set(secrets_of(load()))
